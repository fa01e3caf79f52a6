"""What it costs the window's thread to be handed an event: by the inbox, a response at a time, and by asyncio.Queue.

Both on the window's own loop, filled by a thread as a stream's is; what is done with an event then is left out.
"""

from __future__ import annotations

import asyncio
import threading
import time
from typing import TYPE_CHECKING, Any

from cadence_desk.bridge.loop import DeskLoop
from cadence_desk.domain.changes import ChangeEvent, ChangeType
from cadence_desk.sync.feed_inbox import INBOX_LIMIT, FeedInbox, FeedMessage
from tests.bench.lists import app
from tests.bench.live_events import LEAD, PER_RESPONSE, topic_of

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Sequence

EVENTS = 10_000
EMPTY_SECONDS = 0.0005


def made(count: int) -> list[ChangeEvent]:
    """Return decoded events."""
    return [
        ChangeEvent(f"handed-{number}", LEAD, "00Q", ChangeType.UPDATE, number, number, 1)
        for number in range(count)
    ]


def by_inbox() -> float:
    """Return the microseconds of the window's thread per event handed over by the inbox."""
    return _microseconds(_through_inbox)


def by_queue() -> float:
    """Return the same for one call_soon_threadsafe and one queue item per event."""
    return _microseconds(_through_queue)


def _microseconds(work: Callable[[Sequence[ChangeEvent]], Coroutine[Any, Any, int]]) -> float:
    events = made(EVENTS)
    loop = DeskLoop(app())
    asyncio.set_event_loop(loop)
    try:
        began = time.thread_time()
        count = loop.run_until_complete(work(events))
        return float((time.thread_time() - began) / count * 1e6)
    finally:
        loop.close()
        asyncio.set_event_loop(None)


async def _through_inbox(events: Sequence[ChangeEvent]) -> int:
    loop = asyncio.get_running_loop()
    done = loop.create_future()
    seen = 0

    def deliver(message: FeedMessage) -> None:
        nonlocal seen
        for _ in message.events:
            seen += 1
        if seen == len(events):
            done.set_result(None)

    inbox = FeedInbox(loop, deliver)

    def feed() -> None:
        for start in range(0, len(events), PER_RESPONSE):
            while inbox.free_space() < PER_RESPONSE:
                time.sleep(EMPTY_SECONDS)
            inbox.feed_events(topic_of(LEAD), events[start : start + PER_RESPONSE], b"mark")

    thread = threading.Thread(target=feed, name="bench-feed")
    thread.start()
    await done
    thread.join()
    return seen


async def _through_queue(events: Sequence[ChangeEvent]) -> int:
    loop = asyncio.get_running_loop()
    queue: asyncio.Queue[ChangeEvent] = asyncio.Queue()

    def feed() -> None:
        for event in events:
            while queue.qsize() > INBOX_LIMIT:
                time.sleep(EMPTY_SECONDS)
            loop.call_soon_threadsafe(queue.put_nowait, event)

    thread = threading.Thread(target=feed, name="bench-feed")
    thread.start()
    for _ in events:
        await queue.get()
    thread.join()
    return len(events)
