"""Reads the parts of a control request and says in words what is wrong with one.

May import org types. Used by every part of the control surface.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cadence_desk.practice.org.world import PracticeOrg


class BadRequestError(Exception):
    """A request that cannot be done as it stands; its text is the answer."""


_MISSING = object()


def text_of(shape: Mapping[str, Any], key: str, default: object = _MISSING) -> str:
    """A text part."""
    value = shape.get(key, default)
    if value is _MISSING or not isinstance(value, str) or not value:
        raise BadRequestError(f"{key} must be a text")
    return value


def texts_of(shape: Mapping[str, Any], key: str) -> tuple[str, ...]:
    """A list of texts, at least one."""
    value = shape.get(key)
    if not isinstance(value, list) or not value or not all(isinstance(part, str) for part in value):
        raise BadRequestError(f"{key} must be a list of texts")
    return tuple(value)


def count_of(shape: Mapping[str, Any], key: str, default: int) -> int:
    """A whole number from 0 up."""
    value = shape.get(key, default)
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise BadRequestError(f"{key} must be a whole number from 0 up")
    return value


def entity_of(org: PracticeOrg, shape: Mapping[str, Any], *, wildcard: bool = False) -> str:
    """An entity with change events; `*` for any of them where that makes sense."""
    name = text_of(shape, "entity", "*" if wildcard else _MISSING)
    if wildcard and name == "*":
        return name
    known = [item.name for item in org.catalog.objects if item.change_event]
    if name not in known:
        raise BadRequestError(f"entity must be one of: {', '.join(known)}")
    return name


def user_of(org: PracticeOrg, shape: Mapping[str, Any]) -> str | None:
    """The user named by id or username, or None when nobody is named."""
    name = shape.get("user")
    if name is None:
        return None
    for row in org.users():
        if name in {row["Id"], str(row["Id"])[:15], row["Username"]}:
            return str(row["Id"])
    raise BadRequestError("user must be the id or username of a user of this org")
