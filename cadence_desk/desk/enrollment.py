"""Add to cadence: a preview that sorts the targets, then one run whose every row ends in one result."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cadence_desk.desk.enrollment_reads import EnrollmentReads
from cadence_desk.desk.runs import RunView
from cadence_desk.domain.errors import BadValue
from cadence_desk.domain.operations import OPEN_STATES, Kind, OperationState
from cadence_desk.domain.planning.enrolling import EnrollmentPlanner, EnrollWish, Snapshot
from cadence_desk.domain.planning.run import WANTED, Run, RunPlan, RunState
from cadence_desk.domain.record_ids import RecordId, parse_record_id
from cadence_desk.domain.refusals import PlanRow, RefusalCode, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cadence_desk.desk.runs import RowResult
    from cadence_desk.desk.session import Session
    from cadence_desk.desk.work import Work

SLICE = 200
"""So many targets are planned before the window gets its turn."""
BATCH = 1_000
"""So many targets are read with one visit to the lane: by one call, or by ten where the org takes no composites."""


@dataclass(frozen=True, slots=True)
class WishInput:
    """What is wanted, by id."""

    cadence_id: str
    assignee_id: str
    start_step: str = ""
    related_to_id: str = ""


Told = Callable[[int, int], None]
"""Takes how many targets have been looked at, and of how many."""


class Enrollment:
    """Previews and starts runs."""

    def __init__(self, session: Session, work: Work) -> None:
        self._session = session
        self._work = work

    async def preview(
        self, target_ids: Sequence[str], wish: WishInput, told: Told | None = None
    ) -> list[PlanRow]:
        """Sort the targets into will be added and refused, in order; writes nothing.

        Accounts are turned into the people they are; business accounts are refused. Thousands are read in batches and
        planned in slices; canceling stops after the batch that is being read. Raises DeskError.
        """
        planner = EnrollmentPlanner(self._wish(wish))
        rows: list[PlanRow] = []
        for start in range(0, len(target_ids), BATCH):
            asked = await _checked(target_ids[start : start + BATCH])
            people = await self._reads.people(asked)
            targets = [people.renamed.get(one, one) for one in asked]
            known = [one for one in targets if one in people.found]
            trackers, unread = ({}, {}) if planner.refuses_all else await self._reads.trackers(known)
            snapshot = Snapshot(people.found, trackers, people.others, unread)
            for place in range(0, len(targets), SLICE):
                planned = planner.plan(targets[place : place + SLICE], snapshot)
                rows += [self._refuse_waiting(row, wish.cadence_id) for row in planned]
                await asyncio.sleep(0)
            if told is not None:
                told(len(rows), len(target_ids))
        return rows

    @property
    def _reads(self) -> EnrollmentReads:
        return EnrollmentReads(self._session.require_engine())

    def _wish(self, wish: WishInput) -> EnrollWish:
        reference = self._session.require_engine().reference
        cadence, assignee = reference.cadence(wish.cadence_id), reference.rep(wish.assignee_id)
        if cadence is None:
            raise BadValue("Choose a cadence first.")
        if assignee is None:
            raise BadValue("Choose who will work it first.")
        described = reference.capabilities.actions.get("assignTargetToSalesCadence")
        related = described is not None and any(one.name == "relatedToId" for one in described.inputs)
        return EnrollWish(cadence, assignee, wish.start_step, bool(wish.related_to_id), related)

    def _refuse_waiting(self, row: PlanRow, cadence_id: str) -> PlanRow:
        """A target whose earlier add has not come to its end cannot be added a second time."""
        if row.verdict is Verdict.REFUSED or not self._is_on_its_way(row.target_id, cadence_id):
            return row
        code, detail = RefusalCode.ALREADY_IN_THIS_CADENCE, "your earlier change is on its way"
        return replace(row, verdict=Verdict.REFUSED, code=code, detail=detail, warnings=())

    def _is_on_its_way(self, target_id: str, cadence_id: str) -> bool:
        engine = self._session.require_engine()
        return engine.runs.book.is_to_come(target_id, cadence_id) or any(
            one.kind is Kind.ENROLL and one.cadence_id == cadence_id and one.state in OPEN_STATES
            for one in engine.runner.work.of_target(target_id)
        )

    async def start(self, rows: Sequence[PlanRow], wish: WishInput) -> RunView:
        """Store a run with every row; returns after the commit. Raises BadValue, StoreError.

        Its rows enter the outbox in slices: the first at once, or after the time in which many can be taken back.
        """
        engine = self._session.require_engine()
        cadence = engine.reference.cadence(wish.cadence_id)
        plan: list[PlanRow] = []
        for start in range(0, len(rows), SLICE):
            plan += [self._refuse_waiting(row, wish.cadence_id) for row in rows[start : start + SLICE]]
            await asyncio.sleep(0)
        wanted = sum(1 for row in plan if row.verdict in WANTED)
        asked: dict[str, object] = {
            "cadence_id": wish.cadence_id,
            "assignee_id": wish.assignee_id,
            "start_step": wish.start_step,
            "related_to_id": wish.related_to_id,
            "cadence_name": cadence.name if cadence else "",
        }
        now = self._session.parts.clock.wall()
        run = Run(self._work.new_id(), Kind.ENROLL, "", RunState.PLANNED, asked, now, len(plan), wanted)
        live = await engine.runs.begin(RunPlan(run, plan))
        return RunView(live, engine.runner.work)


async def _checked(targets: Sequence[str]) -> list[RecordId]:
    """Return record ids. Raises BadValue for a text that is none."""
    found: list[RecordId] = []
    for start in range(0, len(targets), SLICE):
        found += [parse_record_id(target) for target in targets[start : start + SLICE]]
        await asyncio.sleep(0)
    return found


def added_count(results: Iterable[RowResult]) -> int:
    """Return how many rows the org has confirmed or saved."""
    good = {OperationState.SETTLED, OperationState.ACCEPTED}
    return sum(1 for one in results if one.state in good)
