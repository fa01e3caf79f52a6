"""Undo against an org: a logged call is deleted there, a hand-over is handed back, and what others changed is left."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from cadence_desk.domain.undo import UndoVerdict
from tests.desk.rig import Rig, desk_over, until

if TYPE_CHECKING:
    from pathlib import Path

    from tests.desk.practice_org import Org

pytestmark = pytest.mark.whole


def keys(org: Org, target: str) -> list[str]:
    return [
        row["Id"] for row in org.query(f"SELECT Id FROM Task WHERE WhoId = '{target}' AND IsClosed = true")
    ]


async def logged(rig: Rig, target: str) -> str:
    draft = await rig.desk.calls.begin(target, None)
    draft.result, draft.notes, draft.duration_seconds = rig.result(0).text, "to be taken back", 61
    intent = await rig.desk.calls.save(draft)
    await rig.confirmed(target)
    return intent


def test_a_logged_call_is_deleted_once_even_when_the_answer_is_lost(org: Org, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with desk_over(org, tmp_path) as rig:
            [target] = rig.free(1)
            before = keys(org, target)
            intent = await logged(rig, target)
            [made] = set(keys(org, target)) - set(before)
            org.fate(
                "commit_then_drop", match={"method": "DELETE", "path": f"*/sobjects/Task/{made}"}, times=1
            )
            rows = await rig.desk.undoing.plan([intent])
            assert [row.verdict for row in rows] == [UndoVerdict.TAKEN_BACK], rows[0].words
            await rig.desk.undoing.start(rows)
            await until(lambda: keys(org, target) == before, "the task is deleted")
            await rig.confirmed(target)

    asyncio.run(scenario())


def test_what_a_colleague_changed_is_left_out_and_the_rest_goes_back(org: Org, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with desk_over(org, tmp_path) as rig:
            mine, taken = await rig.running(2)
            other = rig.rep("Blair")
            intents = await rig.desk.moves.change_assignee([mine.id, taken.id], other)
            await rig.confirmed(str(mine.target_id), str(taken.target_id))
            [target] = rig.free(1)
            call = await logged(rig, target)
            [task] = [
                row
                for row in keys(org, target)
                if org.one("Task", row, "Description")["Description"] == "to be taken back"
            ]
            org.edit("Task", task, Description="to be taken back, or not")
            org.verb("remove", tracker=taken.id)
            rows = {row.operation.target_id: row for row in await rig.desk.undoing.plan([*intents, call])}
            assert rows[mine.target_id].verdict is UndoVerdict.TAKEN_BACK
            assert rows[taken.target_id].verdict is UndoVerdict.LEFT_OUT
            assert "over already" in rows[taken.target_id].words
            assert rows[target].words == "Its task was changed since."  # type: ignore[index]
            await rig.desk.undoing.start(list(rows.values()))
            await rig.confirmed(str(mine.target_id))
            assert org.one("ActionCadenceTracker", mine.id, "OwnerId")["OwnerId"] == mine.owner_id
            assert task in keys(org, target)

    asyncio.run(scenario())
