"""What feed threads hand over reaches the loop: all of it, in order, with one wake, and never more than there is room for."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest

from cadence_desk.domain.errors import Unreachable
from cadence_desk.sync import feed_inbox
from cadence_desk.sync.feed_inbox import INBOX_LIMIT, LEAST_ROOM, FeedInbox, FeedMessage, FeedWord
from tests.unit.sync.records import ANNA, event

EVENT = event("Lead", ANNA)


def test_messages_arrive_in_order() -> None:
    async def go() -> list[FeedMessage]:
        got: list[FeedMessage] = []
        inbox = FeedInbox(asyncio.get_running_loop(), got.append)
        inbox.feed_started("t")
        inbox.feed_events("t", [EVENT], b"1")
        inbox.feed_alive("t", b"2")
        inbox.feed_ended("t", Unreachable(), mark_unusable=True)
        states = [inbox.empty]
        await asyncio.sleep(0.01)
        assert [*states, inbox.empty] == [False, True]
        return got

    words = [one.word for one in asyncio.run(go())]
    assert words == [FeedWord.STARTED, FeedWord.EVENTS, FeedWord.ALIVE, FeedWord.ENDED]


def speak(inbox: FeedInbox, topic: str) -> None:
    for number in range(500):
        inbox.feed_events(topic, [EVENT], number.to_bytes(2, "big"))


def test_many_threads_lose_nothing() -> None:
    async def go() -> dict[str, list[bytes]]:
        got: dict[str, list[bytes]] = {}
        loop, finished = asyncio.get_running_loop(), asyncio.Event()

        def deliver(message: FeedMessage) -> None:
            got.setdefault(message.topic, []).append(message.mark)
            if sum(map(len, got.values())) == 4 * 500:
                finished.set()

        inbox = FeedInbox(loop, deliver)

        speakers = [threading.Thread(target=speak, args=(inbox, f"t{number}")) for number in range(4)]
        for one in speakers:
            one.start()
        await asyncio.wait_for(finished.wait(), 30)
        for one in speakers:
            one.join()
        assert inbox.free_space() == INBOX_LIMIT
        return got

    for marks in asyncio.run(go()).values():
        assert marks == sorted(marks)


def test_room_shrinks_with_what_waits() -> None:
    async def go() -> None:
        inbox = FeedInbox(asyncio.get_running_loop(), lambda _message: None)
        assert inbox.free_space() == INBOX_LIMIT
        inbox.feed_events("t", [EVENT] * 700, b"")
        assert inbox.free_space() == INBOX_LIMIT - 700
        inbox.feed_events("t", [EVENT] * INBOX_LIMIT, b"")
        assert inbox.free_space() == 0
        await asyncio.sleep(0.01)
        assert inbox.free_space() == INBOX_LIMIT

    asyncio.run(go())


def test_a_long_queue_lets_others_run_in_between(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed_inbox, "SLICE_SECONDS", 0.0)

    async def go() -> list[str]:
        seen: list[str] = []
        inbox = FeedInbox(asyncio.get_running_loop(), lambda _message: seen.append("message"))
        for _ in range(3):
            inbox.feed_alive("t", b"1")
        while seen.count("message") < 3:
            await asyncio.sleep(0)
            seen.append("other")
        return seen

    assert "other" in asyncio.run(go())[:3]


def test_a_crash_of_the_delivery_does_not_hold_up_the_rest() -> None:
    async def go() -> list[str]:
        got: list[str] = []
        loop = asyncio.get_running_loop()
        crashes: list[Any] = []
        loop.set_exception_handler(lambda _loop, context: crashes.append(context["exception"]))

        def deliver(message: FeedMessage) -> None:
            if message.topic == "bad":
                raise KeyError("a bug")
            got.append(message.topic)

        inbox = FeedInbox(loop, deliver)
        for topic in ("a", "bad", "b", "c"):
            inbox.feed_started(topic)
        await asyncio.sleep(0.01)
        assert len(crashes) == 1
        return got

    assert asyncio.run(go()) == ["a", "b", "c"]


def test_after_closing_nothing_is_taken() -> None:
    async def go() -> FeedInbox:
        inbox = FeedInbox(asyncio.get_running_loop(), lambda _message: pytest.fail("delivered"))
        inbox.feed_started("t")
        inbox.close()
        inbox.feed_started("t")
        assert inbox.empty
        await asyncio.sleep(0.01)
        return inbox

    asyncio.run(go())


def test_a_loop_that_is_gone_is_no_error_for_the_feed() -> None:
    async def go() -> FeedInbox:
        return FeedInbox(asyncio.get_running_loop(), lambda _message: None)

    inbox = asyncio.run(go())
    inbox.feed_started("t")
    inbox.feed_started("t")


def test_what_is_behind_takes_up_space_too() -> None:
    loop = asyncio.new_event_loop()
    behind = [INBOX_LIMIT - LEAST_ROOM]
    inbox = FeedInbox(loop, lambda _message: None, lambda: behind[0])
    assert inbox.free_space() == LEAST_ROOM
    behind[0] += 1
    assert inbox.free_space() == 0, "a handful is not worth a response"
    loop.close()
