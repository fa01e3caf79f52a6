"""Follows change events in a thread per topic: the ChangeFeed port. May import domain; grpc is loaded with the first.

One renewal on an ended session, schemas kept by id, order kept, room asked for before events come. Trying again is the
engine's decision: every other end is reported once.
"""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from cadence_desk.domain.errors import (
    DeskError,
    InternalError,
    NotAllowed,
    ProxyProblem,
    Retry,
    Unreachable,
)
from cadence_desk.salesforce.avro import AvroProblem, AvroReader
from cadence_desk.salesforce.events import Delivered, decode
from cadence_desk.salesforce.flow import MOST, Flow
from cadence_desk.salesforce.plain_events import plain_reader
from cadence_desk.salesforce.quarantine import Quarantine
from cadence_desk.salesforce.stream_errors import Cure, StreamProblem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cadence_desk.domain.changes import ChangeEvent
    from cadence_desk.domain.orgs import Identity, OrgProfile
    from cadence_desk.domain.ports import Clock, FeedSink
    from cadence_desk.salesforce.event_service import EventCall, EventService
    from cadence_desk.salesforce.plain_events import PlainReader
    from cadence_desk.salesforce.session import OrgSession
    from cadence_desk.salesforce.transport import Transport
    from cadence_desk.wire.pubsub_api_pb2 import FetchRequest, FetchResponse

_LOG = logging.getLogger(__name__)

SILENCE_SECONDS = 300.0
"""The server owes a keepalive at least every 270 s (Pub/Sub API guide, Subscribe RPC)."""
SCHEMA_LIMIT = 64
MOST_RENEWALS = 2
"""Renewals of the session until the bus counts as closed: between a renewal and its use a session can end again."""


@runtime_checkable
class BoundedSink(Protocol):
    """A sink that says how many more events it has room for; one that does not is taken to have room."""

    def free_space(self) -> int:
        """Return the number of events that may still come."""


@dataclass(frozen=True, slots=True)
class Readers:
    """How events of one schema are read: the plain ones quickly, whatever else with care; None: it cannot be."""

    plain: PlainReader | None
    careful: AvroReader | None


class SchemaCache:
    """Readers by schema id, the most recent ones."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, Readers] = OrderedDict()

    def get(self, schema_id: str, fetch: Callable[[str], str]) -> Readers:
        """Return the readers of a schema; fetches it once. Raises what `fetch` raises."""
        with self._lock:
            if schema_id in self._kept:
                self._kept.move_to_end(schema_id)
                return self._kept[schema_id]
        readers = _compile(fetch(schema_id))
        with self._lock:
            self._kept[schema_id] = readers
            while len(self._kept) > SCHEMA_LIMIT:
                self._kept.popitem(last=False)
        return readers


def _compile(text: str) -> Readers:
    try:
        careful = AvroReader(text)
    except AvroProblem as problem:
        _LOG.warning("an event schema cannot be used: %s", problem)
        return UNUSABLE
    return Readers(plain_reader(careful), careful)


UNUSABLE = Readers(None, None)


def _keep(quarantine: Quarantine, schema_id: str, delivered: Delivered, reason: str) -> None:
    quarantine.take(delivered, schema_id, reason)


class PubSubStream:
    """Opens subscriptions for one org session."""

    def __init__(
        self,
        profile: OrgProfile,
        session: OrgSession,
        identify: Callable[[], Identity],
        transport: Transport,
        clock: Clock,
        silence: float = SILENCE_SECONDS,
    ) -> None:
        self.endpoint = profile.events_endpoint
        self.session = session
        self.identify = identify
        self.transport = transport
        self.clock = clock
        self.silence = silence
        self.schemas = SchemaCache()
        self.quarantine = Quarantine()

    def open(self, topic: str, mark: bytes | None, sink: FeedSink) -> Subscription:
        """Subscribe in a thread: from after `mark`, or from now when it is None."""
        subscription = Subscription(self, topic, mark, sink)
        subscription.start()
        return subscription


class Subscription:
    """One topic, followed in one thread. After `stop` the sink is not called any more."""

    def __init__(self, org: PubSubStream, topic: str, mark: bytes | None, sink: FeedSink) -> None:
        self._org = org
        self._topic = topic
        self._mark = mark
        self._sink = sink
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._service: EventService | None = None
        self._call: EventCall | None = None
        self._renewals = 0
        self._thread = threading.Thread(target=self._run, name=f"feed-{topic}", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self, timeout: float) -> None:
        """Cancel whatever call is under way and wait at most `timeout` seconds for the thread."""
        self._stopping.set()
        with self._lock:
            if self._call is not None:
                self._call.cancel()
            if self._service is not None:
                self._service.close()
        if self._thread is not threading.current_thread():
            self._thread.join(timeout)

    def _run(self) -> None:
        error: DeskError | None = None
        unusable = False
        try:
            self._follow()
        except StreamProblem as problem:
            error, unusable = problem.error, problem.cure is Cure.FORGET_MARK
        except DeskError as problem:
            error = problem
        except Exception:  # noqa: BLE001 - a thread that dies silently would look live
            if not self._stopping.is_set():  # a channel closed under a call says so in its own way
                _LOG.exception("the feed of %s failed", self._topic)
            error = InternalError("The event stream failed.", retry=Retry.LATER)
        if isinstance(error, ProxyProblem):
            self._org.transport.proxies.forget_login()
        if not self._stopping.is_set():
            self._sink.feed_ended(self._topic, error, mark_unusable=unusable)

    def _follow(self) -> None:
        """Follow until the stream ends; an ended session is renewed once per stream that said something."""
        from cadence_desk.salesforce.event_service import EventService

        endpoint, transport = self._org.endpoint, self._org.transport
        service = EventService(endpoint, transport.roots.pem(), transport.proxies.of_events(endpoint))
        with self._lock:
            self._service = service
        try:
            while not self._stopping.is_set():
                generation = self._org.session.bearer()[1]
                try:
                    self._stream(service)
                except StreamProblem as problem:
                    self._cure(problem, generation)
                else:
                    return
        finally:
            service.close()

    def _cure(self, problem: StreamProblem, generation: int) -> None:
        """Renew the session; refused again and again under new tokens, the bus is closed to this session, not the org."""
        if problem.cure is not Cure.RENEW or self._stopping.is_set():
            raise problem
        if self._org.session.bearer()[1] != generation:
            return  # another line has renewed the session meanwhile: try with its token
        if self._renewals >= MOST_RENEWALS:
            raise StreamProblem(
                NotAllowed(
                    "The event bus does not accept this session.",
                    hint="Changes are read by polling instead; an admin may have locked sessions to an address.",
                    server_text=problem.error.server_text,
                    server_code=problem.error.server_code,
                )
            )
        self._renewals += 1
        self._org.session.renew(generation)

    def _stream(self, service: EventService) -> None:
        service.check_topic(self._topic, self._metadata())
        flow = Flow(self._free_space, self._org.clock.monotonic, self._org.silence)
        call = service.subscribe(self._requests(flow), self._metadata())
        with self._lock:
            self._call = call
            if self._stopping.is_set():
                call.cancel()
        meter = self._org.transport.meter
        meter.stream_opened()
        try:
            if call.accepted():
                self._tell(lambda: self._sink.feed_started(self._topic))
            for response in call.responses():
                self._renewals = 0
                meter.delivered(len(response.events))
                flow.received(len(response.events))
                self._take(service, response)
        except StreamProblem:
            if flow.silent:
                raise StreamProblem(Unreachable("The event stream fell silent.")) from None
            raise
        finally:
            meter.stream_closed()
            flow.close()
            call.cancel()

    def _requests(self, flow: Flow) -> Iterator[FetchRequest]:
        """Yield requests as there is room; called by gRPC in a thread of its own, which thus keeps the watch."""
        from cadence_desk.salesforce.event_service import first_request, further_request

        yield first_request(self._topic, self._mark, flow.first())
        while count := flow.next():
            yield further_request(self._topic, count)
        if flow.silent:
            with self._lock:
                if self._call is not None:
                    self._call.cancel()

    def _take(self, service: EventService, response: FetchResponse) -> None:
        """Hand over one response; the mark moves on only when it is handed over."""
        events: list[ChangeEvent] = []
        mark = response.latest_replay_id
        schema_id, readers = "", UNUSABLE
        for consumed in response.events:
            event, mark = consumed.event, consumed.replay_id
            if event.schema_id != schema_id or readers is UNUSABLE:
                schema_id = event.schema_id
                readers = self._readers(service, schema_id)
            plain = readers.plain and readers.plain.read(event.payload, event.id, mark)
            if plain:
                events.append(plain)
                continue
            delivered = Delivered(event.id, event.payload, mark, self._topic)
            events += decode(delivered, readers.careful, partial(_keep, self._org.quarantine, schema_id))
        if events:
            self._tell(lambda: self._sink.feed_events(self._topic, events, mark))
        elif mark:
            self._tell(lambda: self._sink.feed_alive(self._topic, mark))
        if mark:
            self._mark = mark

    def _readers(self, service: EventService, schema_id: str) -> Readers:
        """Return the readers of a schema. Raises StreamProblem when it may be had later: then the event comes again."""
        try:
            return self._org.schemas.get(schema_id, lambda wanted: self._schema(service, wanted))
        except StreamProblem as problem:
            if problem.error.retry is Retry.NEVER:
                return UNUSABLE
            raise

    def _schema(self, service: EventService, schema_id: str) -> str:
        """Fetch a schema; the stream may have outlived its token, which must not cost the event."""
        generation = self._org.session.bearer()[1]
        try:
            return service.schema(schema_id, self._metadata())
        except StreamProblem as problem:
            if problem.cure is not Cure.RENEW:
                raise
        self._org.session.renew(generation)
        return service.schema(schema_id, self._metadata())

    def _metadata(self) -> list[tuple[str, str]]:
        """Return the headers of every call (Pub/Sub API guide, Supported Authentication)."""
        session = self._org.session
        return [
            ("accesstoken", session.access_token().reveal()),
            ("instanceurl", session.instance_url),
            ("tenantid", self._org.identify().organization_id),
        ]

    def _free_space(self) -> int:
        return self._sink.free_space() if isinstance(self._sink, BoundedSink) else MOST

    def _tell(self, call: Callable[[], None]) -> None:
        if not self._stopping.is_set():
            call()
