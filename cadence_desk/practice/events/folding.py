"""Turns one committed transaction into the changes that its events tell.

Pure; imports org types only. Called by the bus.
Rules: Change Data Capture guide, pages "General Considerations" (several changes of one record) and
"Merged Change Events" (the same change of several records).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cadence_desk.practice.events.schemas import NEVER_SENT

if TYPE_CHECKING:
    from collections.abc import Container, Mapping

    from cadence_desk.practice.org.changes import CommittedChange, CommittedTransaction

_STAMP = "LastModifiedDate"


@dataclass(frozen=True, slots=True)
class FoldedChange:
    """What one event says: `values` holds the columns that its body carries."""

    entity: str
    change_type: str
    record_ids: tuple[str, ...]
    values: Mapping[str, object]
    changed: tuple[str, ...]
    nulled: tuple[str, ...]
    sequence: int

    @property
    def weight(self) -> int:
        """How much it counts against the limit of changes per transaction: a changed field of an update counts one."""
        per_record = max(len(self.changed), 1) if self.change_type == "UPDATE" else 1
        return per_record * len(self.record_ids)


def fold(transaction: CommittedTransaction, entities: Container[str]) -> list[FoldedChange]:
    """One change per record, then equal changes of one entity merged, in the order of the sequence numbers."""
    merged: dict[tuple[object, ...], FoldedChange] = {}
    for change in _one_per_record(transaction, entities):
        key = (change.entity, change.change_type, change.changed, tuple(sorted(change.values.items())))
        first = merged.get(key)
        if first is None:
            merged[key] = change
        else:
            merged[key] = _with_records(first, first.record_ids + change.record_ids)
    return sorted(merged.values(), key=lambda change: change.sequence)


def _one_per_record(transaction: CommittedTransaction, entities: Container[str]) -> list[FoldedChange]:
    by_record: dict[tuple[str, str], list[CommittedChange]] = {}
    for change in transaction.changes:
        if change.entity in entities:
            by_record.setdefault((change.entity, change.record_id), []).append(change)
    folded = (_fold_record(changes) for changes in by_record.values())
    return [change for change in folded if change is not None]


def _fold_record(changes: list[CommittedChange]) -> FoldedChange | None:
    first, last = changes[0], changes[-1]
    kind = first.change_type
    if last.change_type == "DELETE":
        if kind == "CREATE":
            return None
        kind = "DELETE"
    elif kind == "DELETE":
        kind = "UNDELETE"
    changed = _changed_columns(changes) if kind == "UPDATE" else ()
    if kind == "UPDATE" and not changed:
        return None
    if kind == "DELETE":
        values: dict[str, object] = {}
    elif kind == "UPDATE":
        values = {column: last.values.get(column) for column in changed}
    else:
        values = {column: value for column, value in last.values.items() if _told(column)}
    nulled = tuple(column for column in changed if values.get(column) is None)
    return FoldedChange(first.entity, kind, (first.record_id,), values, changed, nulled, first.sequence)


def _changed_columns(changes: list[CommittedChange]) -> tuple[str, ...]:
    columns: dict[str, None] = {}
    for change in changes:
        columns.update(dict.fromkeys(column for column in change.changed_fields if _told(column)))
        columns.update(dict.fromkeys(column for column in change.nulled_fields if _told(column)))
    if columns and _STAMP in changes[-1].values:
        columns[_STAMP] = None
    return tuple(columns)


def _told(column: str) -> bool:
    return column not in NEVER_SENT and not column.endswith("__type")


def _with_records(change: FoldedChange, record_ids: tuple[str, ...]) -> FoldedChange:
    return FoldedChange(
        change.entity,
        change.change_type,
        record_ids,
        change.values,
        change.changed,
        change.nulled,
        change.sequence,
    )
