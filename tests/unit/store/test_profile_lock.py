"""One process per profile: the second is refused, and a killed one leaves no lock behind."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from cadence_desk.domain.errors import FileBusy, StoreError
from cadence_desk.store.profile_lock import LOCK_NAME, ProfileLock

ROOT = Path(__file__).parents[3]
HOLDER = """
import sys
from pathlib import Path
from cadence_desk.domain.errors import FileBusy
from cadence_desk.store.profile_lock import ProfileLock
lock = ProfileLock(Path(sys.argv[1]))
try:
    lock.acquire()
except FileBusy:
    print("busy", flush=True)
    sys.exit(3)
print("held", flush=True)
sys.stdin.read()
"""


def start_holder(folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(folder)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_two_in_one_process_exclude_each_other(tmp_path: Path) -> None:
    first, second = ProfileLock(tmp_path / "p"), ProfileLock(tmp_path / "p")
    first.acquire()
    first.acquire()
    assert first.held
    with pytest.raises(FileBusy) as told:
        second.acquire()
    assert told.value.hint
    assert not second.held
    first.release()
    first.release()
    second.acquire()
    second.release()
    ProfileLock(tmp_path / "another").acquire()


def test_the_file_names_the_process_and_is_private(tmp_path: Path) -> None:
    lock = ProfileLock(tmp_path)
    lock.acquire()
    path = tmp_path / LOCK_NAME
    assert path.read_text(encoding="ascii") == str(os.getpid())
    assert path.stat().st_mode & 0o777 == 0o600
    lock.release()


def test_a_second_process_is_refused_and_a_killed_one_leaves_nothing(tmp_path: Path) -> None:
    holder = start_holder(tmp_path)
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    with pytest.raises(FileBusy):
        ProfileLock(tmp_path).acquire()
    with start_holder(tmp_path) as second:
        told, _ = second.communicate(timeout=60)
    assert (told, second.returncode) == ("busy\n", 3)
    holder.kill()
    holder.communicate(timeout=60)
    lock = ProfileLock(tmp_path)
    lock.acquire()
    lock.release()


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreError):
        ProfileLock(tmp_path / "file" / "p").acquire()
