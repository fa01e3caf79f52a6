"""One Subscribe call: credit, position, keepalives, and what the armed drills do to them.

May import grpc, wire, org and the modules beside it. Made by the Pub/Sub service, one per call.
Source: Pub/Sub API guide, pages "Subscribe RPC" and "Flow Control".
"""

from __future__ import annotations

import asyncio
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from cadence_desk.practice.events import refusals
from cadence_desk.practice.events.encoding import replay_bytes
from cadence_desk.practice.events.refusals import Refusal, RefusedError
from cadence_desk.practice.events.stream_drills import StreamDrill, StreamMood
from cadence_desk.wire import pubsub_api_pb2 as pb

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    import grpc

    from cadence_desk.practice.events.bus import EventBus
    from cadence_desk.practice.events.encoding import ChangeEvent
    from cadence_desk.practice.events.topics import Topic
    from cadence_desk.practice.org.settings import OrgSettings

    StreamContext = grpc.aio.ServicerContext[pb.FetchRequest, pb.FetchResponse]

MOST_OUTSTANDING = 100
_LARGEST_RESPONSE = 3_000_000
_REPLAY_SIZES = (8, 10)


@dataclass(slots=True)
class Pace:
    """The waiting times of a stream, in seconds of real time; a changed setting counts from the next wait on."""

    settings: OrgSettings
    idle: float = 60.0

    @property
    def keepalive(self) -> float:
        """How long a stream with open credit may stay silent."""
        return float(self.settings.keepalive_seconds)


@dataclass(slots=True)
class StreamState:
    """Where a stream stands; the control surface shows it."""

    number: int
    user_id: str
    topic: str = ""
    position: int = 0
    pending: int = 0
    delivered: int = 0
    responses: int = 0
    keepalives: int = 0
    drill: StreamDrill = field(default_factory=StreamDrill)

    def as_dict(self) -> dict[str, Any]:
        """The state as the control surface shows it."""
        return asdict(self)


class Subscription:
    """Serves one stream until the client leaves, breaks a rule, stays silent at pending 0, or a drill ends it."""

    def __init__(self, bus: EventBus, state: StreamState, rpc_id: str) -> None:
        self.state = state
        self._bus = bus
        self._rpc_id = rpc_id
        self._topic: Topic | None = None
        self._changed = asyncio.Event()
        self._end: Refusal | None = None
        self._ended = False
        self._no_more_requests = False
        self._last_sent = 0.0
        self._drained_since = 0.0

    def touch(self) -> None:
        """Makes the stream look again at what it has to do."""
        self._changed.set()

    def drop(self, refusal: Refusal | None) -> None:
        """Ends the stream: with a refusal, or cleanly with None."""
        self._end, self._ended = refusal, True
        self.touch()

    def begin(self, topic: Topic, request: pb.FetchRequest) -> None:
        """Takes the first request: it alone fixes topic and start. Raises RefusedError."""
        self._topic = topic
        self.state.topic = topic.name
        self.state.position = start_position(self._bus, request)
        self._credit(request)
        now = _now()
        self._last_sent = self._drained_since = now

    async def read(self, requests: AsyncIterator[pb.FetchRequest]) -> None:
        """Takes the later requests for as long as the client sends them."""
        try:
            async for request in requests:
                self._take(request)
        except RefusedError as refused:
            self.drop(refused.refusal)
            return
        self._no_more_requests = True
        self.touch()

    async def serve(self, context: StreamContext, pace: Pace) -> Refusal | None:
        """Sends until the stream ends; gives the refusal to end with, or None for a clean end."""
        self._bus.listen(self.touch)
        try:
            while not self._ended:
                self._changed.clear()
                response = self._next_response(pace)
                if response is not None:
                    await context.write(response)
                    continue
                if self._is_over(pace):
                    return None
                await self._wait(pace)
            return self._end
        finally:
            self._bus.unlisten(self.touch)

    def _take(self, request: pb.FetchRequest) -> None:
        if request.topic_name and request.topic_name != self.state.topic:
            raise RefusedError(refusals.TOPIC_MISMATCH)
        self._credit(request)
        self.touch()

    def _credit(self, request: pb.FetchRequest) -> None:
        if request.num_requested <= 0:
            raise RefusedError(refusals.REQUESTED_INVALID)
        self.state.pending = min(self.state.pending + request.num_requested, MOST_OUTSTANDING)

    def _is_over(self, pace: Pace) -> bool:
        if self.state.pending or self.state.drill.mood is StreamMood.STALLED:
            return False
        return self._no_more_requests or _now() >= self._drained_since + pace.idle

    async def _wait(self, pace: Pace) -> None:
        if self.state.drill.mood is StreamMood.STALLED:
            seconds = None
        elif self.state.pending:
            seconds = self._last_sent + pace.keepalive - _now()
        else:
            seconds = self._drained_since + pace.idle - _now()
        try:
            async with asyncio.timeout(None if seconds is None else max(seconds, 0.0)):
                await self._changed.wait()
        except TimeoutError:
            return

    def _next_response(self, pace: Pace) -> pb.FetchResponse | None:
        state = self.state
        if state.drill.mood is StreamMood.STALLED or not state.pending:
            return None
        events = [] if state.drill.mood is StreamMood.KEEPALIVE_ONLY else self._collect()
        if self._ended:
            return None
        if not events:
            return self._keepalive(pace)
        state.pending -= len(events)
        state.delivered += len(events)
        if state.drill.reverse > 0:
            state.drill.reverse -= 1
            events.reverse()
        return self._response(events)

    def _keepalive(self, pace: Pace) -> pb.FetchResponse | None:
        if _now() < self._last_sent + pace.keepalive:
            return None
        self.state.keepalives += 1
        if self.state.drill.mood is StreamMood.NORMAL:
            self.state.position = self._bus.mark()
        return self._response([])

    def _response(self, events: list[pb.ConsumerEvent]) -> pb.FetchResponse:
        self._last_sent = _now()
        self.state.responses += 1
        if not self.state.pending:
            self._drained_since = self._last_sent
        latest = replay_bytes(self.state.position)
        if events:
            latest = max(latest, events[-1].replay_id)
        return pb.FetchResponse(
            events=events,
            latest_replay_id=latest,
            rpc_id=self._rpc_id,
            pending_num_requested=self.state.pending,
        )

    def _collect(self) -> list[pb.ConsumerEvent]:
        """The next events within credit, allowance and size; events this user may not see only move the position."""
        topic = self._topic
        assert topic is not None
        self._rewind()
        allowed = self._bus.allowance.remaining(self._bus.now_ms())
        room = min(self.state.pending, allowed)
        found: list[pb.ConsumerEvent] = []
        size = 0
        for event in self._bus.after(self.state.position):
            if topic.carries(event):
                if len(found) >= room or size > _LARGEST_RESPONSE:
                    break
                found.append(self._consumer_event(event, topic))
                size += len(found[-1].event.payload)
                if self._repeats_now():
                    return self._spent(found)
            self.state.position = event.replay
        else:
            return self._spent(found)
        if not allowed:
            self.drop(refusals.LIMIT_EXCEEDED)
        return self._spent(found)

    def _spent(self, found: list[pb.ConsumerEvent]) -> list[pb.ConsumerEvent]:
        if found:
            self._bus.allowance.spend(len(found), self._bus.now_ms())
        return found

    def _rewind(self) -> None:
        drill = self.state.drill
        if drill.rewind > 0:
            self.state.position = self._bus.window.back(self.state.position, drill.rewind)
            drill.rewind = 0

    def _repeats_now(self) -> bool:
        """A repeated event ends its response and leaves the position before it, so that it comes again."""
        if self.state.drill.duplicate <= 0:
            return False
        self.state.drill.duplicate -= 1
        return True

    def _consumer_event(self, event: ChangeEvent, topic: Topic) -> pb.ConsumerEvent:
        payload = event.payload(topic.hidden(event.entity))
        if self.state.drill.corrupt > 0:
            self.state.drill.corrupt -= 1
            payload = payload[: len(payload) // 2]
        producer = pb.ProducerEvent(id=event.event_id, schema_id=event.schema.id, payload=payload)
        return pb.ConsumerEvent(event=producer, replay_id=replay_bytes(event.replay))


def start_position(bus: EventBus, request: pb.FetchRequest) -> int:
    """Where a stream begins by its first request. Raises RefusedError."""
    if request.replay_preset == pb.ReplayPreset.EARLIEST:
        return bus.window.before_first()
    if request.replay_preset != pb.ReplayPreset.CUSTOM:
        return bus.latest
    if not request.replay_id:
        raise RefusedError(refusals.REPLAY_MISSING)
    replay = read_replay_id(request.replay_id)
    if replay is None or not bus.window.knows(replay):
        raise RefusedError(refusals.REPLAY_CORRUPTED)
    return min(replay, bus.latest)


def read_replay_id(raw: bytes) -> int | None:
    """The number in a replay id of 8 or 10 bytes (two known clients send back the first 8); None for another form."""
    if len(raw) not in _REPLAY_SIZES or any(raw[8:]):
        return None
    return int.from_bytes(raw[:8], "big")


def _now() -> float:
    return asyncio.get_running_loop().time()
