"""What can be wrong with a query, told the way Salesforce tells it (code, quoted line, row and column).

Imports nothing of ours. Everything in soql raises `Misread`; only the runner turns it into a `SoqlProblem`.
"""

from __future__ import annotations

MALFORMED_QUERY = "MALFORMED_QUERY"
INVALID_FIELD = "INVALID_FIELD"
INVALID_TYPE = "INVALID_TYPE"
INVALID_FILTER = "INVALID_QUERY_FILTER_OPERATOR"
INVALID_LOCATOR = "INVALID_QUERY_LOCATOR"
OUT_OF_RANGE = "NUMBER_OUTSIDE_VALID_RANGE"
TOO_MANY_GROUPS = "EXCEEDED_ID_LIMIT"
TOO_COMPLICATED = "QUERY_TOO_COMPLICATED"

_AROUND = 40
"""How many characters of the query stand before and after the mark; a longer line is cut to them."""


class SoqlProblem(Exception):
    """A query the org refuses: `code` is the Salesforce error code, `message` its text."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


class Misread(Exception):
    """A fault found at a place of the query text; `at` is None where the platform names no place."""

    def __init__(self, code: str, sentence: str, at: int | None = None) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence
        self.at = at


def problem_for(text: str, misread: Misread) -> SoqlProblem:
    """Return the problem with its place shown: the line, a mark below it, row and column.

    The shape is that of the platform's own fixtures (facts on REST, section 2.3).
    """
    if misread.at is None:
        return SoqlProblem(misread.code, misread.sentence)
    at = min(misread.at, len(text))
    line_start = text.rfind("\n", 0, at) + 1
    line_end = text.find("\n", at)
    line = text[line_start : len(text) if line_end < 0 else line_end]
    row, column = text.count("\n", 0, at) + 1, at - line_start
    left = max(0, column - _AROUND)
    shown = line[left : column + _AROUND]
    mark = " " * (column - left) + "^"
    place = f"ERROR at Row:{row}:Column:{column + 1}"
    return SoqlProblem(misread.code, f"\n{shown}\n{mark}\n{place}\n{misread.sentence}")


def unexpected_token(token: str, at: int) -> Misread:
    """Return the fault of a word that cannot stand where it stands."""
    return Misread(MALFORMED_QUERY, f"unexpected token: '{token}'", at)


def no_such_column(name: str, entity: str, at: int) -> Misread:
    """Return the fault of a field the object does not have, or that is hidden from this user."""
    hint = "Look up its name in the describe call; names of custom fields end in '__c'."
    return Misread(INVALID_FIELD, f"No such column '{name}' on entity '{entity}'. {hint}", at)


def no_such_type(name: str, at: int) -> Misread:
    """Return the fault of an object that the org does not have."""
    hint = "Look up its name in the describe call; names of custom objects end in '__c'."
    return Misread(INVALID_TYPE, f"sObject type '{name}' is not supported. {hint}", at)


def no_such_relationship(name: str, at: int, *, child: bool = False) -> Misread:
    """Return the fault of a relationship name that leads nowhere, upward or (`child`) downward."""
    where, code = ("FROM part of query call", INVALID_TYPE) if child else ("field path", INVALID_FIELD)
    hint = "Look up its name in the describe call; names of custom relationships end in '__r'."
    return Misread(code, f"Didn't understand relationship '{name}' in {where}. {hint}", at)
