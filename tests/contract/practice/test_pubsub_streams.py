"""Subscribe: credit, start, keepalives, ends, permissions, with a real gRPC client over TLS."""

from typing import Any

import grpc
import pytest

from cadence_desk.wire import pubsub_api_pb2 as pb

PREFIX = "sfdc.platform.eventbus.grpc."
LEADS = "/data/LeadChangeEvent"
ALL = "/data/ChangeEvents"
CUSTOM, EARLIEST, LATEST = pb.ReplayPreset.CUSTOM, pb.ReplayPreset.EARLIEST, pb.ReplayPreset.LATEST


def told(error: Any) -> tuple[grpc.StatusCode, str]:
    return error.code(), dict(error.trailing_metadata())["error-code"].removeprefix(PREFIX)


def opened(org: Any, pubsub: Any, topic: str, count: int, **replay: Any) -> Any:
    """A feed of which the server has taken the first request."""
    before = org.do(lambda served: len(served.service.streams()))
    feed = pubsub.feed().ask(count, topic, **replay)
    while org.do(lambda served: len(served.service.streams())) == before:
        pass
    return feed


def credit(org: Any) -> int:
    return int(org.do(lambda served: served.service.streams()[-1].state.pending))


def test_latest_gets_what_comes_and_every_response_has_a_mark(org: Any, pubsub: Any) -> None:
    feed = opened(org, pubsub, LEADS, 5)
    (lead,) = org.retitle("live")
    response = feed.next()
    (event,) = response.events
    body = feed.read(event)
    assert (body["ChangeEventHeader"]["recordIds"], body["Title"]) == ([lead], "live 0")
    assert (response.pending_num_requested, len(event.replay_id)) == (4, 10)
    assert response.latest_replay_id == event.replay_id
    assert response.rpc_id


def test_credit_is_exact_and_capped_at_100(org: Any, pubsub: Any) -> None:
    feed = opened(org, pubsub, LEADS, 2)
    org.retitle("credit", 5)
    assert len(feed.take(2)) == 2
    assert credit(org) == 0
    feed.ask(1)
    response = feed.next()
    assert (len(response.events), response.pending_num_requested) == (1, 0)
    feed.ask(80).ask(80)
    feed.take(2)
    while credit(org) < 98:
        feed.ask(1)
    assert credit(org) <= 100


def test_a_backlog_comes_in_batches_of_up_to_100(org: Any, pubsub: Any) -> None:
    lead = org.lead_ids(1)[0]
    mark = org.do(lambda served: served.bus.mark())
    for number in range(130):
        org.edit({"sobject": "Lead", "id": lead, "fields": {"Title": f"batch {number}"}})
    feed = pubsub.feed().ask(100, LEADS, replay_preset=CUSTOM, replay_id=mark.to_bytes(8, "big"))
    first = feed.next()
    assert (len(first.events), first.pending_num_requested) == (100, 0)
    feed.ask(100)
    second = feed.next()
    assert (len(second.events), second.pending_num_requested) == (30, 70)
    titles = [feed.read(event)["Title"] for event in [*first.events, *second.events]]
    assert titles == [f"batch {number}" for number in range(130)]


@pytest.mark.parametrize("size", [8, 10])
def test_custom_resumes_strictly_after_an_id_of_either_length(org: Any, pubsub: Any, size: int) -> None:
    feed = opened(org, pubsub, LEADS, 10)
    org.retitle(f"resume {size}", 3)
    events = feed.take(3)
    again = pubsub.feed().ask(10, LEADS, replay_preset=CUSTOM, replay_id=events[0].replay_id[:size])
    assert [event.event.id for event in again.take(2)] == [event.event.id for event in events[1:]]


def test_the_preset_counts_in_the_first_request_only(org: Any, pubsub: Any) -> None:
    org.retitle("before", 2)
    feed = pubsub.feed().ask(1, LEADS, replay_preset=EARLIEST)
    first = feed.take(1)[0]
    feed.ask(1, LEADS, replay_preset=EARLIEST)
    assert feed.take(1)[0].replay_id > first.replay_id


@pytest.mark.parametrize(
    "replay_id",
    [
        (-1).to_bytes(8, "big", signed=True),
        (-2).to_bytes(8, "big", signed=True),
        b"\x00" * 10,
        b"-1",
        (2**62).to_bytes(8, "big") + b"\0\0",
    ],
)
def test_ids_that_were_never_given_out_are_refused(pubsub: Any, replay_id: bytes) -> None:
    feed = pubsub.feed().ask(1, LEADS, replay_preset=CUSTOM, replay_id=replay_id)
    expected = (grpc.StatusCode.INVALID_ARGUMENT, "subscription.fetch.replayid.corrupted")
    assert told(feed.refusal()) == expected


def test_an_id_older_than_72_hours_is_refused(org: Any, pubsub: Any) -> None:
    mark = org.do(lambda served: served.bus.mark())
    assert org.control("/clock", {"jump_ms": 73 * 3_600_000})[0] == 200
    feed = pubsub.feed().ask(1, LEADS, replay_preset=CUSTOM, replay_id=mark.to_bytes(8, "big"))
    assert told(feed.refusal())[1] == "subscription.fetch.replayid.corrupted"


@pytest.mark.parametrize(
    ("first", "second", "code"),
    [
        ((0, LEADS), None, "requested.events.invalid"),
        ((-3, LEADS), None, "requested.events.invalid"),
        ((1, ""), None, "request.invalid"),
        ((1, LEADS), (0, ""), "requested.events.invalid"),
        ((1, LEADS), (1, ALL), "topic.mismatch"),
    ],
)
def test_broken_requests_end_the_stream(pubsub: Any, first: Any, second: Any, code: str) -> None:
    feed = pubsub.feed().ask(*first)
    if second:
        feed.ask(*second)
    assert told(feed.refusal()) == (grpc.StatusCode.INVALID_ARGUMENT, f"subscription.fetch.{code}")


def test_custom_needs_an_id(pubsub: Any) -> None:
    feed = pubsub.feed().ask(1, LEADS, replay_preset=CUSTOM)
    assert told(feed.refusal())[1] == "subscription.fetch.replayid.validation.failed"


def test_a_keepalive_is_empty_and_its_mark_can_be_resumed_from(org: Any, pubsub: Any) -> None:
    org.do(lambda served: setattr(served.org.settings, "keepalive_seconds", 0.05))
    feed = opened(org, pubsub, LEADS, 7)
    first, second = feed.next(), feed.next()
    assert (len(first.events), first.pending_num_requested) == (0, 7)
    assert second.latest_replay_id > first.latest_replay_id
    feed.close()
    org.retitle("after keepalive")
    again = pubsub.feed().ask(5, LEADS, replay_preset=CUSTOM, replay_id=second.latest_replay_id)
    assert again.read(again.take(1)[0])["Title"] == "after keepalive 0"


def test_silence_at_pending_0_ends_the_stream(org: Any, pubsub: Any) -> None:
    org.do(lambda served: setattr(served.service, "idle_seconds", 0.1))
    feed = opened(org, pubsub, LEADS, 1)
    org.retitle("idle")
    assert [len(response.events) for response in feed.drained()] == [1]


def test_a_half_closed_stream_gets_what_it_asked_for(org: Any, pubsub: Any) -> None:
    feed = opened(org, pubsub, LEADS, 2)
    feed.half_close()
    org.retitle("half", 3)
    assert sum(len(response.events) for response in feed.drained()) == 2


def test_an_unselected_entity_is_silent(org: Any, pubsub: Any) -> None:
    org.do(lambda served: setattr(served.org.settings, "selected_entities", {"Task"}))
    org.do(lambda served: setattr(served.org.settings, "keepalive_seconds", 0.05))
    feed = opened(org, pubsub, LEADS, 5)
    org.retitle("silent")
    assert all(not feed.next().events for _ in range(3))


def test_hidden_fields_are_null(org: Any, pubsub: Any) -> None:
    org.do(lambda served: setattr(served.org.settings, "hidden_fields", {"Lead.Title"}))
    feed = opened(org, pubsub, LEADS, 5)
    lead = org.lead_ids(1)[0]
    org.edit({"sobject": "Lead", "id": lead, "fields": {"Title": "secret", "Company": "open"}})
    body = feed.read(feed.take(1)[0])
    assert (body["Title"], body["Company"]) == (None, "open")


def test_the_delivery_allowance_ends_the_stream(org: Any, pubsub: Any) -> None:
    feed = opened(org, pubsub, LEADS, 50)
    org.retitle("allowed")
    feed.take(1)
    org.control("/settings", {"event_delivery_limit": 0})
    org.retitle("not allowed")
    expected = (grpc.StatusCode.RESOURCE_EXHAUSTED, "subscription.limit.exceeded")
    assert told(feed.refusal()) == expected


def test_merged_changes_come_as_one_event_over_all_topics(org: Any, pubsub: Any) -> None:
    feed = opened(org, pubsub, ALL, 10)
    ids = org.lead_ids(3)
    fields = {"Title": "merged", "LeadSource": "Web"}
    org.edit(*({"sobject": "Lead", "id": lead, "fields": fields} for lead in ids))
    found: list[str] = []
    while len(found) < 3:
        for event in feed.next().events:
            found += feed.read(event)["ChangeEventHeader"]["recordIds"]
    assert sorted(found) == sorted(ids)


def test_without_permission_a_single_topic_refuses_and_the_channel_withholds(org: Any, pubsub: Any) -> None:
    user = org.do(lambda served: next(row["Id"] for row in served.org.users() if not row["Licensed"]))
    org.do(lambda served: served.org.settings.view_all_users.add(user))
    token = org.do(lambda served: served.tokens.issue_session(user))
    metadata = [(name, token if name == "accesstoken" else given) for name, given in pubsub.metadata]
    name = "/data/ActionCadenceTrackerChangeEvent"
    assert not pubsub.stub.GetTopic(pb.TopicRequest(topic_name=name), metadata=metadata).can_subscribe
    expected = (grpc.StatusCode.PERMISSION_DENIED, "subscription.topic.cannot.subscribe")
    assert told(pubsub.feed(metadata).ask(1, name).refusal()) == expected
    mark = org.do(lambda served: served.bus.mark())
    feed = pubsub.feed(metadata).ask(5, ALL, replay_preset=CUSTOM, replay_id=mark.to_bytes(8, "big"))
    tracker = ["0qB000000000001AAA"]
    org.control("/stream", {"action": "gap", "entity": "ActionCadenceTracker", "ids": tracker})
    org.retitle("for everybody")
    (event,) = feed.take(1)
    assert feed.read(event)["Title"] == "for everybody 0"
