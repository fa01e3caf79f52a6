"""What a query shows of each record: which SQL columns to read, and the JSON record to make of them.

Imports sources and cells. Built by `selecting`, used by `answers`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from cadence_desk.practice.soql.cells import address_json, renderer

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cadence_desk.practice.org.catalog.model import FieldDef
    from cadence_desk.practice.soql.literals import Value
    from cadence_desk.practice.soql.sources import Source


@dataclass(frozen=True, slots=True)
class Page:
    """What rendering a record needs beside its row: the API version, and the child rows fetched for this page."""

    version: str
    children: dict[tuple[int, str], list[dict[str, Any]]] = field(default_factory=dict)

    def attributes(self, entity: str, record_id: str | None) -> dict[str, str]:
        """Return the attributes object of a record."""
        if record_id is None:
            return {"type": entity}
        return {"type": entity, "url": f"/services/data/v{self.version}/sobjects/{entity}/{record_id}"}


class Cell(Protocol):
    """One key of a JSON record."""

    @property
    def key(self) -> str:
        """The key, in the catalog's spelling."""

    def value(self, row: Sequence[Any], page: Page) -> object:
        """Return the value to show for this row."""


@dataclass(frozen=True, slots=True)
class PlainCell:
    """A field, a function result, or the label of a picklist value."""

    key: str
    index: int
    render: Callable[[Any], object]

    def value(self, row: Sequence[Any], page: Page) -> object:  # noqa: ARG002 - the shape of all cells
        """Return the rendered value, None for an empty field."""
        raw = row[self.index]
        return None if raw is None else self.render(raw)


@dataclass(frozen=True, slots=True)
class AddressCell:
    """A compound address, made of its stored parts."""

    key: str
    address: FieldDef
    parts: tuple[tuple[str, int], ...]

    def value(self, row: Sequence[Any], page: Page) -> object:  # noqa: ARG002 - the shape of all cells
        """Return the address object, None when all parts are empty."""
        return address_json(self.address, {name: row[index] for name, index in self.parts})


@dataclass(slots=True)
class ParentCell:
    """The record behind a relationship, with the fields asked of it.

    `choices` holds the fields per type of a TYPEOF; without it every type shows `cells`, under the platform's
    collective type name when the relationship may lead to several.
    """

    key: str
    id_index: int
    type_index: int | None
    entity: str
    cells: dict[str, Cell] = field(default_factory=dict)
    choices: dict[str, dict[str, Cell]] | None = None

    def value(self, row: Sequence[Any], page: Page) -> object:
        """Return the nested record, None when the relationship is empty."""
        record_id = row[self.id_index]
        if record_id is None:
            return None
        kind = self.entity if self.type_index is None else row[self.type_index]
        attributes = page.attributes(kind, record_id)
        cells = self.cells
        if self.choices is not None:
            cells = self.choices.get(kind, self.cells)
        else:
            attributes["type"] = self.entity
        record: dict[str, object] = {"attributes": attributes}
        for cell in cells.values():
            record[cell.key] = cell.value(row, page)
        return record


@dataclass(frozen=True, slots=True)
class ChildCell:
    """The records of a sub-query."""

    key: str
    number: int

    def value(self, row: Sequence[Any], page: Page) -> object:
        """Return the nested query result, None without any record."""
        found = page.children.get((self.number, row[0]))
        return {"totalSize": len(found), "done": True, "records": found} if found else None


@dataclass(frozen=True, slots=True)
class ChildPlan:
    """How to fetch the records of one sub-query for many parents: the JSON list of parent ids is the first value.

    Rows start with the parent's id, then come the columns of the projection.
    """

    sql: str
    values: tuple[Value, ...]
    projection: Projection


@dataclass(slots=True)
class Projection:
    """The columns to read from a source and the cells made of them; column 0 is the record's id."""

    source: Source
    columns: dict[str, int] = field(default_factory=dict)
    cells: dict[str, Cell] = field(default_factory=dict)
    children: list[ChildPlan] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Start with the id, which every record needs for its address."""
        self.read(self.source.own(self.source.entity.fields["Id"]).sql)

    def read(self, sql: str) -> int:
        """Ask for a column and return its place in the row."""
        return self.columns.setdefault(sql, len(self.columns))

    def plain(self, key: str, sql: str, one: FieldDef) -> PlainCell:
        """Return the cell of a field that is one column."""
        return PlainCell(key, self.read(sql), renderer(one))

    @property
    def select_list(self) -> str:
        """The columns as SQL."""
        return ", ".join(self.columns)

    def record(self, row: Sequence[Any], page: Page) -> dict[str, Any]:
        """Return the JSON record of a row."""
        record: dict[str, Any] = {"attributes": page.attributes(self.source.entity.name, row[0])}
        for cell in self.cells.values():
            record[cell.key] = cell.value(row, page)
        return record
