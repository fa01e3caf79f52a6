"""A change of many trackers is a run as an addition is: a ledger whose bins sum up, a receipt, files, hold and stop."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cadence_desk.domain.operations import Hold, Kind
from cadence_desk.domain.planning.ledger import Bin
from cadence_desk.domain.planning.run import RunState
from tests.engine.fates import Fate
from tests.engine.model_world import CADENCE, OTHER_CADENCE, lead

if TYPE_CHECKING:
    from pathlib import Path

    from tests.engine.conftest import Run
    from tests.engine.rig import Rig


async def enrolled(rig: Rig, count: int) -> list[str]:
    for number in range(1, count + 1):
        rig.world.add_lead(number)
    found: list[str] = [rig.world.enroll(lead(number), CADENCE).id for number in range(1, count + 1)]
    await rig.start()
    return found


def test_a_bulk_removal_has_a_ledger_a_receipt_and_files(rig: Rig, run: Run[Any], tmp_path: Path) -> None:
    async def go() -> None:
        trackers = await enrolled(rig, 60)
        intents = await rig.desk.moves.remove(trackers, "Success")
        [(planned, ended)] = rig.desk.runs.in_short()
        assert (planned.kind, planned.state, planned.rows, ended) == (Kind.REMOVE, RunState.PLANNED, 60, 0)
        assert len(intents) == 60
        view = await rig.desk.runs.view(planned.run_id)
        assert not view.can_be_undone, "the toast takes it back: every row is in the outbox"
        await rig.pass_time(60)
        ledger = await rig.desk.runs.report(planned.run_id)
        assert (ledger.whole, ledger.run.state) == (True, RunState.FINISHED)
        assert {which: ledger.count(which) for which in Bin} == {
            Bin.SUCCESS: 60, Bin.ERROR: 0, Bin.UNVERIFIED: 0, Bin.SKIPPED: 0,
        }  # fmt: skip
        assert {one.words for one in view.results()} == {"Confirmed"}
        files = await rig.desk.runs.write_report(planned.run_id, tmp_path / "report")
        assert len(files) == 4

    run(go())


def test_trackers_of_one_person_are_one_row_and_the_others_are_skipped_in_words(
    rig: Rig, run: Run[Any]
) -> None:
    async def go() -> None:
        trackers = await enrolled(rig, 2)
        second = rig.world.enroll(lead(1), OTHER_CADENCE).id
        await rig.pass_time(5)
        await rig.desk.moves.pause([*trackers, second])
        await rig.pass_time(60)
        [(made, _)] = rig.desk.runs.in_short()
        ledger = await rig.desk.runs.report(made.run_id)
        assert [row.bin for row in ledger.rows] == [Bin.SUCCESS, Bin.SUCCESS, Bin.SKIPPED]
        assert "row 1 covers this tracker" in ledger.rows[2].reason
        view = await rig.desk.runs.view(made.run_id)
        assert view.finished
        assert view.result(2).words.startswith("Not sent: the action works on the person")

    run(go())


def test_what_a_person_typed_does_not_lie_open_with_the_run_and_one_change_is_no_run(
    rig: Rig, run: Run[Any]
) -> None:
    async def go() -> None:
        trackers = await enrolled(rig, 3)
        await rig.desk.moves.skip_step(trackers, "on holiday with Anna")
        [(made, _)] = rig.desk.runs.in_short()
        assert "holiday" not in str(made.wish)
        await rig.pass_time(60)
        await rig.desk.moves.pause(trackers[:1])
        assert len(rig.desk.runs.in_short()) == 1

    run(go())


def test_it_is_undone_as_a_whole_and_a_first_row_taken_back_alone_stops_nothing(
    rig: Rig, run: Run[Any]
) -> None:
    async def go() -> None:
        trackers = await enrolled(rig, 12)
        intents = await rig.desk.moves.remove(trackers)
        assert await rig.desk.moves.undo(intents[:1]) == 1
        await rig.crash()
        await rig.restart()
        await rig.pass_time(60)
        [(made, _)] = rig.desk.runs.in_short()
        ledger = await rig.desk.runs.report(made.run_id)
        assert (ledger.count(Bin.SUCCESS), ledger.count(Bin.SKIPPED)) == (11, 1)
        assert made.state is RunState.FINISHED
        again = await rig.desk.moves.pause([rig.world.active(lead(1))[0].id])
        assert len(again) == 1

    run(go())


def test_it_is_held_at_a_shut_door_and_stopped_by_a_person(rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        trackers = await enrolled(rig, 120)
        rig.org.fates.extend([Fate.API_OFF] * 2)  # two groups are sent at once
        await rig.desk.moves.pause(trackers)
        await rig.pass_time(60)
        [(made, _)] = rig.desk.runs.in_short()
        assert (made.state, made.hold) == (RunState.HOLDING, Hold.RUN_HOLDING)
        assert len(rig.org.sent) <= 2
        await rig.desk.runs.stop(made.run_id)
        await rig.pass_time(60)
        ledger = await rig.desk.runs.report(made.run_id)
        assert ledger.count(Bin.SKIPPED) == 120
        assert ledger.whole

    run(go())
