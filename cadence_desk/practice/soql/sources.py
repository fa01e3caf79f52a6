"""Finds what a field path means: walks relationships from an object and joins the tables on the way.

Imports the catalog, store and syntax. One `Source` per SQL statement; used by all compilers here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING

from cadence_desk.practice.org.catalog.model import Catalog, FieldDef, ObjectDef
from cadence_desk.practice.soql.problems import (
    INVALID_FIELD,
    Misread,
    no_such_column,
    no_such_relationship,
    no_such_type,
)

if TYPE_CHECKING:
    from cadence_desk.practice.org.settings import OrgSettings
    from cadence_desk.practice.org.store import Store
    from cadence_desk.practice.soql.syntax import Path

_DEEPEST = 5
"""Relationships upward in one path (SOQL and SOSL Reference, Relationship Queries)."""

NAME_ENTITY = "Name"
"""What the platform calls the object behind a relationship that may lead to several objects."""

_NAME_FIELDS = frozenset(
    {"Id", "Name", "FirstName", "LastName", "Title", "Email", "Phone", "Alias", "Username", "IsActive"}
)
_TYPE_FIELD = FieldDef("Type", "Type", "string", length=40, sortable=False)


@dataclass(frozen=True, slots=True)
class Reading:
    """All that the meaning of a query depends on besides its text."""

    catalog: Catalog
    store: Store
    settings: OrgSettings
    now_ms: int
    user_id: str
    all_rows: bool

    def object_named(self, name: Path) -> ObjectDef:
        """Return the object a FROM clause names.

        Raises:
            Misread: INVALID_TYPE, the org has no such object.
        """
        found = self.catalog.find(name.text)
        if found is None or not found.queryable or self.settings.hides_object(found.name):
            raise no_such_type(name.text, name.at)
        return found

    def field_of(self, entity: ObjectDef, name: str) -> FieldDef | None:
        """Return a field by its name unless it is hidden from users."""
        found = entity.field(name)
        return None if found is None or self.is_hidden(entity, found) else found

    def is_hidden(self, entity: ObjectDef, one: FieldDef) -> bool:
        """Whether the settings keep this field from describe and queries."""
        return self.settings.hides_field(entity.name, one.name)

    def fields_of(self, entity: ObjectDef) -> tuple[FieldDef, ...]:
        """Return all fields that users can see."""
        return tuple(one for one in entity.fields.values() if not self.is_hidden(entity, one))


@dataclass(frozen=True, slots=True)
class Column:
    """A value that a statement can read: its field (for type and flags), its object's name and its SQL."""

    field: FieldDef
    entity: str
    sql: str


@dataclass(frozen=True, slots=True)
class Hop:
    """A relationship walked: where its id is, what it may lead to, and its name in the catalog's spelling."""

    name: str
    id_sql: str
    type_sql: str | None
    targets: tuple[ObjectDef, ...]
    way: tuple[str, ...]

    @property
    def polymorphic(self) -> bool:
        """Whether it may lead to several objects."""
        return self.type_sql is not None


@dataclass(slots=True)
class Source:
    """The FROM part of one SQL statement: the object, its SQL alias and the joins asked for so far."""

    reading: Reading
    entity: ObjectDef
    alias: str
    names: frozenset[str] = frozenset()
    _joins: dict[tuple[tuple[str, ...], str], str] = field(default_factory=dict)
    _clauses: list[str] = field(default_factory=list)
    _numbers: count[int] = field(default_factory=count)

    @property
    def joins(self) -> str:
        """The LEFT JOIN clauses that the columns found so far need."""
        return "".join(self._clauses)

    def own(self, one: FieldDef) -> Column:
        """Return a field of the object itself."""
        return self._column(self.entity, one, self.alias)

    def relative(self, path: Path) -> tuple[str, ...]:
        """Return the parts of a path without the object's own name or alias in front."""
        parts = path.parts
        return parts[1:] if len(parts) > 1 and parts[0].lower() in self.names else parts

    def find(self, path: Path) -> Column:
        """Return the column a path names.

        Raises:
            Misread: INVALID_FIELD at the path, for a field or relationship that does not exist.
        """
        parts = self.relative(path)
        if len(parts) == 1:
            one = self.reading.field_of(self.entity, parts[0])
            if one is None:
                raise no_such_column(parts[0], self.entity.name, path.at)
            return self.own(one)
        return self.through(self.walk(parts[:-1], path), parts[-1], path)

    def walk(self, parts: tuple[str, ...], path: Path) -> Hop:
        """Return the relationship that the parts lead over."""
        if len(parts) > _DEEPEST:
            sentence = (
                f"SELECT statements cannot reach more than {_DEEPEST} relationships upward: '{path.text}'"
            )
            raise Misread(INVALID_FIELD, sentence, path.at)
        entity, alias, hop = self.entity, self.alias, None
        for number, part in enumerate(parts):
            if hop is not None:
                if hop.polymorphic:
                    raise no_such_relationship(part, path.at)
                entity = hop.targets[0]
                alias = self._join(hop, entity)
            hop = self._hop(entity, alias, part, path, parts[: number + 1])
        assert hop is not None
        return hop

    def through(self, hop: Hop, name: str, path: Path) -> Column:
        """Return a field of the record behind a relationship."""
        if hop.polymorphic:
            return self._through_name(hop, name, path)
        return self.of_target(hop, hop.targets[0], name, path)

    def of_target(self, hop: Hop, target: ObjectDef, name: str, path: Path) -> Column:
        """Return a field of one of the objects behind a relationship."""
        one = self.reading.field_of(target, name)
        if one is None:
            raise no_such_column(name, target.name, path.at)
        if one.name == "Id" and not hop.polymorphic:
            return Column(one, target.name, hop.id_sql)
        return self._column(target, one, self._join(hop, target))

    def _through_name(self, hop: Hop, name: str, path: Path) -> Column:
        assert hop.type_sql is not None
        if name.lower() == "type":
            return Column(_TYPE_FIELD, NAME_ENTITY, hop.type_sql)
        found = [
            (target, one)
            for target in hop.targets
            if (one := self.reading.field_of(target, name)) is not None
        ]
        found = [(target, one) for target, one in found if one.name in _NAME_FIELDS]
        if not found:
            raise no_such_column(name, NAME_ENTITY, path.at)
        if found[0][1].name == "Id":
            return Column(found[0][1], NAME_ENTITY, hop.id_sql)
        columns = [self._column(target, one, self._join(hop, target)).sql for target, one in found]
        sql = columns[0] if len(columns) == 1 else f"COALESCE({', '.join(columns)})"
        return Column(found[0][1], NAME_ENTITY, sql)

    def _hop(self, entity: ObjectDef, alias: str, part: str, path: Path, way: tuple[str, ...]) -> Hop:
        wanted = part.lower()
        for one in self.reading.fields_of(entity):
            if one.relationship_name is not None and one.relationship_name.lower() == wanted:
                targets = tuple(
                    target
                    for name in one.reference_to
                    if (target := self.reading.catalog.find(name)) is not None
                )
                if targets:
                    kind = f'{alias}."{one.name}__type"' if len(one.reference_to) > 1 else None
                    id_sql = self._column(entity, one, alias).sql
                    return Hop(
                        one.relationship_name, id_sql, kind, targets, tuple(word.lower() for word in way)
                    )
        raise no_such_relationship(part, path.at)

    def _join(self, hop: Hop, target: ObjectDef) -> str:
        key = (hop.way, target.name)
        alias = self._joins.get(key)
        if alias is None:
            alias = f"{self.alias}_{next(self._numbers)}"
            self._joins[key] = alias
            self._clauses.append(f' LEFT JOIN "{target.name}" {alias} ON {alias}."Id" = {hop.id_sql}')
        return alias

    def _column(self, entity: ObjectDef, one: FieldDef, alias: str) -> Column:
        return Column(one, entity.name, self.reading.store.expression(entity, one, alias))


def open_source(reading: Reading, entity: ObjectDef, alias: str, soql_alias: str | None = None) -> Source:
    """Return the source of a statement that starts at an object."""
    names = {entity.name.lower()} | ({soql_alias.lower()} if soql_alias else set())
    return Source(reading, entity, alias, frozenset(names))
