"""`python3 packaging/dev.py build`: makes the packaged app and its installers into dist/.

Runs in the build environment. Every step says what it made, how large it is and how long it took.
"""

import argparse
import os
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from release import start_up
from release.archives import make_tarball, write_checksums
from release.audit import audit
from release.bare_root import NoBareRoot, check_in_bare_root, try_without_python, why_not
from release.debian import make_deb, package_file
from release.mac_bundle import make_image
from release.materials import write_materials
from release.program import make_program
from release.project import PROGRAM, BuildError, megabytes
from release.reproducible import build_again
from release.windows_installer import make_installer
from release.windows_package import make_package

PARTS: dict[str, Callable[[], Path]] = {
    "program": make_program,
    "deb": make_deb,
    "tarball": make_tarball,
    "installer": make_installer,
    "msi": make_package,
    "image": make_image,
    "materials": write_materials,
    "checksums": write_checksums,
}
ELSEWHERE = {
    "linux": {"installer", "msi", "image"},
    "win32": {"deb", "tarball", "image"},
    "darwin": {"deb", "tarball", "installer", "msi"},
}
"""What is not made on a system unless it is asked for by name."""


def parsed(arguments: Sequence[str]) -> argparse.Namespace:
    """Return what was asked for."""
    parser = argparse.ArgumentParser(
        prog="python3 packaging/dev.py build", description=__doc__.splitlines()[0]
    )
    parser.add_argument(
        "--only", nargs="+", choices=PARTS, metavar="PART", help=f"make only: {', '.join(PARTS)}"
    )
    parser.add_argument(
        "--check", action="store_true", help="then try it in a bare Debian 12 and take it out again"
    )
    parser.add_argument(
        "--audit", action="store_true", help="then ask public advisories about the locked packages"
    )
    parser.add_argument("--twice", action="store_true", help="then build the app again and compare the two")
    parser.add_argument(
        "--start-up", action="store_true", help="then measure its first paint beside the source's"
    )
    parser.add_argument("--keep", action="store_true", help="make nothing anew: try what was made before")
    return parser.parse_args(arguments)


def wanted(asked: argparse.Namespace, name: str) -> bool:
    """Say whether a part is to be made."""
    if asked.keep:
        return False
    if asked.only:
        return name in asked.only
    return name not in ELSEWHERE.get(sys.platform, set())


def say(text: str) -> None:
    """Tell the person at the terminal."""
    print(text, file=sys.stderr, flush=True)


def check() -> None:
    """Try what was made, in a bare Debian where that can be. Raises BuildError."""
    began = time.monotonic()
    try:
        reason = why_not()
        if not reason:
            check_in_bare_root(package_file())
    except NoBareRoot as error:
        reason = str(error)
    if reason:
        say(
            f"No bare Debian can be made here ({reason}): the app is tried as it lies, with an empty search path."
        )
        try_without_python(PROGRAM)
        return
    say(f"In a bare Debian 12: installed, tried, removed, nothing left. {time.monotonic() - began:.0f} s")


def main(arguments: Sequence[str]) -> int:
    """Make what was asked for and return the exit status."""
    os.environ.pop("PYTHONPATH", None)
    asked = parsed(arguments)
    try:
        for name, make in PARTS.items():
            if wanted(asked, name):
                began = time.monotonic()
                made = make()
                say(f"{made}: {megabytes(made):.1f} MB, {time.monotonic() - began:.0f} s")
        if asked.audit:
            say(audit())
        if asked.twice:
            say(build_again())
        if asked.start_up:
            say(start_up.compare()[0])
        if asked.check:
            check()
    except BuildError as error:
        say(str(error))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
