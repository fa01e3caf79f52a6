"""However much comes, what is kept of it is bounded, and what was let go of is read."""

from __future__ import annotations

from collections import deque
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from cadence_desk.domain.changes import Activity, ChangeEvent, ChangeType
from cadence_desk.domain.operations import Kind, Operation, OperationState
from cadence_desk.domain.people import Person, PersonKind
from cadence_desk.sync import follower, shelf, work_list
from cadence_desk.sync.board import Board
from cadence_desk.sync.event_buffer import EventBuffer
from cadence_desk.sync.event_fields import LEAD
from cadence_desk.sync.org_time import UNSURE
from cadence_desk.sync.parts import Tables
from cadence_desk.sync.unreadable import Unreadable
from cadence_desk.sync.waits import DOUBTED, Waits
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


def doubtful(number: int, at: float, state: OperationState = OperationState.QUEUED) -> Operation:
    """One of many that were sent again at once after a lost answer."""
    return Operation(
        f"op{number}",
        f"press{number}",
        0,
        Kind.PAUSE,
        lead(number),
        state,
        {},
        subject_id="step",
        evidence={UNSURE: at, DOUBTED: at},
    )


def test_doubts_are_remembered_until_they_are_over_and_no_longer() -> None:
    clock = SteeredClock()
    waits = Waits(clock, 660.0)
    for number in range(500):
        asked = clock.wall()
        waits.take([doubtful(number, asked)])
        waits.take([doubtful(number, asked, OperationState.SETTLED)])
        follower = Operation("after", "p", 0, Kind.RESUME, lead(number), OperationState.QUEUED, {})
        same_record = replace(follower, subject_id="step")
        assert waits.left(same_record) == 660.0
        assert waits.left(replace(follower, follows=f"op{number}")) == 660.0
        clock.advance(60.0)
    assert len(waits._doubted) + len(waits._sent_twice) <= 2 * (660 // 60 + 2), (
        "what is over and can be carried out no more is forgotten"
    )
    for _ in range(3):
        clock.advance(700.0)
        waits.take([doubtful(1, 1.0, OperationState.SETTLED)])
    assert len(waits._doubted) + len(waits._sent_twice) == 0, (
        "an ended one that is told of again begins no new wait"
    )


def test_a_doubt_of_what_is_still_open_is_not_begun_again() -> None:
    clock = SteeredClock()
    waits = Waits(clock, 660.0)
    at = clock.wall()
    waits.take([doubtful(1, at)])
    clock.advance(700.0)
    for number in range(2, 50):
        waits.take([doubtful(number, clock.wall(), OperationState.SETTLED)])
        clock.advance(60.0)
    waits.take([doubtful(1, at, OperationState.IN_DOUBT)])
    other = Operation("after", "p", 0, Kind.RESUME, lead(1), OperationState.QUEUED, {}, subject_id="step")
    assert waits.left(other) == 0.0


def test_the_operations_of_a_press_are_found_without_an_index_of_presses() -> None:
    work = work_list.WorkList()
    for number in range(200):
        first = replace(doubtful(number, 0.0), intent_id=f"op{number}")
        work.put(
            [first, replace(first, op_id=f"then{number}", seq=1), replace(first, op_id="x", intent_id="x")]
        )
        work.put([replace(first, state=OperationState.SETTLED)])
    work.put([doubtful(500, 0.0)])
    assert [one.op_id for one in work.of_intents(["op7", "op199"])] == ["op7", "then7", "op199", "then199"]
    assert [one.op_id for one in work.of_intents(["press500"])] == ["op500"], "not named after an operation"
    assert work.of_intents(["then7", "unknown"]) == []
    held = [name for name, kept in vars(work).items() if isinstance(kept, dict) and len(kept) > 200]
    assert held == ["_operations", "_by_target", "_heads"]
