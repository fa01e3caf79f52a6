"""What waits, is in doubt or needs review: each choice is offered where it is safe, made once, and told in the audit."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from cadence_desk.domain.choices import Choice
from cadence_desk.domain.errors import BadFile, BadValue, Unreachable
from cadence_desk.domain.operations import Hold, Kind, OperationState
from cadence_desk.domain.protection import Protection
from tests.engine.fates import Fate
from tests.engine.model_world import CADENCE, lead

if TYPE_CHECKING:
    from pathlib import Path

    from cadence_desk.domain.operations import Operation
    from tests.engine.conftest import Run
    from tests.engine.rig import Rig

ANNA = lead(1)
NOTE = "=HYPERLINK spoke to Anna"


async def ready(rig: Rig) -> str:
    """Start with one person in a cadence; returns the step she stands at."""
    rig.world.add_lead(1)
    tracker = rig.world.enroll(ANNA, CADENCE)
    await rig.start()
    return rig.world.trackers[tracker.id].current_step_id


async def log(rig: Rig, step: str | None) -> Operation:
    draft = await rig.desk.calls.begin(ANNA, step)
    draft.result, draft.notes = "Connected", NOTE
    await rig.desk.calls.save(draft)
    await rig.calm()
    return rig.operations(ANNA)[0]


def blind(what: str) -> None:
    """Reading tasks is of no use for a while."""
    if what == "task by key":
        raise Unreachable


async def in_review(rig: Rig, fate: Fate = Fate.ACK_LOST) -> Operation:
    """Log a call whose answer is lost, and have reading give up at once: a person has to decide."""
    step = await ready(rig)
    rig.org.fates.append(fate)
    rig.org.before_read = blind
    first = await log(rig, step)
    rig.org.before_read = lambda _what: None
    moved = rig.engine.parts.outbox.move(first.op_id, OperationState.NEEDS_REVIEW, "reading was of no use")
    rig.engine.runner.took([moved.result()])
    return rig.operations(ANNA)[0]


async def why(rig: Rig, op_id: str) -> str:
    return (await rig.desk.outbox.story(op_id)).history[-1].why


def test_a_story_tells_what_was_asked_seen_and_done(rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        operation = await in_review(rig)
        story = await rig.desk.outbox.story(operation.op_id)
        asked = {fact.label: fact.text for fact in story.asked}
        assert (asked["Call result"], asked["Note"]) == ("Connected", NOTE)
        assert {"Salesforce's clock at the send", "Sent"} <= {fact.label for fact in story.seen}
        assert [one.after.value for one in story.history] == [
            "draft", "queued", "sending", "in_doubt", "needs_review",
        ]  # fmt: skip
        assert story.protection == "At most once, with review: no unique key."
        assert [one.kind for one in story.touches] == [Kind.COMPLETE_STEP]
        assert story.choices == [Choice.SETTLE, Choice.RESEND, Choice.EDIT, Choice.DROP]

    run(go())


def test_the_level_of_protection_follows_the_org(rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        seen = [rig.desk.outbox.protection]
        rig.world.has_key_field = True
        await ready(rig)
        seen.append(rig.desk.outbox.protection)
        assert seen == [Protection.UNKNOWN, Protection.KEY]

    run(go())


def test_it_is_in_salesforce_settles_and_lets_the_rest_go(rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        operation = await in_review(rig)
        sent = len(rig.org.sent)
        done = await rig.desk.outbox.decide(Choice.SETTLE, [operation.op_id], "I looked")
        assert done.count == 1
        told = await why(rig, operation.op_id)
        assert told == "it is in Salesforce: decided by rep@example.org in the window (I looked)"
        await rig.pass_time(5)
        assert rig.states(ANNA) == ["settled", "settled"]
        assert rig.org.sent[sent:] == [("sendSalesCadenceEvent", 1)]

    run(go())


@pytest.mark.parametrize("choice", [Choice.SETTLE, Choice.RESEND, Choice.DROP])
def test_a_second_press_of_the_same_choice_does_nothing(choice: Choice, rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        operation = await in_review(rig)
        await rig.desk.outbox.decide(choice, [operation.op_id])
        with pytest.raises(BadValue, match="cannot be decided now"):
            await rig.desk.outbox.decide(choice, [operation.op_id])
        told = [one.why for one in (await rig.desk.outbox.story(operation.op_id)).history]
        assert len([one for one in told if "decided by" in one]) == 1

    run(go())


@pytest.mark.parametrize("fate", [Fate.ACK_LOST, Fate.LATE, Fate.LOST])
def test_send_again_never_makes_two(fate: Fate, rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        operation = await in_review(rig, fate)
        sent = len(rig.org.sent)
        done = await rig.desk.outbox.decide(Choice.RESEND, [operation.op_id])
        assert "Not before 11 min" in done.words
        await rig.pass_time(600)
        assert rig.operations(ANNA)[0].hold is Hold.SCHEDULED
        assert len(rig.org.sent) == sent, "sent again while the first may still be running"
        await rig.pass_time(120)
        assert rig.states(ANNA) == ["settled", "settled"]
        assert len(rig.world.calls(ANNA)) == 1

    run(go())


def test_with_a_key_it_is_sent_again_at_once(rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        rig.world.has_key_field = True
        operation = await in_review(rig, Fate.LATE)
        await rig.desk.outbox.decide(Choice.RESEND, [operation.op_id])
        await rig.pass_time(5)
        assert rig.states(ANNA) == ["settled", "settled"]
        await rig.pass_time(900)
        assert len(rig.world.calls(ANNA)) == 1

    run(go())


def test_a_dropped_call_takes_the_rest_of_its_press_along(rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        operation = await in_review(rig)
        touched = rig.desk.outbox.touched(Choice.DROP, [operation.op_id])
        assert [one.kind for one in touched] == [Kind.LOG_CALL, Kind.COMPLETE_STEP]
        sent = len(rig.org.sent)
        await rig.desk.outbox.decide(Choice.DROP, [operation.op_id])
        await rig.pass_time(900)
        assert rig.states(ANNA) == ["cancelled", "cancelled"]
        assert len(rig.org.sent) == sent

    run(go())


def test_edit_and_save_again_supersedes_in_one_commit(rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        operation = await in_review(rig)
        draft = await rig.desk.calls.edit_again(operation.op_id)
        assert (draft.notes, draft.replaces) == (NOTE, operation.op_id)
        assert "may be in Salesforce already" in draft.doubt
        assert (await rig.desk.calls.edit_again(operation.op_id)).op_id == draft.op_id, "a second press"
        assert rig.desk.calls.draft_of(draft.op_id) == draft
        draft.notes = "Corrected"
        await rig.desk.calls.save(draft)
        states = dict(zip([one.kind for one in rig.operations(ANNA)[:2]], rig.states(ANNA), strict=False))
        assert states == {Kind.LOG_CALL: "superseded", Kind.COMPLETE_STEP: "cancelled"}
        await rig.pass_time(5)
        assert rig.states(ANNA)[2:] == ["settled", "settled"]
        with pytest.raises(BadValue):
            await rig.desk.calls.edit_again(operation.op_id)
        with pytest.raises(BadValue):
            rig.desk.calls.draft_of(draft.op_id)

    run(go())


def test_what_was_refused_is_asked_again_or_leaves_the_view(rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        await ready(rig)
        tracker = rig.desk.trackers_of(ANNA)[0]
        rig.org.fates.extend([Fate.REFUSED, Fate.REFUSED])
        await rig.desk.moves.pause([tracker.id])
        await rig.pass_time(3)
        (first,) = rig.operations(ANNA)
        assert rig.desk.outbox.choices(first) == [Choice.ASK_AGAIN, Choice.HIDE]
        await rig.desk.outbox.decide(Choice.ASK_AGAIN, [first.op_id])
        await rig.pass_time(3)
        assert rig.states(ANNA) == ["superseded", "refused"]
        second = rig.operations(ANNA)[1]
        assert rig.desk.outbox.open_count() == 1
        assert rig.engine.board.projection._overlay.words(ANNA).startswith("Refused")
        await rig.desk.outbox.decide(Choice.HIDE, [second.op_id])
        assert rig.desk.outbox.open_count() == 0
        assert rig.engine.board.projection._overlay.words(ANNA) == "", "its row is quiet, too"
        assert "dropped from view: decided by" in await why(rig, second.op_id)
        await rig.restart()
        assert rig.desk.outbox.open_count() == 0, "still out of view after a restart"

    run(go())


def test_what_waits_is_canceled_alone_or_with_its_run(rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        people = [rig.world.add_lead(number).id for number in (1, 2, 3, 4)]
        trackers = [str(rig.world.enroll(one, CADENCE).id) for one in people]
        await rig.start()
        await rig.desk.moves.pause(trackers)
        first = rig.operations(people[0])[0]
        assert rig.desk.outbox.choices(first) == [Choice.CANCEL, Choice.CANCEL_RUN]
        assert (await rig.desk.outbox.decide(Choice.CANCEL, [first.op_id])).count == 1
        second = rig.operations(people[1])[0]
        done = await rig.desk.outbox.decide(Choice.CANCEL_RUN, [second.op_id])
        assert (done.count, done.words) == (3, "3 changes canceled: nothing was sent.")
        await rig.pass_time(60)
        assert not rig.org.sent

    run(go())


def test_a_call_that_waits_is_canceled_with_everything_behind_it(rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        step = await ready(rig)
        rig.org.link_down = True
        operation = await log(rig, step)
        await rig.pass_time(2)
        assert rig.operations(ANNA)[0].words == "Waiting: offline"
        touched = rig.desk.outbox.touched(Choice.CANCEL, [operation.op_id])
        assert [one.kind for one in touched] == [Kind.LOG_CALL, Kind.COMPLETE_STEP]
        assert (await rig.desk.outbox.decide(Choice.CANCEL, [operation.op_id])).count == 2
        rig.org.link_down = False
        await rig.pass_time(900)
        assert rig.states(ANNA) == ["cancelled", "cancelled"]
        assert not rig.org.sent

    run(go())


def test_what_may_have_been_sent_is_never_canceled(rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        rig.world.has_key_field = True
        await ready(rig)
        rig.org.fates.extend([Fate.LATE, *[Fate.UNREACHABLE] * 9])
        operation = await log(rig, None)
        assert rig.desk.outbox.choices(operation) == [Choice.CHECK_NOW]
        await rig.pass_time(3)
        again = rig.operations(ANNA)[0]
        assert again.state is OperationState.QUEUED, "sent again at once, and held by the link"
        assert rig.desk.outbox.choices(again) == []
        with pytest.raises(BadValue):
            await rig.desk.outbox.decide(Choice.CANCEL, [again.op_id])

    run(go())


def test_check_now_reads_at_once_and_sends_nothing_too_early(rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        await ready(rig)
        rig.org.fates.append(Fate.LOST)
        operation = await log(rig, None)
        await rig.pass_time(120)
        reads = rig.org.calls["task by key"]
        done = await rig.desk.outbox.decide(Choice.CHECK_NOW, [operation.op_id])
        await rig.pass_time(0.1)
        assert done.words == "Salesforce is being read now."
        assert rig.org.calls["task by key"] == reads + 1
        assert rig.states(ANNA) == ["in_doubt"], "absent proves nothing yet"
        assert rig.org.calls["create task"] == 1

    run(go())


def test_an_operation_is_found_by_a_part_of_its_id(rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        operation = await in_review(rig)
        assert rig.desk.outbox.find(operation.op_id[-8:].upper()).op_id == operation.op_id
        for wrong in ("", operation.op_id[-3:], "no such id", operation.op_id[:6]):
            with pytest.raises(BadValue):
                rig.desk.outbox.find(wrong)

    run(go())


@pytest.mark.parametrize("name", ["notes.csv", "notes.txt"])
def test_unsent_texts_are_written_privately_and_harmlessly(
    name: str, rig: Rig, run: Run[Any], tmp_path: Path
) -> None:
    async def go() -> None:
        await in_review(rig)
        open_draft = await rig.desk.calls.begin(ANNA, None)
        open_draft.notes = "Half a thought"
        await rig.desk.calls.keep(open_draft)
        path = tmp_path / name
        assert await rig.desk.outbox.export(path) == 3
        assert path.stat().st_mode & 0o777 == 0o600
        text = path.read_text(encoding="utf-8")
        assert "Half a thought" in text
        assert ("\"'=HYPERLINK" if name.endswith("csv") else "\n\n=HYPERLINK") in text
        with pytest.raises(BadFile, match="already"):
            await rig.desk.outbox.export(path)
        with pytest.raises(BadFile, match="cannot be made"):
            await rig.desk.outbox.export(tmp_path / "no folder" / name)

    run(go())


def test_texts_of_finished_work_are_not_exported(rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        step = await ready(rig)
        done = await log(rig, step)
        await rig.pass_time(5)
        refused = replace(done, state=OperationState.REFUSED)
        assert not rig.desk.outbox.unsent()
        rig.engine.runner.work.put([refused])
        assert [one.note for one in rig.desk.outbox.unsent()] == [NOTE]

    run(go())
