"""Many rows at once are one run: probed, held, stopped, resumed after a crash, and told as the org tells it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from cadence_desk.desk.enrollment import WishInput
from cadence_desk.domain.choices import Choice
from cadence_desk.domain.errors import BadValue, Unreachable
from cadence_desk.domain.operations import Hold, OperationState
from cadence_desk.domain.planning.ledger import Bin
from cadence_desk.domain.planning.run import RunState
from cadence_desk.domain.ports import LaneName
from tests.engine.fates import Fate
from tests.engine.model_world import CADENCE, ME, lead

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cadence_desk.desk.runs import RunView
    from cadence_desk.domain.planning.ledger import Ledger
    from cadence_desk.domain.record_ids import RecordId
    from tests.engine.conftest import Run
    from tests.engine.rig import Rig

WISH = WishInput(CADENCE, ME)
S = OperationState


async def people(rig: Rig, count: int) -> list[RecordId]:
    for number in range(1, count + 1):
        rig.world.add_lead(number)
    await rig.start()
    return [lead(number) for number in range(1, count + 1)]


async def begun(rig: Rig, targets: Sequence[str]) -> RunView:
    rows = await rig.desk.enrollment.preview(targets, WISH)
    return await rig.desk.enrollment.start(rows, WISH)


async def agreed(rig: Rig, run_id: str) -> Ledger:
    """Return the report of a run, after holding it against what the org has."""
    ledger = await rig.desk.runs.report(run_id)
    assert ledger.whole, "the receipt agrees"
    assert sum(ledger.count(which) for which in Bin) == ledger.run.rows == len(ledger.rows)
    assert [row.row_no for row in ledger.rows] == list(range(1, ledger.run.rows + 1))
    told = {row.target_id for row in ledger.rows if row.bin is Bin.SUCCESS}
    asked = {row.target_id for row in ledger.rows}
    assert told == {one.target_id for one in rig.world.trackers.values()} & asked
    assert {row.record_id for row in ledger.rows if row.bin is Bin.SUCCESS} <= set(rig.world.trackers)
    assert not rig.world.doubles()
    return ledger


async def in_the_middle(rig: Rig, calls: int) -> None:
    """Let the undo window pass and so many calls of the bulk lane be made: two per group, to prepare and to send."""
    rig.lanes.held.add(LaneName.BULK)
    await rig.pass_time(8.05)
    for _ in range(calls):
        rig.lanes.let_go()
        await rig.pass_time(0.01)


def set_going(rig: Rig) -> None:
    rig.lanes.held.clear()
    rig.lanes.let_go(len(rig.lanes.waiting))


def standing(started: RunView) -> tuple[str, str]:
    return started.run.state.value, started.words


def sizes(rig: Rig) -> list[int]:
    return [size for _, size in rig.org.sent]


def test_one_goes_first_then_ten_then_the_rest_in_chunks(rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        started = await begun(rig, await people(rig, 260))
        assert started.can_be_undone
        await rig.pass_time(7.9)
        assert not rig.org.sent, "eight seconds to take it back"
        await rig.pass_time(60)
        assert sizes(rig) == [1, 10, 50, 50, 50, 50, 49]
        assert started.finished
        assert started.run.state is RunState.FINISHED
        ledger = await agreed(rig, started.run_id)
        assert ledger.count(Bin.SUCCESS) == 260
        assert started.counts() == {S.SETTLED: 260}

    run(go())


def test_no_more_than_some_slices_of_a_run_wait_in_the_outbox(rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        started = await begun(rig, await people(rig, 500))
        await in_the_middle(rig, 4)
        work = rig.engine.runner.work
        assert len(work.in_state(S.QUEUED)) == 200, "the others enter when there is room"
        assert started.counts() == {S.ACCEPTED: 11, S.QUEUED: 489}, "saved, and read back with more"
        set_going(rig)
        await rig.pass_time(60)
        assert started.finished
        assert max(sizes(rig)) == 50

    run(go())


def test_what_is_taken_back_in_time_was_never_sent(rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        started = await begun(rig, await people(rig, 20))
        assert await rig.desk.moves.undo([started.first_intent()]) == 1
        await rig.pass_time(60)
        assert not rig.org.sent
        assert started.words == "Stopped: you took it back before anything was sent."
        assert (await agreed(rig, started.run_id)).count(Bin.SKIPPED) == 20
        again = await begun(rig, [lead(1), lead(2)])
        await rig.pass_time(5)
        assert again.finished, "the same people can be added afterwards"

    run(go())


def test_a_run_stops_when_too_many_rows_fail(rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        targets = await people(rig, 300)
        for target in targets[3:]:
            rig.org.refused_targets[target] = ("FIELD_CUSTOM_VALIDATION_EXCEPTION", "Not today.")
        rig.org.partial_save = True
        started = await begun(rig, targets)
        await rig.pass_time(60)
        assert sizes(rig) == [1, 10], "the ten rows of the second probe were enough"
        assert started.run.state is RunState.STOPPED
        assert "8 of the last 11 rows" in started.words
        assert "FIELD_CUSTOM_VALIDATION_EXCEPTION" in started.words
        ledger = await agreed(rig, started.run_id)
        assert [ledger.count(which) for which in Bin] == [3, 8, 0, 289]
        assert "stopped before this row" in ledger.rows[-1].reason

    run(go())


def test_a_colleague_who_was_faster_does_not_stop_a_run(rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        targets = await people(rig, 60)
        started = await begun(rig, targets)
        for target in targets[:40]:
            rig.world.enroll(target, CADENCE)
        await rig.pass_time(60)
        assert started.run.state is RunState.FINISHED
        assert started.counts() == {S.REFUSED: 40, S.SETTLED: 20}
        assert not rig.world.doubles()

    run(go())


def test_a_doubtful_first_row_is_waited_for(rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        started = await begun(rig, await people(rig, 30))
        rig.org.fates.append(Fate.LOST)
        await rig.pass_time(300)
        assert sizes(rig) == [1]
        await rig.pass_time(700)
        assert sizes(rig) == [1, 1, 10, 19]
        assert (await agreed(rig, started.run_id)).count(Bin.SUCCESS) == 30

    run(go())


def test_a_run_is_held_and_resumed_by_a_person(rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        started = await begun(rig, await people(rig, 200))
        await in_the_middle(rig, 4)
        await rig.desk.runs.hold(started.run_id)
        set_going(rig)
        await rig.pass_time(3_600)
        assert sizes(rig) == [1, 10, 50], "what was in flight has landed, nothing else went out"
        assert started.words == "On hold: you put it on hold."
        assert {one.hold for one in rig.engine.runner.work.in_state(S.QUEUED)} == {Hold.RUN_HOLDING}
        await rig.desk.runs.resume(started.run_id)
        with pytest.raises(BadValue, match="not on hold"):
            await rig.desk.runs.resume(started.run_id)
        await rig.pass_time(60)
        assert (await agreed(rig, started.run_id)).count(Bin.SUCCESS) == 200

    run(go())


def test_a_stopped_run_sends_nothing_more(rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        started = await begun(rig, await people(rig, 200))
        await in_the_middle(rig, 4)
        await rig.desk.runs.stop(started.run_id)
        set_going(rig)
        await rig.pass_time(60)
        assert started.finished
        ledger = await agreed(rig, started.run_id)
        assert [ledger.count(which) for which in Bin] == [61, 0, 0, 139]
        with pytest.raises(BadValue, match="stopped"):
            await rig.desk.runs.hold(started.run_id)

    run(go())


@pytest.mark.parametrize("crash", [False, True])
@pytest.mark.parametrize("fate", [Fate.UNREACHABLE, Fate.LOST, Fate.FORBIDDEN, Fate.API_OFF])
def test_what_comes_back_unsent_after_a_stop_is_not_sent_again(
    fate: Fate, crash: bool, rig: Rig, run: Run[Any]
) -> None:
    async def go() -> None:
        started = await begun(rig, await people(rig, 100))
        await in_the_middle(rig, 5)
        assert len(rig.lanes.waiting) == 1, "a group is committed as being sent"
        rig.org.fates.append(fate)
        await rig.desk.runs.stop(started.run_id)
        set_going(rig)
        await rig.pass_time(5)
        if crash:
            await rig.crash()
            await rig.start()
        await rig.pass_time(2_000)
        assert sizes(rig) == [1, 10, 50]
        ledger = await agreed(rig, started.run_id)
        assert ledger.count(Bin.SUCCESS) == 11
        assert ledger.count(Bin.UNVERIFIED) == 0

    run(go())


@pytest.mark.parametrize("crash", [False, True])
def test_a_row_of_a_stopped_run_that_a_person_sends_again_goes_out(
    crash: bool, rig: Rig, run: Run[Any]
) -> None:
    async def go() -> None:
        started = await begun(rig, await people(rig, 100))
        await in_the_middle(rig, 5)
        rig.org.fates.append(Fate.LOST)
        await rig.desk.runs.stop(started.run_id)
        rig.lanes.held.add(LaneName.READ)
        rig.lanes.let_go()
        await rig.pass_time(0.1)
        (one,) = rig.operations(lead(12))
        moved = rig.engine.parts.outbox.move(one.op_id, S.NEEDS_REVIEW, "reading was of no use")
        rig.engine.runner.took([moved.result()])
        set_going(rig)
        await rig.desk.outbox.decide(Choice.RESEND, [one.op_id])
        await rig.pass_time(5)
        if crash:
            await rig.crash()
            await rig.start()
        await rig.pass_time(2_000)
        assert rig.states(lead(12)) == ["settled"]
        assert sizes(rig) == [1, 10, 50, 1], "and no other row"

    run(go())


def test_a_run_waits_for_the_daily_limit_with_the_reason_in_words(rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        started = await begun(rig, await people(rig, 100))
        await in_the_middle(rig, 2)
        rig.org.daily = (900, 1_000)
        set_going(rig)
        await rig.pass_time(20)
        sent = len(rig.org.sent)
        assert standing(started)[0] == "holding"
        assert "nearly used up (900 of 1,000)" in started.words
        assert "kept for what you do yourself" in started.words
        draft = await rig.desk.calls.begin(lead(1), None)
        draft.result = "Connected"
        await rig.desk.calls.save(draft)
        await rig.pass_time(5)
        assert len(rig.org.sent) == sent + 1, "a call is logged all the same"
        rig.org.daily = (100, 1_000)
        await rig.pass_time(1_000)
        assert standing(started) == ("finished", "Finished")
        assert (await agreed(rig, started.run_id)).count(Bin.SUCCESS) == 100

    run(go())


def test_people_of_a_run_that_goes_on_cannot_be_added_again(rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        targets = await people(rig, 300)
        first = await begun(rig, targets)
        rows = await rig.desk.enrollment.preview(targets, WISH)
        assert all("on its way" in row.words for row in rows), "also those whose row has not entered"
        second = await rig.desk.enrollment.start(rows, WISH)
        await rig.pass_time(90)
        assert second.finished
        assert (await rig.desk.runs.report(second.run_id)).count(Bin.SKIPPED) == 300
        assert first.counts() == {S.SETTLED: 300}

    run(go())


@pytest.mark.parametrize("where", ["before", "after"])
@pytest.mark.parametrize("number", [1, 2, 3, 5])
def test_a_crash_in_the_middle_is_resumed_and_nothing_happens_twice(
    where: str, number: int, rig: Rig, run: Run[Any]
) -> None:
    seen = 0

    def boundary(at: str) -> None:
        nonlocal seen
        seen += at == f"{where} assignTargetToSalesCadence"
        if seen == number:
            # From here on no answer arrives and nothing leaves: the process is as good as gone.
            rig.lanes.mute, rig.org.link_down = set(LaneName), True
            if where == "before":
                raise Unreachable

    async def go() -> None:
        started = await begun(rig, await people(rig, 230))
        rig.org.boundary = boundary
        await rig.pass_time(8.5)
        await rig.crash()
        rig.lanes.mute, rig.org.link_down, rig.org.boundary = set(), False, lambda _at: None
        await rig.start()
        await rig.pass_time(800)
        again = await rig.desk.runs.view(started.run_id)
        assert again.run.state is RunState.FINISHED
        assert (await agreed(rig, started.run_id)).count(Bin.SUCCESS) == 230

    run(go())


def test_what_a_person_decided_survives_a_crash(rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        targets = await people(rig, 120)
        held = await begun(rig, targets[:60])
        stopped = await begun(rig, targets[60:])
        await in_the_middle(rig, 4)
        await rig.desk.runs.hold(held.run_id)
        await rig.desk.runs.stop(stopped.run_id)
        await rig.crash()
        rig.lanes.held.clear()
        rig.lanes.waiting.clear()
        sent = len(rig.org.sent)
        await rig.start()
        await rig.pass_time(1_000)
        assert len(rig.org.sent) == sent
        assert [(one.state, one.why) for one in rig.desk.runs.all()] == [
            (RunState.STOPPED, "you stopped it."), (RunState.HOLDING, "you put it on hold."),
        ]  # fmt: skip
        await rig.desk.runs.resume(held.run_id)
        await rig.pass_time(60)
        assert (await agreed(rig, held.run_id)).count(Bin.SUCCESS) == 60
        assert (await agreed(rig, stopped.run_id)).count(Bin.UNVERIFIED) == 0

    run(go())


def test_thousands_are_previewed_in_batches_with_their_progress(rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        targets = await people(rig, 1_200)
        before, told = sum(rig.org.calls.values()), list[tuple[int, int]]()
        rows = await rig.desk.enrollment.preview(targets, WISH, lambda done, of: told.append((done, of)))
        assert len(rows) == 1_200
        assert told == [(1_000, 1_200), (1_200, 1_200)]
        assert sum(rig.org.calls.values()) - before == 2, "one visit per batch, not one per person"

    run(go())
