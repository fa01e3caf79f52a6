"""Packs the app as a Debian package: /usr/lib/cadence-desk, a command, a desktop entry, icons. No maintainer scripts.

Called by the command in __main__; needs dpkg-deb. The same input gives the same bytes.
"""

import gzip
import hashlib
import os
import shutil
from pathlib import Path

from release.project import (
    DIST,
    HERE,
    MAINTAINER,
    NAME,
    PROGRAM,
    ROOT,
    SUMMARY,
    WORK,
    BuildError,
    epoch,
    megabytes,
    run,
    version,
)

LARGEST = 60.0
"""Megabytes that the package may take."""

DEPENDS = (
    "libc6 (>= 2.34)",
    "libgcc-s1",
    "libstdc++6",
    "libgl1",
    "libegl1",
    "libfontconfig1",
    "libfreetype6",
    "libglib2.0-0 | libglib2.0-0t64",
    "libdbus-1-3",
    "libx11-6",
    "libx11-xcb1",
    "libxcb1",
    "libxcb-glx0",
    "libxcb-randr0",
    "libxcb-render0",
    "libxcb-shm0",
    "libxcb-sync1",
    "libxcb-xfixes0",
    "libwayland-client0",
    "libwayland-cursor0",
    "libwayland-egl1",
    "xkb-data",
    "ca-certificates",
)
"""What the app is linked to and does not bring itself, by its names in Debian 12; the second name is Debian 13's."""

RECOMMENDS = (
    "xdg-utils",
    "gnome-keyring | kwalletmanager | libsecret-1-0",
    "fonts-dejavu-core | fonts-noto-core",
)

DESCRIPTION = """\
 Shows people and running cadences, adds someone to a cadence, logs a call with
 the keyboard, and watches trackers move as the org reports changes. It brings a
 practice org, so everything can be tried without a login.
"""


def make_deb() -> Path:
    """Pack dist/cadence-desk. Raises BuildError."""
    if not (PROGRAM / NAME).is_file():
        raise BuildError("There is no packaged app yet: build the part “program” first.")
    if shutil.which("dpkg-deb") is None:
        raise BuildError("dpkg-deb is not here: the Debian package is made on Debian or Ubuntu.")
    stage = WORK / "deb"
    shutil.rmtree(stage, ignore_errors=True)
    _lay_out(stage)
    _write_control(stage)
    _bring_into_shape(stage)
    target = package_file()
    environment = {**os.environ, "SOURCE_DATE_EPOCH": str(epoch())}
    command = ["dpkg-deb", "--root-owner-group", "-Zxz", "-z2", "--build", str(stage), str(target)]
    run(command, what="dpkg-deb", environment=environment)
    shutil.rmtree(stage)
    if megabytes(target) > LARGEST:
        raise BuildError(
            f"The Debian package takes {megabytes(target):.0f} MB; it may take {LARGEST:.0f} MB."
        )
    return target


def package_file() -> Path:
    """Return where the package is or will be."""
    return DIST / f"{NAME}_{version()}_{architecture()}.deb"


def architecture() -> str:
    """Return this machine's architecture by Debian's name."""
    return run(["dpkg", "--print-architecture"], what="dpkg").strip()


def _lay_out(stage: Path) -> None:
    shutil.copytree(PROGRAM, stage / "usr" / "lib" / NAME, symlinks=True)
    command = stage / "usr" / "bin" / NAME
    command.parent.mkdir(parents=True)
    command.symlink_to(f"../lib/{NAME}/{NAME}")
    for source, place in (
        (HERE / "linux" / f"{NAME}.desktop", f"usr/share/applications/{NAME}.desktop"),
        (HERE / "linux" / f"{NAME}.1", f"usr/share/man/man1/{NAME}.1.gz"),
        (ROOT / "resources" / "icons" / f"{NAME}.svg", f"usr/share/icons/hicolor/scalable/apps/{NAME}.svg"),
        (ROOT / "resources" / "icons" / f"{NAME}.png", f"usr/share/icons/hicolor/128x128/apps/{NAME}.png"),
        (ROOT / "packaging" / "CHANGELOG.md", f"usr/share/doc/{NAME}/CHANGELOG.md.gz"),
    ):
        target = stage / place
        target.parent.mkdir(parents=True, exist_ok=True)
        content = source.read_bytes()
        target.write_bytes(gzip.compress(content, 9, mtime=0) if place.endswith(".gz") else content)
    licenses = PROGRAM / "_internal" / "cadence_desk" / "resources" / "licenses"
    (stage / f"usr/share/doc/{NAME}/copyright").write_text(
        f"Copyright the Cadence Desk maintainers. Cadence Desk is under the Apache License 2.0 (/usr/share/common-licenses/Apache-2.0).\n"
        f"The license texts of everything in it: /usr/lib/{NAME}/_internal/cadence_desk/resources/licenses\n\n"
        + (licenses / "THIRD-PARTY.txt").read_text(encoding="utf-8"),
        encoding="utf-8",
    )


def _write_control(stage: Path) -> None:
    control = stage / "DEBIAN"
    control.mkdir()
    size = sum(
        one.stat().st_size for one in (stage / "usr").rglob("*") if one.is_file() and not one.is_symlink()
    )
    lines = [
        f"Package: {NAME}",
        f"Version: {version()}",
        f"Architecture: {architecture()}",
        f"Maintainer: {MAINTAINER}",
        f"Installed-Size: {size // 1024}",
        f"Depends: {', '.join(DEPENDS)}",
        f"Recommends: {', '.join(RECOMMENDS)}",
        "Section: net",
        "Priority: optional",
        f"Description: {SUMMARY}",
    ]
    (control / "control").write_text("\n".join(lines) + "\n" + DESCRIPTION, encoding="utf-8")
    files = [one for one in sorted((stage / "usr").rglob("*")) if one.is_file() and not one.is_symlink()]
    sums = [
        f"{hashlib.md5(one.read_bytes(), usedforsecurity=False).hexdigest()}  {one.relative_to(stage)}\n"
        for one in files
    ]
    (control / "md5sums").write_text("".join(sums), encoding="utf-8")


def _bring_into_shape(stage: Path) -> None:
    moment = epoch()
    for path in [*sorted(stage.rglob("*"), reverse=True), stage]:
        if path.is_dir() and not path.is_symlink():
            path.chmod(0o755)
        elif not path.is_symlink() and not path.is_relative_to(stage / "usr" / "lib"):
            path.chmod(0o644)
        os.utime(path, (moment, moment), follow_symlinks=False)
