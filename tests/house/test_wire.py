"""The generated Pub/Sub code says what the contract table says, and is what its source generates."""

from pathlib import Path

from google.protobuf import descriptor_pb2
from grpc_tools import protoc

from cadence_desk.wire import pubsub_api_pb2
from tests.house.source_tree import ROOT

# message -> "field:type=number", * for repeated; the table of the platform's contract, kept here by hand
MESSAGES = {
    "TopicRequest": "topic_name:string=1",
    "TopicInfo": (
        "topic_name:string=1 tenant_guid:string=2 can_publish:bool=3 can_subscribe:bool=4 schema_id:string=5 rpc_id:string=6"
    ),
    "SchemaRequest": "schema_id:string=1",
    "SchemaInfo": "schema_json:string=1 schema_id:string=2 rpc_id:string=3",
    "EventHeader": "key:string=1 value:bytes=2",
    "ProducerEvent": "id:string=1 schema_id:string=2 payload:bytes=3 headers:EventHeader*=4",
    "ConsumerEvent": "event:ProducerEvent=1 replay_id:bytes=2",
    "FetchRequest": (
        "topic_name:string=1 replay_preset:ReplayPreset=2 replay_id:bytes=3 num_requested:int32=4 auth_refresh:string=5"
    ),
    "FetchResponse": "events:ConsumerEvent*=1 latest_replay_id:bytes=2 rpc_id:string=3 pending_num_requested:int32=4",
    "PublishRequest": "topic_name:string=1 events:ProducerEvent*=2 auth_refresh:string=3",
    "PublishResult": "replay_id:bytes=1 error:Error=2 correlation_key:string=3",
    "PublishResponse": "results:PublishResult*=1 schema_id:string=2 rpc_id:string=3",
    "Error": "code:ErrorCode=1 msg:string=2",
    "ManagedFetchRequest": (
        "subscription_id:string=1 developer_name:string=2 num_requested:int32=3 auth_refresh:string=4 "
        "commit_replay_id_request:CommitReplayRequest=5"
    ),
    "ManagedFetchResponse": (
        "events:ConsumerEvent*=1 latest_replay_id:bytes=2 rpc_id:string=3 pending_num_requested:int32=4 "
        "commit_response:CommitReplayResponse=5"
    ),
    "CommitReplayRequest": "commit_request_id:string=1 replay_id:bytes=2",
    "CommitReplayResponse": "commit_request_id:string=1 replay_id:bytes=2 error:Error=3 process_time:int64=4",
}
ENUMS = {"ReplayPreset": "LATEST=0 EARLIEST=1 CUSTOM=2", "ErrorCode": "UNKNOWN=0 PUBLISH=1 COMMIT=2"}
METHODS = {
    "Subscribe": "stream FetchRequest > stream FetchResponse",
    "GetSchema": "SchemaRequest > SchemaInfo",
    "GetTopic": "TopicRequest > TopicInfo",
    "Publish": "PublishRequest > PublishResponse",
    "PublishStream": "stream PublishRequest > stream PublishResponse",
    "ManagedSubscribe": "stream ManagedFetchRequest > stream ManagedFetchResponse",
}
REPEATED = descriptor_pb2.FieldDescriptorProto.LABEL_REPEATED


def generated() -> descriptor_pb2.FileDescriptorProto:
    """Return the committed code's own description of itself."""
    told = descriptor_pb2.FileDescriptorProto()
    pubsub_api_pb2.DESCRIPTOR.CopyToProto(told)
    return told


def shown(field: descriptor_pb2.FieldDescriptorProto) -> str:
    """Write a field as the table does."""
    plain = descriptor_pb2.FieldDescriptorProto.Type.Name(field.type).removeprefix("TYPE_").lower()
    kind = field.type_name.rsplit(".", 1)[-1] or plain
    return f"{field.name}:{kind}{'*' if field.label == REPEATED else ''}={field.number}"


def test_messages_are_those_of_the_table() -> None:
    told = {
        message.name: " ".join(shown(field) for field in message.field)
        for message in generated().message_type
    }
    assert told == MESSAGES


def test_enums_are_those_of_the_table() -> None:
    told = {
        one.name: " ".join(f"{value.name}={value.number}" for value in one.value)
        for one in generated().enum_type
    }
    assert told == ENUMS


def test_service_is_that_of_the_table() -> None:
    (service,) = generated().service
    assert (generated().package, service.name) == ("eventbus.v1", "PubSub")
    told = {
        method.name: f"{'stream ' * method.client_streaming}{method.input_type.rsplit('.', 1)[-1]} > "
        f"{'stream ' * method.server_streaming}{method.output_type.rsplit('.', 1)[-1]}"
        for method in service.method
    }
    assert told == METHODS


def test_source_generates_the_committed_code(tmp_path: Path) -> None:
    folder = ROOT / "resources" / "proto"
    target = tmp_path / "set.bin"
    arguments = ["protoc", f"--proto_path={folder}", f"--descriptor_set_out={target}", "pubsub_api.proto"]
    assert protoc.main(arguments) == 0
    (fresh,) = descriptor_pb2.FileDescriptorSet.FromString(target.read_bytes()).file
    committed = generated()
    for one in (fresh, committed):
        one.name = ""  # says only where the generator was started
        for message in one.message_type:
            for field in message.field:
                field.ClearField("json_name")
    assert fresh == committed
