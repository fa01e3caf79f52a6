"""Fixtures for the files."""

import os
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from cadence_desk.store.outbox import OutboxFile
from tests.unit.store.desk_files import opened


@pytest.fixture
def outbox_path(tmp_path: Path) -> Path:
    return tmp_path / "profile" / "outbox.db"


@pytest.fixture
def file(outbox_path: Path) -> Iterator[OutboxFile]:
    """Give an open, empty outbox."""
    with opened(outbox_path) as one:
        yield one


@pytest.fixture
def memory_folder(tmp_path: Path) -> Iterator[Path]:
    """Give a folder in memory where there is one: these tests fail calls, they do not wait for a disk."""
    if not os.access("/dev/shm", os.W_OK):
        yield tmp_path
        return
    with TemporaryDirectory(dir="/dev/shm") as folder:
        yield Path(folder)
