"""The least that hears events: one gRPC stream, each event decoded, and nothing done with it.

A program: `python -m tests.bench.live_bare ours|fastavro`; see live_clients for what it reads and prints.
"""

from __future__ import annotations

import io
import json
import queue
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import fastavro
import grpc

from cadence_desk.salesforce.avro import AvroReader
from cadence_desk.salesforce.event_service import channel_options
from cadence_desk.salesforce.events import Delivered, decode
from cadence_desk.salesforce.plain_events import plain_reader
from cadence_desk.wire import pubsub_api_pb2 as pb
from cadence_desk.wire import pubsub_api_pb2_grpc as pb_grpc

if TYPE_CHECKING:
    from collections.abc import Callable

AT_ONCE = 100


def with_ours(text: str) -> Callable[[pb.ConsumerEvent], object]:
    """Return our decoder as the stream calls it."""
    reader = AvroReader(text)
    plain = plain_reader(reader)

    def one(consumed: pb.ConsumerEvent) -> object:
        event = consumed.event
        if plain and (found := plain.read(event.payload, event.id, consumed.replay_id)):
            return found
        delivered = Delivered(
            event.id, bytes(event.payload), bytes(consumed.replay_id), "/data/LeadChangeEvent"
        )
        return decode(delivered, reader)

    return one


def with_fastavro(text: str) -> Callable[[pb.ConsumerEvent], object]:
    """Return the decoder written in C: a dict as it stands in the event, bitmaps unread."""
    parsed = fastavro.parse_schema(json.loads(text))

    def one(consumed: pb.ConsumerEvent) -> object:
        return fastavro.schemaless_reader(io.BytesIO(consumed.event.payload), parsed, None)

    return one


def main() -> None:
    """Listen until it is killed."""
    told = json.loads(sys.stdin.readline())
    credentials = grpc.ssl_channel_credentials(Path(told["trust"]).read_bytes())
    stub: Any = pb_grpc.PubSubStub(  # type: ignore[no-untyped-call]
        grpc.secure_channel(told["endpoint"], credentials, options=channel_options(""))
    )
    requests: queue.SimpleQueue[pb.FetchRequest] = queue.SimpleQueue()
    ask = partial(pb.FetchRequest, topic_name=told["topic"], num_requested=AT_ONCE)
    requests.put(ask())
    make = with_ours if sys.argv[1] == "ours" else with_fastavro
    decoders: dict[str, Callable[[pb.ConsumerEvent], object]] = {}
    seen = 0
    for response in stub.Subscribe(iter(requests.get, None), metadata=(("tenantid", told["tenant"]),)):
        if not response.pending_num_requested:
            requests.put(ask())
        for consumed in response.events:
            name = consumed.event.schema_id
            if name not in decoders:
                decoders[name] = make(stub.GetSchema(pb.SchemaRequest(schema_id=name)).schema_json)
            decoders[name](consumed)
        seen = counted(seen + len(response.events), told["count"])


def counted(seen: int, count: int) -> int:
    """Say so when so many were seen, and count anew."""
    if seen < count:
        return seen
    sys.stdout.write("done\n")
    sys.stdout.flush()
    return seen - count


if __name__ == "__main__":
    main()
