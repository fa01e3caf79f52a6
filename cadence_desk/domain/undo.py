"""The preview of an undo: what is withdrawn, what an opposite change takes back, what is left out and why. Pure words.

Imports domain. Made by the desk; shown by the window before anything is done.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cadence_desk.domain.operations import Kind, Operation


class UndoVerdict(Enum):
    """What becomes of one change."""

    WITHDRAWN = "Not sent yet: will be withdrawn"
    TAKEN_BACK = "Will be taken back"
    LEFT_OUT = "Left out"


@dataclass(frozen=True, slots=True)
class UndoRow:
    """One change of an undo.

    Attributes:
        name: whom it is about.
        words: what will be done, or why it is left out.
        kind, subject_id, payload: the opposite change; `kind` is None when there is none.
        touches: ids of every tracker that the opposite change moves.
    """

    operation: Operation
    name: str
    verdict: UndoVerdict
    words: str
    kind: Kind | None = None
    subject_id: str = ""
    payload: Mapping[str, object] | None = None
    touches: Sequence[str] = ()


def undo_summary(rows: Sequence[UndoRow]) -> str:
    """Return what the undo does, in a sentence."""
    counts = {verdict: sum(1 for row in rows if row.verdict is verdict) for verdict in UndoVerdict}
    parts = [
        f"{count:,} {word}"
        for verdict, word in (
            (UndoVerdict.WITHDRAWN, "withdrawn before it is sent"),
            (UndoVerdict.TAKEN_BACK, "taken back by an opposite change"),
            (UndoVerdict.LEFT_OUT, "left out"),
        )
        if (count := counts[verdict])
    ]
    return f"{', '.join(parts)}." if parts else "There is nothing to undo."
