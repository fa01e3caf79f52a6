"""CachedLists: shows what the cache file holds, slice by slice as it is decrypted: the first rows wait for no other.

Lives on the loop thread; called by the engine when it opens its files.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING, TypeVar

from cadence_desk.domain.changes import Change

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future

    from cadence_desk.domain.people import Person
    from cadence_desk.domain.trackers import StepTracker, Tracker
    from cadence_desk.store.cache import CacheFile
    from cadence_desk.sync.follower import FeedFollower

R = TypeVar("R", "Person", "Tracker", "StepTracker")


class CachedLists:
    """Takes people, trackers and steps from the file to the board; `tell` hears of the first rows."""

    def __init__(self, follower: FeedFollower, tell: Callable[[Change], None]) -> None:
        self._follower = follower
        self._tell = tell
        self._shown = False

    async def show(self, cache: CacheFile) -> None:
        """Show everything; returns when all of it is shown. Raises DeskError: what was shown by then stays."""
        await self._show(cache.load_people)
        await self._show(cache.load_trackers)
        await self._show(cache.load_steps)

    async def _show(self, load: Callable[[Callable[[list[R]], None]], Future[list[R]]]) -> None:
        loop, slices, come = asyncio.get_running_loop(), deque[list[R]](), asyncio.Event()

        def decrypted(part: list[R]) -> None:  # on the file's thread
            slices.append(part)
            loop.call_soon_threadsafe(come.set)

        loaded = asyncio.wrap_future(load(decrypted))
        loaded.add_done_callback(lambda _done: come.set())
        while slices or not loaded.done():
            await come.wait()
            come.clear()
            while slices:
                await self._follower.take_cached(slices.popleft())
                if not self._shown:  # now there is something to look at while the rest comes
                    self._shown = True
                    self._tell(Change(profile=True))
        await loaded
