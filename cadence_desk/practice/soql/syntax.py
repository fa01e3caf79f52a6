"""The parts of a query after reading: plain data with the place each part had in the text.

Imports nothing of ours. Made by `reading`, consumed by the binder and the compilers.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias


class LiteralKind(Enum):
    """What a literal is by its looks."""

    STRING = "string"
    NUMBER = "number"
    DATE = "date"
    DATETIME = "datetime"
    BOOLEAN = "boolean"
    NULL = "null"
    PERIOD = "period"


@dataclass(frozen=True, slots=True)
class Literal:
    """A value as written; strings without their quotes but with their escapes."""

    kind: LiteralKind
    text: str
    at: int
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Path:
    """A field, or a way to it over relationships: `Account.Name`."""

    text: str
    at: int

    @property
    def parts(self) -> tuple[str, ...]:
        """The names between the dots."""
        return tuple(self.text.split("."))


@dataclass(frozen=True, slots=True)
class Call:
    """A function of fields: COUNT(Id), CALENDAR_YEAR(CreatedDate), FIELDS(ALL)."""

    name: str
    arguments: tuple[Operand, ...]
    at: int

    @property
    def word(self) -> str:
        """The name in capitals, as functions are looked up."""
        return self.name.upper()


Operand: TypeAlias = Path | Call


@dataclass(frozen=True, slots=True)
class Comparison:
    """operand op literal; `op` is one of = != < <= > >= LIKE."""

    left: Operand
    op: str
    right: Literal


@dataclass(frozen=True, slots=True)
class Membership:
    """operand IN (literals), or NOT IN."""

    left: Operand
    values: tuple[Literal, ...]
    negated: bool


@dataclass(frozen=True, slots=True)
class SubselectMembership:
    """operand IN (SELECT ...): a semi-join, or with NOT an anti-join."""

    left: Operand
    query: Query
    negated: bool


@dataclass(frozen=True, slots=True)
class MultiPick:
    """operand INCLUDES or EXCLUDES (literals): read, but no object here has a multi-select field."""

    left: Operand
    op: str


@dataclass(frozen=True, slots=True)
class Junction:
    """Terms joined by AND (`every`) or by OR."""

    every: bool
    terms: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Negation:
    """NOT term."""

    term: Condition


Condition: TypeAlias = Comparison | Membership | SubselectMembership | MultiPick | Junction | Negation


@dataclass(frozen=True, slots=True)
class Selected:
    """A field or function in the SELECT list with its alias."""

    operand: Operand
    alias: str | None
    alias_at: int


@dataclass(frozen=True, slots=True)
class ChildSelect:
    """A sub-query over a child relationship in the SELECT list."""

    query: Query
    at: int


@dataclass(frozen=True, slots=True)
class TypeChoice:
    """TYPEOF relation WHEN type THEN fields ... ELSE fields END."""

    relation: Path
    choices: tuple[tuple[Path, tuple[Path, ...]], ...]
    otherwise: tuple[Path, ...]
    at: int


SelectItem: TypeAlias = Selected | ChildSelect | TypeChoice


@dataclass(frozen=True, slots=True)
class Ordering:
    """One field of ORDER BY."""

    operand: Operand
    descending: bool
    nulls_last: bool


@dataclass(frozen=True, slots=True)
class Bound:
    """The number after LIMIT or OFFSET."""

    value: int
    at: int


@dataclass(frozen=True, slots=True)
class Query:
    """A whole query or sub-query."""

    select: tuple[SelectItem, ...]
    source: Path
    alias: str | None = None
    scope: Path | None = None
    where: Condition | None = None
    group: tuple[Operand, ...] = ()
    having: Condition | None = None
    order: tuple[Ordering, ...] = ()
    limit: Bound | None = None
    offset: Bound | None = None
    at: int = 0
