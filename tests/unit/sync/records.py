"""Small makers of records and events for the tests of the engine's parts."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from cadence_desk.domain.changes import ChangeEvent, ChangeType
from cadence_desk.domain.people import Person, PersonKind
from cadence_desk.domain.record_ids import RecordId
from cadence_desk.domain.trackers import ENDED_STATES, StepTracker, Tracker
from tests.engine.model_world import CADENCE, ME, lead, record_id

NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)
NOON_MS = int(NOON.timestamp() * 1000)
ANNA = lead(1)
RUN = record_id("0qB", 1)
STEP_ID = record_id("8HF", 1)


def person(number: int = 1, **values: Any) -> Person:
    given: dict[str, Any] = {"modified": NOON, **values}
    return Person(
        lead(number), given.pop("kind", PersonKind.LEAD), given.pop("name", f"Person {number}"), **given
    )


def tracker(number: int = 1, **values: Any) -> Tracker:
    given: dict[str, Any] = {
        "id": record_id("0qB", number), "target_id": ANNA, "cadence_id": CADENCE, "state": "Running", "owner_id": ME,
        "target_name": "Anna", "cadence_name": "Outbound", "owner_name": "Robin", "modified": NOON, "created": NOON,
        **values,
    }  # fmt: skip
    return Tracker(is_active=given["state"] not in ENDED_STATES, **given)


def step(number: int = 1, **values: Any) -> StepTracker:
    given: dict[str, Any] = {
        "id": record_id("8HF", number), "tracker_id": RUN, "state": "Active", "type": "MakeACall", "title": "Intro call",
        "target_id": ANNA, "modified": NOON, "created": NOON, **values,
    }  # fmt: skip
    return StepTracker(**given)


def event(
    entity: str, record: str, kind: ChangeType = ChangeType.UPDATE, at: int = 0, **values: Any
) -> ChangeEvent:
    """Return an event `at` milliseconds after noon."""
    return ChangeEvent(
        event_id=f"{entity} {record} {kind.value} {at}", entity=entity, record_id=RecordId(record), type=kind,
        commit_ms=NOON_MS + at, commit_number=at, sequence=1, values=values,
        nulled=frozenset(name for name, value in values.items() if value is None),
    )  # fmt: skip
