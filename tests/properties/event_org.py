"""A tiny org for event traces: it commits changes, tells them as events, and can be read at any time."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count

from cadence_desk.domain.changes import ChangeEvent, ChangeType
from cadence_desk.domain.record_ids import RecordId
from cadence_desk.domain.trackers import ENDED_STATES, Tracker

EPOCH = 1_790_000_000_000
ENTITY = "ActionCadenceTracker"
STATES = ("Running", "Paused", "Processing", "Complete", "Error")


@dataclass
class EventOrg:
    """Trackers with four fields that change, a clock that often stands still, and a log of events."""

    now: int = EPOCH
    rows: dict[str, dict[str, object]] = field(default_factory=dict)
    bin: dict[str, dict[str, object]] = field(default_factory=dict)
    events: list[list[ChangeEvent]] = field(default_factory=list)
    _numbers: count[int] = field(default_factory=lambda: count(1))

    def tick(self, millis: int) -> None:
        self.now += millis

    def create(self, record_id: str, state: str) -> None:
        values: dict[str, object] = {
            "TargetId": f"00Q{record_id[3:]}",
            "ActionCadenceId": "77C000000000001AAA",
            "OwnerId": "005000000000001AAA",
            "State": state,
            "CompletionDisposition": None,
            "CreatedDate": self.now,
            "LastModifiedDate": self.now,
        }
        self.rows[record_id] = values
        self._commit([record_id], ChangeType.CREATE, dict(values))

    def update(self, record_ids: list[str], changes: dict[str, object], gap: bool = False) -> None:
        known = [one for one in record_ids if one in self.rows]
        if not known:
            return
        body = {**changes, "LastModifiedDate": self.now}
        for record_id in known:
            self.rows[record_id] = {**self.rows[record_id], **body}
        nulled = frozenset(name for name, value in changes.items() if value is None)
        if gap:
            self._commit(known, ChangeType.GAP_UPDATE, {})
        else:
            self._commit(known, ChangeType.UPDATE, body, nulled)

    def delete(self, record_id: str) -> None:
        if record_id in self.rows:
            self.bin[record_id] = self.rows.pop(record_id)
            self._commit([record_id], ChangeType.DELETE, {})

    def undelete(self, record_id: str) -> None:
        if record_id in self.bin:
            values = {**self.bin.pop(record_id), "LastModifiedDate": self.now}
            self.rows[record_id] = values
            self._commit([record_id], ChangeType.UNDELETE, dict(values))

    def overflow(self, state: str) -> None:
        """Everything changes at once, and one event says only that."""
        for record_id, values in self.rows.items():
            self.rows[record_id] = {**values, "State": state, "LastModifiedDate": self.now}
        self._commit([""], ChangeType.GAP_OVERFLOW, {})

    def _commit(
        self,
        record_ids: list[str],
        kind: ChangeType,
        values: dict[str, object],
        nulled: frozenset[str] = frozenset(),
    ) -> None:
        number = next(self._numbers)
        self.events.append(
            [
                ChangeEvent(
                    event_id=f"event-{number}",
                    entity=ENTITY,
                    record_id=record_id,
                    type=kind,
                    commit_ms=self.now,
                    commit_number=number,
                    sequence=1,
                    changed=frozenset(values),
                    nulled=nulled,
                    values=values,
                )
                for record_id in record_ids
            ]
        )

    def read(self, record_ids: list[str] | None = None) -> list[Tracker]:
        wanted = self.rows if record_ids is None else [one for one in record_ids if one in self.rows]
        return [tracker_of(record_id, self.rows[record_id]) for record_id in wanted]


def tracker_of(record_id: str, values: dict[str, object]) -> Tracker:
    stamp = datetime.fromtimestamp(int(str(values["LastModifiedDate"])) / 1000, tz=UTC)
    return Tracker(
        RecordId(record_id),
        RecordId(str(values["TargetId"])),
        RecordId(str(values["ActionCadenceId"])),
        str(values["State"]),
        is_active=values["State"] not in ENDED_STATES,
        owner_id=str(values["OwnerId"]),
        completion_disposition=str(values["CompletionDisposition"] or ""),
        # REST shows times to the second.
        modified=stamp.replace(microsecond=0),
        created=datetime.fromtimestamp(int(str(values["CreatedDate"])) / 1000, tz=UTC),
    )
