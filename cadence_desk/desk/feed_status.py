"""What the connection chip and the progress line show."""

from __future__ import annotations

from dataclasses import dataclass

from cadence_desk.domain.changes import FeedState


@dataclass(frozen=True, slots=True)
class FeedStatus:
    """State of the connection. `since` is wall seconds of the last change of state."""

    state: FeedState = FeedState.SIGNED_OUT
    since: float = 0.0
    detail: str = ""
    words: str = "Signed out"


@dataclass(frozen=True, slots=True)
class LoadingStatus:
    """What is being read; `what` is empty when nothing is, `total` 0 while it is unknown."""

    what: str = ""
    done: int = 0
    total: int = 0
