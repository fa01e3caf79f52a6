"""Keeps the picture true: opens the streams, reads what changed, polls where there is no stream; one state for the chip.

States and rules: ARCHITECTURE.md, feed states. Lives on the loop thread.
"""

from __future__ import annotations

import asyncio
import contextlib
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from cadence_desk.domain.changes import FEED_WORDS, Change, FeedState
from cadence_desk.domain.errors import DeskError, Retry, SignedOut
from cadence_desk.domain.ports import LaneName
from cadence_desk.sync.feed_mode import mode_of, why
from cadence_desk.sync.polling import BackgroundReads
from cadence_desk.sync.streams import Streams
from cadence_desk.sync.supervisor import in_lane

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from cadence_desk.sync.feed_inbox import FeedMessage
    from cadence_desk.sync.follower import FeedFollower
    from cadence_desk.sync.parts import EngineOptions, EngineParts
    from cadence_desk.sync.snapshotter import Snapshotter
    from cadence_desk.sync.supervisor import Supervisor

FIRST_ANSWER_SECONDS = 10.0
LONGEST_PAUSE = 30.0
TICK = 0.001
STOP_SECONDS = 2.0
BROKEN_AFTER = 5
_AT_REST = frozenset({FeedState.LIVE, FeedState.POLLING})
_DOWN = frozenset({FeedState.STALE, FeedState.BROKEN})


class FeedMonitor:
    """Owns the connection's state."""

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
        self._reads = BackgroundReads(parts, options, snapshotter)
        self.catch_up = self._reads.catch_up
        self._silence = snapshotter.silence
        self._announce = announce
        self._streams = Streams(parts, options.topics, follower)
        self._streams.on_started = self._stream_started
        self._streams.on_ended = self._stream_ended
        self._wait_until = 0.0
        self._doubt_at = 0.0
        self.before_read: Callable[[], Awaitable[None]] = _nothing
        self.after_read: Callable[[], None] = lambda: None
        self.state = FeedState.SIGNED_OUT
        self.since = parts.clock.wall()
        self.detail = ""
        self._stale_since = 0.0
        self._task: asyncio.Task[None] | None = None
        self._running = False
        self._failed = False
        self._again = False

    # ------------------------------------------------------------ what is shown

    @property
    def words(self) -> str:
        """What the connection chip says."""
        since = datetime.fromtimestamp(self.since, tz=UTC).astimezone().strftime("%H:%M")
        return FEED_WORDS[self.state].format(since=since)

    @property
    def caught_up(self) -> bool:
        """True once the board holds a complete picture."""
        return self.catch_up.done

    @property
    def last_read(self) -> datetime | None:
        """Org time of the last complete read; None before the first, or when everything has to be read anew."""
        return self.catch_up.until

    @property
    def settled(self) -> bool:
        """True when the board is complete and nothing waits in the inbox."""
        return self.catch_up.done and self._streams.empty and self.state in _AT_REST and not self._again

    def _turn(self, state: FeedState, detail: str = "") -> None:
        if state is self.state and detail == self.detail:
            return
        if state in _DOWN:
            # "Stale since" names the time the picture was last true, however often a return was tried since.
            self._stale_since = self._stale_since or self._parts.clock.wall()
            self.since = self._stale_since
        elif state is not self.state:
            self.since = self._parts.clock.wall()
        if state in _AT_REST:
            self._stale_since = 0.0
        self.state, self.detail = state, detail
        self._announce(Change(feed=True))

    # ------------------------------------------------------------ start and stop

    def start(self, cached_until: datetime | None) -> None:
        """Begin to follow: subscribe first, then read, then apply what arrived meanwhile."""
        self._running = True
        self.catch_up.begin_from(cached_until)
        self.resume()

    def resume(self) -> None:
        """A session is there (again)."""
        self.try_now()
        if self._running and (self._task is None or self._task.done()):
            self._turn(FeedState.CATCHING_UP)
            self._task = self._supervisor.spawn(self._follow(), "feed")

    def try_now(self) -> None:
        """Do not wait out the pause: the network or the computer came back."""
        self._streams.hurry()
        self._ask_again()

    def _ask_again(self) -> None:
        self._again = True
        self._streams.stirred.set()

    def read_everything(self) -> None:
        """Read everything anew, now: a person wants it, so nothing is saved up for."""
        self.catch_up.ask_whole()
        self.try_now()

    def wrote(self) -> None:
        """The org has taken a write of ours: where no event will tell what came of it, or none did, read soon."""
        if self.state is FeedState.LIVE:
            self._doubt_at = asyncio.get_running_loop().time() + 2.5 * self._options.silence_seconds
            self._streams.stirred.set()
        elif self.state is FeedState.POLLING:
            self._wait_until = min(self._wait_until, self._reads.after_own_write())
            self._streams.stirred.set()

    async def stop(self) -> None:
        """Stop reading, cancel the streams and wait for their threads."""
        self._running = False
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])
        await self._streams.stop(STOP_SECONDS)

    # ------------------------------------------------------------ the rounds

    async def _follow(self) -> None:
        failures = 0
        while self._running:
            try:
                await self._round()
            except SignedOut as error:
                self._turn(FeedState.SIGNED_OUT, error.message)
                return
            except DeskError as error:
                failures += 1
                self._failed = True
                broken = error.retry is Retry.NEVER and failures > BROKEN_AFTER
                self._turn(FeedState.BROKEN if broken else FeedState.STALE, error.message)
                longest = min(2.0 ** (failures - 1), LONGEST_PAUSE)
                await self._wait(self._parts.entropy.uniform(longest / 2, longest), streams=False)
            else:
                failures = 0
                await self._wait(self._reads.pause(live=self.state is FeedState.LIVE), streams=True)

    async def _round(self) -> None:
        """Open what is due, read what changed, show how things stand."""
        self._again = False
        now = await in_lane(self._parts.lanes, LaneName.READ, self._parts.gateway.server_now)
        if self._failed:
            self._streams.hurry()  # the link is back: what ended with it is not waited for
            self._failed = False
        await self.before_read()
        if self._options.live:
            await self._open_streams()
        if self._mode() in _AT_REST and self.state not in _AT_REST:
            self._turn(FeedState.CATCHING_UP)
        self._again = False  # what starts from here on is not covered by this read
        self._silence.begins_read(now, self._streams.standing)
        await self._reads.read(now)
        self.after_read()
        if not self._again:
            told = why(self._streams, self._silence, live=self._options.live)
            self._turn(self._mode(), self._reads.saving or told)

    async def _open_streams(self) -> None:
        """Subscribe before reading; a stream whose mark turns out unusable is subscribed again from now."""
        for _ in range(2):
            if not self._streams.open_due():
                return
            await self._streams.first_answers(FIRST_ANSWER_SECONDS)

    def _mode(self) -> FeedState:
        return mode_of(self._streams, self._silence, live=self._options.live)

    # ------------------------------------------------------------ what streams say

    def _stream_started(self, from_now: bool) -> None:  # noqa: FBT001 - a callback
        # What happened between its last mark and its start may be in no event: read once more.
        self._silence.stream_started()
        self.catch_up.ask_deletions(needed=from_now)
        self._ask_again()

    def _stream_ended(self, message: FeedMessage, was_live: bool) -> None:  # noqa: FBT001 - a callback
        if message.mark_unusable:
            self.catch_up.ask_whole()
        if was_live and self._running and self.state in _AT_REST | {FeedState.CATCHING_UP}:
            ended = message.error.message if message.error else "the event stream ended"
            if self._mode() is FeedState.POLLING:
                self._ask_again()  # what came since the last event is read now, not at the next sweep
            else:
                self._turn(FeedState.STALE, ended)
        self._streams.stirred.set()

    # ------------------------------------------------------------ waiting

    async def _wait(self, seconds: float, *, streams: bool) -> None:
        """Wait, but not longer than until somebody asks for another round or, with `streams`, one is to be opened."""
        loop = asyncio.get_running_loop()
        self._wait_until = loop.time() + seconds
        while self._running and not self._again:
            left = self._wait_until - loop.time()
            reopen = self._streams.reopen_in if streams and self._options.live else None
            if reopen is not None:
                left = min(left, reopen)
            if self._doubt_at and self._silence.doubts():
                left = min(left, self._doubt_at - loop.time())
            if left <= TICK:  # a timer may fire a little early: waiting out the rest would only spin
                self._doubt_at = 0.0
                return
            self._streams.stirred.clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._streams.stirred.wait(), left)


async def _nothing() -> None:
    """Nothing has to be known before a read."""
