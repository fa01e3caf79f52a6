"""Add to cadence: a preview that sorts the targets, then one run whose every row ends in one result."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from cadence_desk.domain.errors import BadValue, DeskError
from cadence_desk.domain.operations import OPEN_STATES, Kind, OperationState
from cadence_desk.domain.planning.enrolling import EnrollWish, Snapshot, plan_enrollment
from cadence_desk.domain.ports import LaneName
from cadence_desk.domain.record_ids import ACCOUNT, CONTACT, LEAD, RecordId, key_prefix, parse_record_id
from cadence_desk.domain.refusals import PlanRow, RefusalCode, Verdict
from cadence_desk.sync.supervisor import in_lane

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cadence_desk.desk.session import Session
    from cadence_desk.desk.work import Work
    from cadence_desk.domain.operations import Operation
    from cadence_desk.domain.people import Person
    from cadence_desk.domain.trackers import Tracker

ADDED = frozenset({Verdict.WILL_ADD, Verdict.WILL_ADD_WITH_WARNING})
BULK_FROM = 10
"""From this many rows on a run uses the bulk lane, so that a call is never logged behind it."""
_ENDED = frozenset({
    OperationState.SETTLED,
    OperationState.REFUSED,
    OperationState.CANCELLED,
    OperationState.SUPERSEDED,
    OperationState.NEEDS_REVIEW,
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class WishInput:
    """What is wanted, by id."""

    cadence_id: str
    assignee_id: str
    start_step: str = ""
    related_to_id: str = ""


@dataclass(frozen=True, slots=True)
class EnrollResult:
    """How one row stands. `state` is None for a row that was refused in the preview and never queued."""

    target_id: str
    name: str
    words: str
    state: OperationState | None
    code: str = ""


@dataclass(slots=True)
class EnrollRun:
    """A started run; its rows live in the outbox and go on when the dialog closes."""

    run_id: str
    plan: Sequence[PlanRow]
    session: Session = field(repr=False)

    def _operations(self) -> dict[str, Operation]:
        engine = self.session.engine
        if engine is None:
            return {}
        return {one.target_id: one for one in engine.runner.work.of_run(self.run_id)}

    def results(self) -> list[EnrollResult]:
        """Return one result per row of the plan, in its order."""
        known = self._operations()
        results = []
        for row in self.plan:
            operation = known.get(row.target_id) if row.verdict in ADDED else None
            if operation is None:
                code = row.code.value if row.code else ""
                results.append(EnrollResult(row.target_id, row.name, row.words, None, code))
            else:
                results.append(
                    EnrollResult(
                        row.target_id, row.name, _words(operation), operation.state, operation.server_code
                    )
                )
        return results

    @property
    def finished(self) -> bool:
        """True when every row has come to an end."""
        return all(one.state in _ENDED for one in self._operations().values())


class Enrollment:
    """Previews and starts runs."""

    def __init__(self, session: Session, work: Work) -> None:
        self._session = session
        self._work = work

    async def preview(self, target_ids: Sequence[str], wish: WishInput) -> list[PlanRow]:
        """Sort the targets into will be added and refused, in order; writes nothing.

        Accounts are turned into the people they are; business accounts are refused. Raises DeskError.
        """
        engine = self._session.require_engine()
        cadence = engine.reference.cadence(wish.cadence_id)
        assignee = engine.reference.rep(wish.assignee_id)
        if cadence is None:
            raise BadValue("Choose a cadence first.")
        if assignee is None:
            raise BadValue("Choose who will work it first.")
        asked = [_checked(target) for target in target_ids]
        persons, renamed, others = await self._people(asked)
        targets = [renamed.get(target, target) for target in asked]
        trackers, unread = await self._trackers([target for target in targets if target in persons])
        described = engine.reference.capabilities.actions.get("assignTargetToSalesCadence")
        related = described is not None and any(one.name == "relatedToId" for one in described.inputs)
        rows = plan_enrollment(
            targets,
            EnrollWish(cadence, assignee, wish.start_step, bool(wish.related_to_id), related),
            Snapshot(persons, trackers, frozenset(others), unread),
        )
        return [self._refuse_waiting(row, wish.cadence_id) for row in rows]

    def _refuse_waiting(self, row: PlanRow, cadence_id: str) -> PlanRow:
        """A target whose earlier add has not come to its end cannot be added a second time."""
        work = self._session.require_engine().runner.work
        waits = any(
            one.kind is Kind.ENROLL and one.cadence_id == cadence_id and one.state in OPEN_STATES
            for one in work.of_target(row.target_id)
        )
        if row.verdict is Verdict.REFUSED or not waits:
            return row
        code, detail = RefusalCode.ALREADY_IN_THIS_CADENCE, "your earlier change is on its way"
        return replace(row, verdict=Verdict.REFUSED, code=code, detail=detail, warnings=())

    async def _people(
        self, asked: Sequence[RecordId]
    ) -> tuple[dict[str, Person], dict[str, RecordId], set[str]]:
        engine = self._session.require_engine()
        gateway, lanes = engine.parts.gateway, engine.parts.lanes
        people = {one: found for one in asked if (found := engine.board.people.get(one)) is not None}
        missing = [one for one in asked if one not in people and key_prefix(one) in {LEAD, CONTACT}]
        accounts = [one for one in asked if key_prefix(one) == ACCOUNT]
        others = {one for one in asked if key_prefix(one) not in {LEAD, CONTACT, ACCOUNT}}
        renamed: dict[str, RecordId] = {}
        if missing:
            for person in await in_lane(lanes, LaneName.READ, lambda: gateway.read_people(missing)):
                people[person.id] = person
        if accounts:
            for person in await in_lane(
                lanes, LaneName.READ, lambda: gateway.read_accounts_as_people(accounts)
            ):
                people[person.id] = person
                renamed[person.account_id] = person.id
        # An account that is no person is a business account: refused before any call, with the reason.
        others.update(one for one in accounts if one not in renamed)
        return {str(key): value for key, value in people.items()}, renamed, {str(one) for one in others}

    async def _trackers(self, targets: Sequence[RecordId]) -> tuple[dict[str, list[Tracker]], dict[str, str]]:
        engine = self._session.require_engine()
        gateway = engine.parts.gateway
        if not targets:
            return {}, {}
        try:
            found = await in_lane(
                engine.parts.lanes, LaneName.READ, lambda: gateway.trackers_of(targets, active_only=False)
            )
        except DeskError as error:
            if not engine.monitor.caught_up:
                return {}, {str(target): error.message for target in targets}
            found = [one for target in targets for one in engine.board.projection.runs.trackers_of(target)]
        by_target: dict[str, list[Tracker]] = {}
        for tracker in found:
            by_target.setdefault(tracker.target_id, []).append(tracker)
        return by_target, {}

    async def start(self, rows: Sequence[PlanRow], wish: WishInput) -> EnrollRun:
        """Queue every row that will be added; returns after the commit. Raises BadValue, StoreError."""
        engine = self._session.require_engine()
        run_id = self._work.new_id()
        cadence = engine.reference.cadence(wish.cadence_id)
        plan = [self._refuse_waiting(row, wish.cadence_id) for row in rows]
        wanted = [row for row in plan if row.verdict in ADDED]
        lane = "bulk" if len(wanted) >= BULK_FROM else "interactive"
        payload = {
            "assignee_id": wish.assignee_id,
            "start_step": wish.start_step,
            "related_to_id": wish.related_to_id,
            "cadence_name": cadence.name if cadence else "",
        }
        operations = [
            self._work.operation(
                Kind.ENROLL,
                str(row.target_id),
                {**payload, "target_type": "Lead" if key_prefix(row.target_id) == LEAD else "Contact"},
                {"cadence_id": wish.cadence_id, "run_id": run_id, "row_no": number, "lane": lane},
            )
            for number, row in enumerate(wanted, start=1)
        ]
        if operations:
            await self._work.add(operations)
        return EnrollRun(run_id, plan, self._session)


def _checked(target: str) -> RecordId:
    return parse_record_id(target)


def _words(operation: Operation) -> str:
    if operation.state is OperationState.SETTLED:
        return "Added, confirmed by Salesforce"
    if operation.state is OperationState.ACCEPTED:
        return "Added, saved by Salesforce"
    return operation.words


def added_count(results: Iterable[EnrollResult]) -> int:
    """Return how many rows the org has confirmed or saved."""
    good = {OperationState.SETTLED, OperationState.ACCEPTED}
    return sum(1 for one in results if one.state in good)
