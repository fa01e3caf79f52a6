"""Several changes that are taken back together are a run as they were before: ledger, receipt, report files, stop."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from cadence_desk.domain.choices import Choice
from cadence_desk.domain.operations import Kind
from cadence_desk.domain.planning.ledger import Bin
from cadence_desk.domain.planning.run import RunState
from tests.engine.model_world import COLLEAGUE, lead
from tests.engine.test_moves_of_many import enrolled

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from cadence_desk.domain.planning.run import Run as DeskRun
    from tests.engine.conftest import Run
    from tests.engine.rig import Rig

COUNT = 12


async def taken_back(rig: Rig, intents: Sequence[str]) -> DeskRun:
    """Plan and start the undo; returns its run."""
    known = {run.run_id for run, _ in rig.desk.runs.in_short()}
    await rig.desk.undoing.start(await rig.desk.undoing.plan(intents))
    [made] = [run for run, _ in rig.desk.runs.in_short() if run.run_id not in known]
    assert made.rows == len(intents)
    return made


@pytest.mark.parametrize("count", [3, COUNT])
def test_a_bulk_removal_is_taken_back_by_a_run(count: int, rig: Rig, run: Run[Any], tmp_path: Path) -> None:
    async def go() -> None:
        trackers = await enrolled(rig, count)
        intents = await rig.desk.moves.remove(trackers, "")
        await rig.pass_time(60)
        assert not any(rig.world.active(lead(number)) for number in range(1, count + 1))
        made = await taken_back(rig, intents)
        assert (made.kind, made.state, made.wanted) == (Kind.ENROLL, RunState.PLANNED, count)
        view = await rig.desk.runs.view(made.run_id)
        assert not view.can_be_undone, "the toast takes it back: every row is in the outbox"
        await rig.pass_time(60)
        ledger = await rig.desk.runs.report(made.run_id)
        assert (ledger.whole, ledger.run.state) == (True, RunState.FINISHED)
        assert ledger.count(Bin.SUCCESS) == count
        assert all(len(rig.world.active(lead(number))) == 1 for number in range(1, count + 1))
        assert len(await rig.desk.runs.write_report(made.run_id, tmp_path)) == 4

    run(go())


def test_what_is_left_out_stands_in_the_ledger_with_its_reason(rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        trackers = await enrolled(rig, 4)
        intents = await rig.desk.moves.change_assignee(trackers, COLLEAGUE)
        await rig.pass_time(60)
        rig.world.change_tracker(trackers[1], owner_id="005000000000999AAA", owner_name="Lou Later")
        await rig.pass_time(5)
        made = await taken_back(rig, intents)
        assert (made.kind, made.wanted) == (Kind.CHANGE_ASSIGNEE, 3)
        await rig.pass_time(60)
        ledger = await rig.desk.runs.report(made.run_id)
        assert [row.bin for row in ledger.rows] == [Bin.SUCCESS, Bin.SKIPPED, Bin.SUCCESS, Bin.SUCCESS]
        assert "handed over since" in ledger.rows[1].reason
        assert ledger.whole

    run(go())


def test_an_undo_of_many_is_stopped_or_taken_back_as_any_run(rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        trackers = await enrolled(rig, COUNT)
        intents = await rig.desk.moves.remove(trackers, "")
        await rig.pass_time(60)
        made = await taken_back(rig, intents)
        sent = len(rig.org.sent)
        await rig.desk.runs.stop(made.run_id)
        await rig.pass_time(60)
        assert len(rig.org.sent) == sent
        ledger = await rig.desk.runs.report(made.run_id)
        assert (ledger.run.state, ledger.count(Bin.SKIPPED)) == (RunState.STOPPED, COUNT)
        await rig.crash()
        await rig.start()
        await rig.pass_time(60)
        assert len(rig.org.sent) == sent, "not after a crash either"

    run(go())


def test_a_row_that_was_withdrawn_does_not_take_back_the_others_at_the_next_start(
    rig: Rig, run: Run[Any]
) -> None:
    async def go() -> None:
        trackers = await enrolled(rig, COUNT)
        intents = await rig.desk.moves.remove(trackers, "")
        await rig.pass_time(60)
        made = await taken_back(rig, intents)
        first = rig.engine.runner.work.of_run(made.run_id)[0]
        await rig.desk.outbox.decide(Choice.CANCEL, [first.op_id])
        await rig.crash()
        await rig.start()
        await rig.pass_time(60)
        ledger = await rig.desk.runs.report(made.run_id)
        assert (ledger.run.state, ledger.run.why) == (RunState.FINISHED, "")
        assert (ledger.count(Bin.SUCCESS), ledger.count(Bin.SKIPPED)) == (COUNT - 1, 1)
        assert not rig.world.active(first.target_id)

    run(go())


def test_one_change_is_taken_back_without_a_run(rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        trackers = await enrolled(rig, 1)
        intents = await rig.desk.moves.remove(trackers, "")
        await rig.pass_time(60)
        await rig.desk.undoing.start(await rig.desk.undoing.plan(intents))
        assert not rig.desk.runs.in_short()
        await rig.pass_time(60)
        assert len(rig.world.active(lead(1))) == 1

    run(go())
