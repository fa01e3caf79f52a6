"""The event bus of the model org behind the ChangeFeed port: keeps every event, delivers at once, on order, or in threads."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from queue import SimpleQueue
from typing import TYPE_CHECKING

from typing_extensions import override

from cadence_desk.domain.errors import NotAllowed, Unreachable

if TYPE_CHECKING:
    from collections.abc import Callable

    from cadence_desk.domain.changes import ChangeEvent
    from cadence_desk.domain.errors import DeskError
    from cadence_desk.domain.ports import FeedSink


def mark_of(number: int) -> bytes:
    return number.to_bytes(10, "big")


class Stream:
    """One subscription."""

    def __init__(self, feed: ModelFeed, topic: str, place: int, sink: FeedSink) -> None:
        self.feed, self.topic, self.place, self.sink = feed, topic, place, sink
        self.answered = False
        self.stopped = False

    def answer(self) -> None:
        """Say the first word and deliver what the place is behind."""
        if self.stopped:
            return
        if not self.answered:
            self.answered = True
            self.tell(lambda: self.sink.feed_started(self.topic))
        while self.place < len(self.feed.log):
            topic, events = self.feed.log[self.place]
            self.place += 1
            if topic == self.topic:
                mark = mark_of(self.place)
                self.tell(lambda e=events, m=mark: self.sink.feed_events(self.topic, e, m))  # type: ignore[misc]

    def keep_alive(self) -> None:
        mark = mark_of(self.place)
        self.tell(lambda: self.sink.feed_alive(self.topic, mark))

    def end(self, error: DeskError | None, *, unusable: bool = False) -> None:
        self.feed.streams.remove(self)
        self.tell(lambda: self.sink.feed_ended(self.topic, error, mark_unusable=unusable))
        self.stopped = True

    def tell(self, call: Callable[[], None]) -> None:
        if not self.stopped:
            call()

    def stop(self, timeout: float) -> None:
        self.stopped = True
        if self in self.feed.streams:
            self.feed.streams.remove(self)


class ThreadStream(Stream):
    """A subscription that speaks from a thread of its own."""

    def __init__(self, feed: ModelFeed, topic: str, place: int, sink: FeedSink) -> None:
        super().__init__(feed, topic, place, sink)
        self.words: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        # Not a daemon: the test fails when it is left behind.
        self.thread = threading.Thread(target=self._run, name=f"feed-{topic}")
        self.thread.start()

    def _run(self) -> None:
        while (word := self.words.get()) is not None:
            word()

    @override
    def tell(self, call: Callable[[], None]) -> None:
        if not self.stopped:
            self.words.put(call)

    @override
    def end(self, error: DeskError | None, *, unusable: bool = False) -> None:
        super().end(error, unusable=unusable)
        self.words.put(None)

    @override
    def stop(self, timeout: float) -> None:
        super().stop(timeout)
        self.words.put(None)
        if threading.current_thread() is not self.thread:
            self.thread.join(timeout)


@dataclass
class ModelFeed:
    """Implements ChangeFeed."""

    stream: type[Stream] = Stream
    log: list[tuple[str, list[ChangeEvent]]] = field(default_factory=list)
    opened: list[tuple[str, bytes | None]] = field(default_factory=list)
    streams: list[Stream] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)
    unusable: set[bytes] = field(default_factory=set)
    kept_from: int = 0
    """What came before this place is kept no longer: marks of it have expired."""
    down: bool = False
    slow: bool = False

    def publish(self, topic: str, events: list[ChangeEvent]) -> None:
        """Keep events of one commit and deliver them."""
        self.log.append((topic, events))
        self.deliver()

    def deliver(self) -> None:
        if not self.slow:
            for stream in list(self.streams):
                stream.answer()

    def open(self, topic: str, mark: bytes | None, sink: FeedSink) -> Stream:
        self.opened.append((topic, mark))
        place = len(self.log) if mark is None else int.from_bytes(mark, "big")
        stream = self.stream(self, topic, place, sink)
        self.streams.append(stream)
        if self.down:
            stream.end(Unreachable())
        elif topic in self.refused:
            stream.end(NotAllowed())
        elif mark is not None and (mark in self.unusable or place < self.kept_from):
            stream.end(Unreachable(), unusable=True)
        elif not self.slow:
            stream.answer()
        return stream

    def drop(self, error: DeskError | None = None) -> None:
        """End every stream."""
        for stream in list(self.streams):
            stream.end(error or Unreachable())

    def keep_alive(self) -> None:
        for stream in list(self.streams):
            stream.keep_alive()
