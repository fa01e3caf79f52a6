"""The answer to `columns=true`: what columns a query has, as the Salesforce CLI asks for table headings.

Imports the binder and syntax. Called by the runner (facts on interoperability, section 4.4).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cadence_desk.practice.soql.functions import column_of, is_aggregate
from cadence_desk.practice.soql.grouping import is_grouped
from cadence_desk.practice.soql.problems import no_such_relationship
from cadence_desk.practice.soql.sources import Reading, Source, open_source
from cadence_desk.practice.soql.syntax import Call, ChildSelect, Operand, Path, Query, Selected, TypeChoice

if TYPE_CHECKING:
    from cadence_desk.practice.org.catalog.model import FieldDef, ObjectDef

_NUMBERS = frozenset({"int", "double", "percent", "currency"})
_APEX_TYPES = {"id": "Id", "reference": "Id", "boolean": "Boolean", "int": "Integer", "date": "Date"}
_APEX_TYPES |= {"datetime": "Datetime", "double": "Double", "percent": "Double", "currency": "Decimal"}


def column_metadata(query: Query, reading: Reading) -> dict[str, Any]:
    """Return the column description of a query.

    Raises:
        Misread: a field or relationship does not exist.
    """
    entity = reading.object_named(query.source)
    columns = _columns(query, open_source(reading, entity, "m", query.alias))
    return {
        "columnMetadata": columns,
        "entityName": entity.name,
        "groupBy": is_grouped(query),
        "idSelected": any(one["columnName"] == "Id" for one in columns),
        "keyPrefix": entity.key_prefix,
    }


def _columns(query: Query, source: Source) -> list[dict[str, Any]]:
    columns: list[dict[str, Any]] = []
    unnamed = 0
    for item in query.select:
        match item:
            case Selected(operand=Path() as path, alias=alias):
                _add_path(columns, source, path, alias)
            case Selected(operand=Call() as call) if call.word == "FIELDS":
                columns.extend(_column(one.name, one) for one in source.reading.fields_of(source.entity))
            case Selected(operand=operand, alias=alias):
                columns.append(_function(source, operand, alias or f"expr{unnamed}"))
                unnamed += alias is None
            case ChildSelect(query=inner):
                child = _child(source.entity, inner, source.reading)
                joins = _columns(inner, open_source(source.reading, child, "m", inner.alias))
                columns.append(_column(inner.source.text, None, aggregate=True, joins=joins))
            case TypeChoice(relation=relation):
                columns.append(_column(relation.text, None))
    return columns


def _add_path(columns: list[dict[str, Any]], source: Source, path: Path, alias: str | None) -> None:
    one = source.find(path).field
    way = source.relative(path)[:-1]
    for number in range(len(way)):
        name = source.walk(way[: number + 1], path).name
        parent = next((column for column in columns if column["columnName"] == name), None)
        if parent is None:
            parent = _column(name, None)
            columns.append(parent)
        columns = parent["joinColumns"]
    columns.append(_column(alias or one.name, one))


def _function(source: Source, operand: Operand, name: str) -> dict[str, Any]:
    if isinstance(operand, Call) and operand.word in {"TOLABEL", "FORMAT"}:
        shown = column_of(source, operand.arguments[0]).field
        return _column(shown.name, shown)
    counted = isinstance(operand, Call) and not operand.arguments
    one = None if counted else column_of(source, operand).field
    return _column(name, one, aggregate=is_aggregate(operand))


def _child(entity: ObjectDef, inner: Query, reading: Reading) -> ObjectDef:
    for relation in entity.child_relationships:
        child = reading.catalog.find(relation.child)
        if relation.name.lower() == inner.source.text.lower() and child is not None:
            return child
    raise no_such_relationship(inner.source.text, inner.source.at, child=True)


def _column(
    name: str, one: FieldDef | None, *, aggregate: bool = False, joins: list[dict[str, Any]] | None = None
) -> dict[str, Any]:
    kind = one.type if one else ""
    return {
        "aggregate": aggregate,
        "apexType": _APEX_TYPES.get(kind, "String") if one else None,
        "booleanType": kind == "boolean",
        "columnName": name,
        "custom": name.endswith("__c"),
        "displayName": name,
        "foreignKeyName": one.relationship_name if one else None,
        "insertable": bool(one and one.createable),
        "joinColumns": [] if joins is None else joins,
        "numberType": kind in _NUMBERS,
        "textType": bool(one) and kind not in _NUMBERS and kind not in {"boolean", "date", "datetime"},
        "updatable": bool(one and one.updateable),
    }
