"""/sobjects/T/FIELD/VALUE: read, upsert and delete by an external id, and upsert without one (/sobjects/T/Id).

Source: REST API guide, sObject Rows by External ID: 201 created, 200 updated (204 before API 46), 300 for several.
"""

from typing import Any

from cadence_desk.practice.org.catalog.model import FieldDef, ObjectDef
from cadence_desk.practice.org.values import DmlError, to_raw
from cadence_desk.practice.rest.calls import ApiCall, ApiReply
from cadence_desk.practice.rest.dml_errors import refusals
from cadence_desk.practice.rest.errors import ApiError, not_found
from cadence_desk.practice.rest.record_rules import (
    may_create,
    may_delete,
    may_update,
    read_id,
    values_to_create,
)
from cadence_desk.practice.rest.records import change, read_record
from cadence_desk.practice.rest.router import Route
from cadence_desk.practice.rest.service import RestService

_UPSERT_TELLS_SINCE = 46.0
_FIND_MOST = 20


def read_by_external_id(call: ApiCall, service: RestService) -> ApiReply:
    """The record, 300 with addresses when several match, 404 when none does."""
    definition, field = _target(call, service)
    found = matches(definition, field, call.arguments["value"], service)
    if len(found) > 1:
        return _several(definition, found, call)
    if not found:
        raise not_found()
    return read_record(definition, found[0], call, service)


def upsert(call: ApiCall, service: RestService) -> ApiReply:
    """Create or update by the value of an external id field."""
    definition, field = _target(call, service)
    may_create(may_update(definition))
    body = call.json_object()
    if any(name.lower() == field.name.lower() for name in body):
        message = f"The {field.name} field should not be specified in the sobject data."
        raise ApiError(400, "INVALID_FIELD", message, [field.name])
    found = matches(definition, field, call.arguments["value"], service)
    if len(found) > 1:
        return _several(definition, found, call)
    if found:
        change(definition, found[0], body, call, service)
        return saved(found[0], created=False, call=call)
    if call.flag("updateOnly") or field.name == "Id":
        raise not_found()
    values = values_to_create(service, definition, {**body, field.name: call.arguments["value"]})
    with refusals(), service.transaction(call) as transaction:
        record_id = transaction.insert(definition.name, values)
    return saved(record_id, created=True, call=call)


def delete_by_external_id(call: ApiCall, service: RestService) -> ApiReply:
    """204, or 300 when several records match."""
    definition, field = _target(call, service)
    may_delete(definition)
    found = matches(definition, field, call.arguments["value"], service)
    if len(found) > 1:
        return _several(definition, found, call)
    if not found:
        raise not_found()
    with refusals(), service.transaction(call) as transaction:
        transaction.delete(definition.name, found[0])
    return ApiReply(204)


def matches(definition: ObjectDef, field: FieldDef, value: str, service: RestService) -> list[str]:
    """Ids of the live records with this value, ignoring case as the platform does."""
    if field.name == "Id":
        record_id = read_id(definition, value)
        return [record_id] if service.org.store.read(definition.name, record_id) else []
    try:
        raw = to_raw(field, value)
    except DmlError:
        return []
    rows = service.org.store.rows(
        f'SELECT "Id" FROM "{definition.name}" WHERE "{field.name}" = ? COLLATE NOCASE AND "IsDeleted" = 0 '
        f'AND "{field.name}" IS NOT NULL LIMIT {_FIND_MOST}',
        (raw,),
    )
    return [str(row["Id"]) for row in rows]


def external_field(definition: ObjectDef, name: str, service: RestService) -> FieldDef:
    """A field that can identify records. Raises ApiError 404 as the platform does for any other name."""
    field = service.field(definition, name)
    if field is None or not (field.external_id or field.id_lookup):
        raise not_found(f"Provided external ID field does not exist or is not accessible: {name}")
    return field


def saved(record_id: str, *, created: bool, call: ApiCall) -> ApiReply:
    """The answer of an upsert."""
    if not created and call.number < _UPSERT_TELLS_SINCE:
        return ApiReply(204)
    value: dict[str, Any] = {"id": record_id, "success": True, "errors": [], "created": created}
    return ApiReply(201 if created else 200, value)


def _target(call: ApiCall, service: RestService) -> tuple[ObjectDef, FieldDef]:
    definition = service.object(call.arguments["sobject"])
    return definition, external_field(definition, call.arguments["field"], service)


def _several(definition: ObjectDef, record_ids: list[str], call: ApiCall) -> ApiReply:
    return ApiReply(300, [call.address(f"/sobjects/{definition.name}/{one}") for one in record_ids])


ROUTES = (
    Route("GET", "/sobjects/{sobject}/{field}/{value}", read_by_external_id),
    Route("PATCH", "/sobjects/{sobject}/{field}/{value}", upsert),
    Route("DELETE", "/sobjects/{sobject}/{field}/{value}", delete_by_external_id),
)
