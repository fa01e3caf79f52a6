"""What was looked up ahead about the next rows of a run, so that a group of them asks nothing by itself.

A look counts for seconds, once, and for a first attempt only. Whomever the org reports a change of is looked at again.
Owned by the outbox runner; lives on the loop thread.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Protocol

from cadence_desk.sync.kinds.registry import KINDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from cadence_desk.domain.operations import Operation
    from cadence_desk.domain.ports import Clock
    from cadence_desk.domain.record_ids import RecordId
    from cadence_desk.domain.trackers import Tracker

SEEN_SECONDS = 15.0
"""So old what was seen may be when its row is sent; the org's own action refuses whom somebody added meanwhile."""
RENEW_SECONDS = 5.0
"""A look that is made anyway asks again about the next rows that were seen so long ago."""


class Outlook(Protocol):
    """What runs know of their rows."""

    def next_targets(self, run_id: str, most: int) -> Sequence[RecordId]:
        """Return whom the next rows of a run are about, in order; none while it does not go on."""

    def goes_on(self, run_id: str) -> bool:
        """Return True while more rows of a run are going to be answered."""


class NoRuns:
    """The outlook while nobody follows runs."""

    def next_targets(self, run_id: str, most: int) -> Sequence[RecordId]:
        """None."""
        del run_id, most
        return ()

    def goes_on(self, run_id: str) -> bool:
        """No."""
        del run_id
        return False


class _Moment(NamedTuple):
    """One moment by both clocks: the monotonic one stands still while a computer sleeps, the other can be set."""

    monotonic: float
    wall: float

    @classmethod
    def now(cls, clock: Clock) -> _Moment:
        return cls(clock.monotonic(), clock.wall())

    def is_within(self, seconds: float, now: _Moment) -> bool:
        return now.monotonic - self.monotonic <= seconds and 0.0 <= now.wall - self.wall <= seconds


class _Seen(NamedTuple):
    at: _Moment
    trackers: tuple[Tracker, ...]


@dataclass(slots=True)
class Glance:
    """One look-up, with what is known already and whom it asks about besides.

    Attributes:
        known: the trackers of everybody in the group, seen a moment ago: nothing needs to be asked.
        more: whom the look-up asks about besides.
        found: what it brought about these and the group; None until then.
    """

    at: _Moment
    known: Sequence[Tracker] | None = None
    more: tuple[RecordId, ...] = ()
    found: Sequence[Tracker] | None = None


class LookedAhead:
    """Remembers the trackers of targets whose rows come next."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.outlook: Outlook = NoRuns()
        self._seen: dict[str, _Seen] = {}
        self._under_way = 0
        self._reported: set[str] = set()

    def before(self, group: Sequence[Operation], at_once: int) -> Glance:
        """Return the look that a group needs before it is sent."""
        glance, first = Glance(_Moment.now(self._clock)), group[0]
        if not (KINDS[first.kind].looks_ahead and first.run_id):
            return glance
        known = [self._seen.pop(one.target_id, None) for one in group]
        fresh = [one for one in known if one is not None and one.at.is_within(SEEN_SECONDS, glance.at)]
        if len(fresh) == len(group) and not any(one.attempt for one in group):
            glance.known = [tracker for one in fresh for tracker in one.trackers]
        else:
            glance.more = self._next(first.run_id, len(group), at_once, {one.target_id for one in group})
        return glance

    def after(self, operations: Iterable[Operation], at_once: int) -> Glance:
        """Return the look that reads these back: the room it has left is for the next rows of their run."""
        glance, some = Glance(_Moment.now(self._clock)), list(operations)
        run_id = next((one.run_id for one in some if one.run_id and KINDS[one.kind].looks_ahead), "")
        if run_id:
            glance.more = self._next(run_id, len(some), at_once, {one.target_id for one in some})
        return glance

    @contextlib.contextmanager
    def looking(self, glance: Glance) -> Iterator[None]:
        """Keep at the end what a look brought about the next rows, but for those whose change was reported meanwhile."""
        self._under_way += 1
        try:
            yield
        finally:
            self._under_way -= 1
            self._keep(glance)

    def _keep(self, glance: Glance) -> None:
        if glance.found is not None:
            found: dict[str, list[Tracker]] = {one: [] for one in glance.more if self._is_news(one, glance)}
            for tracker in glance.found:
                if tracker.target_id in found:
                    found[tracker.target_id].append(tracker)
            self._forget_old(glance.at)
            self._seen.update((one, _Seen(glance.at, tuple(trackers))) for one, trackers in found.items())
        if not self._under_way:
            self._reported.clear()

    def _is_news(self, target_id: str, glance: Glance) -> bool:
        seen = self._seen.get(target_id)
        return target_id not in self._reported and (seen is None or seen.at.monotonic <= glance.at.monotonic)

    def forget(self, target_ids: Iterable[str]) -> None:
        """The org reported a change of these: what was seen before counts no longer."""
        for target_id in target_ids:
            self._seen.pop(target_id, None)
            if self._under_way:
                self._reported.add(target_id)

    def forget_all(self) -> None:
        """A send failed: the next group looks first, which also shows whether the org answers at all."""
        self._seen.clear()

    def _next(self, run_id: str, asked: int, at_once: int, without: set[RecordId]) -> tuple[RecordId, ...]:
        """Return the next targets for which a look-up has room that costs no further call."""
        room, now = -asked % max(at_once, 1), _Moment.now(self._clock)
        return tuple(
            one
            for one in self.outlook.next_targets(run_id, room)
            if one not in without and not self._is_new(one, now)
        )

    def _is_new(self, target_id: str, now: _Moment) -> bool:
        seen = self._seen.get(target_id)
        return seen is not None and seen.at.is_within(RENEW_SECONDS, now)

    def _forget_old(self, now: _Moment) -> None:
        self._seen = {one: seen for one, seen in self._seen.items() if seen.at.is_within(SEEN_SECONDS, now)}
