"""Reference data as one JSON text for the cache file, and back. Pure; run in a lane, because it can be long."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any

from cadence_desk.domain.cadences import Cadence, CadenceStep, StepRule, StepVariant
from cadence_desk.domain.calls import CallResult
from cadence_desk.domain.orgs import (
    ActionDescription,
    ActionInput,
    Capabilities,
    FieldDescription,
    ObjectDescription,
)
from cadence_desk.domain.people import Rep

FORMAT = 1


@dataclass(frozen=True, slots=True)
class ReferenceData:
    """What an org offers and is made of, as it was read."""

    capabilities: Capabilities
    cadences: tuple[Cadence, ...] = ()
    reps: tuple[Rep, ...] = ()
    call_results: tuple[CallResult, ...] = ()


def to_text(data: ReferenceData) -> str:
    """Return the data as JSON."""
    return json.dumps({"format": FORMAT, **asdict(data)}, separators=(",", ":"))


def from_text(text: str) -> ReferenceData | None:
    """Return the data, or None when the text is of another version or cannot be read."""
    try:
        found = json.loads(text)
        if found.pop("format") != FORMAT:
            return None
        return ReferenceData(
            _capabilities(found["capabilities"]),
            tuple(_cadence(one) for one in found["cadences"]),
            tuple(Rep(**one) for one in found["reps"]),
            tuple(CallResult(**one) for one in found["call_results"]),
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def _capabilities(found: dict[str, Any]) -> Capabilities:
    return Capabilities(
        found["api_version"],
        {name: _action(one) for name, one in found["actions"].items()},
        {name: _object(one) for name, one in found["objects"].items()},
        tuple(found["notes"]),
    )


def _action(found: dict[str, Any]) -> ActionDescription:
    inputs = tuple(ActionInput(**one) for one in found.pop("inputs"))
    return ActionDescription(inputs=inputs, unknown_required=tuple(found.pop("unknown_required")), **found)


def _object(found: dict[str, Any]) -> ObjectDescription:
    return ObjectDescription(fields={name: _field(one) for name, one in found.pop("fields").items()}, **found)


def _field(found: dict[str, Any]) -> FieldDescription:
    picklist = tuple((value, label) for value, label in found.pop("picklist"))
    return FieldDescription(picklist=picklist, **found)


def _cadence(found: dict[str, Any]) -> Cadence:
    return Cadence(steps=tuple(_step(one) for one in found.pop("steps")), **found)


def _step(found: dict[str, Any]) -> CadenceStep:
    return CadenceStep(
        variants=tuple(StepVariant(**one) for one in found.pop("variants")),
        rules=tuple(StepRule(**one) for one in found.pop("rules")),
        **found,
    )
