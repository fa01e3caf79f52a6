"""Private folders and files, whole replacement, and the question where a folder lies."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cadence_desk.store.folders import (
    is_on_network,
    make_private,
    make_private_folder,
    mount_type,
    write_private,
)

if TYPE_CHECKING:
    from pathlib import Path

MOUNTS = """\
/dev/sda1 / ext4 rw 0 0
server:/users /users nfs4 rw 0 0
/dev/sdb1 /users/ann/local\\040disk xfs rw 0 0
//box/share /mnt/share cifs rw 0 0
broken
"""


@pytest.mark.parametrize(
    ("folder", "kind"),
    [
        ("/var/lib", "ext4"),
        ("/users/ann/.local", "nfs4"),
        ("/users/ann/local disk/desk", "xfs"),
        ("/mnt/share", "cifs"),
        ("/mnt/shared", "ext4"),
    ],
)
def test_the_deepest_mount_decides(tmp_path: Path, folder: str, kind: str) -> None:
    assert mount_type(type(tmp_path)(folder), MOUNTS) == kind
    assert mount_type(type(tmp_path)(folder), "") == ""


def test_this_machine_keeps_its_temporary_files_itself(tmp_path: Path) -> None:
    assert not is_on_network(tmp_path)


def test_folders_and_files_are_for_one_user(tmp_path: Path) -> None:
    make_private_folder(tmp_path / "a" / "b")
    make_private(tmp_path / "a" / "b" / "c")
    (tmp_path / "a" / "b" / "c").write_bytes(b"kept")
    (tmp_path / "a" / "b" / "c").chmod(0o644)
    (tmp_path / "a" / "b").chmod(0o755)
    make_private_folder(tmp_path / "a" / "b")
    make_private(tmp_path / "a" / "b" / "c")
    assert (tmp_path / "a" / "b").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "a" / "b" / "c").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "a" / "b" / "c").read_bytes() == b"kept"


def test_a_file_is_replaced_as_a_whole(tmp_path: Path) -> None:
    write_private(tmp_path / "a", b"one")
    write_private(tmp_path / "a", b"two")
    assert (tmp_path / "a").read_bytes() == b"two"
    assert [path.name for path in tmp_path.iterdir()] == ["a"]
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o600
