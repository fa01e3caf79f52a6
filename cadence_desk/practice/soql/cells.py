"""How a stored value looks in JSON, by the describe type of its field.

Imports the field definitions and periods. Called by the projection here and by rest for single records.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from cadence_desk.practice.soql.periods import rendered_moment

if TYPE_CHECKING:
    from cadence_desk.practice.org.catalog.model import FieldDef

ADDRESS_PARTS = (
    "City",
    "Country",
    "GeocodeAccuracy",
    "Latitude",
    "Longitude",
    "PostalCode",
    "State",
    "Street",
)
"""The keys of a compound address in JSON order, in the spelling of the field names they come from."""


def _moment(raw: Any) -> object:
    return rendered_moment(int(raw))


def _flag(raw: Any) -> object:
    return bool(raw)


def _whole(raw: Any) -> object:
    return int(raw)


def _double(raw: Any) -> object:
    return float(raw)


def _same(raw: Any) -> object:
    return raw


_RENDERERS: dict[str, Callable[[Any], object]] = {
    "datetime": _moment,
    "boolean": _flag,
    "int": _whole,
    "double": _double,
    "percent": _double,
    "currency": _double,
}


def renderer(field: FieldDef) -> Callable[[Any], object]:
    """Return the function that renders values of this field which are not null."""
    return _RENDERERS.get(field.type, _same)


def to_json(field: FieldDef, raw: object) -> object:
    """Return a stored value as it stands in a JSON record; a compound address takes a mapping of its parts."""
    if raw is None:
        return None
    if field.type == "address":
        assert isinstance(raw, Mapping)
        return address_json(field, raw)
    return renderer(field)(raw)


def address_json(field: FieldDef, parts: Mapping[str, object]) -> dict[str, object] | None:
    """Return a compound address as an object, None when all its parts are empty.

    Keys as in the REST API guide, Compound Fields.
    """
    prefix = field.name.removesuffix("Address")
    found = {word: parts.get(f"{prefix}{word}") for word in ADDRESS_PARTS}
    if all(value is None for value in found.values()):
        return None
    return {word[0].lower() + word[1:]: value for word, value in found.items()}
