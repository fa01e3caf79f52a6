"""Drills on open streams, armed through the control surface, seen by a real gRPC client."""

from typing import Any

import grpc
import pytest

from cadence_desk.wire import pubsub_api_pb2 as pb

LEADS = "/data/LeadChangeEvent"
CUSTOM = pb.ReplayPreset.CUSTOM


def opened(org: Any, pubsub: Any, count: int = 50) -> Any:
    before = org.do(lambda served: len(served.service.streams()))
    feed = pubsub.feed().ask(count, LEADS)
    while org.do(lambda served: len(served.service.streams())) == before:
        pass
    return feed


def drill(org: Any, action: str, **more: Any) -> dict[str, Any]:
    status, answer = org.control("/stream", {"action": action, **more})
    assert status == 200, answer
    return dict(answer)


def titles(feed: Any, count: int) -> list[str]:
    return [feed.read(event)["Title"] for event in feed.take(count)]


def quick_keepalives(org: Any) -> None:
    org.do(lambda served: setattr(served.org.settings, "keepalive_seconds", 0.05))


@pytest.mark.parametrize(
    ("status", "code"),
    [
        ("UNAVAILABLE", grpc.StatusCode.UNAVAILABLE),
        ("UNAUTHENTICATED", grpc.StatusCode.UNAUTHENTICATED),
        ("INTERNAL", grpc.StatusCode.INTERNAL),
        ("RESOURCE_EXHAUSTED", grpc.StatusCode.RESOURCE_EXHAUSTED),
    ],
)
def test_drop_ends_a_stream_and_the_next_one_resumes(org: Any, pubsub: Any, status: str, code: Any) -> None:
    feed = opened(org, pubsub)
    org.retitle(f"before {status}")
    mark = feed.take(1)[0].replay_id
    assert len(drill(org, "drop", status=status)["streams"]) == 1
    assert feed.refusal().code() is code
    org.retitle(f"while away {status}")
    again = pubsub.feed().ask(5, LEADS, replay_preset=CUSTOM, replay_id=mark)
    assert titles(again, 1) == [f"while away {status} 0"]


def test_a_clean_end_is_no_error(org: Any, pubsub: Any) -> None:
    feed = opened(org, pubsub)
    drill(org, "drop", status="clean")
    assert feed.drained() == []


def test_drop_may_refuse_the_next_calls(org: Any, pubsub: Any) -> None:
    feed = opened(org, pubsub)
    drill(org, "drop", refuse=1)
    feed.refusal()
    assert pubsub.feed().ask(1, LEADS).refusal().code() is grpc.StatusCode.UNAVAILABLE
    opened(org, pubsub)


def test_a_closed_door_refuses_every_call_until_it_opens(org: Any, pubsub: Any) -> None:
    feed = opened(org, pubsub)
    drill(org, "close_door")
    feed.refusal()
    for _ in range(2):
        assert pubsub.feed().ask(1, LEADS).refusal().code() is grpc.StatusCode.UNAVAILABLE
    with pytest.raises(grpc.RpcError):
        pubsub.stub.GetTopic(pb.TopicRequest(topic_name=LEADS), metadata=pubsub.metadata)
    drill(org, "open_door")
    opened(org, pubsub)


def test_a_stalled_stream_is_silent_until_normal(org: Any, pubsub: Any) -> None:
    quick_keepalives(org)
    feed = opened(org, pubsub)
    drill(org, "stall")
    sent = org.do(lambda served: served.service.streams()[-1].state.responses)
    org.retitle("stalled")
    assert org.do(lambda served: served.service.streams()[-1].state.responses) == sent
    drill(org, "normal")
    assert titles(feed, 1) == ["stalled 0"]


def test_keepalives_only_hold_events_and_the_mark_back(org: Any, pubsub: Any) -> None:
    quick_keepalives(org)
    feed = opened(org, pubsub)
    drill(org, "keepalive_only")
    org.retitle("held")
    held = [feed.next() for _ in range(3)]
    assert all(not response.events for response in held)
    assert held[1].latest_replay_id == held[2].latest_replay_id
    feed.close()
    again = pubsub.feed().ask(5, LEADS, replay_preset=CUSTOM, replay_id=held[2].latest_replay_id)
    assert titles(again, 1) == ["held 0"]


def test_duplicates_come_twice_and_order_goes_on(org: Any, pubsub: Any) -> None:
    feed = opened(org, pubsub)
    drill(org, "duplicate", count=1)
    org.retitle("twice", 3)
    assert titles(feed, 4) == ["twice 0", "twice 0", "twice 1", "twice 2"]


def test_rewind_sends_earlier_events_again(org: Any, pubsub: Any) -> None:
    feed = opened(org, pubsub)
    org.retitle("again", 3)
    assert titles(feed, 3) == ["again 0", "again 1", "again 2"]
    drill(org, "rewind", count=2)
    assert titles(feed, 2) == ["again 1", "again 2"]


def test_reverse_turns_a_batch_round(org: Any, pubsub: Any) -> None:
    feed = opened(org, pubsub)
    org.retitle("turned", 3)
    assert len(feed.take(3)) == 3
    drill(org, "reverse", count=1)
    drill(org, "rewind", count=3)
    assert titles(feed, 3) == ["turned 2", "turned 1", "turned 0"]


def test_corrupt_payloads_do_not_decode(org: Any, pubsub: Any) -> None:
    feed = opened(org, pubsub)
    drill(org, "corrupt", count=1)
    org.retitle("broken", 2)
    broken, whole = feed.take(2)
    with pytest.raises(Exception):  # noqa: B017  whatever an Avro reader makes of half a datum
        feed.read(broken)
    assert feed.read(whole)["Title"] == "broken 1"


def test_gaps_at_once_and_for_the_next_change(org: Any, pubsub: Any) -> None:
    feed = opened(org, pubsub)
    drill(org, "gap", entity="Lead", ids=["00Q000000000001AAA"], change="DELETE")
    drill(org, "gap", next=1)
    (lead,) = org.retitle("gapped")
    headers = [feed.read(event)["ChangeEventHeader"] for event in feed.take(2)]
    told = [(header["changeType"], header["recordIds"]) for header in headers]
    assert told == [("GAP_DELETE", ["00Q000000000001AAA"]), ("GAP_UPDATE", [lead])]


def test_overflow_at_once_and_for_the_next_transaction(org: Any, pubsub: Any) -> None:
    feed = opened(org, pubsub)
    drill(org, "overflow", entity="Lead")
    drill(org, "overflow", next=1)
    org.retitle("too much")
    headers = [feed.read(event)["ChangeEventHeader"] for event in feed.take(2)]
    assert [header["changeType"] for header in headers] == ["GAP_OVERFLOW"] * 2
    assert {tuple(header["recordIds"]) for header in headers} == {("000000000000000AAA",)}


def test_a_new_schema_in_mid_stream(org: Any, pubsub: Any) -> None:
    feed = opened(org, pubsub)
    (lead,) = org.retitle("old shape")
    answer = drill(org, "new_schema", entity="Lead", type="double")
    org.edit({"sobject": "Lead", "id": lead, "fields": {answer["field"]: 2.5}})
    old, new = feed.take(2)
    assert (old.event.schema_id, new.event.schema_id) == (answer["schema_before"], answer["schema_id"])
    assert feed.read(new)[answer["field"]] == 2.5
    assert feed.read(old)["Title"] == "old shape 0"


def test_forgotten_replay_ids_are_refused(org: Any, pubsub: Any) -> None:
    feed = opened(org, pubsub)
    org.retitle("forgotten")
    mark = feed.take(1)[0].replay_id
    drill(org, "forget_replay_ids")
    again = pubsub.feed().ask(1, LEADS, replay_preset=CUSTOM, replay_id=mark)
    assert again.refusal().code() is grpc.StatusCode.INVALID_ARGUMENT
    org.retitle("goes on")
    assert titles(feed, 1) == ["goes on 0"]
