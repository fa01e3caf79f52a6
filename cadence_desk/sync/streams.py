"""The event streams: one per topic, opened from its saved mark, reopened with growing pauses. Owned by the feed monitor.

Knows nothing of reads: it tells the monitor when a stream started, ended, or lost its place. Lives on the loop thread.
"""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import Future
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cadence_desk.domain.errors import NotAllowed, NotAvailable
from cadence_desk.sync.feed_inbox import FeedInbox, FeedMessage, FeedWord

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cadence_desk.domain.errors import DeskError
    from cadence_desk.domain.ports import FeedHandle
    from cadence_desk.sync.follower import FeedFollower
    from cadence_desk.sync.parts import EngineParts

LONGEST_PAUSE = 30.0
LONGEST_PAUSE_CLOSED = 300.0
"""As above for a line that is closed to events: the org is polled meanwhile."""
LONG_LIFE = 10.0
"""A stream that ran this long was a good one: its end starts the pauses anew."""
ALLOWANCE_PAUSE = 900.0
"""A refusal is asked about again after this long, first: an admin may have mended it."""
LONGEST_ALLOWANCE_PAUSE = 3600.0
"""And at last after this long: a used up allowance comes back little by little over 24 hours."""
SURELY_DOWN = 4
"""So many ends in a row, while the org itself answers: the org is polled."""
SURELY_CLOSED = 10
"""So many, and this line is closed to events for longer (a proxy, an inspected line)."""
TOGETHER = 1.0
"""Streams that are due within this time are opened together: each opening costs a read of what changed."""


@dataclass(slots=True)
class Topic:
    """One topic and its stream; times are those of the loop."""

    name: str
    handle: FeedHandle | None = None
    live: bool = False
    refused: bool = False
    refusals: int = 0
    settled: bool = False
    from_now: bool = False
    failures: int = 0
    started_at: float = 0.0
    reopen_at: float = 0.0


class Streams:
    """All streams of one engine.

    Attributes:
        stirred: set when the monitor has to look again.
        on_started: called when a stream gave its first answer, and whether it begins with what happens from now on.
        on_ended: called with the last message of a stream, and whether it had been live.
    """

    def __init__(self, parts: EngineParts, topics: Sequence[str], follower: FeedFollower) -> None:
        self._parts = parts
        self._follower = follower
        self._topics = {name: Topic(name) for name in topics}
        self._inbox: FeedInbox | None = None
        self._answered = asyncio.Event()
        self.stirred = asyncio.Event()
        self.last_error: DeskError | None = None
        self.on_started: Callable[[bool], None] = lambda _from_now: self.stirred.set()
        self.on_ended: Callable[[FeedMessage, bool], None] = lambda _message, _was_live: self.stirred.set()

    @property
    def refused(self) -> bool:
        """True when the org does not let this user have a topic."""
        return any(topic.refused for topic in self._topics.values())

    @property
    def complete(self) -> bool:
        """True when every topic that may be had is live."""
        return all(topic.live or topic.refused for topic in self._topics.values())

    @property
    def broken(self) -> bool:
        """True when a stream ended and is not there again."""
        return any(topic.failures and not topic.live and not topic.refused for topic in self._topics.values())

    @property
    def standing(self) -> list[str]:
        """Entities whose stream is live."""
        return [_entity_of(topic.name) for topic in self._topics.values() if topic.live]

    @property
    def closed_line(self) -> bool:
        """True when a stream ends again and again: whoever can read the org otherwise does so."""
        return any(topic.failures >= SURELY_DOWN and not topic.live for topic in self._topics.values())

    @property
    def empty(self) -> bool:
        """True when nothing that was delivered waits to be applied."""
        return self._inbox is None or self._inbox.empty

    @property
    def reopen_in(self) -> float | None:
        """Seconds until a stream is to be opened again; None when none is."""
        now = asyncio.get_running_loop().time()
        waiting = [topic.reopen_at - now for topic in self._closed()]
        return max(min(waiting), 0.0) if waiting else None

    def _closed(self) -> list[Topic]:
        return [topic for topic in self._topics.values() if topic.handle is None]

    # ------------------------------------------------------------ opening

    def open_due(self) -> bool:
        """Open what is due; returns True when a stream was opened."""
        loop = asyncio.get_running_loop()
        if self._inbox is None:
            self._inbox = FeedInbox(loop, self._deliver, self._follower.behind)
        if not any(topic.reopen_at <= loop.time() for topic in self._closed()):
            return False
        for topic in self._closed():
            if topic.reopen_at <= loop.time() + TOGETHER:
                topic.settled = False
                mark = self._follower.marks.resume_from(topic.name)
                topic.from_now = mark is None
                topic.handle = self._parts.feed.open(topic.name, mark, self._inbox)
        return True

    async def first_answers(self, seconds: float) -> None:
        """Give every opened stream time to answer or fail; one that answers later is told by `on_started`."""
        loop = asyncio.get_running_loop()
        until = loop.time() + seconds
        while any(topic.handle is not None and not topic.settled for topic in self._topics.values()):
            self._answered.clear()
            try:
                await asyncio.wait_for(self._answered.wait(), until - loop.time())
            except TimeoutError:
                return

    def hurry(self) -> None:
        """Do not wait out any pause."""
        for topic in self._topics.values():
            topic.reopen_at = 0.0
            topic.failures = SURELY_DOWN if topic.failures >= SURELY_DOWN else min(topic.failures, 1)

    async def stop(self, seconds: float) -> None:
        """Cancel the streams and wait for their threads, all together at most so long."""
        if self._inbox is not None:
            self._inbox.close()
        handles = [topic.handle for topic in self._topics.values() if topic.handle is not None]
        for topic in self._topics.values():
            topic.handle, topic.live = None, False
        self._answered.set()
        if handles:
            await asyncio.wrap_future(_stopped(handles, seconds))

    # ------------------------------------------------------------ what feeds say

    def _deliver(self, message: FeedMessage) -> None:
        topic = self._topics[message.topic]
        if message.word in (FeedWord.EVENTS, FeedWord.ALIVE):
            self._follower.events(topic.name, message.events, message.mark)
        elif message.word is FeedWord.STARTED:
            topic.live, topic.settled, topic.refused, topic.refusals = True, True, False, 0
            topic.started_at = asyncio.get_running_loop().time()
            self._answered.set()
            self.on_started(topic.from_now)
        else:
            self._ended(topic, message)

    def _ended(self, topic: Topic, message: FeedMessage) -> None:
        now = asyncio.get_running_loop().time()
        was_live, topic.live, topic.handle, topic.settled = topic.live, False, None, True
        topic.failures = 1 if was_live and now - topic.started_at >= LONG_LIFE else topic.failures + 1
        topic.reopen_at = now + self._pause(topic)
        topic.refused = isinstance(message.error, NotAllowed | NotAvailable) and not message.mark_unusable
        if topic.refused:
            topic.reopen_at = now + min(ALLOWANCE_PAUSE * 2**topic.refusals, LONGEST_ALLOWANCE_PAUSE)
            topic.refusals += 1
        if message.error is not None:
            self.last_error = message.error
        if message.mark_unusable:
            # Resuming is impossible: subscribe from now, then read everything.
            self._follower.marks.forget(topic.name)
        self._answered.set()
        self.on_ended(message, was_live)

    def _pause(self, topic: Topic) -> float:
        """Return how long to wait: 0, 1, 2, 4 ... 30 s, the same for streams that ended together."""
        if topic.failures <= 1:
            return 0.0
        now = asyncio.get_running_loop().time()
        together = [
            other.reopen_at - now
            for other in self._closed()
            if other is not topic and other.failures == topic.failures and other.reopen_at > now
            if not other.refused
        ]
        if together:
            return min(together)
        most = LONGEST_PAUSE_CLOSED if topic.failures > SURELY_CLOSED else LONGEST_PAUSE
        longest = min(2.0 ** min(topic.failures - 2, 10), most)
        return self._parts.entropy.uniform(longest / 2, longest)


def _entity_of(topic: str) -> str:
    """Return the entity of a topic such as ``/data/LeadChangeEvent``."""
    return topic.rpartition("/")[2].removesuffix("ChangeEvent")


def _stopped(handles: Sequence[FeedHandle], seconds: float) -> Future[None]:
    """Stop all handles in a thread of its own: joining their threads must not hold up the loop."""
    done: Future[None] = Future()

    def stop() -> None:
        for handle in handles:
            handle.stop(0.0)  # tells them all before waiting for the first
        for handle in handles:
            handle.stop(seconds / len(handles))
        done.set_result(None)

    threading.Thread(target=stop, name="feed-stop", daemon=True).start()
    return done
