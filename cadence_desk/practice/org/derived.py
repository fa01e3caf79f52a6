"""Fields the platform works out by itself when a record is saved: full names, closed flags, tracker activity.

Imports the catalog. Called by transactions before every write.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cadence_desk.practice.org.catalog.model import ObjectDef
    from cadence_desk.practice.org.store import Store

ACTIVE_STATES = frozenset({"Running", "Paused", "Processing", "Initializing"})
"""Tracker states that count as in a cadence (Object Reference, ActionCadenceTracker, IsTrackerActive)."""

Row = dict[str, object]


def full_name(first: object, last: object) -> str:
    """Return a person's full name; salutations are not part of it."""
    return " ".join(str(part) for part in (first, last) if part)


def closed_statuses(store: Store) -> frozenset[str]:
    """Return the task statuses that count as closed in this org."""
    rows = store.rows('SELECT "ApiName" FROM "TaskStatus" WHERE "IsClosed" = 1 AND "IsDeleted" = 0')
    return frozenset(str(row["ApiName"]) for row in rows)


class Derivation:
    """Fills the derived fields of a row that is about to be written."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._rules: Mapping[str, Callable[[Row, Row | None, int], None]] = {
            "Task": self._task,
            "ActionCadenceTracker": self._tracker,
            "Opportunity": self._opportunity,
            "Lead": self._lead,
        }

    def fill(self, definition: ObjectDef, row: Row, before: Row | None, now: int) -> None:
        """Set the derived fields in ``row``; ``before`` is None for a new record."""
        if definition.has_person_name and (definition.name != "Account" or row.get("LastName")):
            row["Name"] = full_name(row.get("FirstName"), row.get("LastName"))
        rule = self._rules.get(definition.name)
        if rule is not None:
            rule(row, before, now)

    def _task(self, row: Row, before: Row | None, now: int) -> None:
        closed = row.get("Status") in closed_statuses(self._store)
        row["IsClosed"] = int(closed)
        row["IsHighPriority"] = int(row.get("Priority") == "High")
        if not closed:
            row["CompletedDateTime"] = None
        elif before is None or not before.get("IsClosed"):
            row["CompletedDateTime"] = now
        if (
            before is None
            or before.get("WhoId") != row.get("WhoId")
            or before.get("WhatId") != row.get("WhatId")
        ):
            row["AccountId"] = self._account_of(row)

    def _account_of(self, row: Row) -> object:
        what, who = str(row.get("WhatId") or ""), str(row.get("WhoId") or "")
        if what.startswith("001"):
            return what
        if what.startswith("006"):
            return self._store.value('SELECT "AccountId" FROM "Opportunity" WHERE "Id" = ?', (what,))
        if who.startswith("003"):
            return self._store.value('SELECT "AccountId" FROM "Contact" WHERE "Id" = ?', (who,))
        return None

    @staticmethod
    def _tracker(row: Row, _before: Row | None, _now: int) -> None:
        row["IsTrackerActive"] = int(row.get("State") in ACTIVE_STATES)

    @staticmethod
    def _opportunity(row: Row, _before: Row | None, _now: int) -> None:
        stage = str(row.get("StageName") or "")
        row["IsClosed"] = int(stage.startswith("Closed"))
        row["IsWon"] = int(stage == "Closed Won")

    @staticmethod
    def _lead(row: Row, _before: Row | None, _now: int) -> None:
        if row.get("IsConverted"):
            row["Status"] = "Closed - Converted"
