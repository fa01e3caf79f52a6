"""What an action looks like to a client: its describe, and the result of one invocation.

Imports nothing of ours. Shared by the action runner and the REST face.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class ActionInput:
    """One input (or output) as the action describe lists it."""

    name: str
    label: str
    type: str = "STRING"
    required: bool = False
    description: str = ""
    max_occurs: int = 1
    byte_length: int = 0
    picklist_values: tuple[str, ...] | None = None
    sobject_type: str | None = None

    def as_json(self) -> dict[str, object]:
        """Return the entry of ``inputs`` in the action describe (REST guide, Invocable Actions Standard)."""
        picks = None
        if self.picklist_values is not None:
            picks = [
                {"active": True, "defaultValue": False, "label": one, "validFor": None, "value": one}
                for one in self.picklist_values
            ]
        return {
            "byteLength": self.byte_length,
            "description": self.description,
            "label": self.label,
            "maxOccurs": self.max_occurs,
            "name": self.name,
            "picklistValues": picks,
            "required": self.required,
            "sobjectType": self.sobject_type,
            "type": self.type,
        }


@dataclass(frozen=True, slots=True)
class ActionDef:
    """One invocable standard action."""

    name: str
    label: str
    type: str
    description: str
    inputs: tuple[ActionInput, ...]
    outputs: tuple[ActionInput, ...] = ()

    def input(self, name: str) -> ActionInput | None:
        """Return the input of that name."""
        return next((one for one in self.inputs if one.name == name), None)

    def as_json(self) -> dict[str, object]:
        """Return the whole describe of the action."""
        outputs = []
        for one in self.outputs:
            entry = one.as_json()
            del entry["required"], entry["byteLength"]
            outputs.append(entry)
        return {
            "description": self.description,
            "inputs": [one.as_json() for one in self.inputs],
            "label": self.label,
            "name": self.name,
            "outputs": outputs,
            "standard": True,
            "targetEntityName": None,
            "type": self.type,
        }


@dataclass(frozen=True, slots=True)
class ActionError:
    """One error of one invocation."""

    status_code: str
    message: str
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ActionResult:
    """The result for one input, in input order. ``errors`` and ``outputs`` are None where the platform leaves them out."""

    action: str
    is_success: bool
    errors: tuple[ActionError, ...] | None = None
    outputs: Mapping[str, object] | None = None

    def as_json(self) -> dict[str, object]:
        """Return the result element; a plain success is just name and flag (Actions Developer Guide v65)."""
        if self.is_success and self.outputs is None:
            return {"actionName": self.action, "isSuccess": True}
        errors = None
        if self.errors is not None:
            errors = [
                {"statusCode": one.status_code, "message": one.message, "fields": list(one.fields)}
                for one in self.errors
            ]
        return {
            "actionName": self.action,
            "errors": errors,
            "isSuccess": self.is_success,
            "outputValues": None if self.outputs is None else dict(self.outputs),
        }
