"""The gRPC face of the event bus: GetTopic, GetSchema, Subscribe; publishing is refused as documented.

May import grpc, wire, org, auth and the modules beside it. Registered by serving; drills are armed by control.
Source: the service's public proto and the Pub/Sub API guide.
"""

from __future__ import annotations

import asyncio
import itertools
import uuid
from typing import TYPE_CHECKING, Any

from typing_extensions import override

from cadence_desk.practice.events import refusals
from cadence_desk.practice.events.refusals import RefusedError, end_call
from cadence_desk.practice.events.stream_drills import Door
from cadence_desk.practice.events.subscription import Pace, StreamState, Subscription
from cadence_desk.practice.events.topics import find_topic
from cadence_desk.wire import pubsub_api_pb2 as pb
from cadence_desk.wire import pubsub_api_pb2_grpc as pb_grpc

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    import grpc

    from cadence_desk.practice.auth.tokens import TokenBook
    from cadence_desk.practice.events.bus import EventBus
    from cadence_desk.practice.events.schemas import EventSchema
    from cadence_desk.practice.events.topics import Topic
    from cadence_desk.practice.org.world import PracticeOrg

    Context = grpc.aio.ServicerContext[Any, Any]

# Server settings that real clients need: some ping every ten seconds (facts measured with grpcio 1.85.1),
# and the platform accepts requests of up to 4 MB.
SERVER_OPTIONS: tuple[tuple[str, int], ...] = (
    ("grpc.http2.max_ping_strikes", 0),
    ("grpc.http2.min_ping_interval_without_data_ms", 5_000),
    ("grpc.keepalive_permit_without_calls", 1),
    ("grpc.max_receive_message_length", 4 * 1024 * 1024),
    ("grpc.max_send_message_length", 16 * 1024 * 1024),
    ("grpc.so_reuseport", 0),
)


class PubSubService(pb_grpc.PubSubServicer):
    """Serves the Pub/Sub API for one org."""

    def __init__(self, org: PracticeOrg, tokens: TokenBook, bus: EventBus) -> None:
        self._org = org
        self._tokens = tokens
        self._bus = bus
        self._numbers = itertools.count(1)
        self._open: dict[int, Subscription] = {}
        self.door = Door()
        self.idle_seconds = 60.0

    def streams(self) -> Sequence[Subscription]:
        """The open streams, oldest first."""
        return tuple(self._open.values())

    def close(self) -> None:
        """Ends every stream and lets no new call in, so that the server can stop in order."""
        self.door.closed = True
        for stream in self.streams():
            stream.drop(refusals.UNAVAILABLE)

    @override
    async def GetTopic(self, request: pb.TopicRequest, context: Context) -> pb.TopicInfo:
        """Tells whether a topic exists and may be read; the common channel has no single schema."""
        try:
            topic = find_topic(self._org, request.topic_name, self._user(context))
        except RefusedError as refused:
            await end_call(context, refused.refusal)
        schema = self._bus.schemas.current(topic.entity).id if topic.entity else ""
        return pb.TopicInfo(
            topic_name=topic.name,
            tenant_guid=_tenant_guid(self._org.organization_id),
            can_publish=False,
            can_subscribe=topic.may_subscribe(),
            schema_id=schema,
            rpc_id=str(uuid.uuid4()),
        )

    @override
    async def GetSchema(self, request: pb.SchemaRequest, context: Context) -> pb.SchemaInfo:
        """Gives a schema by id, old ones too."""
        try:
            self._user(context)
            schema = self._schema(request.schema_id)
        except RefusedError as refused:
            await end_call(context, refused.refusal)
        return pb.SchemaInfo(schema_json=schema.text, schema_id=schema.id, rpc_id=str(uuid.uuid4()))

    @override
    async def Subscribe(self, request_iterator: AsyncIterator[pb.FetchRequest], context: Context) -> None:
        """Serves one stream of change events."""
        refusal = self.door.refuses()
        if refusal is None:
            try:
                refusal = await self._serve(request_iterator, context)
            except RefusedError as refused:
                refusal = refused.refusal
        if refusal is not None:
            await end_call(context, refusal)

    @override
    async def Publish(self, request: pb.PublishRequest, context: Context) -> pb.PublishResponse:
        """Refused: only the platform publishes change events."""
        return await end_call(context, refusals.PUBLISH_REFUSED)

    @override
    async def PublishStream(
        self, request_iterator: AsyncIterator[pb.PublishRequest], context: Context
    ) -> None:
        """Refused: only the platform publishes change events."""
        await end_call(context, refusals.PUBLISH_REFUSED)

    @override
    async def ManagedSubscribe(
        self, request_iterator: AsyncIterator[pb.ManagedFetchRequest], context: Context
    ) -> None:
        """Refused: this org has no managed subscriptions."""
        await end_call(context, refusals.MANAGED_REFUSED)

    async def _serve(
        self, requests: AsyncIterator[pb.FetchRequest], context: Context
    ) -> refusals.Refusal | None:
        state = StreamState(next(self._numbers), self._user(context))
        first = await anext(requests, None)
        if first is None:
            return None
        subscription = Subscription(self._bus, state, str(uuid.uuid4()))
        subscription.begin(self._topic(first.topic_name, state.user_id), first)
        self._open[state.number] = subscription
        self._note("stream opened", state)
        # Headers at once: a quiet stream would otherwise not tell its client for a minute that it stands.
        await context.send_initial_metadata(())
        reader = asyncio.get_running_loop().create_task(subscription.read(requests))
        try:
            return await subscription.serve(context, Pace(self._org.settings, self.idle_seconds))
        finally:
            reader.cancel()
            del self._open[state.number]
            self._note("stream closed", state)

    def _schema(self, schema_id: str) -> EventSchema:
        schema = self._bus.schemas.by_id(schema_id)
        if schema is None:
            raise RefusedError(refusals.SCHEMA_INVALID.about(schema_id))
        return schema

    def _topic(self, name: str, user_id: str) -> Topic:
        if not name:
            raise RefusedError(refusals.REQUEST_INVALID)
        topic = find_topic(self._org, name, user_id)
        if not topic.may_subscribe():
            raise RefusedError(refusals.CANNOT_SUBSCRIBE.about(name))
        return topic

    def _user(self, context: Context) -> str:
        """The user of a call by its metadata; every call carries it. Raises RefusedError."""
        if self.door.closed:
            raise RefusedError(self.door.refusal)
        metadata = {str(key).lower(): value for key, value in context.invocation_metadata() or ()}
        token, instance, tenant = (str(metadata.get(name, "")).strip() for name in _HEADERS)
        if not (token and instance and tenant):
            raise RefusedError(refusals.HEADERS_INVALID)
        user_id = self._tokens.user_for(token)
        if self._org.settings.events_ip_locked:
            raise RefusedError(refusals.AUTH_ERROR)
        if user_id is None or tenant[:15] != self._org.organization_id[:15]:
            raise RefusedError(refusals.AUTH_ERROR)
        return user_id

    def _note(self, kind: str, state: StreamState) -> None:
        self._org.history.append(
            kind,
            stream=state.number,
            user_id=state.user_id,
            topic=state.topic,
            position=state.position,
            delivered=state.delivered,
        )


_HEADERS = ("accesstoken", "instanceurl", "tenantid")


def _tenant_guid(organization_id: str) -> str:
    return f"core/practice/{organization_id}"
