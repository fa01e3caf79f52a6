"""Errors say what was carried out; capabilities say why not; previews say what will happen."""

from __future__ import annotations

from dataclasses import replace

from cadence_desk.domain import errors
from cadence_desk.domain.changes import FEED_WORDS, ChangeType, FeedState
from cadence_desk.domain.errors import AnswerLost, DeskError, Executed, OrgRefused, Retry, Unreachable
from cadence_desk.domain.orgs import (
    ActionDescription,
    ActionInput,
    ApiUsage,
    Capabilities,
    FieldDescription,
    ObjectDescription,
)
from cadence_desk.domain.record_ids import RecordId
from cadence_desk.domain.refusals import REASONS, PlanRow, RefusalCode, Verdict
from cadence_desk.domain.trackers import StepTracker, state_word


def test_every_error_has_a_code_of_its_own_and_a_title() -> None:
    tree = [one for one in vars(errors).values() if isinstance(one, type) and issubclass(one, DeskError)]
    assert len({one.code for one in tree}) == len(tree)
    assert all(one.title for one in tree)
    assert issubclass(Unreachable, errors.LinkError)


def test_an_error_can_say_more_than_its_class() -> None:
    plain = AnswerLost()
    assert (plain.message, plain.executed, plain.retry) == (
        "No answer came back",
        Executed.UNKNOWN,
        Retry.LATER,
    )
    told = OrgRefused(
        "Not today.", hint="Try.", server_text="no", server_code="X", retry=Retry.LATER, executed=Executed.YES
    )
    assert str(told) == told.message == "Not today."
    assert (told.hint, told.server_text, told.server_code) == ("Try.", "no", "X")
    assert (told.retry, told.executed) == (Retry.LATER, Executed.YES)


def test_what_an_org_offers_and_why_not() -> None:
    known = ActionDescription("a", "A", (ActionInput("targetId", required=True),))
    strange = ActionDescription("b", "B", (), ("mood", "weather"))
    offers = Capabilities("65.0", {"a": known, "b": strange})
    assert offers.offers("a")
    assert not offers.why_not("a")
    assert not offers.offers("b")
    assert "asks for mood, weather" in offers.why_not("b")
    assert not offers.offers("c")
    assert "does not offer c" in offers.why_not("c")
    assert not offers.has_object("Task")


def test_an_object_knows_its_visible_fields() -> None:
    task = ObjectDescription(
        "Task", "Task", "00T", {"Subject": FieldDescription("Subject", "Subject", "string")}
    )
    assert task.has("Subject")
    assert not task.has("Subject", "Status")
    assert ApiUsage(by_purpose={"people": 3, "tasks": 4}).calls == 7


def test_every_refusal_tells_what_and_what_to_do() -> None:
    assert set(REASONS) == set(RefusalCode)
    row = PlanRow("1", "Anna", Verdict.REFUSED, RefusalCode.DELETED, detail="yesterday")
    assert (
        row.words == "Refused: The record was deleted (yesterday). Restore it in Salesforce, or drop the row."
    )
    warned = PlanRow(
        "1",
        "Anna",
        Verdict.WILL_ADD_WITH_WARNING,
        warnings=(RefusalCode.EMAIL_EMPTY, RefusalCode.QUEUE_OWNED),
    )
    assert warned.words.startswith(
        "Will add with warning: No email address and the cadence has email steps; The record"
    )
    assert PlanRow("1", "Anna", Verdict.WILL_ADD).words == "Will add"


def test_feed_states_and_gaps() -> None:
    assert set(FEED_WORDS) == set(FeedState)
    gaps = {one for one in ChangeType if one.is_gap}
    assert len(gaps) == 6
    assert ChangeType.UNREADABLE in gaps


def test_unknown_states_are_shown_and_count_as_open() -> None:
    assert state_word("Hibernating") == "Hibernating"
    assert state_word("Initializing") == "Starting"
    assert StepTracker(RecordId("1"), RecordId("2"), "Hibernating", "Wait", "").is_open
    assert not StepTracker(RecordId("1"), RecordId("2"), "Cancelled", "Wait", "").is_open


def test_calls_need_tasks_that_may_be_created() -> None:
    task = ObjectDescription("Task", "Task", "00T", {}, createable=True)

    def told(found: ObjectDescription | None, version: str = "68.0") -> str:
        return Capabilities(version, objects={} if found is None else {"Task": found}).why_not_task()

    assert told(task) == told(replace(task, createable=None)) == told(None, version="") == ""
    assert "cannot see tasks" in told(None)
    assert "may not create tasks" in told(replace(task, createable=False))
