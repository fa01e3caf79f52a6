"""The board of armed fates, and the last replies that a stale answer can be made of.

Imports the fates beside it and the org's chance. Shared by the middleware and the control surface.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from cadence_desk.practice.org.chance import chance_for

if TYPE_CHECKING:
    import random
    from collections.abc import Sequence

    from cadence_desk.practice.faults.fates import Fate, RequestFacts


class FateBoard:
    """Holds armed rules in the order they were armed; the first that fits a request decides."""

    def __init__(self) -> None:
        self._numbers = itertools.count(1)
        self._armed: list[Fate] = []
        self._chances: dict[int, random.Random] = {}

    def arm(self, fate: Fate) -> Fate:
        """Puts a rule on the board and numbers it."""
        fate.number = next(self._numbers)
        if fate.share < 1:
            self._chances[fate.number] = chance_for("fate", fate.number)
        self._armed.append(fate)
        return fate

    def clear(self, number: int | None = None) -> int:
        """Takes one rule or all off the board; how many went."""
        gone = [fate for fate in self._armed if number in {None, fate.number}]
        self._armed = [fate for fate in self._armed if fate not in gone]
        return len(gone)

    def armed(self) -> Sequence[Fate]:
        """The rules still in force."""
        return tuple(self._armed)

    def meet(self, facts: RequestFacts) -> Fate | None:
        """The fate of a request, or None. Rules that let it pass count it; a used-up rule leaves the board."""
        for fate in self._armed:
            if not fate.match.fits(facts):
                continue
            if fate.after > 0:
                fate.after -= 1
                continue
            if not self._drawn(fate):
                continue
            fate.met += 1
            if fate.times and fate.met >= fate.times:
                self._armed.remove(fate)
            return fate
        return None

    def _drawn(self, fate: Fate) -> bool:
        """Whether a request belongs to the share of a rule: the same requests in every run."""
        chance = self._chances.get(fate.number)
        return chance is None or chance.random() < fate.share
