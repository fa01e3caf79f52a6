"""Short forms for writing field tables: a line per field, flags as words.

Imports the definitions only. Used by the object tables of this package.
"""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from cadence_desk.practice.org.catalog.model import ChildRelationship, FieldDef, ObjectDef, PicklistValue

if TYPE_CHECKING:
    from collections.abc import Iterable

_WORD = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_FLAGS: dict[str, tuple[tuple[str, bool], ...]] = {
    "create": (("createable", True),),
    "update": (("updateable", True),),
    "edit": (("createable", True), ("updateable", True)),
    "required": (("nillable", False),),
    "nofilter": (("filterable", False), ("sortable", False), ("groupable", False)),
    "nosort": (("sortable", False),),
    "nogroup": (("groupable", False),),
    "unique": (("unique", True),),
    "external": (("external_id", True), ("id_lookup", True)),
    "lookup": (("id_lookup", True),),
    "name": (("name_field", True),),
    "calculated": (("calculated", True),),
    "restricted": (("restricted", True),),
}
_LENGTHS = {"id": 18, "reference": 18, "string": 255, "textarea": 32000, "picklist": 255, "combobox": 255}
_LENGTHS |= {"phone": 40, "email": 80, "url": 255}


def label_of(name: str) -> str:
    """Return a label for an API name: words apart, a trailing ``Id`` as Salesforce labels it."""
    words = _WORD.sub(" ", name.removesuffix("__c").replace("_", " "))
    return words.removesuffix(" Id") + " ID" if words.endswith(" Id") else words


def field(kind: str, name: str, flags: str = "", **more: Any) -> FieldDef:
    """Define a field of a describe type; ``flags`` are words of the table above."""
    given: dict[str, Any] = {"label": label_of(name), "length": _LENGTHS.get(kind, 0)}
    if kind in {"datetime", "textarea", "address"}:
        given["groupable"] = False
    if kind == "textarea":
        given |= {"filterable": False, "sortable": False}
    if kind == "boolean":
        given |= {"nillable": False, "default": False}
    for word in flags.split():
        given.update(_FLAGS[word])
    given.update(more)
    return FieldDef(name=name, type=kind, **given)


def text(name: str, flags: str = "", length: int = 255, **more: Any) -> FieldDef:
    """Define a string field."""
    return field("string", name, flags, length=length, **more)


def area(name: str, flags: str = "", length: int = 32000, **more: Any) -> FieldDef:
    """Define a long text field."""
    return field("textarea", name, flags, length=length, **more)


def pick(name: str, values: str, flags: str = "", default: str | None = None, **more: Any) -> FieldDef:
    """Define a picklist; ``values`` are its values apart by commas."""
    entries = tuple(
        PicklistValue(
            one.strip(), more.get("labels", {}).get(one.strip(), one.strip()), one.strip() == default
        )
        for one in values.split(",")
        if one.strip()
    )
    more.pop("labels", None)
    return field("picklist", name, flags, picklist=entries, default=default, **more)


def ref(name: str, to: str, flags: str = "", relation: str | None = None, **more: Any) -> FieldDef:
    """Define a reference; ``to`` names its objects, several make it polymorphic."""
    targets = tuple(to.split())
    related = relation if relation is not None else name.removesuffix("Id")
    return field("reference", name, flags, reference_to=targets, relationship_name=related or None, **more)


def flag(name: str, flags: str = "", **more: Any) -> FieldDef:
    """Define a checkbox."""
    return field("boolean", name, flags, **more)


def count(name: str, flags: str = "", **more: Any) -> FieldDef:
    """Define a whole number."""
    return field("int", name, flags, **more)


def moment(name: str, flags: str = "", **more: Any) -> FieldDef:
    """Define a date and time."""
    return field("datetime", name, flags, **more)


def day(name: str, flags: str = "", **more: Any) -> FieldDef:
    """Define a date without a time."""
    return field("date", name, flags, **more)


def address(prefix: str, flags: str = "edit") -> tuple[FieldDef, ...]:
    """Define a compound address with its stored parts; an empty prefix gives plain ``Street`` and so on."""
    parts = (
        field(
            "textarea", f"{prefix}Street", flags, length=255, filterable=True, sortable=True, groupable=True
        ),
        text(f"{prefix}City", flags, 40),
        text(f"{prefix}State", flags, 80),
        text(f"{prefix}PostalCode", flags, 20),
        text(f"{prefix}Country", flags, 80),
        field("double", f"{prefix}Latitude", flags, groupable=False),
        field("double", f"{prefix}Longitude", flags, groupable=False),
        pick(
            f"{prefix}GeocodeAccuracy",
            "Address,NearAddress,Block,Street,ExtendedZip,Zip,Neighborhood,City,County,State,Unknown",
            f"{flags} restricted",
            length=40,
        ),
    )
    whole = field(
        "address",
        f"{prefix}Address",
        "nosort",
        compound_of=tuple(one.name for one in parts),
        label=label_of(f"{prefix}Address"),
    )
    return (*parts, whole)


def audit(*, owner: str = "", deleted: bool = True) -> tuple[FieldDef, ...]:
    """Define the system fields that every object has; ``owner`` names the objects that may own it."""
    owned = (ref("OwnerId", owner, "edit required"),) if owner else ()
    gone = (flag("IsDeleted", nillable=False),) if deleted else ()
    return (
        *owned,
        *gone,
        moment("CreatedDate", "required"),
        ref("CreatedById", "User", "required"),
        moment("LastModifiedDate", "required"),
        ref("LastModifiedById", "User", "required"),
        moment("SystemModstamp", "required"),
    )


def engaged(prefix: str = "") -> tuple[FieldDef, ...]:
    """Define what Sales Engagement adds to a person (Object Reference, pages Lead, Contact, Account)."""
    states = "Complete,Error,Initializing,Paused,Processing,Running"
    return (
        ref(f"{prefix}ActionCadenceId", "ActionCadence"),
        ref(f"{prefix}ActionCadenceAssigneeId", "Group User"),
        pick(f"{prefix}ActionCadenceState", states, "restricted"),
        moment(f"{prefix}ScheduledResumeDateTime"),
        count(f"{prefix}ActiveTrackerCount", default=0),
        moment("FirstCallDateTime"),
        moment("FirstEmailDateTime"),
    )


def sobject(
    name: str, prefix: str | None, fields: Iterable[FieldDef], access: str = "", **more: Any
) -> ObjectDef:
    """Define an object; ``access`` names what the API may do: create, update, delete, search, events."""
    words = access.split()
    label = more.pop("label", None) or label_of(name)
    children = tuple(ChildRelationship(*one.split()) for one in more.pop("children", ()))
    key = field("id", "Id", "lookup required", label=f"{label} ID", groupable=True)
    return ObjectDef(
        name=name,
        label=label,
        label_plural=more.pop("plural", None) or f"{label}s",
        key_prefix=prefix,
        fields=MappingProxyType({one.name: one for one in (key, *fields)}),
        createable="create" in words,
        updateable="update" in words,
        deletable="delete" in words,
        searchable="search" in words,
        child_relationships=children,
        change_event="events" in words,
        **more,
    )
