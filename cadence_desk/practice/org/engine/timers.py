"""What is to happen later: kept beside the records, so that an undone transaction undoes its timers too.

Imports the store. Used by the engine, the colleagues and the seeding.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cadence_desk.practice.org.store import Store


@dataclass(frozen=True, slots=True)
class Timer:
    """One thing to do at a moment of org time."""

    number: int
    due: int
    kind: str
    subject: str
    detail: str


class Timers:
    """All timers of an org, due in order of their moment and then of their making."""

    def __init__(self, store: Store) -> None:
        self._connection = store.connection
        self._connection.execute(
            "CREATE TABLE engine_timer (number INTEGER PRIMARY KEY, due INTEGER, kind TEXT, subject TEXT, detail TEXT,"
            " left_ms INTEGER)"
        )
        self._connection.execute("CREATE INDEX engine_timer_due ON engine_timer (due)")
        self._connection.execute("CREATE INDEX engine_timer_subject ON engine_timer (subject)")

    def set(self, due: int, kind: str, subject: str, detail: str = "") -> None:
        """Add a timer."""
        self._connection.execute(
            "INSERT INTO engine_timer (due, kind, subject, detail) VALUES (?, ?, ?, ?)",
            (due, kind, subject, detail),
        )

    def many(self, timers: Iterable[tuple[int | None, str, str, str, int | None]]) -> None:
        """Add many timers (due, kind, subject, detail, what is left of a held one, which has no due moment)."""
        self._connection.executemany(
            "INSERT INTO engine_timer (due, kind, subject, detail, left_ms) VALUES (?, ?, ?, ?, ?)", timers
        )

    def cancel(self, subject: str) -> None:
        """Drop all timers of a subject, also held ones."""
        self._connection.execute("DELETE FROM engine_timer WHERE subject = ?", (subject,))

    def hold(self, subject: str, now: int) -> None:
        """Stop the timers of a subject; what is left of each is kept."""
        self._connection.execute(
            "UPDATE engine_timer SET left_ms = max(0, due - ?), due = NULL WHERE subject = ? AND due IS NOT NULL",
            (now, subject),
        )

    def release(self, subject: str, now: int) -> int | None:
        """Let held timers of a subject run on; returns the moment of the first."""
        self._connection.execute(
            "UPDATE engine_timer SET due = left_ms + ?, left_ms = NULL WHERE subject = ? AND due IS NULL",
            (now, subject),
        )
        found = self._connection.execute(
            "SELECT min(due) FROM engine_timer WHERE subject = ?", (subject,)
        ).fetchone()
        return None if found[0] is None else int(found[0])

    def next_due(self, now: int) -> Timer | None:
        """Return the earliest timer that is due; None when nothing is."""
        row = self._connection.execute(
            "SELECT number, due, kind, subject, detail FROM engine_timer WHERE due <= ? ORDER BY due, number LIMIT 1",
            (now,),
        ).fetchone()
        return None if row is None else Timer(*row)

    def next_moment(self) -> int | None:
        """Return when the next timer is due, also in the future."""
        found = self._connection.execute("SELECT min(due) FROM engine_timer").fetchone()
        return None if found[0] is None else int(found[0])

    def remove(self, timer: Timer) -> None:
        """Drop one timer."""
        self._connection.execute("DELETE FROM engine_timer WHERE number = ?", (timer.number,))
