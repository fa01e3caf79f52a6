"""How the fields of an event become the fields of our records, per entity. Pure; called by the board."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from dataclasses import fields as fields_of
from datetime import UTC, datetime
from functools import lru_cache
from operator import attrgetter
from typing import Any, TypeAlias

from cadence_desk.domain.making import maker_of
from cadence_desk.domain.people import Person, PersonKind
from cadence_desk.domain.record_ids import RecordId
from cadence_desk.domain.trackers import ENDED_STATES, StepTracker, Tracker

Record: TypeAlias = Person | Tracker | StepTracker
Turn: TypeAlias = Callable[[object], object]

TRACKER = "ActionCadenceTracker"
STEP = "ActionCadenceStepTracker"
LEAD = "Lead"
CONTACT = "Contact"
TASK = "Task"

ENTITIES = (TRACKER, STEP, LEAD, CONTACT, TASK)
NAMES_REMEMBERED = 1_000
"""So many sets of field names: few different ones come, again and again."""


def _text(value: object) -> object:
    return "" if value is None else str(value)


def _flag(value: object) -> object:
    return bool(value)


def _instant(value: object) -> object:
    if value is None:
        return None
    millis = value if type(value) is int else int(str(value))
    return datetime.fromtimestamp(millis / 1000, tz=UTC)


_COMMON: dict[str, tuple[str, Turn]] = {"LastModifiedDate": ("modified", _instant)}
_STAMPED: dict[str, tuple[str, Turn]] = {
    "CreatedDate": ("created", _instant),
    "LastModifiedDate": ("modified", _instant),
}

_FIELDS: dict[str, dict[str, tuple[str, Turn]]] = {
    TRACKER: {
        **_STAMPED,
        "State": ("state", _text),
        "IsTrackerActive": ("is_active", _flag),
        "OwnerId": ("owner_id", _text),
        "ActionCadenceId": ("cadence_id", _text),
        "TargetId": ("target_id", _text),
        "CurrentStepId": ("current_step_id", _text),
        "LastCompletedStepId": ("last_completed_step_id", _text),
        "CompletionReason": ("completion_reason", _text),
        "CompletionDisposition": ("completion_disposition", _text),
        "ErrorMessage": ("error_message", _text),
        "ScheduledResumeDateTime": ("scheduled_resume", _instant),
    },
    STEP: {
        **_STAMPED,
        "State": ("state", _text),
        "StepType": ("type", _text),
        "StepTitle": ("title", _text),
        "ActionCadenceTrackerId": ("tracker_id", _text),
        "TargetId": ("target_id", _text),
        "ActionCadenceId": ("cadence_id", _text),
        "ActionCadenceStepId": ("cadence_step_id", _text),
        "CompletionReason": ("completion_reason", _text),
        "CompletionDate": ("completion_date", _instant),
        "DueDateTime": ("due", _instant),
        "ErrorCode": ("error_code", _text),
    },
    LEAD: {
        **_COMMON,
        "Name": ("name", _text),
        "Company": ("account_name", _text),
        "Title": ("title", _text),
        "Email": ("email", _text),
        "Phone": ("phone", _text),
        "MobilePhone": ("mobile", _text),
        "Status": ("status", _text),
        "OwnerId": ("owner_id", _text),
        "DoNotCall": ("do_not_call", _flag),
        "HasOptedOutOfEmail": ("email_opt_out", _flag),
        "IsConverted": ("is_converted", _flag),
        "City": ("city", _text),
        "Country": ("country", _text),
    },
    CONTACT: {
        **_COMMON,
        "Name": ("name", _text),
        "Title": ("title", _text),
        "Email": ("email", _text),
        "Phone": ("phone", _text),
        "MobilePhone": ("mobile", _text),
        "OwnerId": ("owner_id", _text),
        "DoNotCall": ("do_not_call", _flag),
        "HasOptedOutOfEmail": ("email_opt_out", _flag),
    },
}

_DERIVED: dict[str, tuple[str, ...]] = {
    "owner_id": ("owner_name",),
    "current_step_id": ("current_step_title", "current_step_type"),
    "target_id": ("target_name",),
    "cadence_id": ("cadence_name",),
}
"""Names that come with an id when a record is read; a record without such a field is left alone."""

_MUST_READ: dict[str, frozenset[str]] = {
    # What a row shows but an event does not carry whole: names come in parts, accounts only by id.
    LEAD: frozenset({"Name", "FirstName", "LastName", "Address", "EmailBouncedDate", "EmailBouncedReason"}),
    CONTACT: frozenset(
        {
            "Name",
            "FirstName",
            "LastName",
            "AccountId",
            "MailingAddress",
            "IsPersonAccount",
            "EmailBouncedDate",
            "EmailBouncedReason",
        }
    ),
}


def must_read(entity: str, values: Mapping[str, object], *, whole: bool) -> bool:
    """Return True when the record has to be read because the event does not carry what a row shows."""
    return entity in _MUST_READ and (whole or _tells_too_little(entity, tuple(values)))


@lru_cache(NAMES_REMEMBERED)
def _tells_too_little(entity: str, names: tuple[str, ...]) -> bool:
    # Parts of a compound field come under their path: Name.LastName, MailingAddress.City.
    return any(name.split(".", 1)[0] in _MUST_READ[entity] for name in names)


_NAMES: Mapping[type, tuple[str, ...]] = {
    kind: tuple(one.name for one in fields_of(kind)) for kind in (Person, Tracker, StepTracker)
}
_VALUES: Mapping[type, Callable[[Record], tuple[Any, ...]]] = {
    kind: attrgetter(*names) for kind, names in _NAMES.items()
}
_MAKERS: Mapping[type, Callable[..., Any]] = {kind: maker_of(kind) for kind in _NAMES}


@dataclass(frozen=True, slots=True)
class _Way:
    """What events that carry the same fields do to a record: places are those of its own fields.

    Attributes:
        shown: the event's fields that a row shows: name, place, and how the value is turned.
        state, active: places of a tracker's state and of what follows from it; -1 where it does not apply.
        derived: places of ids, and of the names that come with each.
    """

    shown: tuple[tuple[str, int, Turn], ...]
    state: int
    active: int
    derived: tuple[tuple[int, tuple[int, ...]], ...]


@lru_cache(NAMES_REMEMBERED)
def _way_of(kind: type, entity: str, names: tuple[str, ...]) -> _Way:
    places = {name: place for place, name in enumerate(_NAMES[kind])}
    table = _FIELDS[entity]
    shown = tuple((name, places[table[name][0]], table[name][1]) for name in names if name in table)
    touched = {place for _, place, _ in shown}
    state = active = -1
    if entity == TRACKER and places["state"] in touched and places["is_active"] not in touched:
        state, active = places["state"], places["is_active"]
    derived = tuple(
        (places[name], tuple(places[one] for one in told if one in places))
        for name, told in _DERIVED.items()
        if places.get(name) in touched
    )
    return _Way(shown, state, active, derived)


def apply_values(record: Record, entity: str, values: Mapping[str, object]) -> Record:
    """Return the record with the event's fields set; fields that no row shows are left out."""
    kind: Any = type(record)
    way = _way_of(kind, entity, tuple(values))
    before = _VALUES[kind](record)
    after = list(before)
    for name, place, turn in way.shown:
        after[place] = turn(values[name])
    if way.state >= 0:
        # IsTrackerActive is calculated and may be absent from events: it follows from the state.
        after[way.active] = after[way.state] not in ENDED_STATES
    for place, told in way.derived:
        if after[place] != before[place]:
            # Events carry ids only: a name that belonged to the old id must not stay.
            for one in told:
                after[one] = ""
    made: Record = _MAKERS[kind](*after)
    return made


def new_record(entity: str, record_id: str, values: Mapping[str, object]) -> Record | None:
    """Return a record from a CREATE or UNDELETE event; None when the event does not carry enough."""
    identity = RecordId(record_id)
    if entity == TRACKER:
        if not values.get("TargetId") or not values.get("ActionCadenceId"):
            return None
        empty = Tracker(identity, RecordId(""), RecordId(""), "", is_active=False)
        return apply_values(empty, entity, values)
    if entity == STEP:
        if not values.get("ActionCadenceTrackerId"):
            return None
        return apply_values(StepTracker(identity, RecordId(""), "", "", ""), entity, values)
    return None


def kind_of(entity: str) -> PersonKind:
    """Return the kind of person an entity holds before its account is known."""
    return PersonKind.LEAD if entity == LEAD else PersonKind.CONTACT
