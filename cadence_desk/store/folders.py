"""Folders and files that only this user can read, and the question whether a folder lies on another machine.

Imports no other room. Called before a database or a lock is made.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

_NETWORK_TYPES = frozenset({
    "nfs", "nfs4", "cifs", "smb", "smb2", "smb3", "smbfs", "ncpfs", "afs", "9p", "ceph", "glusterfs", "lustre",
    "fuse.sshfs", "fuse.rclone", "fuse.davfs", "davfs", "fuse.glusterfs",
})  # fmt: skip
_DRIVE_REMOTE = 4


def make_private_folder(folder: Path) -> None:
    """Make a folder that only its owner can enter; an existing one is narrowed to that.

    On Windows the folder inherits the access rules of the user's own profile.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if os.name == "posix" and folder.stat().st_mode & 0o077:
        folder.chmod(0o700)


def make_private(path: Path) -> None:
    """Make an empty file if there is none, readable by its owner only; SQLite gives its side files the same mode."""
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    if os.name == "posix" and path.stat().st_mode & 0o077:
        path.chmod(0o600)


def write_private(path: Path, content: bytes) -> None:
    """Replace a file as a whole: a new private file is made durable first, then takes the name."""
    fresh = path.with_name(path.name + ".new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    fresh.replace(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make a rename in the folder durable, where the system has a way to say so."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def is_on_network(folder: Path) -> bool:
    """Return True when the folder is known to lie on another machine; False also means not known."""
    resolved = folder.resolve()
    return _is_remote_drive(str(resolved)) or mount_type(resolved, _read_mounts()) in _NETWORK_TYPES


def mount_type(folder: Path, mounts: str) -> str:
    """Return the file system type of the mount that holds a folder, from the text of /proc/mounts."""
    best, kind = -1, ""
    for line in mounts.splitlines():
        parts = line.split(" ")
        if len(parts) < 3:
            continue
        point = Path(parts[1].replace("\\040", " "))
        if folder.is_relative_to(point) and len(point.parts) >= best:
            best, kind = len(point.parts), parts[2]
    return kind


def _read_mounts() -> str:
    try:
        return Path("/proc/mounts").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def _is_remote_drive(text: str) -> bool:
    if text.startswith("\\\\"):
        return True
    if sys.platform == "win32":
        import ctypes

        return int(ctypes.windll.kernel32.GetDriveTypeW(text[:3])) == _DRIVE_REMOTE
    return False
