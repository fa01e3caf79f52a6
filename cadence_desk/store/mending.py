"""An outbox file that cannot be opened: what is in it, and what a person can have done about it. The file is closed.

Imports domain. Called by bootstrap with the profile's lock held; blocks.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from cadence_desk.domain.csv_cells import csv_lines
from cadence_desk.domain.errors import FileDamaged, KeyLost
from cadence_desk.store.connections import FileOptions, open_for_reading, translated
from cadence_desk.store.outbox_opening import OutboxOpening
from cadence_desk.store.outbox_rows import read_clear
from cadence_desk.store.recovery import OutboxRecovery
from cadence_desk.store.report_files import replace_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from cadence_desk.domain.operations import Operation
    from cadence_desk.domain.ports import Clock
    from cadence_desk.store.ciphers import ColumnCipher
    from cadence_desk.store.moves import ClearOperation, LostFile
    from cadence_desk.store.owner import Owner
    from cadence_desk.store.recovery import Findings, Recovery

_CLEAR_HEADER = ("id", "kind", "state", "person", "made")
_HEADER = (*_CLEAR_HEADER, "sent", "Salesforce id", "what was asked")


@dataclass(frozen=True, slots=True)
class OutboxState:
    """How a closed outbox file stands.

    Attributes:
        damage: why it cannot be used; None when it is whole.
        findings: what a recovery would find, for a damaged one.
        key_lost: its key is not at hand.
        clear: what can be told without the key, for one whose key is lost.
    """

    damage: FileDamaged | None = None
    findings: Findings | None = None
    key_lost: KeyLost | None = None
    clear: tuple[ClearOperation, ...] = ()


class OutboxMending:
    """Looks at one file and mends it on a person's word."""

    def __init__(self, path: Path, owner: Owner, cipher: ColumnCipher, clock: Clock) -> None:
        options = FileOptions()
        self._path = path
        self._options = options
        self._opening = OutboxOpening(path, owner, cipher, clock, options)
        self._recovery = OutboxRecovery(path, owner, cipher, clock, options)

    def look(self) -> OutboxState:
        """Try to open the file and tell how it stands. Raises FileTooNew, WrongOwner, DiskFull, StoreError."""
        try:
            self._opening.run()
        except FileDamaged as error:
            try:
                return OutboxState(damage=error, findings=self._recovery.look())
            except KeyLost as lost:  # first the key, then the damage: without it nothing could be read
                return OutboxState(key_lost=lost, clear=tuple(read_states(self._path)))
        except KeyLost as error:
            return OutboxState(key_lost=error, clear=tuple(read_states(self._path)))
        return OutboxState()

    def restore(self) -> Recovery:
        """Build a new file from backup and what can be read. Raises DeskError."""
        return self._recovery.run()

    def give_up_texts(self) -> None:
        """Let the next opening go on without what the lost key sealed. Raises DeskError."""
        self._opening.give_up_texts()

    def set_aside(self) -> LostFile:
        """Keep the file under another name, so that the next opening starts a new one. Raises DeskError."""
        return self._opening.set_aside("lost")


def read_states(path: Path) -> list[ClearOperation]:
    """Return what can be told of a file without its key; nothing when even that cannot be read."""
    if not path.exists():
        return []
    with (
        contextlib.suppress(FileDamaged),
        translated(),
        contextlib.closing(open_for_reading(path, FileOptions())) as link,
    ):
        return read_clear(link)
    return []


def write_operations(path: Path, operations: Iterable[Operation]) -> None:
    """Write operations with their texts as a table, private to this user. Raises StoreError."""
    with translated():
        replace_file(path, csv_lines(_HEADER, _rows(operations)))


def write_states(path: Path, operations: Iterable[ClearOperation]) -> None:
    """Write what can be told without the key as a table. Raises StoreError."""
    rows = ((one.op_id, one.kind, one.state, one.target_id, _moment(one.created)) for one in operations)
    with translated():
        replace_file(path, csv_lines(_CLEAR_HEADER, rows))


def _rows(operations: Iterable[Operation]) -> Iterator[tuple[str, ...]]:
    for one in operations:
        asked = "; ".join(f"{name}: {value}" for name, value in one.payload.items() if value or value == 0)
        yield (
            one.op_id, one.kind.value, one.state.value, one.target_id, _moment(one.created), _moment(one.sent),
            one.server_id, asked,
        )  # fmt: skip


def _moment(wall: float) -> str:
    return datetime.fromtimestamp(wall, tz=UTC).isoformat(timespec="seconds") if wall else ""
