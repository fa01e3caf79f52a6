"""Small makers shared by the tests of the files: a clock that stands still, operations, open files."""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from cadence_desk.domain.operations import Kind, Operation, OperationState
from cadence_desk.domain.record_ids import RecordId
from cadence_desk.store.ciphers import ColumnCipher
from cadence_desk.store.outbox import OutboxFile
from cadence_desk.store.owner import Owner

if TYPE_CHECKING:
    from collections.abc import Iterator
    from concurrent.futures import Future
    from pathlib import Path

    from cadence_desk.store.connections import FileOptions

T = TypeVar("T")

OWNER = Owner("00D000000000001AAA", "005000000000001AAA")
KEY = b"k" * 32
TARGET = RecordId("00Q000000000001AAA")
CADENCE = "77C000000000001AAA"
NOON = 1_750_000_000.0


class StillClock:
    """A clock that moves when told to."""

    def __init__(self, now: float = NOON) -> None:
        self.now = now

    def wall(self) -> float:
        return self.now

    def monotonic(self) -> float:
        return self.now


def cipher(key: bytes = KEY, key_id: str = "k1", *, durable: bool = True) -> ColumnCipher:
    return ColumnCipher(key, key_id, durable=durable)


def operation(op_id: str, **values: Any) -> Operation:
    """Return a draft of a call log; any field can be given."""
    given: dict[str, Any] = {
        "op_id": op_id,
        "intent_id": f"intent of {op_id}",
        "seq": 0,
        "kind": Kind.LOG_CALL,
        "target_id": TARGET,
        "state": OperationState.DRAFT,
        "payload": {"notes": f"note of {op_id}"},
        "created": NOON,
    }
    return Operation(**{**given, **values})


def enrollment(op_id: str, **values: Any) -> Operation:
    given = {"kind": Kind.ENROLL, "state": OperationState.QUEUED, "cadence_id": CADENCE}
    return operation(op_id, **{**given, **values})


def done(future: Future[T]) -> T:
    """Return what a future brings, or raise what it failed with."""
    return future.result(timeout=60)


def outbox(
    path: Path,
    *,
    owner: Owner = OWNER,
    with_cipher: ColumnCipher | None = None,
    clock: StillClock | None = None,
    boot_id: str = "this process",
    options: FileOptions | None = None,
) -> OutboxFile:
    """Return an outbox that is not open yet."""
    return OutboxFile(path, owner, with_cipher or cipher(), clock or StillClock(), boot_id, options)


@contextmanager
def opened(path: Path, **how: Any) -> Iterator[OutboxFile]:
    """Open an outbox and close it at the end."""
    file = outbox(path, **how)
    try:
        done(file.open())
        yield file
    finally:
        assert file.close(30)


@contextmanager
def raw(path: Path) -> Iterator[sqlite3.Connection]:
    """Open a database past the code under test."""
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        yield connection
    finally:
        connection.close()
