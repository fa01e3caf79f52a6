"""Object and field definitions, and the catalog that finds them by name or by id prefix.

Imports nothing of ours. Read by every other part of the practice org.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

PERSON_NAME_PARTS = ("Salutation", "FirstName", "LastName")
"""The stored parts of a person's ``Name`` (Lead, Contact, User, person account); change events nest them."""


@dataclass(frozen=True, slots=True)
class PicklistValue:
    """One value of a picklist as describe shows it."""

    value: str
    label: str
    default: bool = False
    active: bool = True


@dataclass(frozen=True, slots=True)
class FieldDef:
    """One field: its describe type and the property flags of the Object Reference."""

    name: str
    label: str
    type: str
    length: int = 0
    nillable: bool = True
    createable: bool = False
    updateable: bool = False
    filterable: bool = True
    sortable: bool = True
    groupable: bool = True
    unique: bool = False
    external_id: bool = False
    id_lookup: bool = False
    name_field: bool = False
    calculated: bool = False
    restricted: bool = False
    picklist: tuple[PicklistValue, ...] = ()
    reference_to: tuple[str, ...] = ()
    relationship_name: str | None = None
    default: object = None
    compound_of: tuple[str, ...] = ()

    @property
    def polymorphic(self) -> bool:
        """Whether the field may point at more than one object, so that a companion type column exists."""
        return len(self.reference_to) > 1

    @property
    def stored(self) -> bool:
        """Whether the field has a column of its own; compound and calculated fields have none."""
        return not self.calculated and not self.compound_of


@dataclass(frozen=True, slots=True)
class ChildRelationship:
    """A sub-query name: the child object and the field by which it points here."""

    name: str
    child: str
    field: str


@dataclass(frozen=True, slots=True)
class ObjectDef:
    """One object with its fields in describe order, ``Id`` first."""

    name: str
    label: str
    label_plural: str
    key_prefix: str | None
    fields: Mapping[str, FieldDef]
    createable: bool
    updateable: bool
    deletable: bool
    queryable: bool = True
    searchable: bool = False
    child_relationships: tuple[ChildRelationship, ...] = ()
    change_event: bool = False

    def field(self, name: str) -> FieldDef | None:
        """Return the field of that name, ignoring case."""
        found = self.fields.get(name)
        if found is not None:
            return found
        wanted = name.lower()
        return next((one for one in self.fields.values() if one.name.lower() == wanted), None)

    def name_field(self) -> FieldDef | None:
        """Return the field that names a record, if the object has one."""
        return next((one for one in self.fields.values() if one.name_field), None)

    @property
    def has_person_name(self) -> bool:
        """Whether ``Name`` is put together from first and last name."""
        return "LastName" in self.fields


class Catalog:
    """All objects of the org; grows when an administrator adds a field while it runs."""

    def __init__(self, objects: Iterable[ObjectDef], modified_ms: int = 0) -> None:
        self._objects = {one.name.lower(): one for one in objects}
        self._by_prefix = {
            one.key_prefix: one.name.lower() for one in self._objects.values() if one.key_prefix
        }
        self._listeners: list[Callable[[str, FieldDef], None]] = []
        self.version = 1
        self.modified_ms = modified_ms

    @property
    def objects(self) -> tuple[ObjectDef, ...]:
        """All objects, in describe order."""
        return tuple(self._objects.values())

    def find(self, name: str) -> ObjectDef | None:
        """Return the object of that API name, ignoring case."""
        return self._objects.get(name.lower())

    def require(self, name: str) -> ObjectDef:
        """Return the object of that API name.

        Raises:
            KeyError: the org has no such object.
        """
        return self._objects[name.lower()]

    def by_prefix(self, record_id: str) -> ObjectDef | None:
        """Return the object an id belongs to, by its first three characters."""
        key = self._by_prefix.get(record_id[:3])
        return None if key is None else self._objects[key]

    def subscribe(self, listener: Callable[[str, FieldDef], None]) -> None:
        """Have a function told of every field added from now on (the store adds its column so)."""
        self._listeners.append(listener)

    def add_field(self, sobject: str, field: FieldDef, modified_ms: int | None = None) -> None:
        """Add a field to an object, as an administrator does in Setup.

        Raises:
            KeyError: no such object.
            ValueError: the object has that field already.
        """
        found = self.require(sobject)
        if found.field(field.name) is not None:
            raise ValueError(f"{found.name} has a field {field.name} already")
        fields = MappingProxyType({**found.fields, field.name: field})
        self._objects[found.name.lower()] = replace(found, fields=fields)
        self.version += 1
        if modified_ms is not None:
            self.modified_ms = modified_ms
        for listener in self._listeners:
            listener(found.name, field)
