"""The enrollment preview: sorts targets into will be added and refused, with the reason. Pure; called by desk."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cadence_desk.domain.cadences import CALL, EMAIL_STEPS
from cadence_desk.domain.record_ids import QUEUE, key_prefix
from cadence_desk.domain.refusals import REASONS, Override, PlanRow, RefusalCode, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from cadence_desk.domain.cadences import Cadence
    from cadence_desk.domain.people import Person, Rep
    from cadence_desk.domain.trackers import Tracker

_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+\Z")

_ENDED = {
    "Not Interested": RefusalCode.ENDED_NOT_INTERESTED,
    "Bad Data": RefusalCode.ENDED_BAD_DATA,
    "Duplicate": RefusalCode.ENDED_DUPLICATE,
    "Disqualified": RefusalCode.ENDED_DISQUALIFIED,
}


@dataclass(frozen=True, slots=True)
class EnrollWish:
    """What is wanted, apart from the targets."""

    cadence: Cadence
    assignee: Rep
    start_step: str = ""
    wants_related: bool = False
    offers_related: bool = False


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What was read for the preview.

    Attributes:
        people: by target id; a target that is missing here was asked for and not found.
        trackers: all known trackers by target id, active or ended.
        other_objects: ids that are no lead, contact or person account.
        unread: targets whose state could not be read, with the reason in words.
    """

    people: Mapping[str, Person]
    trackers: Mapping[str, Sequence[Tracker]]
    other_objects: frozenset[str] = frozenset()
    unread: Mapping[str, str] | None = None


class EnrollmentPlanner:
    """Sorts the targets of one list slice by slice; remembers who was seen in the slices before."""

    def __init__(self, wish: EnrollWish) -> None:
        self._wish = wish
        self._general = _refuse_wish(wish)
        self._seen_ids: set[str] = set()
        self._seen_mail: set[str] = set()

    @property
    def refuses_all(self) -> bool:
        """True when the wish itself refuses every row: nothing about the targets needs to be read."""
        return self._general is not None

    def plan(self, targets: Sequence[str], snapshot: Snapshot) -> list[PlanRow]:
        """Return one row per target, in order; no row is dropped and each has exactly one verdict."""
        return [self._row(target, snapshot) for target in targets]

    def _row(self, target: str, snapshot: Snapshot) -> PlanRow:
        person = snapshot.people.get(target)
        mail = person.email.casefold() if person else ""
        if self._general is not None:
            row = _refused(target, person, self._general)
        elif target in self._seen_ids or (mail and mail in self._seen_mail):
            row = _refused(target, person, RefusalCode.DUPLICATE_IN_LIST)
        else:
            row = _plan_one(target, self._wish, snapshot)
        self._seen_ids.add(target)
        if mail:
            self._seen_mail.add(mail)
        return row


def plan_enrollment(targets: Sequence[str], wish: EnrollWish, snapshot: Snapshot) -> list[PlanRow]:
    """Return one row per target of a list that is looked at as a whole."""
    return EnrollmentPlanner(wish).plan(targets, snapshot)


def _refuse_wish(wish: EnrollWish) -> RefusalCode | None:
    """Return the reason that refuses every row, if there is one."""
    if not wish.cadence.is_active:
        return RefusalCode.CADENCE_NOT_ACTIVE
    if not wish.assignee.is_active:
        return RefusalCode.ASSIGNEE_INACTIVE
    if wish.assignee.can_work is False:
        return RefusalCode.ASSIGNEE_NO_LICENCE
    if wish.wants_related and not wish.offers_related:
        return RefusalCode.RELATED_RECORD_NOT_ENABLED
    return _refuse_start(wish)


def _refuse_start(wish: EnrollWish) -> RefusalCode | None:
    if not wish.start_step:
        return None
    found = [step for step in wish.cadence.steps if wish.start_step in {step.id, step.step_name}]
    if not found:
        return RefusalCode.START_STEP_INVALID
    return RefusalCode.START_STEP_ORPHAN if found[0].is_orphan else None


def _plan_one(target: str, wish: EnrollWish, snapshot: Snapshot) -> PlanRow:
    if snapshot.unread and target in snapshot.unread:
        return PlanRow(target, target, Verdict.UNKNOWN, detail=snapshot.unread[target])
    if target in snapshot.other_objects:
        return _refused(target, None, RefusalCode.UNSUPPORTED_OBJECT)
    person = snapshot.people.get(target)
    if person is None:
        return _refused(target, None, RefusalCode.NOT_FOUND)
    trackers = snapshot.trackers.get(target, ())
    hard = _refuse_person(person, wish, trackers)
    if hard is not None:
        return _refused(target, person, hard)
    warnings = tuple(_warn(person, wish, trackers))
    waits = any(REASONS[code].override is Override.WAIT for code in warnings)
    verdict = Verdict.WILL_WAIT if waits else Verdict.WILL_ADD_WITH_WARNING if warnings else Verdict.WILL_ADD
    return PlanRow(target, person.name, verdict, warnings=warnings)


def _refuse_person(person: Person, wish: EnrollWish, trackers: Sequence[Tracker]) -> RefusalCode | None:
    types = wish.cadence.step_types()
    has_call, has_mail = CALL in types, bool(types & EMAIL_STEPS)
    tests = (
        (person.is_deleted, RefusalCode.DELETED),
        (person.is_converted, RefusalCode.LEAD_CONVERTED),
        (
            any(t.is_active and t.cadence_id == wish.cadence.id for t in trackers),
            RefusalCode.ALREADY_IN_THIS_CADENCE,
        ),
        (person.do_not_call and has_call, RefusalCode.DO_NOT_CALL),
        (person.email_opt_out and has_mail, RefusalCode.OPTED_OUT_EMAIL),
        (has_mail and not has_call and not person.email, RefusalCode.EMAIL_EMPTY),
        (has_mail and not has_call and person.email_bounced, RefusalCode.EMAIL_BOUNCED),
    )
    return next((code for applies, code in tests if applies), None)


def _warn(person: Person, wish: EnrollWish, trackers: Sequence[Tracker]) -> Iterable[RefusalCode]:
    if any(t.is_active and t.state in {"Initializing", "Processing"} for t in trackers):
        yield RefusalCode.TRACKER_BUSY
    if any(t.is_active for t in trackers):
        yield RefusalCode.ALREADY_IN_OTHER_CADENCE
    ended = [t for t in trackers if not t.is_active and t.completion_disposition in _ENDED]
    if ended:
        last = max(ended, key=lambda t: t.modified.timestamp() if t.modified else 0.0)
        yield _ENDED[last.completion_disposition]
    if person.owner_id and key_prefix(person.owner_id) == QUEUE:
        yield RefusalCode.QUEUE_OWNED
    yield from _warn_channels(person, wish.cadence.step_types())


def _warn_channels(person: Person, types: frozenset[str]) -> Iterable[RefusalCode]:
    if types & EMAIL_STEPS:
        if not person.email:
            yield RefusalCode.EMAIL_EMPTY
        elif person.email_bounced:
            yield RefusalCode.EMAIL_BOUNCED
        elif not _ADDRESS.match(person.email):
            yield RefusalCode.EMAIL_INVALID
    if CALL in types and not (person.phone or person.mobile):
        yield RefusalCode.PHONE_EMPTY


def _refused(target: str, person: Person | None, code: RefusalCode) -> PlanRow:
    return PlanRow(target, person.name if person else str(target), Verdict.REFUSED, code=code)
