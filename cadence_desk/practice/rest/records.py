"""/sobjects/T and /sobjects/T/ID: create, read, change, delete; the records of one object.

Works on transactions and the query runner. Sources: REST API guide, sObject Basic Information and sObject Rows.
"""

from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Any

from cadence_desk.practice.org.catalog.model import ObjectDef
from cadence_desk.practice.org.values import DmlError
from cadence_desk.practice.rest.calls import ApiCall, ApiReply
from cadence_desk.practice.rest.dml_errors import api_error, refusals
from cadence_desk.practice.rest.errors import ApiError, not_found
from cadence_desk.practice.rest.metadata import object_summary
from cadence_desk.practice.rest.recent_items import recent_of
from cadence_desk.practice.rest.record_rules import (
    may_create,
    may_delete,
    may_update,
    read_id,
    values_to_create,
    values_to_update,
)
from cadence_desk.practice.rest.router import Route
from cadence_desk.practice.rest.service import RestService


def basic_information(call: ApiCall, service: RestService) -> ApiReply:
    """Short describe and the records the user touched last."""
    definition = service.object(call.arguments["sobject"])
    return ApiReply(
        200,
        {
            "objectDescribe": object_summary(definition, call),
            "recentItems": recent_of(definition, call, service),
        },
    )


def create(call: ApiCall, service: RestService) -> ApiReply:
    """201 with the new id."""
    definition = may_create(service.object(call.arguments["sobject"]))
    values = values_to_create(service, definition, call.json_object())
    with refusals(), service.transaction(call) as transaction:
        record_id = transaction.insert(definition.name, values)
    address = call.address(f"/sobjects/{definition.name}/{record_id}")
    return ApiReply(201, {"id": record_id, "success": True, "errors": []}, {"Location": address})


def read(call: ApiCall, service: RestService) -> ApiReply:
    """All visible fields, or those of ?fields=. 404 for a missing record, ENTITY_IS_DELETED for one in the bin."""
    definition = service.object(call.arguments["sobject"])
    return read_record(definition, read_id(definition, call.arguments["id"]), call, service)


def read_record(definition: ObjectDef, record_id: str, call: ApiCall, service: RestService) -> ApiReply:
    """The record as JSON, or 304 when it did not change since If-Modified-Since."""
    row = service.org.store.read(definition.name, record_id, deleted=True)
    if row is None:
        raise not_found()
    if row.get("IsDeleted"):
        raise ApiError(404, "ENTITY_IS_DELETED", "entity is deleted", [])
    if _unchanged(row, call):
        return ApiReply(304)
    names = _chosen(definition, call, service)
    soql = f"SELECT {', '.join(names)} FROM {definition.name} WHERE Id = '{record_id}'"
    page = service.runner.run(
        soql, user_id=call.user_id, all_rows=False, batch_size=2000, version=call.version
    )
    if not page.records:
        raise not_found()
    return ApiReply(200, page.records[0])


def update(call: ApiCall, service: RestService) -> ApiReply:
    """204. 412 when the record changed after If-Unmodified-Since."""
    definition = may_update(service.object(call.arguments["sobject"]))
    record_id = read_id(definition, call.arguments["id"])
    change(definition, record_id, call.json_object(), call, service)
    return ApiReply(204)


def change(
    definition: ObjectDef, record_id: str, body: dict[str, Any], call: ApiCall, service: RestService
) -> None:
    """Write the values of an update into an existing record. Raises ApiError."""
    _existing(definition, record_id, service)
    _check_unmodified(service.org.store.read(definition.name, record_id) or {}, call)
    values = values_to_update(service, definition, body)
    with refusals(), service.transaction(call) as transaction:
        transaction.update(definition.name, record_id, values)


def delete(call: ApiCall, service: RestService) -> ApiReply:
    """204."""
    definition = may_delete(service.object(call.arguments["sobject"]))
    record_id = read_id(definition, call.arguments["id"])
    _existing(definition, record_id, service)
    with refusals(), service.transaction(call) as transaction:
        transaction.delete(definition.name, record_id)
    return ApiReply(204)


def _existing(definition: ObjectDef, record_id: str, service: RestService) -> None:
    row = service.org.store.read(definition.name, record_id, deleted=True)
    if row is None:
        raise ApiError(404, "INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", [])
    if row.get("IsDeleted"):
        raise api_error(DmlError("ENTITY_IS_DELETED", "entity is deleted"), about_target=True)


def _chosen(definition: ObjectDef, call: ApiCall, service: RestService) -> list[str]:
    asked = [name.strip() for name in call.parameter("fields").split(",") if name.strip()]
    if not asked:
        return [one.name for one in service.visible(definition)]
    names: list[str] = []
    for name in asked:
        field = service.field(definition, name)
        if field is None:
            message = f"No such column '{name}' on sobject of type {definition.name}"
            raise ApiError(400, "INVALID_FIELD", message)
        names.append(field.name)
    return list(dict.fromkeys(["Id", *names]))


def _unchanged(row: dict[str, object], call: ApiCall) -> bool:
    since = _date_ms(call.header("if-modified-since"))
    stamp = row.get("SystemModstamp")
    return since is not None and isinstance(stamp, int) and stamp <= since


def _check_unmodified(row: dict[str, object], call: ApiCall) -> None:
    text = call.header("if-unmodified-since")
    if not text:
        return
    since = _date_ms(text)
    if since is None:
        raise ApiError(400, "INVALID_HEADER", "If-Unmodified-Since must be an HTTP date")
    stamp = row.get("SystemModstamp")
    if isinstance(stamp, int) and stamp // 1000 * 1000 > since:
        raise ApiError(412, "PRECONDITION_FAILED", "The record was modified after the given date")


def _date_ms(text: str) -> int | None:
    if not text:
        return None
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    return int(moment.replace(tzinfo=moment.tzinfo or UTC).timestamp() * 1000)


ROUTES = (
    Route("GET", "/sobjects/{sobject}", basic_information),
    Route("POST", "/sobjects/{sobject}", create),
    Route("GET", "/sobjects/{sobject}/{id}", read),
    Route("PATCH", "/sobjects/{sobject}/{id}", update),
    Route("DELETE", "/sobjects/{sobject}/{id}", delete),
)
