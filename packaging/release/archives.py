"""Packs the app for Linux systems without Debian packages, and writes the checksums of everything that was made.

Standard library only; needs xz. Called by the command in __main__. The same input gives the same bytes.
"""

import hashlib
import shutil
import subprocess
import tarfile
from pathlib import Path

from release.debian import architecture
from release.project import DIST, HERE, NAME, PROGRAM, ROOT, BuildError, epoch, version

CHECKSUMS = "SHA256SUMS"
RELEASED = (".deb", ".tar.xz", ".json", ".exe", ".dmg", ".zip")


def make_tarball() -> Path:
    """Pack the app with a script that registers it for one user. Raises BuildError."""
    if not (PROGRAM / NAME).is_file():
        raise BuildError("There is no packaged app yet: build the part “program” first.")
    if shutil.which("xz") is None:
        raise BuildError("xz is not here, and the archive is packed with it.")
    name = f"{NAME}-{version()}-linux-{architecture()}"
    target = DIST / f"{name}.tar.xz"
    extras = {
        f"{name}/share/{NAME}.desktop": HERE / "linux" / f"{NAME}.desktop",
        f"{name}/share/{NAME}.svg": ROOT / "resources" / "icons" / f"{NAME}.svg",
        f"{name}/register.sh": HERE / "linux" / "register.sh",
        f"{name}/README.txt": HERE / "linux" / "README.txt",
    }
    with target.open("wb") as output:
        # blocks of one size: the bytes do not depend on how many cores packed them
        command = ["xz", "-2", "--threads=2", "--block-size=16MiB", "--stdout"]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=output) as packer:
            if packer.stdin is None:
                raise BuildError("xz takes no input.")
            with tarfile.open(fileobj=packer.stdin, mode="w|", format=tarfile.PAX_FORMAT) as archive:
                for path in sorted(PROGRAM.rglob("*")):
                    _add(archive, path, f"{name}/{NAME}/{path.relative_to(PROGRAM).as_posix()}")
                for place, source in sorted(extras.items()):
                    _add(archive, source, place)
        if packer.returncode != 0:
            raise BuildError(f"xz ended with {packer.returncode}.")
    return target


def _add(archive: tarfile.TarFile, path: Path, place: str) -> None:
    entry = archive.gettarinfo(path, place)
    entry.mtime, entry.uid, entry.gid, entry.uname, entry.gname = epoch(), 0, 0, "", ""
    runs = entry.isdir() or place.endswith((".sh", f"/{NAME}/{NAME}"))
    entry.mode = 0o777 if entry.issym() else 0o755 if runs else 0o644
    if entry.isreg():
        with path.open("rb") as content:
            archive.addfile(entry, content)
    else:
        archive.addfile(entry)


def write_checksums() -> Path:
    """Write SHA-256 sums of everything in dist/ that is handed out."""
    files = [path for path in sorted(DIST.iterdir()) if path.is_file() and path.name.endswith(RELEASED)]
    lines = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in files]
    target = DIST / CHECKSUMS
    target.write_text("".join(lines), encoding="ascii")
    return target
