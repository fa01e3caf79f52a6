"""What a person likes: a typed set of values in one JSON file. Wrong values fall back one by one, unknown ones stay.

Imports no other room. Called by the launcher, which hands values on.
"""

from __future__ import annotations

import json
from dataclasses import MISSING, dataclass, field, fields
from typing import TYPE_CHECKING, Any

from cadence_desk.settings.whole_files import replace_file, set_aside

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

VERSION = 1

MIGRATORS: Mapping[int, Callable[[dict[str, Any]], dict[str, Any]]] = {}
"""From a version to the next: each takes the whole content and returns it changed."""

_CHOICES: Mapping[str, tuple[str, ...]] = {
    "theme": ("system", "light", "dark"),
    "feed_mode": ("live", "polling"),
    "people_scope": ("mine", "all"),
}
_RANGES: Mapping[str, tuple[int, int]] = {
    "text_percent": (75, 200),
    "undo_seconds": (0, 60),
    "poll_seconds": (15, 3600),
    "reserved_percent": (0, 90),
    "retention_days": (0, 365),
}


@dataclass(slots=True)
class Preferences:
    """All preferences with their defaults.

    Attributes:
        theme: ``system``, ``light`` or ``dark``.
        text_percent: size of text against the system's.
        last_profile: key of the org profile opened last.
        feed_mode: ``live`` or ``polling``.
        poll_seconds: shortest pause between polls; while nothing happens it grows to two minutes.
        reserved_percent: share of the org's daily calls that is kept for what people do themselves.
        people_scope: ``mine`` or ``all``.
        undo_seconds: how long removals, skips and bulk edits wait before the first send.
        retention_days: for how many days texts of operations that are over are kept; 0 removes them within the day.
        update_source: where newer versions are announced, an https address or a path; empty looks nowhere.
        update_key: whose signature an announcement must carry: an Ed25519 public key as base64.
        screen: what windows remember of themselves (sizes, columns, sort orders), by name.
        unknown: what another version wrote; kept as it is.
    """

    theme: str = "system"
    text_percent: int = 100
    last_profile: str = ""
    feed_mode: str = "live"
    poll_seconds: int = 15
    reserved_percent: int = 20
    people_scope: str = "mine"
    undo_seconds: int = 8
    retention_days: int = 7
    update_source: str = ""
    update_key: str = ""
    screen: dict[str, Any] = field(default_factory=dict)
    unknown: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def load(cls, path: Path) -> Preferences:
        """Return the preferences of a file; without one, the defaults. A file that is no JSON is set aside."""
        try:
            content = json.loads(path.read_bytes())
        except FileNotFoundError:
            return cls()
        except (OSError, ValueError, RecursionError):
            _set_aside_quietly(path)
            return cls()
        return cls.from_content(content) if isinstance(content, dict) else cls()

    @classmethod
    def from_content(cls, content: dict[str, Any]) -> Preferences:
        """Return the preferences of a parsed file, brought to this version."""
        content = _migrated(content)
        names = {item.name for item in fields(cls)} - {"unknown"}
        known = {name: value for name, value in content.items() if name in names and _fits(cls, name, value)}
        unknown = {name: value for name, value in content.items() if name not in names and name != "version"}
        if isinstance(content.get("version"), int) and content["version"] > VERSION:
            unknown["version"] = content["version"]
        return cls(**known, unknown=unknown)

    def save(self, path: Path) -> None:
        """Replace the file. Raises OSError when it cannot be written."""
        replace_file(path, json.dumps(self.content(), indent=2, sort_keys=True).encode())

    def content(self) -> dict[str, Any]:
        """Return what the file holds."""
        known = {item.name: getattr(self, item.name) for item in fields(self) if item.name != "unknown"}
        return {"version": VERSION, **known, **self.unknown}


def _migrated(content: dict[str, Any]) -> dict[str, Any]:
    version = content.get("version")
    number = version if isinstance(version, int) and version >= 0 else 0
    while number in MIGRATORS:
        content = MIGRATORS[number](content)
        number += 1
    return content


def _fits(cls: type[Preferences], name: str, value: object) -> bool:
    if name in _CHOICES:
        return value in _CHOICES[name]
    if name in _RANGES:
        low, high = _RANGES[name]
        return type(value) is int and low <= value <= high
    item = cls.__dataclass_fields__[name]
    default = item.default if item.default is not MISSING else {}
    return isinstance(value, type(default))


def _set_aside_quietly(path: Path) -> None:
    try:
        set_aside(path)
    except OSError:
        return
