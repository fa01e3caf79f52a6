"""An event bus that does nothing but send made-up events: as fast as it is asked, so many a second, or one by one.

A program: `python -m tests.bench.live_server CERTIFICATES`. One JSON order a line on standard input, one JSON answer a
line on standard output. The bytes are made before they are asked for, so that the client is what is measured.
"""

from __future__ import annotations

import json
import random
import sys
import threading
import time
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import grpc

from cadence_desk.wire import pubsub_api_pb2 as pb
from tests.bench.live_events import LEAD, PER_RESPONSE, TRACKER, EventMaker, joined, topic_of

if TYPE_CHECKING:
    from collections.abc import Iterator

OPTIONS = (
    ("grpc.http2.max_ping_strikes", 0),
    ("grpc.http2.min_ping_interval_without_data_ms", 5_000),
    ("grpc.so_reuseport", 0),
)
STREAMS = 64
PATIENCE_SECONDS = 30.0
EVERY = 0.002
"""Seconds between two looks at how many events are due."""
TRACKER_SHARE = 5
"""One event of so many is about a tracker where both are asked for."""


class Line:
    """One stream: what it was asked for, and what waits for it."""

    def __init__(self, topic: str, who: str) -> None:
        self.topic = topic
        self.who = who
        self._turn = threading.Condition()
        self._credit = 0
        self._waiting: deque[bytes] = deque()
        self._closed = False

    def asked(self, requests: Iterator[pb.FetchRequest], first: pb.FetchRequest) -> None:
        """Count what is asked for until the client ends the stream."""
        self.more(first.num_requested)
        try:
            for request in requests:
                self.more(request.num_requested)
        except grpc.RpcError:
            pass  # the client broke off
        self.close()

    def more(self, count: int) -> None:
        """So many more may be sent."""
        with self._turn:
            self._credit += count
            self._turn.notify()

    def put(self, events: list[bytes]) -> None:
        """Send these as soon as they are asked for."""
        with self._turn:
            self._waiting.extend(events)
            self._turn.notify()

    def drop(self) -> int:
        """Let go of what waits and return how many there were."""
        with self._turn:
            count = len(self._waiting)
            self._waiting.clear()
            return count

    def close(self) -> None:
        """End the stream."""
        with self._turn:
            self._closed = True
            self._turn.notify()

    def responses(self) -> Iterator[bytes]:
        """Yield responses, each as large as asked for."""
        while True:
            with self._turn:
                while not (self._closed or (self._credit and self._waiting)):
                    self._turn.wait()
                if self._closed:
                    return
                count = min(self._credit, len(self._waiting), PER_RESPONSE)
                events = [self._waiting.popleft() for _ in range(count)]
                self._credit -= count
                tail = pb.FetchResponse(
                    latest_replay_id=replay_of(events[-1]), pending_num_requested=self._credit
                )
            yield joined(events, tail.SerializeToString())


def replay_of(event: bytes) -> bytes:
    """Return the place of an event in its stream: the last ten bytes of one that EventMaker made."""
    return event[-10:]


class Bus:
    """The service, and what it is going to send."""

    def __init__(self) -> None:
        self.maker = EventMaker((), (), 0)
        self.stock: deque[tuple[str, bytes]] = deque()
        self.lines: list[Line] = []
        self.running: threading.Event = threading.Event()
        self.sent = 0
        self.to = ""

    # ------------------------------------------------------------ the service

    def get_topic(self, request: pb.TopicRequest, _context: Any) -> pb.TopicInfo:
        """Any topic may be subscribed to."""
        return pb.TopicInfo(topic_name=request.topic_name, can_subscribe=True)

    def get_schema(self, request: pb.SchemaRequest, _context: Any) -> pb.SchemaInfo:
        """Return a schema that events were made by."""
        schema = self.maker.schemas.by_id(request.schema_id)
        return pb.SchemaInfo(schema_id=request.schema_id, schema_json=schema.text if schema else "")

    def subscribe(self, requests: Iterator[pb.FetchRequest], context: Any) -> Iterator[bytes]:
        """Serve one stream."""
        context.send_initial_metadata(())
        first = next(requests)
        told = dict(context.invocation_metadata())
        line = Line(first.topic_name, str(told.get("tenantid", "")))
        context.add_callback(line.close)
        self.lines.append(line)
        threading.Thread(target=line.asked, args=(requests, first), daemon=True).start()
        try:
            yield from line.responses()
        finally:
            self.lines.remove(line)

    # ------------------------------------------------------------ orders

    def about(self, lead_ids: list[str], tracker_ids: list[str], begin_ms: int) -> dict[str, Any]:
        """Learn whom the events are about."""
        self.maker.lead_ids, self.maker.tracker_ids, self.maker.begin_ms = lead_ids, tracker_ids, begin_ms
        return {}

    def make(self, count: int, *, mixed: bool, file: str = "") -> dict[str, Any]:
        """Make events and tell the number of the last one; write them down for one who wants to read the same bytes."""
        self.stock.clear()
        for place in range(count):
            about_tracker = mixed and place % TRACKER_SHARE == TRACKER_SHARE - 1
            event = self.maker.tracker() if about_tracker else self.maker.lead()
            self.stock.append((topic_of(TRACKER if about_tracker else LEAD), event.SerializeToString()))
        if file:
            Path(file).write_bytes(joined([event for _, event in self.stock], b""))
        return {"last": self.maker.made}

    def wait_for(self, who: str) -> dict[str, Any]:
        """Wait until this client listens."""
        end = time.monotonic() + PATIENCE_SECONDS
        while not any(line.who == who for line in list(self.lines)):
            if time.monotonic() > end:
                return {"there": False}
            time.sleep(EVERY)
        return {"there": True}

    def send(self, to: str, rate: int) -> dict[str, Any]:
        """Send what was made to one client: at once, or so many a second."""
        self.to, self.sent, self.running = to, 0, threading.Event()
        began = time.monotonic()
        if rate:
            threading.Thread(target=self._pace, args=(rate, began, self.running), daemon=True).start()
        else:
            self._release(len(self.stock))
        return {"began": began}

    def _pace(self, rate: int, began: float, stopping: threading.Event) -> None:
        while self.stock and not stopping.wait(EVERY):
            self._release(int(rate * (time.monotonic() - began)) - self.sent)

    def _release(self, count: int) -> None:
        by_topic: dict[str, list[bytes]] = {}
        for _ in range(min(count, len(self.stock))):
            topic, event = self.stock.popleft()
            by_topic.setdefault(topic, []).append(event)
            self.sent += 1
        for line in list(self.lines):
            if line.who == self.to:
                line.put(by_topic.get(line.topic, []))

    def stop(self) -> dict[str, Any]:
        """Send no more; tell how many were due and how many of them were never asked for."""
        self.running.set()
        self.stock.clear()
        return {"due": self.sent, "left": sum(line.drop() for line in list(self.lines))}

    def singles(self, to: str, count: int, gap: float) -> dict[str, Any]:
        """Send events one by one at uneven times; tell when each one left."""
        times: dict[int, float] = {}
        for _ in range(count):
            time.sleep(random.uniform(gap / 2, gap * 1.5))
            event = self.maker.lead()
            data = [event.SerializeToString()]
            times[self.maker.made] = time.monotonic()
            for line in list(self.lines):
                if line.topic == topic_of(LEAD) and line.who == to:
                    line.put(data)
        return {"times": times}


def raw(data: bytes) -> bytes:
    """Bytes are sent as they are."""
    return data


def served(bus: Bus, folder: Path) -> tuple[grpc.Server, int]:
    """Return the running server and its port."""
    read = {name: getattr(pb, name).FromString for name in ("TopicRequest", "SchemaRequest", "FetchRequest")}
    handlers: dict[str, Any] = {
        "GetTopic": grpc.unary_unary_rpc_method_handler(
            bus.get_topic, read["TopicRequest"], pb.TopicInfo.SerializeToString
        ),
        "GetSchema": grpc.unary_unary_rpc_method_handler(
            bus.get_schema, read["SchemaRequest"], pb.SchemaInfo.SerializeToString
        ),
        "Subscribe": grpc.stream_stream_rpc_method_handler(bus.subscribe, read["FetchRequest"], raw),
    }
    server = grpc.server(ThreadPoolExecutor(STREAMS), options=OPTIONS)
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler("eventbus.v1.PubSub", handlers),))
    pair = ((folder / "leaf_key.pem").read_bytes(), (folder / "leaf.pem").read_bytes())
    port = server.add_secure_port("localhost:0", grpc.ssl_server_credentials([pair]))
    server.start()
    return server, port


def main() -> None:
    """Serve until standard input ends."""
    bus = Bus()
    server, port = served(bus, Path(sys.argv[1]))
    answer({"port": port})
    for line in sys.stdin:
        order = json.loads(line)
        answer(getattr(bus, order.pop("do"))(**order))
    server.stop(0)


def answer(told: dict[str, Any]) -> None:
    """Print one line."""
    sys.stdout.write(json.dumps(told) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
