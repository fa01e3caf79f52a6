"""Builds the projection of a query from its SELECT list.

Imports projection, sources, syntax, problems. Called by the statement compiler, which compiles sub-queries for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cadence_desk.practice.soql.problems import (
    INVALID_FIELD,
    MALFORMED_QUERY,
    Misread,
    no_such_column,
    no_such_relationship,
    unexpected_token,
)
from cadence_desk.practice.soql.projection import (
    AddressCell,
    Cell,
    ChildCell,
    ChildPlan,
    ParentCell,
    PlainCell,
    Projection,
)
from cadence_desk.practice.soql.sources import NAME_ENTITY, Column, Hop, Source
from cadence_desk.practice.soql.syntax import Call, ChildSelect, Path, Query, Selected, TypeChoice

if TYPE_CHECKING:
    from collections.abc import Callable

    from cadence_desk.practice.org.catalog.model import FieldDef, ObjectDef

MOST_FIELDS_ROWS = 200
"""Rows of a query with FIELDS(ALL) or FIELDS(CUSTOM) (SOQL and SOSL Reference, FIELDS)."""

_GROUPS = ("ALL", "STANDARD", "CUSTOM")


@dataclass(frozen=True, slots=True)
class ProjectionBuilder:
    """Fills one projection; `compile_child` makes the plan of a sub-query over a child object and its field."""

    projection: Projection
    query: Query
    compile_child: Callable[[Query, ObjectDef, FieldDef], ChildPlan]

    @property
    def _source(self) -> Source:
        return self.projection.source

    def build(self) -> Projection:
        """Return the projection of the whole SELECT list.

        Raises:
            Misread: with the place in the query.
        """
        for item in self.query.select:
            match item:
                case Selected():
                    self._selected(item)
                case ChildSelect():
                    self._child(item)
                case TypeChoice():
                    self._type_choice(item)
        return self.projection

    def _selected(self, item: Selected) -> None:
        if item.alias is not None:
            raise Misread(MALFORMED_QUERY, "only aggregate expressions use field aliasing", item.alias_at)
        if isinstance(item.operand, Path):
            self._path(item.operand)
        else:
            self._call(item.operand)

    def _put(self, cells: dict[str, Cell], cell: Cell, at: int) -> None:
        key = cell.key.lower()
        if key in cells:
            raise Misread(INVALID_FIELD, f"duplicate field selected: {cell.key}", at)
        cells[key] = cell

    def _path(self, path: Path) -> None:
        parts = self._source.relative(path)
        if len(parts) == 1:
            column = self._source.find(path)
            self._put(self.projection.cells, self._field(column, self._source.own), path.at)
            return
        cells, hop = self._parent_cells(parts[:-1], path)
        column = self._source.through(hop, parts[-1], path)
        part_of = _part_finder(self._source, hop, path)
        self._put(cells, self._field(column, part_of), path.at)

    def _field(self, column: Column, part_of: Callable[[FieldDef], Column]) -> Cell:
        one = column.field
        if not one.compound_of:
            return self.projection.plain(one.name, column.sql, one)
        entity = self._source.reading.catalog.find(column.entity)
        assert entity is not None
        known = [entity.fields[name] for name in one.compound_of if name in entity.fields]
        parts = tuple((part.name, self.projection.read(part_of(part).sql)) for part in known)
        return AddressCell(one.name, one, parts)

    def _parent_cells(self, parts: tuple[str, ...], path: Path) -> tuple[dict[str, Cell], Hop]:
        """Return the cells of the nested record that a path leads to, made where they are missing."""
        cells, hop = self.projection.cells, self._source.walk(parts, path)
        for number in range(len(parts)):
            hop = self._source.walk(parts[: number + 1], path)
            key = hop.name.lower()
            if key not in cells:
                cells[key] = self._parent(hop)
            parent = cells[key]
            if not isinstance(parent, ParentCell) or parent.choices is not None:
                raise Misread(INVALID_FIELD, f"duplicate field selected: {hop.name}", path.at)
            cells = parent.cells
        return cells, hop

    def _parent(self, hop: Hop) -> ParentCell:
        type_index = None if hop.type_sql is None else self.projection.read(hop.type_sql)
        entity = NAME_ENTITY if hop.polymorphic else hop.targets[0].name
        return ParentCell(hop.name, self.projection.read(hop.id_sql), type_index, entity)

    def _call(self, call: Call) -> None:
        word = call.word
        if word == "FIELDS":
            self._all_fields(call)
        elif (
            word in {"TOLABEL", "FORMAT"} and len(call.arguments) == 1 and isinstance(call.arguments[0], Path)
        ):
            self._shown(word, call.arguments[0])
        elif word in {
            "CALENDAR_YEAR",
            "CALENDAR_MONTH",
            "DAY_ONLY",
            "DAY_IN_MONTH",
            "DAY_IN_YEAR",
            "HOUR_IN_DAY",
        }:
            raise Misread(MALFORMED_QUERY, f"Field must be grouped or aggregated: {call.name}", call.at)
        else:
            raise unexpected_token(call.name, call.at)

    def _shown(self, word: str, path: Path) -> None:
        """Add a picklist value by its label, or any value as text."""
        parts = self._source.relative(path)
        cells = self.projection.cells if len(parts) == 1 else self._parent_cells(parts[:-1], path)[0]
        column = self._source.find(path)
        labels = {one.value: one.label for one in column.field.picklist}
        cell = self.projection.plain(column.field.name, column.sql, column.field)
        if word == "TOLABEL":
            self._put(cells, PlainCell(cell.key, cell.index, lambda raw: labels.get(raw, raw)), path.at)
        else:
            self._put(cells, PlainCell(cell.key, cell.index, lambda raw: str(cell.render(raw))), path.at)

    def _all_fields(self, call: Call) -> None:
        which = call.arguments[0] if len(call.arguments) == 1 else None
        if not isinstance(which, Path) or which.text.upper() not in _GROUPS:
            raise Misread(MALFORMED_QUERY, f"FIELDS takes one of {', '.join(_GROUPS)}", call.at)
        word = which.text.upper()
        limit = self.query.limit
        if word != "STANDARD" and (limit is None or limit.value > MOST_FIELDS_ROWS):
            sentence = f"The SOQL FIELDS function must have a LIMIT of at most {MOST_FIELDS_ROWS}"
            raise Misread(MALFORMED_QUERY, sentence, call.at)
        for one in self._source.reading.fields_of(self._source.entity):
            if word == "ALL" or one.name.endswith("__c") == (word == "CUSTOM"):
                self._put(
                    self.projection.cells, self._field(self._source.own(one), self._source.own), call.at
                )

    def _child(self, item: ChildSelect) -> None:
        entity, reading = self._source.entity, self._source.reading
        wanted = item.query.source.text
        for relation in entity.child_relationships:
            child = reading.catalog.find(relation.child)
            if relation.name.lower() == wanted.lower() and child is not None:
                link = reading.field_of(child, relation.field)
                if link is not None:
                    cell = ChildCell(relation.name, len(self.projection.children))
                    self._put(self.projection.cells, cell, item.at)
                    self.projection.children.append(self.compile_child(item.query, child, link))
                    return
        raise no_such_relationship(wanted, item.query.source.at, child=True)

    def _type_choice(self, item: TypeChoice) -> None:
        source = self._source
        hop = source.walk(source.relative(item.relation), item.relation)
        if not hop.polymorphic or len(hop.way) > 1:
            raise Misread(
                MALFORMED_QUERY, f"TYPEOF needs a relationship to several objects: '{hop.name}'", item.at
            )
        cell = self._parent(hop)
        cell.choices = {}
        self._put(self.projection.cells, cell, item.at)
        for kind, paths in item.choices:
            target = next((one for one in hop.targets if one.name.lower() == kind.text.lower()), None)
            if target is None:
                raise Misread(MALFORMED_QUERY, f"'{hop.name}' cannot be a '{kind.text}'", kind.at)
            chosen = cell.choices.setdefault(target.name, {})
            for path in paths:
                _check_single(path, target.name)
                column = source.of_target(hop, target, path.text, path)
                self._put(chosen, self._field(column, _target_part(source, hop, target, path)), path.at)
        for path in item.otherwise:
            _check_single(path, NAME_ENTITY)
            column = source.through(hop, path.text, path)
            self._put(cell.cells, self.projection.plain(column.field.name, column.sql, column.field), path.at)


def _check_single(path: Path, entity: str) -> None:
    if len(path.parts) > 1:
        raise no_such_column(path.text, entity, path.at)


def _part_finder(source: Source, hop: Hop, path: Path) -> Callable[[FieldDef], Column]:
    return lambda part: source.through(hop, part.name, path)


def _target_part(source: Source, hop: Hop, target: ObjectDef, path: Path) -> Callable[[FieldDef], Column]:
    return lambda part: source.of_target(hop, target, part.name, path)
