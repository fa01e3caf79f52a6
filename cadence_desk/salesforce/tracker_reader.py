"""Reads trackers and step trackers. May import domain.

Source: Object Reference, ActionCadenceTracker and ActionCadenceStepTracker. Called through the gateway.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cadence_desk.domain.trackers import CLOSED_STEP_STATES, ENDED_STATES, StepTracker, Tracker
from cadence_desk.salesforce import rows
from cadence_desk.salesforce.context import OrgPart, unique
from cadence_desk.salesforce.several_queries import rows_by_ids
from cadence_desk.salesforce.soql import SoqlQuery, chunks, keep_described

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from cadence_desk.domain.record_ids import RecordId

TRACKER = "ActionCadenceTracker"
STEP_TRACKER = "ActionCadenceStepTracker"

TRACKER_KEYS = ("TargetId", "ActionCadenceId")
STEP_KEYS = ("ActionCadenceTrackerId",)
"""Without these a record cannot be placed: then none is listed, and questions about one are refused in words."""

TRACKER_FIELDS = (
    "Id",
    "TargetId",
    "Target.Name",
    "Target.Type",
    "ActionCadenceId",
    "ActionCadence.Name",
    "State",
    "IsTrackerActive",
    "OwnerId",
    "Owner.Name",
    "CurrentStepId",
    "CurrentStep.StepTitle",
    "CurrentStep.StepType",
    "LastCompletedStepId",
    "CompletionReason",
    "CompletionDisposition",
    "ErrorMessage",
    "ScheduledResumeDateTime",
    "CreatedDate",
    "LastModifiedDate",
    "SystemModstamp",
)
STEP_FIELDS = (
    "Id",
    "ActionCadenceTrackerId",
    "TargetId",
    "ActionCadenceId",
    "ActionCadenceStepId",
    "State",
    "StepType",
    "StepTitle",
    "CompletionReason",
    "CompletionDate",
    "DueDateTime",
    "ErrorCode",
    "CreatedDate",
    "LastModifiedDate",
    "SystemModstamp",
)


class TrackerReader(OrgPart):
    """Reads the runs of one org, as far as its sharing lets this user see them."""

    def tracker_pages(
        self, since: datetime | None = None, *, active_only: bool = False
    ) -> Iterator[list[Tracker]]:
        """Yield trackers in pages, none where they or what ties them to people and cadences are hidden.

        With `since` the oldest change comes first.
        """
        if not self._sees(TRACKER, *TRACKER_KEYS):
            return
        query = self._since(self._trackers(), since)
        if active_only:
            query = self._active(query)
        for page in self._org.rest.pages(query, "trackers"):
            yield [parse_tracker(row) for row in page]

    def step_pages(
        self, since: datetime | None = None, *, open_only: bool = False
    ) -> Iterator[list[StepTracker]]:
        """Yield step trackers in pages, none where they or what ties them to trackers are hidden.

        With `since` the oldest change comes first.
        """
        if not self._sees(STEP_TRACKER, *STEP_KEYS):
            return
        query = self._since(self._steps(), since)
        if open_only:
            query = self._open(query)
        for page in self._org.rest.pages(query, "steps"):
            yield [parse_step(row) for row in page]

    def read_trackers(self, ids: Sequence[RecordId]) -> list[Tracker]:
        """Read trackers by id."""
        return self._trackers_where("Id", ids, active_only=False)

    def read_steps(self, ids: Sequence[RecordId]) -> list[StepTracker]:
        """Read step trackers by id."""
        return self._steps_where("Id", ids)

    def trackers_of(self, target_ids: Sequence[RecordId], *, active_only: bool) -> list[Tracker]:
        """Read the trackers of some targets."""
        return self._trackers_where("TargetId", target_ids, active_only=active_only)

    def steps_of(self, tracker_ids: Sequence[RecordId]) -> list[StepTracker]:
        """Read all step trackers of some trackers, oldest first."""
        return self._steps_where("ActionCadenceTrackerId", tracker_ids)

    def changed_runs(self, since: datetime) -> Iterator[SoqlQuery]:
        """Yield the queries that `tracker_pages` and `step_pages` ask with a time."""
        if self._sees(TRACKER, *TRACKER_KEYS):
            yield self._since(self._trackers(), since)
        if self._sees(STEP_TRACKER, *STEP_KEYS):
            yield self._since(self._steps(), since)

    def _trackers_where(self, field: str, ids: Sequence[RecordId], *, active_only: bool) -> list[Tracker]:
        self._need(TRACKER, *TRACKER_KEYS)

        def about(some: Sequence[str]) -> SoqlQuery:
            query = self._trackers().where_in(field, some)
            return self._active(query) if active_only else query

        found = rows_by_ids(self._org.rest, unique(ids), about, "trackers")
        return [parse_tracker(row) for row in found]

    def _steps_where(self, field: str, ids: Sequence[RecordId]) -> list[StepTracker]:
        self._need(STEP_TRACKER, *STEP_KEYS)
        found: list[StepTracker] = []
        for chunk in chunks(unique(ids)):
            query = self._ordered(self._steps().where_in(field, chunk), "CreatedDate", "Id")
            found += [parse_step(row) for row in self._org.rest.rows(query, "steps")]
        return found

    def _trackers(self) -> SoqlQuery:
        related = self._org.related(ActionCadence="ActionCadence", CurrentStep=STEP_TRACKER, Owner="User")
        return SoqlQuery(TRACKER, keep_described(TRACKER_FIELDS, self._org.described(TRACKER), related))

    def _steps(self) -> SoqlQuery:
        return SoqlQuery(STEP_TRACKER, keep_described(STEP_FIELDS, self._org.described(STEP_TRACKER)))

    def _open(self, query: SoqlQuery) -> SoqlQuery:
        if self._sees(STEP_TRACKER, "State"):
            return query.where_in("State", sorted(CLOSED_STEP_STATES), negate=True)
        return query

    def _active(self, query: SoqlQuery) -> SoqlQuery:
        """Active is the org's own flag; State has no value of that name."""
        if self._org.described(TRACKER).has("IsTrackerActive"):
            return query.where("IsTrackerActive", "=", value=True)
        self._need(TRACKER, "State")
        return query.where_in("State", sorted(ENDED_STATES), negate=True)


def parse_tracker(row: Mapping[str, Any]) -> Tracker:
    """Return a tracker from a row."""
    state = rows.text(row, "State")
    active = row.get("IsTrackerActive")
    return Tracker(
        rows.record_id(row),
        rows.id_of(rows.text(row, "TargetId")),
        rows.id_of(rows.text(row, "ActionCadenceId")),
        state,
        is_active=active if isinstance(active, bool) else state not in ENDED_STATES,
        target_type=rows.text(row, "Target.Type"),
        target_name=rows.text(row, "Target.Name"),
        cadence_name=rows.text(row, "ActionCadence.Name"),
        owner_id=rows.id_or_empty(row, "OwnerId"),
        owner_name=rows.text(row, "Owner.Name"),
        current_step_id=rows.id_or_empty(row, "CurrentStepId"),
        current_step_title=rows.text(row, "CurrentStep.StepTitle"),
        current_step_type=rows.text(row, "CurrentStep.StepType"),
        last_completed_step_id=rows.id_or_empty(row, "LastCompletedStepId"),
        completion_reason=rows.text(row, "CompletionReason"),
        completion_disposition=rows.text(row, "CompletionDisposition"),
        error_message=rows.text(row, "ErrorMessage"),
        scheduled_resume=rows.moment(row, "ScheduledResumeDateTime"),
        created=rows.moment(row, "CreatedDate"),
        modified=rows.moment(row, "SystemModstamp"),
        last_modified=rows.moment(row, "LastModifiedDate"),
    )


def parse_step(row: Mapping[str, Any]) -> StepTracker:
    """Return a step tracker from a row."""
    return StepTracker(
        rows.record_id(row),
        rows.id_of(rows.text(row, "ActionCadenceTrackerId")),
        rows.text(row, "State"),
        rows.text(row, "StepType"),
        rows.text(row, "StepTitle"),
        target_id=rows.id_or_empty(row, "TargetId"),
        cadence_id=rows.id_or_empty(row, "ActionCadenceId"),
        cadence_step_id=rows.id_or_empty(row, "ActionCadenceStepId"),
        completion_reason=rows.text(row, "CompletionReason"),
        completion_date=rows.moment(row, "CompletionDate"),
        due=rows.moment(row, "DueDateTime"),
        error_code=rows.text(row, "ErrorCode"),
        created=rows.moment(row, "CreatedDate"),
        modified=rows.moment(row, "SystemModstamp"),
        last_modified=rows.moment(row, "LastModifiedDate"),
    )
