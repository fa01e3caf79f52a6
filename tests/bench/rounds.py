"""How often things are measured: at least seven times, or once or three times for a quick look."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rounds:
    """Numbers of repeats. `quick` gives a rough look that proves nothing."""

    quick: bool = False

    @property
    def repeats(self) -> int:
        """For what takes milliseconds."""
        return 3 if self.quick else 11

    @property
    def few_repeats(self) -> int:
        """For what takes seconds."""
        return 1 if self.quick else 7
