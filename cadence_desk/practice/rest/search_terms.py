"""Finds records by words: which fields count, and how a term becomes SQL.

Works on the store. Used by the search resources. Source: REST API guide, Parameterized Search.
"""

import re
from typing import Final

from cadence_desk.practice.org.catalog.model import ObjectDef
from cadence_desk.practice.rest.errors import ApiError
from cadence_desk.practice.rest.service import RestService

_SEARCHED: Final = ("Name", "Subject", "Company", "Email", "Phone", "MobilePhone", "Title", "Username")
_SCOPES: Final = {
    "ALL": _SEARCHED,
    "NAME": ("Name", "Subject"),
    "EMAIL": ("Email",),
    "PHONE": ("Phone", "MobilePhone"),
}
_SHORTEST: Final = 2


def read_term(text: str) -> list[str]:
    """The words of a search term. Raises ApiError when it is too short to search for."""
    words = [word for word in re.split(r"[\s*?\"]+", text) if word]
    if not words or len(text.strip(' *?"')) < _SHORTEST:
        raise ApiError(400, "INVALID_SEARCH", "search term must be longer than one character")
    return words


def read_scope(text: str) -> tuple[str, ...]:
    """The fields of a search scope: ALL, NAME, EMAIL or PHONE."""
    fields = _SCOPES.get((text or "ALL").upper())
    if fields is None:
        raise ApiError(400, "INVALID_SEARCH_SCOPE", f"Unknown search scope: {text}")
    return fields


def found_ids(
    service: RestService, definition: ObjectDef, words: list[str], scope: tuple[str, ...], most: int
) -> list[str]:
    """Ids of live records in which every word begins a word of some searched field."""
    columns = [name for name in scope if name in definition.fields and service.field(definition, name)]
    if not columns:
        return []
    haystack = " || ' ' || ".join(f"COALESCE(\"{name}\", '')" for name in columns)
    condition = " AND ".join([f"(' ' || {haystack}) LIKE ? ESCAPE '\\'"] * len(words))
    rows = service.org.store.rows(
        f'SELECT "Id" FROM "{definition.name}" WHERE "IsDeleted" = 0 AND {condition} ORDER BY "Id" LIMIT ?',
        (*(f"% {_escaped(word)}%" for word in words), most),
    )
    return [str(row["Id"]) for row in rows]


def _escaped(word: str) -> str:
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
