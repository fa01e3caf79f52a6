"""Keeps the subscriptions up: one state, one retry rule per state, polling where the stream is not permitted.

States and rules: ARCHITECTURE.md, feed states. Lives on the loop thread.
"""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from cadence_desk.domain.changes import FEED_WORDS, Change, FeedState
from cadence_desk.domain.errors import DeskError, NotAllowed, NotAvailable, Retry, SignedOut
from cadence_desk.domain.ports import LaneName
from cadence_desk.sync.feed_inbox import FeedInbox, FeedMessage, FeedWord
from cadence_desk.sync.supervisor import in_lane

if TYPE_CHECKING:
    from collections.abc import Callable

    from cadence_desk.domain.ports import FeedHandle
    from cadence_desk.sync.follower import FeedFollower
    from cadence_desk.sync.parts import EngineOptions, EngineParts
    from cadence_desk.sync.snapshotter import Snapshotter
    from cadence_desk.sync.supervisor import Supervisor

FIRST_ANSWER_SECONDS = 2.0
LONGEST_PAUSE = 30.0
STOP_SECONDS = 2.0
_AT_REST = frozenset({FeedState.LIVE, FeedState.POLLING})


@dataclass(slots=True)
class _Topic:
    name: str
    handle: FeedHandle | None = None
    live: bool = False
    refused: bool = False
    failures: int = 0
    settled: bool = False


class FeedMonitor:
    """Owns the connection's state and the streams behind it."""

    def __init__(
        self,
        parts: EngineParts,
        options: EngineOptions,
        supervisor: Supervisor,
        follower: FeedFollower,
        snapshotter: Snapshotter,
        announce: Callable[[Change], None],
    ) -> None:
        self._parts = parts
        self._options = options
        self._supervisor = supervisor
        self._follower = follower
        self._snapshotter = snapshotter
        self._announce = announce
        self.state = FeedState.SIGNED_OUT
        self.since = parts.clock.wall()
        self.detail = ""
        self._inbox: FeedInbox | None = None
        self._topics = {name: _Topic(name) for name in options.topics}
        self._answered = asyncio.Event()
        self._running = False
        self._caught_up = False
        self._last_read: datetime | None = None
        self._retry_now = asyncio.Event()

    @property
    def words(self) -> str:
        """What the connection chip says."""
        since = datetime.fromtimestamp(self.since, tz=UTC).astimezone().strftime("%H:%M")
        return FEED_WORDS[self.state].format(since=since)

    @property
    def caught_up(self) -> bool:
        """True once the board holds a complete picture."""
        return self._caught_up

    @property
    def last_read(self) -> datetime | None:
        """Org time of the last complete read; None before the first."""
        return self._last_read if self._caught_up else None

    @property
    def settled(self) -> bool:
        """True when the board is complete and nothing waits in the inbox."""
        return self._caught_up and (self._inbox is None or self._inbox.empty) and self.state in _AT_REST

    def resume(self) -> None:
        """A session is there again."""
        if self.state is FeedState.SIGNED_OUT and self._running:
            self._turn(FeedState.CATCHING_UP)
            self._supervisor.spawn(self._follow(), "feed")
        else:
            self.try_now()

    def _turn(self, state: FeedState, detail: str = "") -> None:
        if state is self.state and detail == self.detail:
            return
        if state is not self.state:
            was_stale = self.state in {FeedState.STALE, FeedState.BROKEN, FeedState.SIGNED_OUT}
            if not (was_stale and state in {FeedState.STALE, FeedState.BROKEN}):
                self.since = self._parts.clock.wall()
        self.state, self.detail = state, detail
        self._announce(Change(feed=True))

    # ------------------------------------------------------------ start and stop

    def start(self, cached_until: datetime | None) -> None:
        """Begin to follow: subscribe first, then read, then apply what arrived meanwhile."""
        self._running = True
        self._last_read = cached_until
        self._inbox = FeedInbox(asyncio.get_running_loop(), self._deliver)
        self._turn(FeedState.CATCHING_UP)
        self._supervisor.spawn(self._follow(), "feed")

    async def stop(self) -> None:
        """Cancel the streams and wait for their threads."""
        self._running = False
        if self._inbox is not None:
            self._inbox.close()
        for topic in self._topics.values():
            if topic.handle is not None:
                handle, topic.handle = topic.handle, None
                handle.stop(STOP_SECONDS)

    def try_now(self) -> None:
        """Do not wait out the pause: the network or the computer came back."""
        self._retry_now.set()

    # ------------------------------------------------------------ the round

    async def _follow(self) -> None:
        failures = 0
        while self._running:
            try:
                await self._round()
                failures = 0
            except SignedOut:
                self._turn(FeedState.SIGNED_OUT)
                return
            except DeskError as error:
                failures += 1
                self._turn(FeedState.STALE, error.message)
                if error.retry is Retry.NEVER and failures > 5:
                    self._turn(FeedState.BROKEN, error.message)
                await self._pause(failures)

    async def _round(self) -> None:
        """One life of the connection: ends only by an error."""
        if self.state is not FeedState.CATCHING_UP:
            self._turn(FeedState.CATCHING_UP)
        if self._options.live:
            self._open_streams()
            await self._first_answers()
        await self._catch_up()
        self._show_mode()
        while self._running:
            interval = self._options.poll_seconds if self._polls else self._options.sweep_seconds
            woken = await self._sleep(interval)
            if woken:
                self._open_streams()
                await self._first_answers()
            await self._catch_up()
            self._show_mode()

    async def _catch_up(self) -> None:
        now = await in_lane(self._parts.lanes, LaneName.READ, self._parts.gateway.server_now)
        if self._last_read is None:
            await self._snapshotter.read_all()
        else:
            await self._snapshotter.read_since(
                self._last_read - timedelta(seconds=self._options.overlap_seconds)
            )
        self._last_read = now
        self._caught_up = True

    def _show_mode(self) -> None:
        if self._polls:
            self._turn(FeedState.POLLING, self._poll_reason())
        elif all(topic.live or topic.refused for topic in self._topics.values()):
            self._turn(FeedState.LIVE)
        elif any(topic.failures for topic in self._topics.values()):
            self._turn(FeedState.STALE, "the event stream is down")
        else:
            self._turn(FeedState.CATCHING_UP, "waiting for the stream's first answer")

    @property
    def _polls(self) -> bool:
        return not self._options.live or any(topic.refused for topic in self._topics.values())

    def _poll_reason(self) -> str:
        if not self._options.live:
            return "polling was chosen"
        return "change events are not available to your user; changes are read every few seconds"

    # ------------------------------------------------------------ streams

    def _open_streams(self) -> None:
        if self._inbox is None:
            return
        self._answered.clear()
        for topic in self._topics.values():
            if topic.handle is None and not topic.refused:
                topic.settled = False
                topic.handle = self._parts.feed.open(
                    topic.name, self._follower.mark_of(topic.name), self._inbox
                )

    async def _first_answers(self) -> None:
        """Give every stream time to answer or fail; one that answers later causes another delta read."""
        loop = asyncio.get_running_loop()
        until = loop.time() + FIRST_ANSWER_SECONDS
        while self._running and not all(t.settled or t.refused for t in self._topics.values()):
            self._answered.clear()
            left = until - loop.time()
            if left <= 0:
                return
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._answered.wait(), left)

    def _deliver(self, message: FeedMessage) -> None:
        topic = self._topics.get(message.topic)
        if topic is None:
            return
        if message.word is FeedWord.STARTED:
            topic.live, topic.settled, topic.failures = True, True, 0
            self._answered.set()
            if self._caught_up and self.state is not FeedState.LIVE:
                # Read once more now that the stream runs: what happened before its start is in no event.
                self._retry_now.set()
        elif message.word is FeedWord.EVENTS:
            self._follower.events(topic.name, message.events, message.mark)
        elif message.word is FeedWord.ALIVE:
            self._follower.alive(topic.name, message.mark)
        else:
            self._stream_ended(topic, message)

    def _stream_ended(self, topic: _Topic, message: FeedMessage) -> None:
        was_live, topic.live, topic.handle = topic.live, False, None
        topic.failures += 1
        if message.mark_unusable:
            # Resuming is impossible: subscribe from now, then read everything, then apply what came meanwhile.
            self._follower.forget_mark(topic.name)
            self._last_read = None
        if isinstance(message.error, (NotAllowed, NotAvailable)):
            topic.refused = True
        topic.settled = True
        self._answered.set()
        if was_live and self._running:
            self._turn(FeedState.STALE, message.error.message if message.error else "the event stream ended")
        if not topic.refused and self._running:
            self._supervisor.spawn(self._reopen_later(topic.failures), f"reopen {topic.name}")

    async def _reopen_later(self, failures: int) -> None:
        await asyncio.sleep(self._delay(failures - 1))
        self._retry_now.set()

    # ------------------------------------------------------------ waiting

    def _delay(self, failures: int) -> float:
        if failures <= 0:
            return 0.0
        longest = min(2.0 ** (failures - 1), LONGEST_PAUSE)
        return self._parts.entropy.uniform(longest / 2, longest)

    async def _pause(self, failures: int) -> None:
        await self._sleep(self._delay(failures))

    async def _sleep(self, seconds: float) -> bool:
        """Wait; True when woken early by try_now or by a stream that wants to reopen."""
        timer = asyncio.get_running_loop().call_later(seconds, self._retry_now.set)
        started = asyncio.get_running_loop().time()
        try:
            await self._retry_now.wait()
        finally:
            timer.cancel()
            self._retry_now.clear()
        return asyncio.get_running_loop().time() - started < seconds
