"""Fields of events become fields of records; what an event cannot tell is read."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from cadence_desk.domain.people import Person
from cadence_desk.domain.trackers import StepTracker, Tracker
from cadence_desk.sync.event_fields import CONTACT, LEAD, STEP, TRACKER, apply_values, must_read, new_record
from tests.engine.model_world import CADENCE
from tests.unit.sync.records import ANNA, NOON, NOON_MS, RUN, STEP_ID, person, step, tracker


def test_a_tracker_follows_its_event() -> None:
    changed = apply_values(
        tracker(current_step_id="old", current_step_title="Old", current_step_type="Wait"),
        TRACKER,
        {
            "State": "Complete", "CompletionReason": "NoMoreSteps", "LastModifiedDate": NOON_MS + 5_500,
            "ScheduledResumeDateTime": None, "Unknown__c": "x", "CurrentStepId": STEP_ID,
        },
    )  # fmt: skip
    assert isinstance(changed, Tracker)
    assert (changed.state, changed.is_active, changed.completion_reason) == ("Complete", False, "NoMoreSteps")
    assert changed.modified == datetime(2026, 7, 1, 12, 0, 5, 500_000, tzinfo=UTC)
    assert changed.scheduled_resume is None
    assert (changed.current_step_id, changed.current_step_title) == (STEP_ID, ""), (
        "the old step's name must not stay"
    )
    assert changed.target_name == "Anna"


def test_the_orgs_own_word_on_activity_wins() -> None:
    changed = apply_values(tracker(), TRACKER, {"State": "Running", "IsTrackerActive": False})
    assert isinstance(changed, Tracker)
    assert not changed.is_active


@pytest.mark.parametrize(
    ("state", "active"), [("Running", True), ("Paused", True), ("New", True), ("Error", False)]
)
def test_activity_follows_the_state_where_the_org_does_not_say(*, state: str, active: bool) -> None:
    changed = apply_values(tracker(), TRACKER, {"State": state})
    assert isinstance(changed, Tracker)
    assert changed.is_active is active


def test_a_new_assignee_takes_the_old_name_away() -> None:
    same = apply_values(tracker(), TRACKER, {"OwnerId": tracker().owner_id})
    other = apply_values(tracker(), TRACKER, {"OwnerId": "00G000000000001AAA"})
    assert isinstance(same, Tracker)
    assert isinstance(other, Tracker)
    assert (same.owner_name, other.owner_name) == ("Robin", "")


def test_nulled_texts_are_empty_and_nulled_times_none() -> None:
    changed = apply_values(step(due=NOON, error_code="X"), STEP, {"DueDateTime": None, "ErrorCode": None})
    assert isinstance(changed, StepTracker)
    assert (changed.due, changed.error_code) == (None, "")


def test_a_person_follows_what_a_row_shows() -> None:
    changed = apply_values(person(), LEAD, {"Title": "CEO", "DoNotCall": True, "IsConverted": True})
    assert isinstance(changed, Person)
    assert (changed.title, changed.do_not_call, changed.is_converted) == ("CEO", True, True)


@pytest.mark.parametrize(
    ("entity", "names", "whole", "read"),
    [
        (LEAD, {"Title"}, False, False),
        (LEAD, {"Title"}, True, True),
        (LEAD, {"LastName"}, False, True),
        (LEAD, {"Name.LastName"}, False, True),
        (CONTACT, {"MailingAddress.City"}, False, True),
        (CONTACT, {"AccountId"}, False, True),
        (CONTACT, {"Phone"}, False, False),
        (TRACKER, {"State"}, True, False),
    ],
)
def test_what_has_to_be_read(*, entity: str, names: set[str], whole: bool, read: bool) -> None:
    assert must_read(entity, dict.fromkeys(names, "x"), whole=whole) is read


def test_a_new_record_needs_its_links() -> None:
    made = new_record(TRACKER, RUN, {"TargetId": ANNA, "ActionCadenceId": CADENCE, "State": "Running"})
    assert isinstance(made, Tracker)
    assert (made.target_id, made.is_active) == (ANNA, True)
    assert new_record(TRACKER, RUN, {"State": "Running"}) is None
    assert isinstance(new_record(STEP, STEP_ID, {"ActionCadenceTrackerId": RUN}), StepTracker)
    assert new_record(STEP, STEP_ID, {}) is None
    assert new_record(LEAD, ANNA, {"Title": "CEO"}) is None
