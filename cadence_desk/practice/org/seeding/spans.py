"""How long steps of a sown run took, and since when it stands on its step.

Imports the engine's graph. Used by the sowing of trackers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cadence_desk.practice.org.seeding.sowing import HOUR, MINUTE

if TYPE_CHECKING:
    import random

    from cadence_desk.practice.org.engine.graph import Step

TIMED = frozenset({"Wait", "ListenerBranch", "AutoSendAnEmail"})
"""Step types that end by themselves."""


class Spans:
    """Draws spans of time in milliseconds by the world's chance."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance

    def passed(self, step: Step) -> int:
        """Return how long a finished step took."""
        if step.type == "Branch":
            return 0
        if step.type == "AutoSendAnEmail":
            return self._chance.randrange(30, 240) * 1000
        if step.type == "ListenerBranch":
            return self._chance.randrange(10, max(20, step.wait_ms // MINUTE)) * MINUTE
        return step.wait_ms if step.type == "Wait" else self._chance.randrange(20, 30 * 60) * MINUTE

    def standing(self, state: str, step: Step | None) -> int:
        """Return since when a run of a state has stood on a step; None is its end."""
        if state in {"Initializing", "Processing"}:
            return 1000
        if step is None:
            return self._chance.randrange(1, 60 * 24) * HOUR
        if step.type == "AutoSendAnEmail" and state == "Running":
            return self._chance.randrange(5, 60) * 1000
        if step.type in TIMED:
            return int(max(step.wait_ms, HOUR) * self._chance.uniform(0.02, 0.98)) // 1000 * 1000
        return self._chance.randrange(10, 72 * 60) * MINUTE
