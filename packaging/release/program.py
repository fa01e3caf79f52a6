"""Runs PyInstaller and brings its folder into one shape: same modes and times, license texts inside.

Called by the command in __main__. Needs the build environment.
"""

import os
import shutil
import sys
from pathlib import Path

from release.licenses import write_license_texts
from release.project import HERE, PROGRAM, TITLE, WORK, BuildError, epoch, megabytes, run

LARGEST = 170.0
"""Megabytes that the unpacked app may take."""

HASH_SEED = "1"
"""Sets of strings in compiled code lie in an order that follows from it (PyInstaller manual, reproducible build)."""


def make_program(place: Path = PROGRAM) -> Path:
    """Make the packaged app in `place` and return that folder. Raises BuildError."""
    work = WORK / "pyinstaller"
    shutil.rmtree(work, ignore_errors=True)
    environment = {
        **os.environ,
        "PYTHONHASHSEED": HASH_SEED,
        "SOURCE_DATE_EPOCH": str(epoch()),
        # its cache of stripped libraries is kept with the build, not in the home folder
        "PYINSTALLER_CONFIG_DIR": str(WORK / "pyinstaller-cache"),
    }
    environment.pop("PYTHONPATH", None)
    command = [sys.executable, "-m", "PyInstaller", "--noconfirm", "--log-level", "WARN"]
    command += ["--distpath", str(work / "dist"), "--workpath", str(work / "work")]
    run([*command, str(HERE / "cadence_desk.spec")], what="PyInstaller", environment=environment)
    made = work / "dist" / "cadence-desk"
    write_license_texts(made / "_internal" / "cadence_desk" / "resources" / "licenses", made)
    bring_into_shape(made)
    shutil.rmtree(place, ignore_errors=True)
    place.parent.mkdir(parents=True, exist_ok=True)
    shutil.move(made, place)
    bundle = work / "dist" / f"{TITLE}.app"
    if bundle.is_dir():
        shutil.rmtree(place.parent / bundle.name, ignore_errors=True)
        shutil.move(bundle, place.parent / bundle.name)
    size = megabytes(place)
    if size > LARGEST:
        raise BuildError(f"The packaged app takes {size:.0f} MB; it may take {LARGEST:.0f} MB.")
    return place


def bring_into_shape(folder: Path) -> None:
    """Give every file the release's moment and a mode that follows from what it is."""
    moment = epoch()
    for path in sorted(folder.rglob("*"), reverse=True):
        if not path.is_symlink():
            runs = path.is_dir() or path.parent == folder
            path.chmod(0o755 if runs else 0o644)
        os.utime(path, (moment, moment), follow_symlinks=False)
    folder.chmod(0o755)
    os.utime(folder, (moment, moment))
