"""When everything is compared with the org: at night, at a time drawn by lot, if the desk is open and the calls allow it.

A desk that is never open at night does it within an hour of a start, every third day. Remembers in the cache file when
that was done last. Owned by the engine; lives on the loop thread.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

from cadence_desk.domain.errors import DeskError
from cadence_desk.store.cache_batch import CacheBatch
from cadence_desk.sync.supervisor import settled

if TYPE_CHECKING:
    from collections.abc import Callable

    from cadence_desk.sync.comparison import Compared, Comparison
    from cadence_desk.sync.parts import EngineOptions, EngineParts

DOCUMENT = "last_whole"
NIGHT_BEGINS, NIGHT_HOURS = time(1), timedelta(hours=4)
ENOUGH = timedelta(hours=12)
"""What was done so short ago is not done again in this night."""
OVERDUE, SOON = timedelta(days=3), timedelta(hours=1)
LOOK_SECONDS = 600.0
"""A computer sleeps and clocks are set: the time is looked at this often, and what stands in the way as well."""
PATIENCE = timedelta(hours=1)
"""Later than this the time counts as missed, and another is drawn."""


@dataclass(frozen=True, slots=True)
class LastWhole:
    """When everything was read or compared last, by this computer's clock, and what came of it."""

    at: float
    differing: int = -1
    """Records that a comparison found to differ; -1 when everything was read."""

    @property
    def words(self) -> str:
        """When that was, in one sentence."""
        when = f"{datetime.fromtimestamp(self.at, tz=UTC).astimezone():%d %b %Y, %H:%M}"
        if self.differing < 0:
            return f"Everything was last read from Salesforce on {when}."
        found = f"{self.differing:,} record{'' if self.differing == 1 else 's'} differed"
        return f"Everything was last compared with Salesforce on {when}: {found if self.differing else 'nothing differed'}."


def next_comparison(last: datetime | None, now: datetime, lot: float) -> datetime:
    """Return when to compare next; times are local ones, `lot` is between 0 and 1."""
    if last is None or now - last > OVERDUE:
        return now + SOON * lot
    for days in (0, 1, 2):
        begins = datetime.combine(now.date() + timedelta(days=days), NIGHT_BEGINS, now.tzinfo)
        ends = begins + NIGHT_HOURS
        if now < ends and last < ends - ENOUGH:
            start = max(begins, now)
            return start + (ends - start) * lot
    return now + timedelta(days=1)


class Nightly:
    """Keeps the time."""

    def __init__(
        self,
        comparison: Comparison,
        parts: EngineParts,
        options: EngineOptions,
        at_rest: Callable[[], bool],
        tell: Callable[[str], None],
    ) -> None:
        self._comparison = comparison
        self._parts = parts
        self._options = options
        self._at_rest = at_rest
        self._tell = tell
        self.last: LastWhole | None = None

    async def load(self) -> None:
        """Take what the cache file remembers. Raises DeskError."""
        text = await settled(self._parts.cache.document(DOCUMENT))
        with contextlib.suppress(ValueError, TypeError, KeyError):
            kept = json.loads(text or "")
            self.last = LastWhole(float(kept["at"]), int(kept["differing"]))

    async def done(self, differing: int = -1) -> None:
        """Everything was read just now, or compared; without a file that is only remembered until the end."""
        self.last = LastWhole(self._parts.clock.wall(), differing)
        text = json.dumps({"at": self.last.at, "differing": differing})
        with contextlib.suppress(DeskError):
            await settled(self._parts.cache.save(CacheBatch(documents={DOCUMENT: text})))

    async def keep(self) -> None:
        """Compare night after night."""
        while True:
            last, due = self.last, self._draw()
            while self.last is last and self._now() - due < PATIENCE:
                left = (due - self._now()).total_seconds()
                if left <= 0 and await self._tried():
                    break
                await asyncio.sleep(min(left, LOOK_SECONDS) if left > 0 else LOOK_SECONDS)

    def _draw(self) -> datetime:
        last = None if self.last is None else _local(self.last.at)
        return next_comparison(last, self._now(), self._parts.entropy.uniform(0.0, 1.0))

    def _now(self) -> datetime:
        return _local(self._parts.clock.wall())

    async def _tried(self) -> bool:
        """Compare if that can be done now."""
        if not self._at_rest() or not self._affordable():
            return False
        try:
            found = await self._comparison.run()
        except DeskError:
            return False
        await self.done(found.differing)
        self._tell(_found_words(found))
        return True

    def _affordable(self) -> bool:
        """Only what is left beside the share that is kept for people may be spent."""
        usage = self._parts.gateway.usage()
        return not usage.limit or self._options.budget.left(usage) > self._comparison.calls


def _found_words(found: Compared) -> str:
    told = f"Compared with Salesforce: {found.rows:,} records"
    if not found.differing:
        return f"{told}, none differed."
    return f"{told}; {found.differing:,} differed and {'was' if found.differing == 1 else 'were'} read again."


def _local(wall: float) -> datetime:
    return datetime.fromtimestamp(wall, tz=UTC).astimezone()
