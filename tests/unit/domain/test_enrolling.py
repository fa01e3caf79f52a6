"""The enrollment preview: one row per target, one verdict per row, every code on its path."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cadence_desk.domain.cadences import Cadence, CadenceStep
from cadence_desk.domain.people import Person, PersonKind, Rep
from cadence_desk.domain.planning.enrolling import EnrollWish, Snapshot, plan_enrollment
from cadence_desk.domain.record_ids import RecordId
from cadence_desk.domain.refusals import PlanRow, RefusalCode, Verdict
from cadence_desk.domain.trackers import Tracker
from tests.engine.model_world import CADENCE, ME, OTHER_CADENCE, lead, record_id

if TYPE_CHECKING:
    from collections.abc import Sequence

R = RefusalCode
NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)
CALLS = Cadence(
    CADENCE, "Calls", "Active", steps=(CadenceStep(record_id("8HS", 1), CADENCE, "s1", "Call", "MakeACall"),)
)
MAILS = replace(CALLS, steps=(CadenceStep(record_id("8HS", 2), CADENCE, "s2", "Mail", "SendAnEmail"),))
BOTH = replace(CALLS, steps=CALLS.steps + MAILS.steps)
REP = Rep(ME, "Robin", can_work=True)
WISH = EnrollWish(CALLS, REP)


def person(number: int = 1, **values: Any) -> Person:
    given_values = {"email": f"p{number}@example.org", "phone": "+49", "owner_id": ME, **values}
    return Person(lead(number), PersonKind.LEAD, f"Person {number}", **given_values)


def tracker(state: str = "Running", cadence: str = CADENCE, **values: Any) -> Tracker:
    return Tracker(
        record_id("0qB", 1),
        lead(1),
        RecordId(cadence),
        state,
        is_active=state not in {"Complete", "Error"},
        **values,
    )


def plan(
    one: Person | None, wish: EnrollWish = WISH, trackers: Sequence[Tracker] = (), **more: Any
) -> PlanRow:
    people = {str(lead(1)): one} if one is not None else {}
    (row,) = plan_enrollment([lead(1)], wish, Snapshot(people, {str(lead(1)): trackers}, **more))
    return row


@pytest.mark.parametrize(
    ("code", "wish"),
    [
        (R.CADENCE_NOT_ACTIVE, replace(WISH, cadence=replace(CALLS, state="Draft"))),
        (R.ASSIGNEE_INACTIVE, replace(WISH, assignee=replace(REP, is_active=False))),
        (R.ASSIGNEE_NO_LICENCE, replace(WISH, assignee=replace(REP, can_work=False))),
        (R.RELATED_RECORD_NOT_ENABLED, replace(WISH, wants_related=True)),
        (R.START_STEP_INVALID, replace(WISH, start_step="s9")),
        (
            R.START_STEP_ORPHAN,
            EnrollWish(replace(CALLS, steps=(replace(CALLS.steps[0], is_orphan=True),)), REP, "s1"),
        ),
    ],
)
def test_a_wish_that_cannot_be_refuses_every_row(code: RefusalCode, wish: EnrollWish) -> None:
    people = {str(lead(1)): person()}
    rows = plan_enrollment([lead(1), lead(2)], wish, Snapshot(people, {}))
    assert [(one.verdict, one.code) for one in rows] == [(Verdict.REFUSED, code)] * 2
    assert [one.name for one in rows] == ["Person 1", lead(2)]


@pytest.mark.parametrize(
    ("code", "wish", "values"),
    [
        (R.DELETED, WISH, {"is_deleted": True}),
        (R.LEAD_CONVERTED, WISH, {"is_converted": True}),
        (R.DO_NOT_CALL, WISH, {"do_not_call": True}),
        (R.OPTED_OUT_EMAIL, EnrollWish(MAILS, REP), {"email_opt_out": True}),
        (R.EMAIL_EMPTY, EnrollWish(MAILS, REP), {"email": ""}),
        (R.EMAIL_BOUNCED, EnrollWish(MAILS, REP), {"email_bounced": True}),
    ],
)
def test_what_forbids_a_person(code: RefusalCode, wish: EnrollWish, values: dict[str, Any]) -> None:
    row = plan(person(**values), wish)
    assert (row.verdict, row.code) == (Verdict.REFUSED, code)


@pytest.mark.parametrize(
    ("code", "wish", "values"),
    [
        (R.QUEUE_OWNED, WISH, {"owner_id": "00G000000000001AAA"}),
        (R.PHONE_EMPTY, WISH, {"phone": ""}),
        (R.EMAIL_EMPTY, EnrollWish(BOTH, REP), {"email": ""}),
        (R.EMAIL_BOUNCED, EnrollWish(BOTH, REP), {"email_bounced": True}),
        (R.EMAIL_INVALID, EnrollWish(MAILS, REP), {"email": "anna at home"}),
    ],
)
def test_what_only_warns(code: RefusalCode, wish: EnrollWish, values: dict[str, Any]) -> None:
    row = plan(person(**values), wish)
    assert (row.verdict, row.code, row.warnings) == (Verdict.WILL_ADD_WITH_WARNING, None, (code,))


@pytest.mark.parametrize("state", ["Running", "Paused", "Processing", "Initializing"])
def test_who_is_in_the_cadence_is_refused(state: str) -> None:
    assert plan(person(), trackers=[tracker(state)]).code is R.ALREADY_IN_THIS_CADENCE


def test_other_runs_warn_or_wait() -> None:
    other = plan(person(), trackers=[tracker(cadence=OTHER_CADENCE)])
    assert (other.verdict, other.warnings) == (Verdict.WILL_ADD_WITH_WARNING, (R.ALREADY_IN_OTHER_CADENCE,))
    busy = plan(person(), trackers=[tracker("Processing", OTHER_CADENCE)])
    assert busy.verdict is Verdict.WILL_WAIT
    assert R.TRACKER_BUSY in busy.warnings


@pytest.mark.parametrize(
    ("disposition", "warnings"),
    [
        ("Not Interested", (R.ENDED_NOT_INTERESTED,)),
        ("Bad Data", (R.ENDED_BAD_DATA,)),
        ("Duplicate", (R.ENDED_DUPLICATE,)),
        ("Disqualified", (R.ENDED_DISQUALIFIED,)),
        ("Success", ()),
    ],
)
def test_how_the_last_run_ended_warns(disposition: str, warnings: tuple[RefusalCode, ...]) -> None:
    ended = [
        tracker("Complete", completion_disposition="Duplicate", modified=None),
        tracker("Complete", completion_disposition="Bad Data", modified=NOON - timedelta(days=1)),
        tracker("Complete", completion_disposition=disposition, modified=NOON),
    ]
    expected = warnings or (R.ENDED_BAD_DATA,)
    assert plan(person(), trackers=ended).warnings == expected


def test_what_is_no_person_or_was_not_read() -> None:
    assert plan(None).code is R.NOT_FOUND
    assert plan(None, other_objects=frozenset({lead(1)})).code is R.UNSUPPORTED_OBJECT
    row = plan(person(), unread={lead(1): "the link is down"})
    assert (row.verdict, row.detail) == (Verdict.UNKNOWN, "the link is down")


def test_doubles_by_id_and_by_address_keep_the_first() -> None:
    people = {
        str(lead(number)): person(number, email="Anna@Example.org" if number < 3 else "")
        for number in (1, 2, 3, 4)
    }
    rows = plan_enrollment([lead(1), lead(1), lead(2), lead(3), lead(4)], WISH, Snapshot(people, {}))
    assert [one.code for one in rows] == [None, R.DUPLICATE_IN_LIST, R.DUPLICATE_IN_LIST, None, None]


def test_a_start_step_is_found_by_name_or_id() -> None:
    for start in ("s1", CALLS.steps[0].id):
        assert plan(person(), replace(WISH, start_step=start)).verdict is Verdict.WILL_ADD
    assert plan(person(), replace(WISH, wants_related=True, offers_related=True)).verdict is Verdict.WILL_ADD
    assert plan(person(), replace(WISH, assignee=replace(REP, can_work=None))).verdict is Verdict.WILL_ADD


@given(
    st.lists(st.integers(1, 6), max_size=12),
    st.dictionaries(st.integers(1, 6), st.fixed_dictionaries({
        "email": st.sampled_from(["", "x", "a@b.de", "c@d.de"]), "do_not_call": st.booleans(),
        "is_deleted": st.booleans(), "phone": st.sampled_from(["", "1"]),
    })),
    st.sampled_from([CALLS, MAILS, BOTH]),
)  # fmt: skip
def test_no_row_is_dropped_and_each_has_one_verdict(
    numbers: list[int], values: dict[int, dict[str, Any]], cadence: Cadence
) -> None:
    people = {str(lead(number)): person(number, **given_values) for number, given_values in values.items()}
    targets = [lead(number) for number in numbers]
    rows = plan_enrollment(targets, EnrollWish(cadence, REP), Snapshot(people, {}))
    assert [one.target_id for one in rows] == targets
    for row in rows:
        assert (row.code is not None) == (row.verdict is Verdict.REFUSED)
        assert bool(row.warnings) == (row.verdict in {Verdict.WILL_ADD_WITH_WARNING, Verdict.WILL_WAIT})
