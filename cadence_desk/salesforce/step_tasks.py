"""Several reads in one call, and the task of a step found, written and looked after in one. May import domain.

Source: REST API guide, Composite (one call, references between parts); Object Reference, Task:
ActionCadenceStepTrackerId, which only the platform sets. Called through the gateway.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cadence_desk.domain.errors import AnswerUnreadable, Executed, NotAvailable
from cadence_desk.domain.lookups import LookedUp, LookUp, StepTaskWrite
from cadence_desk.salesforce import rows
from cadence_desk.salesforce.composite import Part, query_part
from cadence_desk.salesforce.context import unique
from cadence_desk.salesforce.several_queries import most_ids, rows_together
from cadence_desk.salesforce.soql import IDS_PER_QUERY, SoqlQuery, chunks
from cadence_desk.salesforce.tasks import PURPOSE, TaskClient, parse_task, sendable
from cadence_desk.salesforce.tracker_reader import (
    STEP_KEYS,
    STEP_TRACKER,
    TRACKER,
    TRACKER_KEYS,
    TrackerReader,
    parse_step,
    parse_tracker,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from cadence_desk.domain.calls import CallTask
    from cadence_desk.domain.record_ids import RecordId
    from cadence_desk.domain.trackers import StepTracker
    from cadence_desk.salesforce.composite import PartAnswer
    from cadence_desk.salesforce.context import OrgContext
    from cadence_desk.salesforce.several_queries import Rows

STEP_LINK = "ActionCadenceStepTrackerId"
_PARSERS: Mapping[str, Callable[[Mapping[str, Any]], Any]] = {
    "tasks": parse_task,
    "tasks_of_steps": parse_task,
    "steps": parse_step,
    "trackers": parse_tracker,
    "targets": parse_tracker,
}


class StepTasks(TaskClient, TrackerReader):
    """Looks up what operations are about, and writes the tasks that the platform makes for steps."""

    def __init__(self, org: OrgContext) -> None:
        super().__init__(org)
        self._steps_have_tasks = False

    @property
    def expects_step_tasks(self) -> bool:
        """True when the last step that was looked at had a task of the platform's, and one call can find and write it."""
        return self._steps_have_tasks and self._org.rest.composites.taken

    def look_up(self, wanted: LookUp) -> LookedUp:
        """Read several things, by one call where the org takes composite requests; raises DeskError."""
        found = self._found(wanted, most_ids(self._org.rest))
        refused = {
            name: ids
            for name, rows_of in found.items()
            if rows_of is None and len(ids := getattr(wanted, name)) > IDS_PER_QUERY
        }
        if refused:
            # What is refused as one long query is asked again by short ones.
            found |= self._found(LookUp(**refused), IDS_PER_QUERY)
        tasks = found.get("tasks_of_steps")
        if tasks is not None:
            self._steps_have_tasks = bool(tasks)
        return LookedUp(**found)

    @property
    def ids_at_once(self) -> int:
        """About how many ids one call looks up."""
        return most_ids(self._org.rest)

    def _found(self, wanted: LookUp, at_once: int) -> dict[str, list[Any] | None]:
        asked = list(self._queries(wanted, at_once))
        answers = rows_together(self._org.rest, [query for _, query in asked], "operations")
        found: dict[str, list[Any] | None] = {}
        for (name, _), given in zip(asked, answers, strict=True):
            known, parsed = found.setdefault(name, []), _parsed(name, given)
            found[name] = None if known is None or parsed is None else known + parsed
        return found

    def _queries(self, wanted: LookUp, at_once: int) -> Iterator[tuple[str, SoqlQuery]]:
        """Yield the queries of a look-up; what this user cannot see is left out."""
        builders: Sequence[tuple[str, bool, Callable[[Sequence[str]], SoqlQuery]]] = (
            ("tasks", self._sees("Task"), self._tasks_by_id),
            ("tasks_of_steps", self._sees("Task", STEP_LINK), self._tasks_of_steps),
            ("steps", self._sees(STEP_TRACKER, *STEP_KEYS), self._steps_by_id),
            (
                "trackers",
                self._sees(TRACKER, *TRACKER_KEYS),
                lambda ids: self._trackers().where_in("Id", ids),
            ),
            (
                "targets",
                self._sees(TRACKER, *TRACKER_KEYS),
                lambda ids: self._trackers().where_in("TargetId", ids),
            ),
        )
        for name, seen, build in builders:
            for ids in chunks(unique(getattr(wanted, name)), at_once) if seen else ():
                yield name, build(ids)

    def _tasks_by_id(self, ids: Sequence[str]) -> SoqlQuery:
        return self._task_query(self._org.described("Task")).where_in("Id", ids)

    def _tasks_of_steps(self, step_ids: Sequence[str]) -> SoqlQuery:
        query = self._task_query(self._org.described("Task")).where_in(STEP_LINK, step_ids)
        return self._ordered(query, "CreatedDate", "Id")

    def _steps_by_id(self, ids: Sequence[str]) -> SoqlQuery:
        return self._ordered(self._steps().where_in("Id", ids), "CreatedDate", "Id")

    # ------------------------------------------------------------ writing

    def update_step_task(
        self, step_id: RecordId, task_id: RecordId | None, values: Mapping[str, object]
    ) -> StepTaskWrite:
        """Write into the step's own open task, and read the step after it, in one call where the org allows.

        Without an id the task is found in the same request: then nothing is written where the step has none.

        Raises:
            NotAvailable: none of the fields may be changed, or the task is gone.
            DeskError: refused, or lost with `executed` UNKNOWN.
        """
        body = sendable(values, self._org.described("Task"), new=False)
        if not body:
            raise NotAvailable("Your user may not change these fields of a task.")
        if self._org.rest.composites.taken:
            parts = list(self._write_parts(step_id, task_id, body))
            try:
                answers = self._org.rest.together(parts, PURPOSE, write=True)
            except NotAvailable as error:
                if error.executed is not Executed.NO:
                    raise
                self._org.rest.composites.note(error)
            else:
                by_name = {part.name: answer for part, answer in zip(parts, answers, strict=True)}
                return self._written(step_id, task_id, by_name)
        return self._find_and_write(step_id, task_id, values)

    def _write_parts(
        self, step_id: RecordId, task_id: RecordId | None, body: Mapping[str, Any]
    ) -> Iterator[Part]:
        if task_id is None:
            yield query_part("found", self._open_task(step_id).text())
        reference = task_id or "@{found.records[0].Id}"
        yield Part("written", f"sobjects/Task/{reference}", "PATCH", body)
        if self._sees(STEP_TRACKER, *STEP_KEYS):
            yield query_part("step", self._steps().where("Id", "=", str(step_id)).text())

    def _open_task(self, step_id: RecordId) -> SoqlQuery:
        described = self._org.described("Task")
        query = SoqlQuery("Task", ("Id", STEP_LINK)).where(STEP_LINK, "=", str(step_id))
        if described.has("IsClosed"):
            query = query.where("IsClosed", "=", value=False)
        return self._ordered(query, "CreatedDate", "Id").limit(1)

    def _written(
        self, step_id: RecordId, task_id: RecordId | None, answers: Mapping[str, PartAnswer]
    ) -> StepTaskWrite:
        found = task_id
        if task_id is None:
            found = self._found_in(answers["found"], step_id)
            if found is None:
                return self._nothing_written(step_id, answers)
        answers["written"].value(write=True)
        return StepTaskWrite(step_id, found or "", _step_in(answers.get("step"), step_id))

    def _found_in(self, answer: PartAnswer, step_id: RecordId) -> RecordId | None:
        """Return the task that the request found and wrote. Raises DeskError: a query that was refused wrote nothing."""
        body = answer.value()
        found = rows.listed(body.get("records") if isinstance(body, dict) else None)
        self._steps_have_tasks = bool(found)
        if not found:
            return None
        if rows.id_or_empty(found[0], STEP_LINK) != step_id:
            raise AnswerUnreadable("The answer is about another step.", executed=Executed.UNKNOWN)
        return rows.record_id(found[0])

    @staticmethod
    def _nothing_written(step_id: RecordId, answers: Mapping[str, PartAnswer]) -> StepTaskWrite:
        if answers["written"].status < 400:
            raise AnswerUnreadable("The answer contradicts itself.", executed=Executed.UNKNOWN)
        return StepTaskWrite(step_id, "", _step_in(answers.get("step"), step_id))

    def _find_and_write(
        self, step_id: RecordId, task_id: RecordId | None, values: Mapping[str, object]
    ) -> StepTaskWrite:
        """Do the same by one call for each part."""
        found = task_id
        if found is None:
            open_ones: list[CallTask] = [one for one in self.tasks_of_step(step_id) if not one.is_closed]
            if not open_ones:
                return StepTaskWrite(step_id)
            found = open_ones[0].id
        self.update_task(found, values)
        return StepTaskWrite(step_id, found)


def _parsed(name: str, given: Rows | None) -> list[Any] | None:
    """Return what the rows hold; None when one cannot be read: whom it is about nobody knows, so each asks for its own."""
    try:
        return None if given is None else [_PARSERS[name](row) for row in given]
    except AnswerUnreadable:
        return None


def _step_in(answer: PartAnswer | None, step_id: RecordId) -> StepTracker | None:
    """Return the step as it stands after the write; None where the answer does not show it."""
    if answer is None or answer.status != 200 or not isinstance(answer.body, dict):
        return None
    found = answer.body.get("records")
    if not isinstance(found, list) or len(found) != 1 or not isinstance(found[0], dict):
        return None
    try:
        step = parse_step(found[0])
    except AnswerUnreadable:
        return None
    return step if step.id == step_id else None
