"""What a test or a person does to the event streams: drop, stall, withhold, repeat, rewind, garble.

May import refusals beside it. Called by the subscriptions; armed by the control surface.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from cadence_desk.practice.events.refusals import UNAVAILABLE, Refusal


class StreamMood(StrEnum):
    """How a stream behaves while it is open."""

    NORMAL = "normal"
    STALLED = "stalled"
    """Half-open: neither events nor keepalives, and no end."""
    KEEPALIVE_ONLY = "keepalive_only"
    """Keepalives go on, events are held back."""


@dataclass(slots=True)
class StreamDrill:
    """Disturbances of one stream; the counters say how many coming events or responses they still hit."""

    mood: StreamMood = StreamMood.NORMAL
    duplicate: int = 0
    reverse: int = 0
    corrupt: int = 0
    rewind: int = 0


@dataclass(slots=True)
class Door:
    """Whether new calls are let in: a closed door refuses every call, a count only that many Subscribe calls."""

    refusals_left: int = 0
    closed: bool = False
    refusal: Refusal = UNAVAILABLE

    def refuses(self) -> Refusal | None:
        """The refusal for a call that knocks now; counts it."""
        if self.closed:
            return self.refusal
        if self.refusals_left > 0:
            self.refusals_left -= 1
            return self.refusal
        return None
