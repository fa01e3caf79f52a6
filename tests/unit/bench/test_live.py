"""The parts of the live measurements that need no clock: made-up events, the server's turns, ratios."""

from __future__ import annotations

from itertools import islice

import pytest

from cadence_desk.domain.changes import ChangeType
from cadence_desk.salesforce.avro import AvroReader
from cadence_desk.salesforce.events import Delivered, decode
from cadence_desk.wire import pubsub_api_pb2 as pb
from tests.bench.figures import Spread
from tests.bench.live import faster, percentile
from tests.bench.live_events import LEAD, TRACKER, EventMaker, joined, topic_of, varint
from tests.bench.live_server import Bus, Line, replay_of

LEADS = ["00Q7Q0000000001UAA", "00Q7Q0000000002UAA"]
TRACKERS = ["0qB7Q0000000001UAA"]


def maker() -> EventMaker:
    return EventMaker(LEADS, TRACKERS, 1_000)


def test_events_put_together_are_the_response_that_protobuf_writes() -> None:
    made = maker()
    events = [made.lead() for _ in range(3)]
    tail = pb.FetchResponse(latest_replay_id=events[-1].replay_id, pending_num_requested=97)
    whole = joined([one.SerializeToString() for one in events], tail.SerializeToString())
    assert pb.FetchResponse.FromString(whole) == pb.FetchResponse(
        events=events, latest_replay_id=events[-1].replay_id, pending_num_requested=97
    )


@pytest.mark.parametrize(("number", "written"), [(0, b"\0"), (127, b"\x7f"), (300, b"\xac\x02")])
def test_lengths_are_written_as_protobuf_does(number: int, written: bytes) -> None:
    assert varint(number) == written


def test_each_event_is_newer_than_the_one_before_and_can_be_decoded() -> None:
    made = maker()
    told = []
    for entity, consumed in ((LEAD, made.lead()), (TRACKER, made.tracker()), (LEAD, made.lead())):
        reader = AvroReader(made.schemas.current(entity).text)
        delivered = Delivered(consumed.event.id, consumed.event.payload, consumed.replay_id, topic_of(entity))
        told += decode(delivered, reader)
    assert [one.type for one in told] == [ChangeType.UPDATE] * 3
    assert [one.commit_ms for one in told] == [1_001, 1_002, 1_003]
    assert [one.values.get("Title") for one in told] == ["Load 1", None, "Load 3"]
    assert told[1].values["State"] == "Running"


def test_a_line_sends_no_more_than_was_asked_for() -> None:
    made, line = maker(), Line(topic_of(LEAD), "somebody")
    events = [made.lead().SerializeToString() for _ in range(5)]
    line.put(events)
    line.more(2)
    responses = line.responses()
    (first,) = [pb.FetchResponse.FromString(one) for one in islice(responses, 1)]
    assert (len(first.events), first.pending_num_requested) == (2, 0)
    assert first.latest_replay_id == replay_of(events[1]) == first.events[1].replay_id
    line.more(100)
    (rest,) = [pb.FetchResponse.FromString(one) for one in islice(responses, 1)]
    assert (len(rest.events), rest.pending_num_requested) == (3, 97)
    line.close()
    assert list(responses) == []


def test_only_the_one_that_is_named_hears() -> None:
    bus = Bus()
    bus.about(LEADS, TRACKERS, 1_000)
    bus.lines = [Line(topic_of(LEAD), "desk"), Line(topic_of(LEAD), "peer"), Line(topic_of(TRACKER), "desk")]
    assert bus.make(10, mixed=True) == {"last": 10}
    bus.send("desk", 0)
    assert [line.drop() for line in bus.lines] == [8, 0, 2]


def test_more_is_better() -> None:
    line = faster("live.what", (Spread((10.0, 30.0, 20.0)), Spread((40.0,))), "another", 0.6, ["told"])
    assert (line.ratio, line.ok) == (0.5, False)
    assert "20.00 (10.00 to 30.00); told" in line.spread


def test_a_percentile_is_one_of_the_values() -> None:
    values = [float(one) for one in range(100, 0, -1)]
    assert (percentile(values, 99), percentile(values, 50), percentile([7.0], 95)) == (100.0, 51.0, 7.0)
