"""What the activity feed says, and what it keeps quiet about."""

from __future__ import annotations

from typing import Any

import pytest

from cadence_desk.domain.changes import ChangeType
from cadence_desk.sync.activity_words import call_words, step_words, tracker_words
from cadence_desk.sync.tracker_table import TrackerWords
from tests.unit.sync.records import ANNA, event, step, tracker

WORDS = TrackerWords("Anna", "Outbound", "Robin")


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        (None, {}, "Anna was added to Outbound"),
        ({}, {}, ""),
        ({}, {"state": "Paused"}, "Anna was paused in Outbound"),
        ({"state": "Paused"}, {}, "Anna was resumed in Outbound"),
        ({"state": "Processing"}, {}, ""),
        ({}, {"state": "Processing"}, ""),
        ({}, {"state": "Error"}, "Anna has an error in Outbound"),
        ({}, {"state": "Hibernating"}, "Anna is now Hibernating in Outbound"),
        ({}, {"state": "Complete", "completion_reason": "NoMoreSteps"}, "Anna reached the end of Outbound"),
        ({}, {"state": "Complete", "completion_reason": "ManuallyRemoved"}, "Anna was removed from Outbound"),
        ({}, {"state": "Complete", "completion_reason": "New"}, "Anna completed Outbound"),
        ({"owner_id": "other"}, {}, "Anna was handed to Robin in Outbound"),
        ({}, {"completion_disposition": "Success"}, "Anna: cadence disposition Success"),
        ({"completion_disposition": "Success"}, {}, ""),
    ],
)
def test_trackers(before: dict[str, Any] | None, after: dict[str, Any], words: str) -> None:
    earlier = None if before is None else tracker(**before)
    assert tracker_words(tracker(**after), earlier, WORDS) == words


def test_what_has_no_name_is_told_all_the_same() -> None:
    assert tracker_words(tracker(), None, TrackerWords("", "", "")) == "Someone was added to a cadence"
    handed = tracker_words(tracker(), tracker(owner_id="x"), TrackerWords("", "", ""))
    assert handed == "Someone was handed to another rep in a cadence"
    assert step_words(step(title=""), None, "") == "Someone reached a step"


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        (None, {}, "Anna reached Intro call"),
        (None, {"state": "Queued"}, ""),
        ({}, {}, ""),
        ({}, {"state": "Completed"}, "Anna: Intro call was completed"),
        ({}, {"state": "Completed", "completion_reason": "ManuallySkipped"}, "Anna: Intro call was skipped"),
        ({}, {"state": "Error", "error_code": "Bounced"}, "Anna: Intro call has a step error (Bounced)"),
        ({}, {"state": "Error"}, "Anna: Intro call has a step error (no code)"),
        ({}, {"state": "Paused"}, ""),
    ],
)
def test_steps(before: dict[str, Any] | None, after: dict[str, Any], words: str) -> None:
    assert step_words(step(**after), None if before is None else step(**before), "Anna") == words


def test_calls() -> None:
    assert (
        call_words(event("Task", "1", CallDisposition="Connected"), "Anna") == "Anna: call logged, Connected"
    )
    assert (
        call_words(event("Task", "1", CallDisposition="Connected"), "") == "Someone: call logged, Connected"
    )
    assert not call_words(event("Task", "1", ChangeType.DELETE, CallDisposition="Connected"), ANNA)
    for result in (None, "", 7):
        assert not call_words(event("Task", "1", CallDisposition=result), "Anna")
