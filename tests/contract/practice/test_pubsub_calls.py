"""The unary calls of the Pub/Sub face and who may make them, with a real gRPC client over TLS."""

import json
from typing import Any

import grpc
import pytest

from cadence_desk.wire import pubsub_api_pb2 as pb

PREFIX = "sfdc.platform.eventbus.grpc."
ENTITIES = ("ActionCadenceTracker", "ActionCadenceStepTracker", "Task", "Lead", "Contact")


def refused(call: Any, *arguments: Any, **options: Any) -> tuple[grpc.StatusCode, str]:
    """Status and code of a refused call, once the documented shape is checked."""
    with pytest.raises(grpc.RpcError) as caught:
        call(*arguments, **options)
    error: Any = caught.value
    trailers = dict(error.trailing_metadata())
    assert error.details().endswith(f"rpcId: {trailers['rpc-id']}")
    return error.code(), trailers["error-code"].removeprefix(PREFIX)


@pytest.mark.parametrize("entity", ENTITIES)
def test_every_entity_has_a_topic_and_its_schema(pubsub: Any, entity: str) -> None:
    topic = pubsub.stub.GetTopic(
        pb.TopicRequest(topic_name=f"/data/{entity}ChangeEvent"), metadata=pubsub.metadata
    )
    assert (topic.topic_name, topic.can_subscribe, topic.can_publish) == (
        f"/data/{entity}ChangeEvent",
        True,
        False,
    )
    assert topic.rpc_id
    schema = pubsub.stub.GetSchema(pb.SchemaRequest(schema_id=topic.schema_id), metadata=pubsub.metadata)
    assert schema.schema_id == topic.schema_id
    assert json.loads(schema.schema_json)["name"] == f"{entity}ChangeEvent"


def test_the_common_channel_exists(pubsub: Any) -> None:
    topic = pubsub.stub.GetTopic(pb.TopicRequest(topic_name="/data/ChangeEvents"), metadata=pubsub.metadata)
    assert topic.can_subscribe


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("", (grpc.StatusCode.INVALID_ARGUMENT, "topic.validation.empty")),
        ("LeadChangeEvent", (grpc.StatusCode.UNAVAILABLE, "topic.api.unavailable")),
        ("/data/leadChangeEvent", (grpc.StatusCode.NOT_FOUND, "topic.not.found")),
        ("/data/UserChangeEvent", (grpc.StatusCode.NOT_FOUND, "topic.not.found")),
        ("/event/Order__e", (grpc.StatusCode.NOT_FOUND, "topic.not.found")),
    ],
)
def test_unknown_topics_are_refused(pubsub: Any, name: str, expected: Any) -> None:
    request = pb.TopicRequest(topic_name=name)
    assert refused(pubsub.stub.GetTopic, request, metadata=pubsub.metadata) == expected


def test_an_unknown_schema_is_refused(pubsub: Any) -> None:
    request = pb.SchemaRequest(schema_id="AAAAAAAAAAAAAAAAAAAAAA")
    status, code = refused(pubsub.stub.GetSchema, request, metadata=pubsub.metadata)
    assert (status, code) == (grpc.StatusCode.INVALID_ARGUMENT, "schema.validation.failed")


@pytest.mark.parametrize("missing", ["accesstoken", "instanceurl", "tenantid"])
def test_every_header_is_needed(pubsub: Any, missing: str) -> None:
    metadata = [pair for pair in pubsub.metadata if pair[0] != missing]
    status, code = refused(
        pubsub.stub.GetTopic, pb.TopicRequest(topic_name="/data/ChangeEvents"), metadata=metadata
    )
    assert (status, code) == (grpc.StatusCode.UNAUTHENTICATED, "service.auth.headers.invalid")


@pytest.mark.parametrize(
    ("header", "value"), [("accesstoken", "00D!wrong"), ("tenantid", "00D000000000000AAA")]
)
def test_a_wrong_session_is_refused(pubsub: Any, header: str, value: str) -> None:
    metadata = [(name, value if name == header else given) for name, given in pubsub.metadata]
    status, code = refused(
        pubsub.stub.GetTopic, pb.TopicRequest(topic_name="/data/ChangeEvents"), metadata=metadata
    )
    assert (status, code) == (grpc.StatusCode.UNAUTHENTICATED, "service.auth.error")


def test_a_15_character_tenant_is_the_same_org(pubsub: Any) -> None:
    metadata = [(name, given[:15] if name == "tenantid" else given) for name, given in pubsub.metadata]
    assert pubsub.stub.GetTopic(pb.TopicRequest(topic_name="/data/ChangeEvents"), metadata=metadata)


def test_publishing_is_refused(pubsub: Any) -> None:
    status, _ = refused(pubsub.stub.Publish, pb.PublishRequest(), metadata=pubsub.metadata)
    assert status is grpc.StatusCode.UNIMPLEMENTED
    for call, request in (
        (pubsub.stub.PublishStream, pb.PublishRequest()),
        (pubsub.stub.ManagedSubscribe, pb.ManagedFetchRequest()),
    ):
        status, _ = refused(
            lambda call=call, request=request: list(call(iter([request]), metadata=pubsub.metadata))
        )
        assert status is grpc.StatusCode.UNIMPLEMENTED
