"""Parses describes of objects and actions, and keeps object describes for conditional requests. Imports domain only.

Sources: REST guide, sObject Describe and Conditional Requests; Actions guide, Describing Actions.
"""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING, Any

from cadence_desk.domain.orgs import ActionDescription, ActionInput, FieldDescription, ObjectDescription

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping


class DescribeCache:
    """Describes by name with the date they changed; may be filled from and saved to a document."""

    def __init__(self, saved: Mapping[str, Any] | None = None) -> None:
        self._lock = threading.Lock()
        self._version = ""
        self._kept: dict[str, tuple[str, Mapping[str, Any]]] = {}
        self._fill(saved or {})

    def _fill(self, saved: Mapping[str, Any]) -> None:
        version = saved.get(_VERSION)
        self._version = version if isinstance(version, str) else ""
        self._kept = {
            name: (str(entry[0]), entry[1])
            for name, entry in saved.items()
            if isinstance(entry, list) and len(entry) == 2 and isinstance(entry[1], dict)
        }

    def use(self, version: str) -> None:
        """Describe under an API version from now on; what was kept under another one is forgotten."""
        with self._lock:
            if version != self._version:
                self._version = version
                self._kept.clear()

    def date(self, name: str) -> str:
        """Return the Last-Modified date of a kept describe, empty when there is none."""
        with self._lock:
            return self._kept.get(name, ("", {}))[0]

    def get(self, name: str) -> Mapping[str, Any] | None:
        """Return a kept describe, trimmed to what the desk reads."""
        with self._lock:
            kept = self._kept.get(name)
        return kept[1] if kept else None

    def keep(self, name: str, date: str, body: Mapping[str, Any]) -> None:
        """Keep a trimmed describe; without a date it cannot be asked for conditionally and is not kept."""
        if date:
            with self._lock:
                self._kept[name] = (date, body)

    def saved(self) -> dict[str, Any]:
        """Return the content as JSON-ready data."""
        with self._lock:
            kept: dict[str, Any] = {name: [date, dict(body)] for name, (date, body) in self._kept.items()}
            return {**kept, _VERSION: self._version} if kept else {}

    def remembered(self) -> str:
        """Return the content as a text for the cache file; empty when there is none."""
        saved = self.saved()
        return json.dumps(saved, separators=(",", ":")) if saved else ""

    def recall(self, text: str) -> None:
        """Take the place of what is kept: the content of an earlier start of this user. An odd text is none."""
        try:
            saved = json.loads(text) if text else {}
        except (ValueError, RecursionError):
            saved = {}
        with self._lock:
            self._fill(saved if isinstance(saved, dict) else {})


_VERSION = "api version"
_FIELD_KEYS = (
    "name",
    "label",
    "type",
    "createable",
    "updateable",
    "filterable",
    "externalId",
    "unique",
    "picklistValues",
)


def trim_describe(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return only the parts of a describe that the desk reads."""
    fields = [
        {key: field.get(key) for key in _FIELD_KEYS}
        for field in body.get("fields") or ()
        if isinstance(field, dict)
    ]
    return {key: body.get(key) for key in ("name", "label", "keyPrefix", "createable")} | {"fields": fields}


def trim_action(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return only the parts of an action's describe that the desk reads."""
    inputs = [
        {key: item.get(key) for key in ("name", "required", "type")}
        for item in body.get("inputs") or ()
        if isinstance(item, dict)
    ]
    return {"label": body.get("label"), "inputs": inputs}


def trim_action_list(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return only the names of a list of actions."""
    items = body.get("actions") or ()
    return {"actions": [{"name": item.get("name")} for item in items if isinstance(item, dict)]}


def parse_object(body: Mapping[str, Any]) -> ObjectDescription:
    """Return an object as described; whatever is missing counts as not allowed."""
    fields = {}
    for field in body.get("fields") or ():
        if isinstance(field, dict) and isinstance(field.get("name"), str):
            fields[field["name"]] = _parse_field(field)
    name, createable = str(body.get("name") or ""), body.get("createable")
    return ObjectDescription(
        name,
        str(body.get("label") or name),
        str(body.get("keyPrefix") or ""),
        fields,
        createable if isinstance(createable, bool) else None,
    )


def _parse_field(field: Mapping[str, Any]) -> FieldDescription:
    picklist = tuple(
        (str(entry.get("value")), str(entry.get("label") or entry.get("value")))
        for entry in field.get("picklistValues") or ()
        if isinstance(entry, dict) and entry.get("active", True) and entry.get("value") is not None
    )
    return FieldDescription(
        field["name"],
        str(field.get("label") or field["name"]),
        str(field.get("type") or ""),
        createable=field.get("createable") is True,
        updateable=field.get("updateable") is True,
        filterable=field.get("filterable") is not False,
        external_id=field.get("externalId") is True,
        unique=field.get("unique") is True,
        picklist=picklist,
    )


def parse_action(body: Mapping[str, Any], known: Collection[str]) -> ActionDescription:
    """Return an action as described.

    Args:
        body: the answer of the org.
        known: lower-case names of inputs that this build can fill; a required input outside is named.
    """
    inputs = tuple(
        ActionInput(item["name"], item.get("required") is True, str(item.get("type") or "STRING"))
        for item in body.get("inputs") or ()
        if isinstance(item, dict) and isinstance(item.get("name"), str)
    )
    name = str(body.get("name") or "")
    unknown = tuple(item.name for item in inputs if item.required and item.name.lower() not in known)
    return ActionDescription(name, str(body.get("label") or name), inputs, unknown)
