"""Tasks that log calls: found by step, by key or by marker, created under a key, updated. May import domain.

Source: Object Reference, Task; REST guide, Insert or Update by External ID. Called through the gateway.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from cadence_desk.domain.calls import CallTask
from cadence_desk.domain.errors import AnswerUnreadable, DeskError, NotAvailable, OrgRefused
from cadence_desk.salesforce import rows
from cadence_desk.salesforce.context import OrgPart
from cadence_desk.salesforce.soql import SoqlQuery, keep_described

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from cadence_desk.domain.orgs import ObjectDescription
    from cadence_desk.domain.record_ids import RecordId

KEY_FIELD = "CD_Op_Id__c"
"""A field the admin may add to Activity: external id, unique. With it a call cannot be logged twice."""
MARKER_FIELD = "CallObject"
MARKER = "cadencedesk:"

FIELDS = (
    "Id",
    "WhoId",
    "Subject",
    "Status",
    "IsClosed",
    "CallDisposition",
    "CallDurationInSeconds",
    "Description",
    "ActivityDate",
    "OwnerId",
    KEY_FIELD,
    MARKER_FIELD,
    "ActionCadenceStepTrackerId",
    "CreatedDate",
    "SystemModstamp",
)

PURPOSE = "tasks"


class TaskClient(OrgPart):
    """Reads and writes tasks of one org."""

    def tasks_of_step(self, step_id: RecordId) -> list[CallTask]:
        """Return the tasks that carry this step tracker's link, oldest first; none where the link is hidden."""
        described = self._org.described("Task")
        if not described.has("ActionCadenceStepTrackerId"):
            return []
        query = self._task_query(described).where("ActionCadenceStepTrackerId", "=", str(step_id))
        return self._read_tasks(self._ordered(query, "CreatedDate", "Id"))

    def find_task(self, op_key: str, who_id: RecordId, since: datetime) -> CallTask | None:
        """Return the task written under this key: by the key field, else by marker among recent ones of the person."""
        described = self._org.described("Task")
        query = self._task_query(described)
        if has_key_field(described):
            query = query.where(KEY_FIELD, "=", op_key)
        elif described.has(MARKER_FIELD):
            query = query.where(MARKER_FIELD, "=", MARKER + op_key)
            if described.has("WhoId"):
                query = query.where("WhoId", "=", str(who_id))
            if described.has("CreatedDate"):
                query = query.where("CreatedDate", ">=", since)
        else:
            return None
        found = self._read_tasks(query.limit(1))
        return found[0] if found else None

    def read_task(self, task_id: RecordId) -> CallTask | None:
        """Read one task; None when it is gone."""
        found = self._read_tasks(self._task_query(self._org.described("Task")).where("Id", "=", str(task_id)))
        return found[0] if found else None

    def create_task(self, values: Mapping[str, object], op_key: str) -> RecordId:
        """Create a task under a key: upsert by the unique key field where the org has it, else with a marker.

        Fields that the org does not let this user set are left out.

        Raises:
            DeskError: refused, or lost with `executed` UNKNOWN.
        """
        described = self._org.described("Task")
        body = sendable(values, described, new=True)
        if not op_key:
            return _created_id(self._org.rest.send("POST", "sobjects/Task", PURPOSE, body))
        if has_key_field(described):
            return self._upsert(body, op_key)
        marker = described.fields.get(MARKER_FIELD)
        if marker is not None and marker.createable:
            body.setdefault(MARKER_FIELD, MARKER + op_key)
        return _created_id(self._org.rest.send("POST", "sobjects/Task", PURPOSE, body))

    def update_task(self, task_id: RecordId, values: Mapping[str, object]) -> None:
        """Update one task with the fields that this user may change.

        Raises:
            NotAvailable: none of the fields may be changed, or the task is gone.
        """
        body = sendable(values, self._org.described("Task"), new=False)
        if not body:
            raise NotAvailable("Your user may not change these fields of a task.")
        self._org.rest.send("PATCH", f"sobjects/Task/{task_id}", PURPOSE, body)

    def delete_task(self, task_id: RecordId) -> None:
        """Delete one task; it stays in the recycle bin. Raises NotAvailable or OrgRefused when it is gone already."""
        self._org.rest.delete(f"sobjects/Task/{task_id}", PURPOSE)

    def _upsert(self, body: dict[str, Any], op_key: str) -> RecordId:
        """Create under the key.

        A refusal may only mean that the task is there already: create-only fields (TaskSubtype) are then refused,
        while the key proves that an earlier attempt did the same work.
        """
        body.pop(KEY_FIELD, None)
        path = f"sobjects/Task/{KEY_FIELD}/{quote(op_key, safe='')}"
        try:
            answer = self._org.rest.send("PATCH", path, PURPOSE, body)
        except OrgRefused as refusal:
            found = self._ids_by_key(op_key)
            if not found:
                raise refusal from None
            return found[0]
        return self._found_by_key(op_key) if answer is None else _created_id(answer)

    def _found_by_key(self, op_key: str) -> RecordId:
        """An upsert that updated may answer without a body: the write is done, its id is one read away."""
        try:
            found = self._ids_by_key(op_key)
        except DeskError as error:
            raise AnswerUnreadable("The task was saved, but its id could not be read yet.") from error
        if not found:
            raise AnswerUnreadable("The task was saved, but its id could not be read yet.")
        return found[0]

    def _ids_by_key(self, op_key: str) -> list[RecordId]:
        query = SoqlQuery("Task", ("Id",)).where(KEY_FIELD, "=", op_key).limit(1)
        return [rows.record_id(row) for row in self._org.rest.rows(query, PURPOSE)]

    def _task_query(self, described: ObjectDescription) -> SoqlQuery:
        return SoqlQuery("Task", keep_described(FIELDS, described))

    def _read_tasks(self, query: SoqlQuery) -> list[CallTask]:
        return [parse_task(row) for row in self._org.rest.rows(query, PURPOSE)]


def has_key_field(described: ObjectDescription) -> bool:
    """Return True when the key field protects against doubles: external id, unique and settable."""
    field = described.fields.get(KEY_FIELD)
    return field is not None and field.external_id and field.unique and field.createable and field.filterable


def sendable(values: Mapping[str, object], described: ObjectDescription, *, new: bool) -> dict[str, Any]:
    """Return only the values that may be set, in JSON's forms."""
    body: dict[str, Any] = {}
    for name, value in values.items():
        field = described.fields.get(name)
        if field is not None and (field.createable if new else field.updateable):
            body[name] = _json(value)
    return body


def parse_task(row: Mapping[str, Any]) -> CallTask:
    """Return a task from a row."""
    marker = rows.text(row, MARKER_FIELD)
    marked = marker.removeprefix(MARKER) if marker.startswith(MARKER) else ""
    return CallTask(
        rows.record_id(row),
        who_id=rows.id_or_empty(row, "WhoId"),
        subject=rows.text(row, "Subject"),
        status=rows.text(row, "Status"),
        is_closed=rows.flag(row, "IsClosed"),
        call_result=rows.text(row, "CallDisposition"),
        duration_seconds=rows.number(row, "CallDurationInSeconds"),
        notes=rows.text(row, "Description"),
        due=rows.day(row, "ActivityDate"),
        owner_id=rows.id_or_empty(row, "OwnerId"),
        op_key=rows.text(row, KEY_FIELD) or marked,
        step_tracker_id=rows.id_or_empty(row, "ActionCadenceStepTrackerId"),
        created=rows.moment(row, "CreatedDate"),
        modified=rows.moment(row, "SystemModstamp"),
    )


def _json(value: object) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _created_id(answer: object) -> RecordId:
    if not isinstance(answer, dict) or answer.get("success") is not True:
        raise AnswerUnreadable("The answer to a new task cannot be read.")
    return rows.record_id(answer, "id")
