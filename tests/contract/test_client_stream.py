"""The client follows change events: resume, renewal, drops, schemas, flow; against a practice org."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from cadence_desk.domain.changes import ChangeEvent, ChangeType
from cadence_desk.domain.errors import NotAllowed, NotAvailable, Retry, Unreachable
from cadence_desk.domain.ports import PeopleScope
from cadence_desk.salesforce.stream import PubSubStream
from tests.contract.client_org import Client, PracticeProcess, Sink, connect, running

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cadence_desk.domain.ports import FeedHandle
    from cadence_desk.domain.record_ids import RecordId

pytestmark = pytest.mark.whole

LEADS = "/data/LeadChangeEvent"
TASKS = "/data/TaskChangeEvent"


@pytest.fixture(scope="module")
def practice() -> Iterator[PracticeProcess]:
    for practice in running("--people", "120", "--seed", "2"):
        practice.control("/settings", {"colleagues": False, "keepalive_seconds": 1})
        practice.control("/clock", {"paused": True})  # or cadences would go on and add events of their own
        yield practice


@pytest.fixture(scope="module")
def client(practice: PracticeProcess) -> Client:
    return connect(practice)


@pytest.fixture
def leads(client: Client) -> list[RecordId]:
    people = client.org.gateway.people_pages(PeopleScope.ALL)
    return [person.id for page in people for person in page if person.id.startswith("00Q")]


@pytest.fixture
def follow(client: Client) -> Iterator[Any]:
    """Opens feeds that are stopped at the end."""
    handles: list[FeedHandle] = []

    def open_feed(topic: str, mark: bytes | None, sink: Sink) -> FeedHandle:
        handle = client.org.feed.open(topic, mark, sink)
        handles.append(handle)
        sink.wait(lambda: sink.started or sink.ended)
        return handle

    yield open_feed
    for handle in handles:
        handle.stop(5)


def retitle(practice: PracticeProcess, ids: list[RecordId], title: str) -> None:
    edits = [{"sobject": "Lead", "id": each, "fields": {"Title": title}} for each in ids]
    practice.control("/edit", {"edits": edits})


def titles(sink: Sink) -> list[object]:
    return [event.values.get("Title") for event in sink.events]


def test_a_change_arrives_decoded(practice: PracticeProcess, follow: Any, leads: list[RecordId]) -> None:
    sink = Sink()
    follow(LEADS, None, sink)
    retitle(practice, leads[:1], "Director")
    sink.wait(lambda: sink.events)

    event = sink.events[0]
    assert isinstance(event, ChangeEvent)
    assert (event.entity, event.record_id, event.type) == ("Lead", leads[0], ChangeType.UPDATE)
    assert event.values["Title"] == "Director"
    assert {"Title", "LastModifiedDate"} <= event.changed
    assert event.commit_ms > 0
    assert event.event_id
    assert event.replay_id == sink.marks[-1] != b""


def test_a_merged_event_is_one_per_record(
    practice: PracticeProcess, follow: Any, leads: list[RecordId]
) -> None:
    sink = Sink()
    follow(LEADS, None, sink)
    retitle(practice, leads[5:10], "Head of sales")  # once: then all five have the same last modifier
    retitle(practice, leads[5:10], "Head of desks")
    sink.wait(lambda: len(sink.events) == 10)

    merged = sink.events[5:]
    assert {event.record_id for event in merged} == set(leads[5:10])
    assert len({event.event_id for event in merged}) == 1


def test_resuming_by_mark_loses_nothing(
    practice: PracticeProcess, follow: Any, leads: list[RecordId]
) -> None:
    first, second = Sink(), Sink()
    handle = follow(LEADS, None, first)
    retitle(practice, leads[:1], "before")
    first.wait(lambda: first.events)
    handle.stop(5)
    for number in range(3):
        retitle(practice, leads[:1], f"while away {number}")

    follow(LEADS, first.marks[-1], second)
    second.wait(lambda: len(second.events) == 3)

    assert titles(second) == ["while away 0", "while away 1", "while away 2"]
    assert titles(first) == ["before"]
    assert first.ended == []


def test_our_own_writes_are_named(client: Client, follow: Any, leads: list[RecordId]) -> None:
    sink = Sink()
    follow(TASKS, None, sink)
    task = client.org.gateway.create_task(
        {"WhoId": leads[0], "Subject": "Call", "Status": "Completed"}, "op-s"
    )
    sink.wait(lambda: any(event.record_id == task for event in sink.events))

    event = next(event for event in sink.events if event.record_id == task)
    assert event.type is ChangeType.CREATE
    assert "client=CadenceDesk" in event.origin
    assert event.commit_user == client.org.gateway.identity().user_id


def test_an_ended_session_is_renewed_and_nothing_lost(
    practice: PracticeProcess, follow: Any, leads: list[RecordId]
) -> None:
    sink = Sink()
    follow(LEADS, None, sink)
    retitle(practice, leads[:1], "one")
    sink.wait(lambda: len(sink.events) == 1)
    practice.control("/tokens", {"action": "expire"})
    practice.control("/stream", {"action": "drop", "status": "UNAUTHENTICATED"})
    retitle(practice, leads[:1], "two")
    sink.wait(lambda: len(sink.events) == 2)

    assert titles(sink) == ["one", "two"]
    assert sink.started == 2
    assert sink.ended == []


@pytest.mark.parametrize(
    ("drop", "error", "retry", "unusable"),
    [
        ("UNAVAILABLE", Unreachable, Retry.LATER, False),
        ("INTERNAL", Unreachable, Retry.LATER, False),
        ("PERMISSION_DENIED", NotAllowed, Retry.NEVER, False),
        ("INVALID_ARGUMENT", NotAvailable, Retry.AT_ONCE, True),
        ("clean", type(None), None, False),
    ],
)
def test_other_ends_are_told_once(
    practice: PracticeProcess, follow: Any, drop: str, error: type, retry: Retry | None, unusable: bool
) -> None:
    sink = Sink()
    follow(LEADS, None, sink)
    practice.control("/stream", {"action": "drop", "status": drop})
    sink.wait(lambda: sink.ended)

    told, mark_unusable = sink.ended[0]
    assert type(told) is error
    assert getattr(told, "retry", None) is retry
    assert mark_unusable is unusable


def test_a_foreign_mark_is_unusable(follow: Any) -> None:
    sink = Sink()
    follow(LEADS, b"\x7f" * 8 + b"\0\0", sink)
    sink.wait(lambda: sink.ended)

    assert sink.ended[0][1] is True


def test_an_unknown_topic_is_told(follow: Any) -> None:
    sink = Sink()
    follow("/data/NothingChangeEvent", None, sink)

    assert isinstance(sink.ended[0][0], NotAvailable)


def test_a_broken_payload_still_names_its_records(
    practice: PracticeProcess, follow: Any, leads: list[RecordId]
) -> None:
    sink = Sink()
    follow(LEADS, None, sink)
    practice.control("/stream", {"action": "corrupt", "count": 1})
    retitle(practice, leads[:1], "broken")
    retitle(practice, leads[:1], "whole")
    sink.wait(lambda: len(sink.events) >= 2)

    assert sink.events[0].type is ChangeType.UNREADABLE
    assert sink.events[0].entity == "Lead"
    assert titles(sink)[-1] == "whole"


def test_a_new_schema_in_mid_stream(practice: PracticeProcess, follow: Any, leads: list[RecordId]) -> None:
    sink = Sink()
    follow(LEADS, None, sink)
    retitle(practice, leads[:1], "old schema")
    practice.control(
        "/stream", {"action": "new_schema", "entity": "Lead", "field": "Mood__c", "type": "string"}
    )
    practice.control("/tokens", {"action": "expire"})
    edit = {"sobject": "Lead", "id": leads[0], "fields": {"Title": "new schema", "Mood__c": "good"}}
    practice.control("/edit", edit)
    sink.wait(lambda: len(sink.events) == 2)

    assert titles(sink) == ["old schema", "new schema"]
    assert sink.events[1].values["Mood__c"] == "good"
    assert sink.ended == []


def test_gaps_and_overflow(practice: PracticeProcess, follow: Any, leads: list[RecordId]) -> None:
    sink = Sink()
    follow(LEADS, None, sink)
    practice.control("/stream", {"action": "gap", "entity": "Lead", "ids": leads[:2]})
    practice.control("/stream", {"action": "overflow", "entity": "Lead"})
    sink.wait(lambda: len(sink.events) == 3)

    assert [event.type for event in sink.events] == [ChangeType.GAP_UPDATE] * 2 + [ChangeType.GAP_OVERFLOW]
    assert [event.record_id for event in sink.events] == [*leads[:2], ""]


def test_many_changes_with_little_room(practice: PracticeProcess, follow: Any, leads: list[RecordId]) -> None:
    sink = Sink(room=7)
    follow(LEADS, None, sink)
    for number in range(60):
        retitle(practice, leads[:1], str(number))
    sink.wait(lambda: len(sink.events) == 60, 30)

    assert titles(sink) == [str(number) for number in range(60)]


def test_keepalives_bring_marks(follow: Any) -> None:
    sink = Sink()
    follow(LEADS, None, sink)
    sink.wait(lambda: len(sink.marks) >= 2)

    assert sink.events == []
    assert all(sink.marks)


def test_silence_is_noticed(practice: PracticeProcess, client: Client) -> None:
    feed = client.org.feed
    assert isinstance(feed, PubSubStream)
    impatient = PubSubStream(
        client.profile, feed.session, feed.identify, feed.transport, feed.clock, silence=2.0
    )
    sink = Sink()
    handle = impatient.open(LEADS, None, sink)
    sink.wait(lambda: sink.started)
    practice.control("/stream", {"action": "stall"})
    try:
        sink.wait(lambda: sink.ended)
    finally:
        practice.control("/stream", {"action": "normal"})
        handle.stop(5)

    error, unusable = sink.ended[0]
    assert isinstance(error, Unreachable)
    assert "silent" in error.message
    assert not unusable
