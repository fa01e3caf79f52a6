"""An event bus that does to its subscribers what the real one may do: gaps, overflows, doubles, disorder, nonsense, silence.

The ends of streams are those of salesforce.stream_errors.
"""

from __future__ import annotations

from collections import deque
from dataclasses import replace
from typing import TYPE_CHECKING

from cadence_desk.domain.changes import ChangeType
from cadence_desk.domain.errors import Unreachable
from cadence_desk.salesforce.stream_errors import problem_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cadence_desk.domain.changes import ChangeEvent
    from cadence_desk.domain.errors import DeskError
    from tests.engine.model_feed import ModelFeed

SILENCE_SECONDS = 300.0
"""After so long without a word the feed's thread gives a stream up."""

ENDS: Mapping[str, tuple[int, str, str]] = {
    "unavailable": (21, "UNAVAILABLE", ""),
    "unauthenticated": (22, "UNAUTHENTICATED", ""),
    "exhausted": (23, "RESOURCE_EXHAUSTED", "sfdc.platform.eventbus.grpc.service.protection.triggered"),
    "too many": (23, "RESOURCE_EXHAUSTED", "sfdc.platform.eventbus.grpc.concurrent.client.limit.exceeded"),
    "allowance": (23, "RESOURCE_EXHAUSTED", "sfdc.platform.eventbus.grpc.subscription.limit.exceeded"),
}
"""Row of the table of faults, status, code."""

TOLD_AS: Mapping[str, int] = {
    "gap": 26,
    "overflow": 27,
    "twice": 28,
    "later": 28,
    "schema": 29,
    "malformed": 30,
}
"""How a change may be told, with its row."""


def end_of(name: str) -> DeskError:
    """Return the error with which a stream ends."""
    _, status, code = ENDS[name]
    return problem_of(status, code, "").error


class FaultyBus:
    """Stands between the org and its event bus; each of `modes` is used up by one commit."""

    def __init__(self, feed: ModelFeed) -> None:
        self.feed = feed
        self.modes: deque[str] = deque()
        self._held: list[tuple[str, list[ChangeEvent]]] = []
        self._silent_since = 0.0

    def publish(self, topic: str, events: list[ChangeEvent]) -> None:
        """Tell a commit, or what is made of it."""
        mode = self.modes.popleft() if self.modes else ""
        if mode == "later":
            self._held.append((topic, events))
            return
        self.feed.publish(topic, told(mode, events))
        if mode == "twice":
            self.feed.publish(topic, events)
        self.release()

    def release(self) -> None:
        """Tell what was held back, behind what happened after it."""
        held, self._held = self._held, []
        for topic, events in held:
            self.feed.publish(topic, events)

    def end(self, name: str) -> None:
        """End all streams."""
        self.feed.drop(end_of(name))

    def corrupt_mark(self) -> None:
        """The mark that is saved is not understood; new ones are."""
        self.feed.kept_from = len(self.feed.log) + 1
        self.feed.drop()

    def expire(self) -> None:
        """The org keeps nothing of what was told so far."""
        self.feed.kept_from = len(self.feed.log)
        self.feed.drop()

    def fall_silent(self, now: float) -> None:
        """Streams stay open and say nothing."""
        self.feed.slow, self._silent_since = True, now

    def watch_silence(self, now: float) -> None:
        """Do what the feed's threads do after a long silence."""
        if self.feed.slow and now - self._silent_since >= SILENCE_SECONDS:
            self._silent_since = now
            self.feed.drop(Unreachable())

    def heal(self) -> None:
        """Nothing is wrong any more."""
        self.modes.clear()
        self.release()
        self.feed.down, self.feed.kept_from = False, 0
        self.feed.unusable.clear()
        if self.feed.slow:
            self.feed.slow = False
            self.feed.drop(Unreachable())


def told(mode: str, events: Sequence[ChangeEvent]) -> list[ChangeEvent]:
    """Return what the subscribers hear of a commit."""
    if mode == "schema":
        return [replace(one, values={**one.values, "Fancy__c": {"new": [1]}}) for one in events]
    kinds = {
        "gap": ChangeType.GAP_UPDATE,
        "overflow": ChangeType.GAP_OVERFLOW,
        "malformed": ChangeType.UNREADABLE,
    }
    if mode not in kinds:
        return list(events)
    gone = mode == "gap" and events[0].type is ChangeType.DELETE
    kind = ChangeType.GAP_DELETE if gone else kinds[mode]
    nothing: frozenset[str] = frozenset()
    plain = [replace(one, type=kind, values={}, changed=nothing, nulled=nothing) for one in events]
    return [replace(one, record_id="") for one in plain] if mode == "overflow" else plain
