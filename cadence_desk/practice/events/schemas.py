"""Avro schemas of the change events, one per entity, made from the org's catalog.

May import org.catalog and fastavro. Called by the bus and the Pub/Sub service.
Shape: header record first, then one nullable field per stored field, compounds as records, as in captured schemas.
"""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import fastavro

from cadence_desk.practice.org.catalog.model import PERSON_NAME_PARTS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cadence_desk.practice.org.catalog.model import Catalog, FieldDef, ObjectDef

CHANGE_TYPES = (
    "CREATE",
    "UPDATE",
    "DELETE",
    "UNDELETE",
    "GAP_CREATE",
    "GAP_UPDATE",
    "GAP_DELETE",
    "GAP_UNDELETE",
    "GAP_OVERFLOW",
    "SNAPSHOT",
)
HEADER = "ChangeEventHeader"
NAMESPACE = "com.sforce.eventbus"
ADDRESS_PARTS = (
    "Street",
    "City",
    "State",
    "PostalCode",
    "Country",
    "StateCode",
    "CountryCode",
    "Latitude",
    "Longitude",
    "GeocodeAccuracy",
)
# absent from captured event schemas: the id travels in the header, the others are derived or about reading
NEVER_SENT = frozenset(
    {
        "Id",
        "IsDeleted",
        "SystemModstamp",
        "LastActivityDate",
        "LastReferencedDate",
        "LastViewedDate",
    }
)

_AVRO_TYPES = {
    "boolean": "boolean",
    "int": "int",
    "double": "double",
    "percent": "double",
    "currency": "double",
    "date": "long",
    "datetime": "long",
}
_DOCS = {
    "reference": "ForeignKey:EntityId",
    "textarea": "Data:StringPlusClob",
    "combobox": "Data:DynamicEnum",
    "boolean": "Data:Boolean",
    "int": "Data:Integer",
    "double": "Data:Double",
    "percent": "Data:Percent",
    "currency": "Data:Currency",
    "date": "Data:DateOnly",
    "datetime": "Data:DateTime",
    "phone": "Data:Phone",
    "email": "Data:Email",
    "url": "Data:Url",
}


@dataclass(frozen=True, slots=True)
class Slot:
    """One field of the event record; `column` is empty for a compound and for a part that the org does not store."""

    name: str
    type: str
    column: str = ""
    parts: tuple[Slot, ...] = ()


@dataclass(frozen=True)
class EventSchema:
    """The schema of one entity's events at one moment; its id is a hash of its text."""

    entity: str
    slots: tuple[Slot, ...]
    text: str
    id: str
    parsed: Any = field(repr=False)
    places: dict[str, tuple[int, int | None]] = field(repr=False)

    def place(self, column: str) -> tuple[int, int | None] | None:
        """Where a stored column lies: (field index, None) or (compound index, index of the part)."""
        return self.places.get(column)


class SchemaBook:
    """Gives the current schema of each entity and keeps every one ever given, so that old events stay readable."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._current: dict[str, tuple[int, EventSchema]] = {}
        self._by_id: dict[str, EventSchema] = {}

    def current(self, entity: str) -> EventSchema:
        """The schema of the entity as the catalog is now; KeyError for an object without change events."""
        known = self._current.get(entity)
        if known is not None and known[0] == self._catalog.version:
            return known[1]
        definition = self._catalog.find(entity)
        if definition is None or not definition.change_event:
            raise KeyError(entity)
        schema = build_schema(definition)
        self._current[entity] = (self._catalog.version, schema)
        return self._by_id.setdefault(schema.id, schema)

    def by_id(self, schema_id: str) -> EventSchema | None:
        """A schema given out before, however old."""
        return self._by_id.get(schema_id)


def build_schema(definition: ObjectDef) -> EventSchema:
    """The event schema of an object: header first, then its sent fields in catalog order."""
    named: set[str] = set()
    slots = tuple(_slots(definition))
    fields: list[dict[str, Any]] = [_header_field()]
    for slot in slots:
        source = definition.fields[slot.name]
        fields.append(
            {
                "doc": _doc(source, slot),
                "name": slot.name,
                "type": ["null", _avro_type(slot, named)],
                "default": None,
            }
        )
    record = {
        "name": f"{definition.name}ChangeEvent",
        "type": "record",
        "fields": fields,
        "namespace": NAMESPACE,
    }
    text = json.dumps(record, separators=(",", ":"))
    return EventSchema(
        entity=definition.name,
        slots=slots,
        text=text,
        id=schema_id(text),
        parsed=fastavro.parse_schema(record),
        places=dict(_places(slots)),
    )


def schema_id(text: str) -> str:
    """22 characters: the URL-safe base64 form of a 16-byte hash, as captured events carry it."""
    digest = hashlib.blake2b(text.encode(), digest_size=16).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def _slots(definition: ObjectDef) -> Iterator[Slot]:
    inside = {part for item in definition.fields.values() for part in item.compound_of}
    if definition.has_person_name:
        inside.update(PERSON_NAME_PARTS)
    for name, item in definition.fields.items():
        if name in NEVER_SENT or name in inside:
            continue
        if name == "Name" and definition.has_person_name:
            parts = tuple(_part(part, part, definition) for part in PERSON_NAME_PARTS)
            yield Slot(name, "PersonName", parts=parts)
        elif item.type == "address":
            prefix = name.removesuffix("Address")
            parts = tuple(_part(part, prefix + part, definition) for part in ADDRESS_PARTS)
            yield Slot(name, "Address", parts=parts)
        elif item.stored:
            yield Slot(name, _AVRO_TYPES.get(item.type, "string"), name)


def _part(name: str, column: str, definition: ObjectDef) -> Slot:
    stored = column in definition.fields
    kind = "double" if name in {"Latitude", "Longitude"} else "string"
    return Slot(name, kind, column if stored else "")


def _places(slots: tuple[Slot, ...]) -> Iterator[tuple[str, tuple[int, int | None]]]:
    for index, slot in enumerate(slots, start=1):
        if slot.column:
            yield slot.column, (index, None)
        for nested, part in enumerate(slot.parts):
            if part.column:
                yield part.column, (index, nested)


def _avro_type(slot: Slot, named: set[str]) -> object:
    if not slot.parts:
        return slot.type
    if slot.type in named:
        return slot.type
    named.add(slot.type)
    parts = [{"name": part.name, "type": ["null", part.type], "default": None} for part in slot.parts]
    return {"name": slot.type, "type": "record", "fields": parts}


def _doc(source: FieldDef, slot: Slot) -> str:
    if slot.parts:
        return f"Data:{slot.type}"
    if source.name == "CreatedDate":
        return "CreatedDate:DateTime"
    if source.type == "picklist":
        return "Data:StaticEnum" if source.restricted else "Data:DynamicEnum"
    return _DOCS.get(source.type, "Data:Text")


def _header_field() -> dict[str, Any]:
    strings = {"type": "array", "items": "string"}
    fields: list[dict[str, Any]] = [
        {"name": "entityName", "type": "string"},
        {"name": "recordIds", "type": strings},
        {"name": "changeType", "type": {"name": "ChangeType", "type": "enum", "symbols": list(CHANGE_TYPES)}},
        {"name": "changeOrigin", "type": "string"},
        {"name": "transactionKey", "type": "string"},
        {"name": "sequenceNumber", "type": "int"},
        {"name": "commitTimestamp", "type": "long"},
        {"name": "commitNumber", "type": "long"},
        {"name": "commitUser", "type": "string"},
        {"name": "nulledFields", "type": strings},
        {"name": "diffFields", "type": strings},
        {"name": "changedFields", "type": strings},
    ]
    return {
        "doc": "Data:ComplexValueType",
        "name": HEADER,
        "type": {"name": HEADER, "type": "record", "fields": fields},
    }
