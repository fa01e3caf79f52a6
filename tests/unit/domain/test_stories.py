"""What was asked and what was seen, in plain words: no id without a name, no field lost, nothing of the machinery."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cadence_desk.domain.choices import (
    ASKED_FIRST,
    CHOICE_HINTS,
    CHOICE_WORDS,
    DROPPED,
    STATE_MEANINGS,
    UNREADABLE_MEANING,
    Choice,
    choices_of,
    meaning_of,
)
from cadence_desk.domain.clear_fields import UNREADABLE
from cadence_desk.domain.operations import TRANSITIONS, Kind, Operation, OperationState
from cadence_desk.domain.protection import PROTECTION_BADGES, PROTECTION_DETAILS, PROTECTION_WORDS, Protection
from cadence_desk.domain.record_ids import RecordId
from cadence_desk.domain.stories import Moment, asked_facts, local_time, seen_facts
from cadence_desk.domain.undo import undo_summary

S = OperationState


def operation(kind: Kind = Kind.LOG_CALL, state: OperationState = S.QUEUED, **fields: object) -> Operation:
    made = Operation("op", "op", 0, kind, RecordId("00Q000000000001AAA"), state, {})
    return replace(made, **fields)  # type: ignore[arg-type]


def name_of(record_id: str) -> str:
    return f"name of {record_id}"


def asked(**payload: object) -> dict[str, str]:
    return {fact.label: fact.text for fact in asked_facts(operation(payload=payload), name_of)}


def test_what_was_asked_is_told_in_words() -> None:
    told = asked(
        result="Left Voicemail", notes="a\nb", duration=3725, subject="Call", day="2026-11-24", step_id="8HF1",
        follow_up={"subject": "Send it", "due": "2026-11-30"}, replaces="x", was_refused="", doubt="",
    )  # fmt: skip
    assert told == {
        "Call result": "Left Voicemail", "Note": "a\nb", "Duration": "62:05 minutes", "Subject": "Call",
        "Day": "2026-11-24", "Follow-up task": "Send it, 2026-11-30",
    }  # fmt: skip
    assert asked(assignee_id="005X", resume_at="2026-07-01T07:30:00.000Z", other="kept") == {
        "Assignee": "name of 005X",
        "Resume by itself on": local_time(1_782_891_000),
        "other": "kept",
    }
    assert asked(resume_at="some day") == {"Resume by itself on": "some day"}


def test_a_cadence_has_its_name_once() -> None:
    enroll = operation(Kind.ENROLL, cadence_id="77C1", payload={"cadence_name": "Outbound"})
    assert [one.text for one in asked_facts(enroll, name_of)] == ["Outbound"]
    pause = operation(Kind.PAUSE, cadence_id="77C1")
    assert [one.text for one in asked_facts(pause, name_of)] == ["name of 77C1"]


def test_what_was_seen_keeps_the_words_of_the_server() -> None:
    seen = operation(
        attempt=2, server_text="<b>no</b>", server_code="X", server_id="00T1",
        evidence={"task_id": "00T1", "owner": "005X", "org_time": 0.0, "unsure_since": 5.0, "own_task": "1", "new": "y"},
    )  # fmt: skip
    assert [(one.label, one.text) for one in seen_facts(seen, name_of)] == [
        ("Salesforce said", "<b>no</b>"),
        ("Code", "X"),
        ("Task", "00T1"),
        ("Assignee", "name of 005X"),
        ("Sent for the first time", local_time(5.0)),
        ("new", "y"),
        ("Sent", "2 times"),
    ]
    other = operation(server_id="00T2", attempt=1)
    assert [(one.label, one.text) for one in seen_facts(other, name_of)] == [
        ("Record", "00T2"),
        ("Sent", "once"),
    ]
    assert seen_facts(operation(), name_of) == []


def test_a_text_that_is_no_longer_kept_is_told() -> None:
    (fact,) = asked_facts(operation(state=S.SETTLED), name_of)
    assert fact.text.startswith("No longer kept")
    assert not asked_facts(operation(state=S.QUEUED), name_of)


def test_a_note_in_the_history_has_no_state() -> None:
    assert Moment(0.0, S.REFUSED, S.REFUSED, "dropped from view").words == "dropped from view"
    assert Moment(0.0, S.QUEUED, S.SENDING, "").words == "Sending"
    assert Moment(0.0, None, S.QUEUED, "new").words == "Waiting: new"


@pytest.mark.parametrize("state", S)
def test_choices_lead_only_where_the_states_allow(state: OperationState) -> None:
    leads = {
        Choice.SETTLE: S.SETTLED, Choice.RESEND: S.QUEUED, Choice.DROP: S.CANCELLED, Choice.EDIT: S.SUPERSEDED,
        Choice.ASK_AGAIN: S.SUPERSEDED, Choice.CANCEL: S.CANCELLED, Choice.CANCEL_RUN: S.CANCELLED,
        Choice.DISCARD: S.CANCELLED,
    }  # fmt: skip
    for kind in Kind:
        for choice in choices_of(operation(kind, state, run_id="r")):
            assert choice not in leads or leads[choice] in TRANSITIONS[state], (kind, choice)
    assert STATE_MEANINGS[state]


def test_what_cannot_be_read_is_closed_only() -> None:
    lost = operation(state=S.NEEDS_REVIEW, evidence={UNREADABLE: "queued"})
    assert choices_of(lost) == [Choice.SETTLE, Choice.DROP]
    assert meaning_of(lost) == UNREADABLE_MEANING
    assert choices_of(replace(lost, state=S.REFUSED)) == []


def test_what_was_dropped_from_view_is_not_dropped_again() -> None:
    assert Choice.HIDE not in choices_of(operation(Kind.PAUSE, S.REFUSED, evidence={DROPPED: 1.0}))
    assert Choice.HIDE in choices_of(operation(Kind.PAUSE, S.REFUSED))


def test_everything_has_words() -> None:
    assert set(CHOICE_WORDS) == set(CHOICE_HINTS) == set(Choice)
    assert set(Choice) > ASKED_FIRST >= {Choice.RESEND}
    assert set(PROTECTION_BADGES) == set(PROTECTION_WORDS) == set(PROTECTION_DETAILS) == set(Protection)
    assert undo_summary([]) == "There is nothing to undo."
