"""Requests that are lost, doubled or spoiled on their way: every write happens once, and the desk comes to know it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from cadence_desk.desk.enrollment import WishInput
from cadence_desk.domain.operations import OperationState
from tests.desk.rig import CALLS_FIRST, EMAIL_FIRST, desk_over, until

if TYPE_CHECKING:
    from pathlib import Path

    from cadence_desk.desk.runs import RunView
    from tests.desk.practice_org import Org
    from tests.desk.rig import Rig

pytestmark = pytest.mark.whole
S = OperationState
KEYED = {"method": "PATCH", "path": "*/sobjects/Task/CD_Op_Id__c/*"}
UNKEYED = {"method": "POST", "path": "*/sobjects/Task"}
ADDED = {"method": "POST", "path": "*/assignTargetToSalesCadence"}


def test_an_answer_lost_after_the_commit_leaves_one_effect_of_each_action(org: Org, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with desk_over(org, tmp_path) as rig:
            await _each_action(rig)

    asyncio.run(scenario())


async def _each_action(rig: Rig) -> None:
    org, moves = rig.org, rig.desk.moves
    pause, resume, move, rate, complete, skip, remove = await rig.running(7)
    org.verb("pause", tracker=resume.id)
    await until(lambda: rig.active(resume.target_id).state == "Paused", "a colleague's pause arrives")
    [added] = rig.free(1)
    other = rig.rep("Blair")
    after = org.now()
    org.fate("commit_then_drop", match={"method": "POST", "purpose": "action"}, times=8)
    await _add(rig, added)
    await moves.pause([pause.id])
    await moves.resume([resume.id])
    await moves.change_assignee([move.id], other)
    await moves.set_disposition([rate.id], rig.desk.dispositions()[0])
    await moves.complete_step([complete.id])
    await moves.skip_step([skip.id])
    await moves.remove([remove.id])
    trackers = (pause, resume, move, rate, complete, skip, remove)
    await rig.confirmed(added, *(str(one.target_id) for one in trackers))
    assert org.control("/fates")["fates"] == [], "each of the eight actions lost its answer"
    sent = [
        ("assignTargetToSalesCadence", added),
        ("pauseSalesCadenceTracker", pause.target_id),
        ("resumeSalesCadenceTracker", resume.target_id),
        ("changeSalesCadenceTargetAssignee", move.target_id),
        ("modifyCadenceTrackerAttributes", rate.id),
        ("sendSalesCadenceEvent", complete.current_step_id),
        ("sendSalesCadenceEvent", skip.current_step_id),
        ("removeTargetFromSalesCadence", remove.id),
    ]
    for action, mention in sent:
        requests = org.sends(f"action:{action}", mention, after)
        assert len(requests) == 1, f"{action} was sent {len(requests)} times"
        assert requests[0]["commit"] is not None, f"{action} had no effect"


@pytest.mark.parametrize("fate", ["commit_then_drop", "drop_before_commit"])
def test_the_one_action_of_the_brief_meets_the_same_fates(org: Org, tmp_path: Path, fate: str) -> None:
    async def scenario() -> None:
        org.settings(contract="brief")
        async with desk_over(org, tmp_path) as rig:
            [tracker] = await rig.running(1)
            [added] = rig.free(1)
            target, after = str(tracker.target_id), org.now()
            org.fate(fate, match={"method": "POST", "purpose": "action"}, times=2)
            await rig.log(tracker, "by the brief")
            await _add(rig, added)
            await until(lambda: not org.control("/fates")["fates"], "both were met")
            org.jump(700)
            await rig.confirmed(target, added)
            sends = 1 if fate == "commit_then_drop" else 2
            for action, mention in (
                ("completeActionCadenceStep", tracker.current_step_id),
                ("assignTargetToSalesCadence", added),
            ):
                requests = org.sends(f"action:{action}", mention, after)
                assert len(requests) == sends, action
                assert len([one for one in requests if one["commit"]]) == 1, action
            tasks = org.query(f"SELECT Description FROM Task WHERE WhoId = '{target}' AND IsClosed = true")
            assert [one["Description"] for one in tasks] == ["by the brief"]

    asyncio.run(scenario())


async def _add(rig: Rig, *targets: str, cadence: str = CALLS_FIRST) -> RunView:
    wish = WishInput(rig.cadence(cadence), rig.me)
    rows = await rig.desk.enrollment.preview(list(targets), wish)
    return await rig.desk.enrollment.start(rows, wish)


@pytest.mark.parametrize("keyed", [True, False], ids=["keyed", "marked"])
def test_an_answer_lost_after_the_commit_leaves_one_task(org: Org, tmp_path: Path, keyed: bool) -> None:
    async def scenario() -> None:
        org.settings(hidden_fields=[] if keyed else ["Task.CD_Op_Id__c"])
        async with desk_over(org, tmp_path) as rig:
            [in_cadence] = await rig.running(1)
            [outside] = rig.free(1)
            after = org.now()
            org.fate("commit_then_drop", match=KEYED if keyed else UNKEYED)
            # The first composite request looks up the step and its task, the second one writes.
            org.fate("commit_then_drop", match={"purpose": "composite"}, after=1)
            await rig.log(in_cadence, "said yes")
            await _log_outside(rig, outside, "said no")
            await rig.confirmed(str(in_cadence.target_id), outside)
            assert org.control("/fates")["fates"] == [], "both lost their answer"
            for target, note, purpose in (
                (in_cadence.target_id, "said yes", "composite"),
                (outside, "said no", "record"),
            ):
                assert len(org.sends(purpose, note, after)) == 1, note
                tasks = org.query(f"SELECT Description, IsClosed FROM Task WHERE WhoId = '{target}'")
                assert [(one["Description"], one["IsClosed"]) for one in tasks] == [(note, True)]

    asyncio.run(scenario())


async def _log_outside(rig: Rig, target: str, notes: str) -> None:
    """Log a call with somebody who is in no cadence: a new task."""
    draft = await rig.desk.calls.begin(target, None)
    draft.result, draft.notes = rig.result(1).text, notes
    await rig.desk.calls.save(draft)


def test_a_request_lost_on_its_way_is_sent_again_only_by_the_rules(org: Org, tmp_path: Path) -> None:
    async def scenario() -> None:
        org.settings(hidden_fields=["Task.CD_Op_Id__c"])
        async with desk_over(org, tmp_path) as rig:
            [rated] = await rig.running(1)
            outside, added = rig.free(2)
            after = org.now()
            org.fate("drop_before_commit", match={"method": "POST", "purpose": "action"}, times=2)
            org.fate("drop_before_commit", match=UNKEYED)
            await rig.desk.moves.set_disposition([rated.id], rig.desk.dispositions()[1])
            await _add(rig, added)
            await _log_outside(rig, outside, "word left")
            # Setting a disposition twice changes nothing more: sent again at once.
            await rig.confirmed(str(rated.target_id))
            await until(
                lambda: {rig.operations(one)[0].state for one in (added, outside)} == {S.IN_DOUBT},
                "what could happen twice waits in doubt",
            )
            assert len(org.sends("action:assignTargetToSalesCadence", added, after)) == 1
            org.jump(700)  # no request runs longer than ten minutes: absent now means never
            await rig.confirmed(added, outside)
            for purpose, mention in (("action:assignTargetToSalesCadence", added), ("record", "word left")):
                requests = org.sends(purpose, mention, after)
                assert [bool(one["commit"]) for one in requests] == [False, True], purpose

    asyncio.run(scenario())


def test_a_keyed_task_lost_on_its_way_is_sent_again_at_once(org: Org, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with desk_over(org, tmp_path) as rig:
            [outside] = rig.free(1)
            after = org.now()
            org.fate("drop_before_commit", match=KEYED)
            await _log_outside(rig, outside, "under its key")
            await rig.confirmed(outside)
            assert [bool(one["commit"]) for one in org.sends("record", "under its key", after)] == [
                False,
                True,
            ]

    asyncio.run(scenario())


def test_a_commit_that_comes_late_is_not_doubled(org: Org, tmp_path: Path) -> None:
    async def scenario() -> None:
        org.settings(hidden_fields=["Task.CD_Op_Id__c"])
        async with desk_over(org, tmp_path) as rig:
            outside, added = rig.free(2)
            after = org.now()
            org.fate("commit_late", match=UNKEYED, virtual_ms=300_000)
            org.fate("commit_late", match=ADDED, virtual_ms=300_000)
            await _add(rig, added)
            await _log_outside(rig, outside, "came late")
            await until(
                lambda: {rig.operations(one)[0].state for one in (added, outside)} == {S.IN_DOUBT},
                "both wait in doubt",
            )
            org.jump(301)
            await rig.confirmed(added, outside)
            assert len(org.sends("action:assignTargetToSalesCadence", added, after)) == 1
            assert len(org.sends("record", "came late", after)) == 1

    asyncio.run(scenario())


SPOILED: dict[str, dict[str, Any]] = {
    "a page of a proxy": {
        "fate": "status",
        "status": 503,
        "body": "<html>come back later</html>",
        "headers": {"Content-Type": "text/html"},
    },
    "the org is busy": {"fate": "status", "status": 503},
    "too many requests": {"fate": "status", "status": 429, "headers": {"Retry-After": "1"}},
    "an error after the commit": {"fate": "status", "status": 500, "body": "", "commit": True},
    "cut off": {"fate": "truncate", "count": 12},
    "half a body": {"fate": "bad_payload"},
    "a list of nothing": {"fate": "bad_payload", "body": "[]"},
    "null": {"fate": "bad_payload", "body": "null"},
    "a page instead of JSON": {"fate": "bad_payload", "body": "<html>hotel</html>"},
    "a reset after the commit": {"fate": "reset", "commit": True},
    "a reset before": {"fate": "reset"},
    "the last answer once more": {"fate": "duplicate_reply"},
    "a wrong order": {"fate": "reorder"},
}


@pytest.mark.parametrize("part", [0, 1, 2])
def test_a_spoiled_answer_to_a_write_ends_in_one_effect(org: Org, tmp_path: Path, part: int) -> None:
    async def scenario() -> None:
        async with desk_over(org, tmp_path) as rig:
            for name in list(SPOILED)[part::3]:
                try:
                    await _spoiled_once(rig, SPOILED[name])
                except AssertionError as wrong:
                    raise AssertionError(f"{name}: {wrong}") from wrong

    asyncio.run(scenario())


async def _spoiled_once(rig: Rig, spoiled: dict[str, Any]) -> None:
    org = rig.org
    [outside, added] = rig.free(2)
    after = org.now()
    for match in (KEYED, ADDED):
        org.fate(**spoiled, match=match)
    await _add(rig, added)
    await _log_outside(rig, outside, f"once only {outside}")
    await until(lambda: not org.control("/fates")["fates"], "both answers were spoiled")
    org.jump(700)
    await rig.confirmed(added, outside)
    for purpose, mention in (
        ("action:assignTargetToSalesCadence", added),
        ("record", f"once only {outside}"),
    ):
        effects = [one for one in org.sends(purpose, mention, after) if one["commit"]]
        assert len(effects) == 1, purpose
    assert len(org.query(f"SELECT Id FROM Task WHERE WhoId = '{outside}'")) == 1


@pytest.mark.parametrize("status", [400, 200])
@pytest.mark.parametrize("partial", [True, False], ids=["each for itself", "all or nothing"])
def test_mixed_results_are_told_row_by_row(org: Org, tmp_path: Path, status: int, partial: bool) -> None:
    async def scenario() -> None:
        async with desk_over(org, tmp_path) as rig:
            [elsewhere] = await rig.running(1, EMAIL_FIRST)
            good, fine = rig.free(2)
            bad = str(elsewhere.target_id)
            # Only the org knows that nobody may be in two cadences here.
            org.settings(action_failure_status=status, partial_save=partial, multiple_cadences=False)
            run = await _add(rig, good, bad, fine)
            await until(lambda: run.finished, "every row has a result")
            told = {one.target_id: one.state for one in run.results()}
            assert told[bad] is S.REFUSED
            assert {told[good], told[fine]} == {S.SETTLED}, [one.words for one in run.results()]
            cadence = rig.cadence(CALLS_FIRST)
            for target, expected in ((good, 1), (bad, 0), (fine, 1)):
                runs = org.query(
                    f"SELECT Id FROM ActionCadenceTracker WHERE TargetId = '{target}'"
                    f" AND ActionCadenceId = '{cadence}'"
                )
                assert len(runs) == expected, "each good one is in the cadence once"

    asyncio.run(scenario())
