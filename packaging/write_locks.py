"""Resolve the dependencies of pyproject.toml and write two hash-locked lists per supported Python.

Needs uv. Called by `dev.py lock`; may import the standard library only.
"""

import shutil
import subprocess
import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ROOT / "packaging" / "locks"
PROJECT = ROOT / "pyproject.toml"
VERSIONS = ((3, 11), (3, 12), (3, 13))
# no line may name an index or a machine: a lock is the same wherever it was written
FORM = ["--generate-hashes", "--no-emit-index-url", "--no-header", "--no-annotate", "--quiet"]


def find_uv() -> str | None:
    """Return uv beside this interpreter or on the search path."""
    beside = Path(sys.executable).with_name("uv")
    return str(beside) if beside.exists() else shutil.which("uv")


def resolve(
    uv: str, version: tuple[int, int], builders: list[str], scope: Sequence[str] = ("--extra", "dev")
) -> str | None:
    """Return the locked list for one Python version on every system, or None if there is no solution."""
    scope = [*scope, "--universal", "--python-version", f"{version[0]}.{version[1]}"]
    command = [uv, "pip", "compile", *FORM, *scope, str(PROJECT), "-"]
    done = subprocess.run(
        command, input="\n".join(builders), stdout=subprocess.PIPE, text=True, check=False, cwd=ROOT
    )
    return only_for(done.stdout, version) if done.returncode == 0 else None


def only_for(text: str, version: tuple[int, int]) -> str:
    """Drop the entries that a marker reserves for later Python versions; hash lines follow their entry."""
    later = [
        f"python_full_version >= '{major}.{minor}'" for major, minor in VERSIONS if (major, minor) > version
    ]
    kept: list[str] = []
    keeping = True
    for line in text.splitlines(keepends=True):
        if not line.startswith(" "):
            keeping = not any(marker in line for marker in later)
        if keeping:
            kept.append(line)
    return "".join(kept)


def main() -> int:
    """Write all locks, or none of the rest after the first that cannot be resolved."""
    uv = find_uv()
    if uv is None:
        print("Locks are written with uv, which is not installed here: pip install uv.", file=sys.stderr)
        return 1
    builders = tomllib.loads(PROJECT.read_text(encoding="utf-8"))["build-system"]["requires"]
    for version in VERSIONS:
        locked = resolve(uv, version, builders)
        if locked is None:
            print(f"There is no solution for Python {version[0]}.{version[1]}.", file=sys.stderr)
            return 1
        target = LOCKS / f"py{version[0]}{version[1]}.txt"
        target.write_text(locked, encoding="utf-8")
        print(f"Wrote {target.relative_to(ROOT)}")
        if not lock_for_building(uv, version, builders):
            return 1
    return 0


def lock_for_building(uv: str, version: tuple[int, int], builders: list[str]) -> bool:
    """Lock what the executable is made with: the app's packages at the tested versions, and the tools."""
    tested = LOCKS / f"py{version[0]}{version[1]}.txt"
    locked = resolve(uv, version, builders, ("--extra", "build", "--constraints", str(tested)))
    if locked is None:
        print(f"The build tools do not fit {tested.name}.", file=sys.stderr)
        return False
    target = LOCKS / f"build-{tested.name}"
    target.write_text(locked, encoding="utf-8")
    print(f"Wrote {target.relative_to(ROOT)}")
    return True


if __name__ == "__main__":
    sys.exit(main())
