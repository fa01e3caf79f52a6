"""What the org itself must hold after a journey, read by the tour's own eyes. Called by the journeys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cadence_desk.launch.tour.stage import Stage

NOTE = "Tour: left word about Thursday"
_NEWEST = 50


async def check_call(stage: Stage, target: str, note: str, result: str) -> None:
    """Check that the org holds exactly one task with this note, closed and with this result.

    A long text cannot be asked for in a query (SOQL reference), so the newest tasks are looked through.
    """
    fields = [name for name in ("CallDisposition", "IsClosed") if await stage.has("Task", name)]
    soql = f"SELECT {', '.join(['Id', 'Description', *fields])} FROM Task WHERE WhoId = '{target}'"
    tasks = await stage.query(f"{soql} ORDER BY CreatedDate DESC LIMIT {_NEWEST}")
    found: list[dict[str, Any]] = [one for one in tasks if note in (one["Description"] or "")]
    stage.check(len(found) == 1, f"the org holds {len(found)} tasks with the note")
    stage.check(found[0].get("IsClosed", True), "the task is not closed")
    told = found[0].get("CallDisposition", result)
    stage.check(told == result or not result, f"the task has another call result: {told}")
