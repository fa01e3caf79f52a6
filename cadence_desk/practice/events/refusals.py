"""Why the Pub/Sub service ends a call: status, platform error code, words.

May import grpc. Called by the service and its subscriptions.
Codes: Pub/Sub API guide, page "Handling Errors"; statuses that no source states are our stated default.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, NoReturn

import grpc

if TYPE_CHECKING:
    from typing import Any

PREFIX = "sfdc.platform.eventbus.grpc."


@dataclass(frozen=True, slots=True)
class Refusal:
    """One documented way to end a call."""

    status: grpc.StatusCode
    suffix: str
    text: str

    @property
    def code(self) -> str:
        """The platform's error code, as the trailer carries it."""
        return PREFIX + self.suffix

    def about(self, detail: str) -> Refusal:
        """The same refusal with what it is about."""
        return Refusal(self.status, self.suffix, f"{self.text} {detail}")


class RefusedError(Exception):
    """Carries a refusal from where it is found to where the call ends."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.text)
        self.refusal = refusal


_S = grpc.StatusCode
AUTH_ERROR = Refusal(
    _S.UNAUTHENTICATED,
    "service.auth.error",
    "An authentication exception occurred: the session is not valid here; send the metadata of a valid session.",
)
HEADERS_INVALID = Refusal(
    _S.UNAUTHENTICATED,
    "service.auth.headers.invalid",
    "An authentication exception occurred: accesstoken, instanceurl and tenantid are needed as metadata headers.",
)
UNAVAILABLE = Refusal(
    _S.UNAVAILABLE, "service.unavailable", "The service is unavailable for now; try again later."
)
TOPIC_NOT_FOUND = Refusal(
    _S.NOT_FOUND, "topic.not.found", "There is no such topic, or this user may not see it:"
)
TOPIC_EMPTY = Refusal(_S.INVALID_ARGUMENT, "topic.validation.empty", "The topic name is empty.")
TOPIC_FORM = Refusal(_S.UNAVAILABLE, "topic.api.unavailable", "The topic cannot be resolved:")
SCHEMA_INVALID = Refusal(_S.INVALID_ARGUMENT, "schema.validation.failed", "There is no schema with this id:")
CANNOT_SUBSCRIBE = Refusal(
    _S.PERMISSION_DENIED,
    "subscription.topic.cannot.subscribe",
    "This user may not subscribe to the topic:",
)
REPLAY_CORRUPTED = Refusal(
    _S.INVALID_ARGUMENT,
    "subscription.fetch.replayid.corrupted",
    "The replay id is not valid: it was never given out here or is older than the retention.",
)
REPLAY_MISSING = Refusal(
    _S.INVALID_ARGUMENT,
    "subscription.fetch.replayid.validation.failed",
    "The CUSTOM preset needs a replay id.",
)
REQUESTED_INVALID = Refusal(
    _S.INVALID_ARGUMENT,
    "subscription.fetch.requested.events.invalid",
    "num_requested must be greater than zero.",
)
TOPIC_MISMATCH = Refusal(
    _S.INVALID_ARGUMENT,
    "subscription.fetch.topic.mismatch",
    "A stream keeps the topic of its first request.",
)
REQUEST_INVALID = Refusal(
    _S.INVALID_ARGUMENT,
    "subscription.fetch.request.invalid",
    "The first request of a stream must name a topic.",
)
LIMIT_EXCEEDED = Refusal(
    _S.RESOURCE_EXHAUSTED,
    "subscription.limit.exceeded",
    "The org has used up its delivery allowance of the last 24 hours.",
)
PUBLISH_REFUSED = Refusal(
    _S.UNIMPLEMENTED,
    "topic.meta.permission",
    "Change events are published by the platform only; no topic here takes events.",
)
MANAGED_REFUSED = Refusal(
    _S.UNIMPLEMENTED,
    "managed.subscription.developer.name.not.found",
    "There are no managed subscriptions in this org.",
)


async def end_call(context: grpc.aio.ServicerContext[Any, Any], refusal: Refusal) -> NoReturn:
    """Aborts the call in the documented shape: trailers `error-code` and `rpc-id`, the message ends with the latter."""
    rpc_id = str(uuid.uuid4())
    trailers = (("error-code", refusal.code), ("rpc-id", rpc_id))
    await context.abort(refusal.status, f"{refusal.text} rpcId: {rpc_id}", trailers)
    raise AssertionError("abort always raises")
