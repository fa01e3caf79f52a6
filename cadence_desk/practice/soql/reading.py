"""Turns the text of a query into the data of `syntax`.

Imports grammar, syntax, problems. Called by the runner; answers are kept, because clients repeat their queries.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias

from lark import Token, Tree

from cadence_desk.practice.soql.grammar import parse
from cadence_desk.practice.soql.problems import MALFORMED_QUERY, Misread, unexpected_token
from cadence_desk.practice.soql.syntax import (
    Bound,
    Call,
    ChildSelect,
    Comparison,
    Condition,
    Junction,
    Literal,
    LiteralKind,
    Membership,
    MultiPick,
    Negation,
    Operand,
    Ordering,
    Path,
    Query,
    Selected,
    SelectItem,
    SubselectMembership,
    TypeChoice,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

_Node: TypeAlias = Tree[Token]
_Part: TypeAlias = Tree[Token] | Token

LONGEST_QUERY = 100_000
"""Characters of a query (facts on REST, section 2.1)."""

_LONGEST_REMEMBERED = 4_000
_WORD_KINDS = {"TRUE": LiteralKind.BOOLEAN, "FALSE": LiteralKind.BOOLEAN, "NULL": LiteralKind.NULL}
_COMPARE = {"<>": "!="}


def read_query(text: str) -> Query:
    """Return the query that the text asks.

    Raises:
        Misread: MALFORMED_QUERY with the place, for text that is empty, too long or not SOQL.
    """
    if not text.strip():
        raise Misread(MALFORMED_QUERY, "SOQL statements cannot be empty or null")
    if len(text) > LONGEST_QUERY:
        raise Misread(MALFORMED_QUERY, f"SOQL statements cannot be longer than {LONGEST_QUERY:,} characters.")
    return _remembered(text) if len(text) <= _LONGEST_REMEMBERED else _query(parse(text), 0)


@lru_cache(maxsize=256)
def _remembered(text: str) -> Query:
    return _query(parse(text), 0)


def _query(node: _Node, at: int) -> Query:
    source = _only(node, "source")
    names = [_path(part) for part in source.children]
    order, group, where, having = (_find(node, word) for word in ("order", "group", "where", "having"))
    scope = _find(node, "scope")
    return Query(
        select=tuple(item for part in node.children for item in _selected(part)),
        source=names[0],
        alias=names[1].text if len(names) > 1 else None,
        scope=_path(scope.children[0]) if scope else None,
        where=_condition(where.children[0]) if where else None,
        group=tuple(_operand(part) for part in group.children) if group else (),
        having=_condition(having.children[0]) if having else None,
        order=tuple(_ordering(part) for part in order.children) if order else (),
        limit=_bound(node, "limit"),
        offset=_bound(node, "offset"),
        at=at,
    )


def _find(node: _Node, rule: str) -> _Node | None:
    return next((part for part in node.children if isinstance(part, Tree) and part.data == rule), None)


def _only(node: _Node, rule: str) -> _Node:
    found = _find(node, rule)
    assert found is not None, rule
    return found


def _start(part: _Part) -> int:
    while isinstance(part, Tree):
        part = part.children[0]
    return part.start_pos or 0


def _path(part: _Part) -> Path:
    assert isinstance(part, Token)
    return Path(str(part), part.start_pos or 0)


def _operand(part: _Part) -> Operand:
    if isinstance(part, Token):
        return _path(part)
    name = _path(part.children[0])
    return Call(name.text, tuple(_operand(one) for one in part.children[1:]), name.at)


def _selected(part: _Part) -> Iterator[SelectItem]:
    if not isinstance(part, Tree):
        return
    if part.data == "selected":
        alias = _path(part.children[1]) if len(part.children) > 1 else None
        yield Selected(_operand(part.children[0]), alias.text if alias else None, alias.at if alias else 0)
    elif part.data == "child_select":
        inner = part.children[0]
        assert isinstance(inner, Tree)
        yield ChildSelect(_query(inner, _start(inner)), _start(inner))
    elif part.data == "type_of":
        yield _type_of(part)


def _type_of(node: _Node) -> TypeChoice:
    relation = _path(node.children[0])
    choices = []
    for part in node.children[1:]:
        assert isinstance(part, Tree)
        if part.data == "type_choice":
            choices.append((_path(part.children[0]), _paths(part.children[1])))
    otherwise = _find(node, "otherwise")
    return TypeChoice(
        relation, tuple(choices), _paths(otherwise.children[0]) if otherwise else (), relation.at
    )


def _paths(part: _Part) -> tuple[Path, ...]:
    assert isinstance(part, Tree)
    return tuple(_path(one) for one in part.children)


def _ordering(part: _Part) -> Ordering:
    assert isinstance(part, Tree)
    words = {one.type for one in part.children[1:] if isinstance(one, Token)}
    return Ordering(_operand(part.children[0]), "DESC" in words, "LAST" in words)


def _bound(node: _Node, rule: str) -> Bound | None:
    found = _find(node, rule)
    if found is None:
        return None
    token = found.children[0]
    assert isinstance(token, Token)
    if not token.isdigit():
        raise unexpected_token(str(token), token.start_pos or 0)
    return Bound(int(token), token.start_pos or 0)


def _condition(part: _Part) -> Condition:
    assert isinstance(part, Tree)
    match str(part.data):
        case "every" | "any":
            return Junction(part.data == "every", tuple(_condition(one) for one in part.children))
        case "negation":
            return Negation(_condition(part.children[0]))
        case "compare":
            op = str(part.children[1])
            return Comparison(_operand(part.children[0]), _COMPARE.get(op, op), _literal(part.children[2]))
        case "like":
            return Comparison(_operand(part.children[0]), "LIKE", _literal(part.children[1]))
        case "multi_pick":
            return MultiPick(_operand(part.children[0]), str(part.children[1]).upper())
        case _:
            return _membership(part)


def _membership(node: _Node) -> Condition:
    left, right = _operand(node.children[0]), node.children[1]
    assert isinstance(right, Tree)
    negated = str(node.data).startswith("not_")
    if right.data == "query":
        return SubselectMembership(left, _query(right, _start(right)), negated)
    return Membership(left, tuple(_literal(one) for one in right.children), negated)


def _literal(part: _Part) -> Literal:
    assert isinstance(part, Tree)
    token = part.children[0]
    assert isinstance(token, Token)
    at = token.start_pos or 0
    if token.type == "STRING":
        return Literal(LiteralKind.STRING, token[1:-1], at)
    if token.type != "PATH":
        return Literal(LiteralKind[token.type], str(token), at)
    word = token.upper()
    if len(part.children) == 1:
        return Literal(_WORD_KINDS.get(word, LiteralKind.PERIOD), str(token), at)
    count = part.children[1]
    assert isinstance(count, Token)
    if not count.isdigit():
        raise unexpected_token(str(count), count.start_pos or 0)
    return Literal(LiteralKind.PERIOD, str(token), at, int(count))
