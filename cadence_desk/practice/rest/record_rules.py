"""What the API itself checks before a write reaches the org: access to objects and fields.

Values are checked by the org's transaction. Used by rows, collections and upsert.
"""

from collections.abc import Mapping
from typing import Any

from cadence_desk.practice.org.catalog.model import FieldDef, ObjectDef
from cadence_desk.practice.org.ids import canonical
from cadence_desk.practice.rest.errors import ApiError
from cadence_desk.practice.rest.service import RestService

_NO_ACCESS = "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY"


def may_create(definition: ObjectDef) -> ObjectDef:
    """Raises ApiError 400 for an object whose records the API cannot create, such as the cadence family."""
    if not definition.createable:
        raise ApiError(400, _NO_ACCESS, f"entity type cannot be inserted: {definition.label}", [])
    return definition


def may_update(definition: ObjectDef) -> ObjectDef:
    """Raises ApiError 400 for an object whose records the API cannot change."""
    if not definition.updateable:
        raise ApiError(400, _NO_ACCESS, f"entity type cannot be updated: {definition.label}", [])
    return definition


def may_delete(definition: ObjectDef) -> ObjectDef:
    """Raises ApiError 400 for an object whose records the API cannot delete."""
    if not definition.deletable:
        raise ApiError(400, _NO_ACCESS, f"entity type cannot be deleted: {definition.label}", [])
    return definition


def values_to_create(service: RestService, definition: ObjectDef, body: Mapping[str, Any]) -> dict[str, Any]:
    """The field values of a create. Raises ApiError INVALID_FIELD or INVALID_FIELD_FOR_INSERT_UPDATE."""
    fields = _fields(service, definition, body)
    _refuse("create", [one for one, _ in fields if not one.createable])
    values = {one.name: value for one, value in fields}
    _refuse_internal_subtype(definition, values)
    return values


def values_to_update(service: RestService, definition: ObjectDef, body: Mapping[str, Any]) -> dict[str, Any]:
    """The field values of an update; an Id in the body is refused like any read-only field."""
    fields = _fields(service, definition, body)
    _refuse("update", [one for one, _ in fields if not one.updateable])
    return {one.name: value for one, value in fields}


def read_id(definition: ObjectDef, text: str) -> str:
    """The 18-character id of a record of this object. Raises ApiError MALFORMED_ID."""
    found = canonical(text)
    if found is None or (definition.key_prefix and not found.startswith(definition.key_prefix)):
        raise ApiError(
            400, "MALFORMED_ID", f"{definition.label} ID: id value of incorrect type: {text}", ["Id"]
        )
    return found


def _fields(
    service: RestService, definition: ObjectDef, body: Mapping[str, Any]
) -> list[tuple[FieldDef, Any]]:
    found: list[tuple[FieldDef, Any]] = []
    for name, value in body.items():
        if name == "attributes":
            continue
        field = service.field(definition, name)
        if field is None:
            message = f"No such column '{name}' on sobject of type {definition.name}"
            raise ApiError(400, "INVALID_FIELD", message)
        found.append((field, value))
    return found


def _refuse(verb: str, fields: list[FieldDef]) -> None:
    if not fields:
        return
    names = [one.name for one in fields]
    raise ApiError(
        400,
        "INVALID_FIELD_FOR_INSERT_UPDATE",
        f"Unable to {verb} fields: {', '.join(names)}. Please check the security settings of this field and verify "
        "that it is read/write for your profile or permission set.",
        names,
    )


def _refuse_internal_subtype(definition: ObjectDef, values: Mapping[str, Any]) -> None:
    """`Cadence` is listed by describe but only the platform may set it (Object Reference, Task)."""
    if definition.name == "Task" and values.get("TaskSubtype") == "Cadence":
        message = "Task Subtype: bad value for restricted picklist field: Cadence"
        raise ApiError(400, "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", message, ["TaskSubtype"])
