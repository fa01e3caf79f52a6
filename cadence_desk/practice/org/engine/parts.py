"""What all parts of the engine share: records, switches, graphs, timers, and the words for refusing something.

Imports the store, settings, graph and timers. Used by the other modules of this package.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cadence_desk.practice.org.derived import ACTIVE_STATES
from cadence_desk.practice.org.engine.graph import Graphs
from cadence_desk.practice.org.engine.timers import Timers

if TYPE_CHECKING:
    from cadence_desk.practice.org.settings import OrgSettings
    from cadence_desk.practice.org.store import Store
    from cadence_desk.practice.org.transaction import Row, Transaction

OPEN_STEPS = frozenset({"Active", "InProgress", "Error", "Paused", "Queued", "Scheduled"})
"""Step states that are not over."""
STEP_OBJECT = "ActionCadenceStepTracker"
TRACKER_OBJECT = "ActionCadenceTracker"


class Refusal(Exception):
    """Something the engine does not do; the code picks the words, which a setting may replace."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(slots=True)
class Parts:
    """Shared by all modules of the engine."""

    store: Store
    settings: OrgSettings
    seed: int
    graphs: Graphs = field(init=False)
    timers: Timers = field(init=False)

    def __post_init__(self) -> None:
        self.graphs = Graphs(self.store)
        self.timers = Timers(self.store)
        self.store.connection.execute(
            "CREATE TABLE engine_engagement (number INTEGER PRIMARY KEY, tracker TEXT, step TEXT, event TEXT, at INTEGER)"
        )
        self.store.connection.execute("CREATE INDEX engine_engagement_tracker ON engine_engagement (tracker)")

    def count(self, step_id: object, *metrics: str) -> None:
        """Add one to metrics of a cadence step; roll-ups leave no stamp and no event."""
        if metrics and step_id:
            pairs = ", ".join(f'"{name}" = coalesce("{name}", 0) + 1' for name in metrics)
            self.store.connection.execute(
                f'UPDATE "ActionCadenceStep" SET {pairs} WHERE "Id" = ?', (step_id,)
            )

    def seen(self, tracker_id: str) -> frozenset[str]:
        """Return the email events of a tracker so far, as rules name them."""
        rows = self.store.rows("SELECT event FROM engine_engagement WHERE tracker = ?", (tracker_id,))
        return frozenset(str(row["event"]) for row in rows)


def tracker_of(transaction: Transaction, tracker_id: object) -> Row:
    """Return a tracker.

    Raises:
        Refusal: there is none.
    """
    found = transaction.read(TRACKER_OBJECT, tracker_id)
    if found is None:
        raise Refusal("TRACKER_NOT_FOUND")
    return found


def step_of(transaction: Transaction, step_tracker_id: object) -> Row:
    """Return a step tracker.

    Raises:
        Refusal: there is none.
    """
    found = transaction.read(STEP_OBJECT, step_tracker_id)
    if found is None:
        raise Refusal("STEP_NOT_FOUND")
    return found


def is_active(tracker: Row) -> bool:
    """Whether a tracker counts as in its cadence."""
    return tracker["State"] in ACTIVE_STATES
