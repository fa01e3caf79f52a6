"""Fixtures for the files."""

from collections.abc import Iterator
from pathlib import Path

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
