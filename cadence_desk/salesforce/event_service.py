"""The Pub/Sub API over gRPC: a channel with our roots and proxy, and its three calls. Loaded late, by stream.

The only file that touches grpc. Source: Pub/Sub API guide, pubsub_api.proto and Supported Authentication.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import grpc

from cadence_desk.domain.errors import NotAllowed, ProxyProblem, Retry, Untrusted
from cadence_desk.salesforce.certificates import distrust, look, utc_now
from cadence_desk.salesforce.stream_errors import NO_TRUST, StreamProblem, problem_of
from cadence_desk.wire.pubsub_api_pb2 import CUSTOM, LATEST, FetchRequest, SchemaRequest, TopicRequest
from cadence_desk.wire.pubsub_api_pb2_grpc import PubSubStub

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cadence_desk.wire.pubsub_api_pb2 import FetchResponse

UNARY_SECONDS = 30.0
RECEIVE_LIMIT = 16 * 1024 * 1024
KEEPALIVE_MS = 60_000
PING_TIMEOUT_MS = 20_000
"""Set as keepalive and as HTTP/2 ping timeout: the first alone leaves a dead line unseen for a minute more."""


def channel_options(proxy: str) -> list[tuple[str, int | str]]:
    """Return the options of a channel through a proxy, or without one when it is empty.

    Raises:
        ProxyProblem: the proxy speaks something that gRPC does not.
    """
    if proxy and not proxy.startswith("http://"):
        raise ProxyProblem(
            "The event stream can only go through an http proxy.",
            hint="Changes are read by polling instead.",
            retry=Retry.NEVER,
        )
    options: list[tuple[str, int | str]] = [
        ("grpc.keepalive_time_ms", KEEPALIVE_MS),
        ("grpc.keepalive_timeout_ms", PING_TIMEOUT_MS),
        ("grpc.http2.ping_timeout_ms", PING_TIMEOUT_MS),
        ("grpc.max_receive_message_length", RECEIVE_LIMIT),
        ("grpc.enable_http_proxy", 1 if proxy else 0),
        ("grpc.enable_retries", 0),
    ]
    return [*options, ("grpc.http_proxy", proxy)] if proxy else options


class EventService:
    """One channel to the event bus."""

    def __init__(self, endpoint: str, roots: bytes, proxy: str = "") -> None:
        self._endpoint = endpoint
        self._proxy = proxy
        credentials = grpc.ssl_channel_credentials(root_certificates=roots)
        self._channel = grpc.secure_channel(endpoint, credentials, options=channel_options(proxy))
        self._stub: Any = PubSubStub(self._channel)  # type: ignore[no-untyped-call]

    def close(self) -> None:
        """Close the channel; calls under way end."""
        self._channel.close()

    def check_topic(self, topic: str, metadata: Sequence[tuple[str, str]]) -> None:
        """Ask whether the topic can be subscribed to. Raises StreamProblem."""
        with self._trusted(), _translated():
            info = self._stub.GetTopic(
                TopicRequest(topic_name=topic), metadata=metadata, timeout=UNARY_SECONDS
            )
        if not info.can_subscribe:
            raise StreamProblem(NotAllowed("Your user may not subscribe to these changes."))

    def schema(self, schema_id: str, metadata: Sequence[tuple[str, str]]) -> str:
        """Return a schema's JSON. Raises StreamProblem."""
        with _translated():
            info = self._stub.GetSchema(
                SchemaRequest(schema_id=schema_id), metadata=metadata, timeout=UNARY_SECONDS
            )
        return str(info.schema_json)

    @contextmanager
    def _trusted(self) -> Iterator[None]:
        """Tell why the server is not trusted: the first call of a channel meets that, and gRPC says little of it."""
        try:
            yield
        except StreamProblem as problem:
            if not (isinstance(problem.error, Untrusted) and problem.error.server_code == NO_TRUST):
                raise
            place = urlsplit(f"//{self._endpoint}")
            host = place.hostname or ""
            presented = look(host, place.port or 443, self._proxy)
            raise StreamProblem(distrust(host, presented, "", utc_now())) from None

    def subscribe(self, requests: Iterator[FetchRequest], metadata: Sequence[tuple[str, str]]) -> EventCall:
        """Start a stream."""
        return EventCall(self._stub.Subscribe(requests, metadata=metadata))


class EventCall:
    """One running Subscribe call."""

    def __init__(self, call: Any) -> None:
        self._call = call

    def accepted(self) -> bool:
        """Wait until the server has taken the call on; False when it ended it instead.

        A server may send its headers at once or only with the first response, which may take minutes when nothing
        happens: then this waits as long.
        """
        self._call.initial_metadata()
        return bool(self._call.is_active())

    def responses(self) -> Iterator[FetchResponse]:
        """Yield responses until the server ends the stream. Raises StreamProblem for any other end."""
        with _translated():
            yield from self._call

    def cancel(self) -> None:
        """End the call from any thread."""
        self._call.cancel()


def first_request(topic: str, mark: bytes | None, count: int) -> FetchRequest:
    """Return the request that starts a stream: strictly after `mark`, or with what comes from now on."""
    if mark is None:
        return FetchRequest(topic_name=topic, replay_preset=LATEST, num_requested=count)
    return FetchRequest(topic_name=topic, replay_preset=CUSTOM, replay_id=mark, num_requested=count)


def further_request(topic: str, count: int) -> FetchRequest:
    """Return a request for more events of a running stream."""
    return FetchRequest(topic_name=topic, num_requested=count)


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except grpc.RpcError as error:
        raise translate_rpc_error(error) from None


def translate_rpc_error(error: Any) -> StreamProblem:
    """Return what an error of grpc means; one that was raised by a call tells more."""
    if not hasattr(error, "trailing_metadata"):
        return problem_of("UNKNOWN", "", "")
    trailers = {str(key): value for key, value in error.trailing_metadata() or ()}
    code = trailers.get("error-code", "")
    text = code.decode("ascii", errors="replace") if isinstance(code, bytes) else str(code)
    return problem_of(error.code().name, text, str(error.details() or ""))
