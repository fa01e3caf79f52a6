"""Puts earlier answers into later sub-requests: `@{name.path[0].field}` in addresses and bodies.

Pure. Source: REST API guide, Composite, reference ids. Used by the composite resource.
"""

import re
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote

from cadence_desk.practice.rest.errors import ApiError

_REFERENCE: Final = re.compile(r"@\{(\w+)((?:\.\w+|\[\d+\])*)\}")
_STEP: Final = re.compile(r"\.(\w+)|\[(\d+)\]")


def resolved(value: Any, answers: Mapping[str, Any]) -> Any:
    """The value with every reference replaced. Raises ApiError PROCESSING_HALTED for one that leads nowhere."""
    if isinstance(value, dict):
        return {name: resolved(inner, answers) for name, inner in value.items()}
    if isinstance(value, list):
        return [resolved(inner, answers) for inner in value]
    if not isinstance(value, str):
        return value
    whole = _REFERENCE.fullmatch(value)
    if whole:
        return _look_up(whole, answers)
    return _REFERENCE.sub(lambda found: str(_look_up(found, answers)), value)


def resolved_address(url: str, answers: Mapping[str, Any]) -> str:
    """The address with every reference replaced and percent-encoded."""
    return _REFERENCE.sub(lambda found: quote(str(_look_up(found, answers)), safe=""), url)


def _look_up(found: re.Match[str], answers: Mapping[str, Any]) -> Any:
    name, path = found.group(1), found.group(2)
    if name not in answers:
        raise _halted(f"Invalid reference specified. No value for {name}{path} found: {name} gave no answer")
    value = answers[name]
    for step in _STEP.finditer(path):
        value = _part(value, step.group(1), step.group(2))
        if value is None:
            raise _halted(f"Invalid reference specified. No value for {name}{path} found in {name}")
    return value


def _part(value: Any, key: str | None, place: str | None) -> Any:
    if key is not None:
        return value.get(key) if isinstance(value, dict) else None
    index = int(place or 0)
    return value[index] if isinstance(value, list) and index < len(value) else None


def _halted(message: str) -> ApiError:
    return ApiError(400, "PROCESSING_HALTED", message)
