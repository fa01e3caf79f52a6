"""Texts that are not surely in the org, as a private file that a person keeps: CSV or plain text.

Imports domain. Called by the outbox face, and by whatever has operations and no engine (safe mode).
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cadence_desk.domain.csv_cells import csv_lines
from cadence_desk.domain.errors import BadFile
from cadence_desk.domain.operations import KIND_WORDS, Operation, OperationState
from cadence_desk.domain.stories import asked_facts, local_time

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

_S = OperationState
UNSENT = (_S.NEEDS_REVIEW, _S.REFUSED, _S.IN_DOUBT, _S.SENDING, _S.QUEUED, _S.DRAFT)
"""States in which the org may not have what a person typed."""

_HEADER = (
    "Written", "Person", "Person id", "What", "State", "Call result", "Note", "More", "Salesforce said", "Change id",
)  # fmt: skip
_OWN_COLUMNS = frozenset({"Call result", "Note"})


@dataclass(frozen=True, slots=True)
class UnsentNote:
    """One text with what it belongs to."""

    written: str
    person: str
    person_id: str
    what: str
    state: str
    result: str
    note: str
    more: str
    said: str
    op_id: str

    @property
    def cells(self) -> tuple[str, ...]:
        """The row of a table."""
        return (
            self.written, self.person, self.person_id, self.what, self.state, self.result, self.note, self.more,
            self.said, self.op_id,
        )  # fmt: skip

    @property
    def text(self) -> str:
        """The note as a block of plain text."""
        lines = [f"{self.written}  {self.person} ({self.person_id})", f"{self.what}: {self.state}"]
        lines += [f"{label}: {value}" for label, value in (
            ("Call result", self.result), ("More", self.more), ("Salesforce said", self.said),
        ) if value]  # fmt: skip
        return "\n".join([*lines, f"Change {self.op_id}", "", self.note or "(no note)"])


def unsent_notes(operations: Iterable[Operation], name_of: Callable[[str], str]) -> list[UnsentNote]:
    """Return the texts of operations that are not surely in the org, oldest first.

    A part of a press without any text of its own, such as completing the step behind a call, is left out of drafts.
    """
    found = [one for one in operations if one.state in UNSENT and not _empty_draft(one)]
    return [_note(one, name_of) for one in sorted(found, key=lambda one: (one.created, one.seq, one.op_id))]


def _empty_draft(operation: Operation) -> bool:
    payload = operation.payload
    return operation.state is _S.DRAFT and not (payload.get("notes") or payload.get("result"))


def _note(operation: Operation, name_of: Callable[[str], str]) -> UnsentNote:
    facts = asked_facts(operation, name_of)
    more = "; ".join(f"{one.label}: {one.text}" for one in facts if one.label not in _OWN_COLUMNS)
    known = {one.label: one.text for one in facts}
    return UnsentNote(
        local_time(operation.created),
        name_of(operation.target_id),
        operation.target_id,
        KIND_WORDS[operation.kind],
        operation.words,
        known.get("Call result", ""),
        known.get("Note", ""),
        more,
        operation.server_text,
        operation.op_id,
    )


def as_csv(notes: Sequence[UnsentNote]) -> str:
    """Return the notes as a CSV file that no spreadsheet takes for formulas."""
    return "".join(csv_lines(_HEADER, (one.cells for one in notes)))


def as_text(notes: Sequence[UnsentNote]) -> str:
    """Return the notes as plain text."""
    return "\n\n----------\n\n".join(one.text for one in notes) + "\n"


def write_notes(path: Path, notes: Sequence[UnsentNote]) -> None:
    """Write the notes to a new file that only this user may read; blocks.

    Raises:
        BadFile: there is such a file already, or it cannot be made or filled.
    """
    content = as_csv(notes) if path.suffix.lower() == ".csv" else as_text(notes)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0), 0o600)
    except FileExistsError as error:
        raise BadFile(
            f"There is a file {path} already.", hint="Choose another name: nothing is overwritten."
        ) from error
    except OSError as error:
        raise BadFile(f"The file {path} cannot be made: {error.strerror}.") from error
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
    except OSError as error:
        path.unlink(missing_ok=True)
        raise BadFile(f"The file {path} could not be written: {error.strerror}.") from error
