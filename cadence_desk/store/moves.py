"""Words of the outbox file: a change of state that is asked for, one line of the audit, what stays clear.

Imports domain only. Used by the engine and by OutboxFile.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from cadence_desk.domain.operations import OperationState

MOVE_FIELDS = frozenset({
    "hold", "attempt", "checks", "sent", "next_try", "server_id", "server_code", "server_text", "evidence", "expect",
    "owner_boot_id",
})  # fmt: skip
"""Fields of an operation that may change together with its state."""


@dataclass(frozen=True, slots=True)
class Move:
    """One change of state: of which operation, to what, why, and what else becomes known with it."""

    op_id: str
    to: OperationState
    why: str
    fields: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OperationEvent:
    """One line of the audit. `number` counts per operation from 1; `before` is None for the first."""

    op_id: str
    number: int
    before: OperationState | None
    after: OperationState
    why: str
    at: float


@dataclass(frozen=True, slots=True)
class ClearOperation:
    """What can be told of an operation without its key. `sealed` says that a part of what it asks for is not readable."""

    op_id: str
    kind: str
    state: str
    target_id: str
    created: float
    sealed: bool = True


@dataclass(frozen=True, slots=True)
class LostFile:
    """Operations that cannot be read because their key is gone, by state, and the file that holds them."""

    path: Path
    states: Mapping[str, int]
