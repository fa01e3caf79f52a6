"""However much comes, what is kept of it is bounded, and what was let go of is read."""

from __future__ import annotations

from collections import deque
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from cadence_desk.domain.changes import Activity, ChangeEvent, ChangeType
from cadence_desk.domain.people import Person, PersonKind
from cadence_desk.sync import follower, shelf
from cadence_desk.sync.board import Board
from cadence_desk.sync.event_buffer import EventBuffer
from cadence_desk.sync.event_fields import LEAD
from cadence_desk.sync.parts import Tables
from cadence_desk.sync.unreadable import Unreadable
from tests.engine.model_world import lead
from tests.engine.virtual_time import SteeredClock

if TYPE_CHECKING:
    from cadence_desk.domain.record_ids import RecordId

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
NOW_MS = int(NOW.timestamp() * 1000)


def event(number: int, record_id: str, kind: ChangeType = ChangeType.UPDATE) -> ChangeEvent:
    return ChangeEvent(
        f"e{number}", LEAD, record_id, kind, NOW_MS + 5_000 + number, number, 1, values={"Title": "x"}
    )


def person(record_id: RecordId) -> Person:
    return Person(record_id, PersonKind.LEAD, "Ada", modified=NOW)


@pytest.fixture
def board() -> Board:
    return Board(SteeredClock(), Tables())


def test_events_kept_back_are_bounded_and_their_loss_is_known() -> None:
    buffer = EventBuffer(10)
    buffer.begin()
    buffer.keep([event(number, lead(1)) for number in range(10)])
    assert (buffer.overflows, buffer.lost) == (0, False)
    buffer.keep([event(11, lead(1))])
    assert (buffer.overflows, buffer.lost, buffer.end()) == (1, True, [])
    buffer.made_good()
    assert not buffer.lost


def test_events_that_wait_for_a_read_are_bounded(board: Board, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shelf, "WAITING_LIMIT", 5)
    board.want(LEAD, lead(1))
    board.want(LEAD, lead(2))
    for number in range(50):
        board.take_event(event(number, lead(1 + number % 2)))
    waiting = [len(board.people._own_stamp(lead(one)).waiting) for one in (1, 2)]
    assert sum(waiting) == 5
    board.reads.clear()
    board.take_people([person(lead(1))])
    board.finish_read(LEAD, lead(1), found=True)
    assert (LEAD, lead(1)) in board.reads, "what was let go of is in the next read"
    board.reads.clear()
    board.take_people([person(lead(1))])
    board.finish_read(LEAD, lead(1), found=True)
    assert not board.reads


def test_what_waits_for_a_read_that_failed_will_be_in_the_next(board: Board) -> None:
    board.want(LEAD, lead(1))
    for number in range(50):
        board.take_event(event(number, lead(1)))
    board.retry_read(LEAD, lead(1))
    assert board.people._own_stamp(lead(1)).waiting == []
    assert board.people._waiting == 0
    assert (LEAD, lead(1)) in board.reads


def test_removed_records_are_not_remembered_for_ever(board: Board, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shelf, "GONE_LIMIT", 3)
    board.take_people([person(lead(one)) for one in range(1, 30)])
    board.read_ms = NOW_MS + 10_000_000
    for one in range(1, 30):
        board.take_event(event(one, lead(one), ChangeType.DELETE))
        board.finish_read(LEAD, lead(one), found=False)
    assert len(board.people._stamps) <= 4
    board.take_event(event(99, lead(1), ChangeType.CREATE))
    assert board.people.get(lead(1)) is None, "an old appearance of a forgotten one is not believed"
    assert (LEAD, lead(1)) in board.reads


def test_what_an_event_could_call_back_is_remembered(board: Board, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shelf, "GONE_LIMIT", 3)
    board.read_ms = NOW_MS - 10_000
    for one in range(1, 30):
        board.take_event(event(one, lead(one), ChangeType.DELETE))
    assert len(board.people._stamps) == 29


def test_ids_nobody_knows_leave_nothing_behind(board: Board) -> None:
    for number in range(100):
        board.take_event(event(number, lead(number), ChangeType.UNREADABLE))
    board.read_whole(LEAD, [lead(number) for number in range(100)])
    assert board.people._stamps == {}
    assert board.read_entities == {LEAD}
    assert follower.MOST_READS < 20_000


def test_unreadable_events_are_one_line_a_minute() -> None:
    unreadable, feed = Unreadable(), deque([Activity(0.0, "Ada was added")], maxlen=5)
    assert unreadable.words == ""
    assert not unreadable.tell(feed, 0.0)
    unreadable.took(event(1, lead(1), ChangeType.UNREADABLE))
    assert unreadable.tell(feed, 100.0)
    one = "An event about a lead could not be read. What it told was read from Salesforce instead."
    assert [line.text for line in feed] == [one, "Ada was added"]
    for number in range(1200):
        unreadable.took(event(number, lead(1), ChangeType.UNREADABLE))
        unreadable.tell(feed, 110.0)
    many = "1,201 events about leads could not be read. What they told was read from Salesforce instead."
    assert [line.text for line in feed] == [many, "Ada was added"]
    unreadable.took(event(9999, lead(1), ChangeType.UNREADABLE))
    unreadable.tell(feed, 161.0)
    assert [line.text for line in feed] == [one, many, "Ada was added"]
    assert unreadable.words.startswith("1,202 change events could not be read since the start.")
