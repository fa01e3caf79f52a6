"""/composite/sobjects: up to 200 records created, changed, upserted, read or deleted in one call.

Source: REST API guide, sObject Collections: 400 for a malformed request, else 200 with one result per record.
"""

import contextlib
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Final

from cadence_desk.practice.org.catalog.model import ObjectDef
from cadence_desk.practice.org.transaction import Transaction
from cadence_desk.practice.org.values import DmlError
from cadence_desk.practice.rest.calls import ApiCall, ApiReply
from cadence_desk.practice.rest.dml_errors import api_error
from cadence_desk.practice.rest.errors import ApiError
from cadence_desk.practice.rest.external_ids import external_field, matches
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

MOST_RECORDS: Final = 200
_MOST_CHUNKS: Final = 10
_ROLLED_BACK: Final = ApiError(
    400,
    "ALL_OR_NONE_OPERATION_ROLLED_BACK",
    "Record rolled back because not all records were valid and the request was using AllOrNone header",
    [],
)

Item = dict[str, Any]
Work = Callable[[Transaction], dict[str, Any]]


class _AnyFailedError(Exception):
    """Rolls an all-or-none collection back."""


def create_many(call: ApiCall, service: RestService) -> ApiReply:
    """Create records, of several types if they come in at most ten runs."""
    body = call.json_object()
    records = _records(body)

    def work(item: Item) -> Work:
        definition = may_create(_typed(item, service))
        values = values_to_create(service, definition, item)
        return lambda transaction: _success(transaction.insert(definition.name, values))

    return _save(call, service, [partial(work, item) for item in records], all_or_none=_flag(body))


def update_many(call: ApiCall, service: RestService) -> ApiReply:
    """Change records named by their id field."""
    body = call.json_object()
    records = _records(body)

    def work(item: Item) -> Work:
        definition = may_update(_typed(item, service))
        record_id = _id_of(definition, item)
        values = values_to_update(service, definition, _without(item, "id"))
        return lambda transaction: _updated(transaction, definition, record_id, values)

    return _save(call, service, [partial(work, item) for item in records], all_or_none=_flag(body))


def upsert_many(call: ApiCall, service: RestService) -> ApiReply:
    """Create or change records of one type by an external id field."""
    definition = service.object(call.arguments["sobject"])
    field = external_field(definition, call.arguments["field"], service)
    body = call.json_object()
    records = _records(body)

    def work(item: Item) -> Work:
        may_create(may_update(definition))
        key = next((value for name, value in item.items() if name.lower() == field.name.lower()), None)
        rest = _without(item, field.name)
        found = matches(definition, field, str(key), service) if key else []
        if len(found) > 1:
            raise ApiError(
                300, "DUPLICATE_EXTERNAL_ID", f"{field.name} matches more than one record", [field.name]
            )
        if found:
            changes = values_to_update(service, definition, rest)
            return lambda transaction: _updated(transaction, definition, found[0], changes, created=False)
        values = values_to_create(service, definition, rest if field.name == "Id" else item)
        return lambda transaction: _success(transaction.insert(definition.name, values), created=True)

    return _save(call, service, [partial(work, item) for item in records], all_or_none=_flag(body))


def delete_many(call: ApiCall, service: RestService) -> ApiReply:
    """Delete the records of ?ids=."""
    ids = [one.strip() for one in call.parameter("ids").split(",") if one.strip()]
    _check_amount(len(ids))

    def work(text: str) -> Work:
        definition = service.org.catalog.by_prefix(text)
        if definition is None:
            raise ApiError(400, "MALFORMED_ID", f"malformed id {text}", [])
        may_delete(definition)
        record_id = read_id(definition, text)
        return lambda transaction: _deleted(transaction, definition, record_id)

    return _save(call, service, [partial(work, text) for text in ids], all_or_none=call.flag("allOrNone"))


def read_many(call: ApiCall, service: RestService) -> ApiReply:
    """The named fields of the named records of one type, null where there is none."""
    definition = service.object(call.arguments["sobject"])
    if call.method == "POST":
        body = call.json_object()
        ids, names = _texts(body.get("ids")), _texts(body.get("fields"))
    else:
        ids, names = _split(call, "ids"), _split(call, "fields")
    if not ids or not names:
        raise ApiError(400, "MISSING_ARGUMENT", "ids and fields are required")
    wanted = [read_id(definition, one) for one in ids]
    listed = ", ".join(f"'{one}'" for one in wanted)
    soql = f"SELECT {', '.join(dict.fromkeys(['Id', *names]))} FROM {definition.name} WHERE Id IN ({listed})"
    page = service.runner.run(
        soql, user_id=call.user_id, all_rows=False, batch_size=2000, version=call.version
    )
    by_id = {record["Id"]: record for record in page.records}
    return ApiReply(200, [by_id.get(one) for one in wanted])


def _save(
    call: ApiCall, service: RestService, prepared: Sequence[Callable[[], Work]], *, all_or_none: bool
) -> ApiReply:
    results: list[dict[str, Any]] = []
    with contextlib.suppress(_AnyFailedError), service.transaction(call) as transaction:
        results.extend(_attempt(prepare, transaction) for prepare in prepared)
        if all_or_none and not all(one["success"] for one in results):
            results = [_failure(_ROLLED_BACK) if one["success"] else one for one in results]
            raise _AnyFailedError
    return ApiReply(200, results)


def _attempt(prepare: Callable[[], Work], transaction: Transaction) -> dict[str, Any]:
    try:
        with transaction.attempt():
            return prepare()(transaction)
    except ApiError as problem:
        return _failure(problem)
    except DmlError as problem:
        return _failure(api_error(problem))


def _updated(
    transaction: Transaction,
    definition: ObjectDef,
    record_id: str,
    values: Item,
    *,
    created: bool | None = None,
) -> dict[str, Any]:
    _must_exist(transaction, definition, record_id)
    transaction.update(definition.name, record_id, values)
    return _success(record_id, created=created)


def _deleted(transaction: Transaction, definition: ObjectDef, record_id: str) -> dict[str, Any]:
    _must_exist(transaction, definition, record_id)
    transaction.delete(definition.name, record_id)
    return _success(record_id)


def _must_exist(transaction: Transaction, definition: ObjectDef, record_id: str) -> None:
    if transaction.read(definition.name, record_id, deleted=True) is None:
        raise ApiError(400, "INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", [])


def _success(record_id: str, *, created: bool | None = None) -> dict[str, Any]:
    result: dict[str, Any] = {"id": record_id, "success": True, "errors": []}
    return result if created is None else {**result, "created": created}


def _failure(problem: ApiError) -> dict[str, Any]:
    return {"success": False, "errors": [problem.save_item()]}


def _records(body: Item) -> list[Item]:
    records = body.get("records")
    if not isinstance(records, list) or not all(isinstance(one, dict) for one in records):
        raise ApiError(400, "JSON_PARSER_ERROR", "The request must have a list called records")
    _check_amount(len(records))
    types = [str((one.get("attributes") or {}).get("type", "")).lower() for one in records]
    chunks = sum(1 for place, name in enumerate(types) if place == 0 or types[place - 1] != name)
    if chunks > _MOST_CHUNKS:
        message = f"Cannot have more than {_MOST_CHUNKS} chunks in a single operation"
        raise ApiError(400, "INVALID_INPUT", message)
    return records


def _check_amount(amount: int) -> None:
    if amount > MOST_RECORDS:
        raise ApiError(
            400, "EXCEEDED_ID_LIMIT", f"record limit reached. cannot submit more than {MOST_RECORDS} records"
        )
    if amount == 0:
        raise ApiError(400, "INVALID_INPUT", "at least one record is required")


def _typed(item: Item, service: RestService) -> ObjectDef:
    name = (item.get("attributes") or {}).get("type")
    if not isinstance(name, str):
        raise ApiError(400, "INVALID_TYPE", "Entity type is required: attributes.type", [])
    found = service.org.catalog.find(name)
    if found is None or service.org.settings.hides_object(found.name):
        raise ApiError(400, "INVALID_TYPE", f"sObject type '{name}' is not supported.", [])
    return service.object(name)


def _id_of(definition: ObjectDef, item: Item) -> str:
    text = next((value for name, value in item.items() if name.lower() == "id"), None)
    if not isinstance(text, str):
        raise ApiError(400, "MISSING_ARGUMENT", "Id not specified in an update call", ["Id"])
    return read_id(definition, text)


def _without(item: Item, name: str) -> Item:
    return {key: value for key, value in item.items() if key.lower() != name.lower()}


def _flag(body: Item) -> bool:
    return body.get("allOrNone") is True


def _texts(value: object) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list) else []


def _split(call: ApiCall, name: str) -> list[str]:
    return [one.strip() for one in call.parameter(name).split(",") if one.strip()]


ROUTES = (
    Route("POST", "/composite/sobjects", create_many),
    Route("PATCH", "/composite/sobjects", update_many),
    Route("DELETE", "/composite/sobjects", delete_many),
    Route("GET", "/composite/sobjects/{sobject}", read_many),
    Route("POST", "/composite/sobjects/{sobject}", read_many),
    Route("PATCH", "/composite/sobjects/{sobject}/{field}", upsert_many),
)
