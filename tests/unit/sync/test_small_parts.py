"""The engine's small parts: marks, buffers, pauses, indexes, names, what rows tell of operations."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from cadence_desk.domain.errors import DiskFull, Unreachable
from cadence_desk.domain.operations import Kind, OperationState
from cadence_desk.sync import tracker_table
from cadence_desk.sync.board import Board
from cadence_desk.sync.event_buffer import EventBuffer
from cadence_desk.sync.marks import Marks
from cadence_desk.sync.names import Names
from cadence_desk.sync.org_time import ORG_TIME, SKEW, org_time, sent_org_time, sent_since
from cadence_desk.sync.overlay import Overlay, told_operations
from cadence_desk.sync.parts import Tables
from cadence_desk.sync.pauses import Pauses
from cadence_desk.sync.unsaved import Unsaved
from tests.engine.model_org import ModelOrg
from tests.engine.model_world import COLLEAGUE, ModelWorld, lead
from tests.engine.virtual_time import CountedEntropy, SteeredClock
from tests.unit.store.desk_files import NOON as WALL
from tests.unit.store.desk_files import operation
from tests.unit.sync.records import ANNA, NOON, RUN, event, person, step, tracker

if TYPE_CHECKING:
    from cadence_desk.domain.operations import Operation

S = OperationState


# ---------------------------------------------------------------- marks and buffers


def test_only_saved_marks_are_resumed_from() -> None:
    marks = Marks()
    marks.came("a", b"1")
    marks.came("a", b"")
    assert marks.resume_from("a") is None
    assert marks.fresh() == {"a": b"1"}
    marks.saved({"a": b"1"})
    assert (marks.resume_from("a"), marks.fresh()) == (b"1", {})
    marks.came("a", b"2")
    assert (marks.resume_from("a"), marks.fresh()) == (b"1", {"a": b"2"})


def test_an_unusable_mark_is_forgotten_here_and_in_the_file() -> None:
    marks = Marks()
    marks.loaded({"a": b"old"})
    marks.forget("a")
    assert (marks.resume_from("a"), marks.fresh()) == (None, {"a": b""})
    marks.saved({"a": b""})
    assert (marks.resume_from("a"), marks.fresh()) == (None, {})
    marks.came("a", b"new")
    assert marks.fresh() == {"a": b"new"}


def test_a_new_file_gets_every_mark_again() -> None:
    marks = Marks()
    marks.loaded({"a": b"1", "b": b"1"})
    marks.came("b", b"2")
    marks.file_lost()
    assert marks.fresh() == {"a": b"1", "b": b"2"}
    assert marks.resume_from("a") is None


def test_events_are_kept_until_the_last_reader_ends() -> None:
    buffer = EventBuffer(limit=3)
    first = event("Lead", ANNA)
    buffer.begin()
    buffer.begin()
    buffer.keep([first, first])
    assert buffer.end() == []
    states = [buffer.is_open]
    assert buffer.end() == [first, first]
    assert [*states, buffer.is_open] == [True, False]
    buffer.begin()
    buffer.keep([first] * 4)
    buffer.keep([first])
    assert buffer.overflows == 1
    assert buffer.end() == [first]


def test_what_could_not_be_saved_is_saved_next_time() -> None:
    unsaved = Unsaved()
    unsaved.note("Person", "1", person(1))
    unsaved.note("Person", "2", None)
    failed = unsaved.take()
    assert unsaved.take() == {}
    unsaved.note("Person", "1", person(1, title="CEO"))
    unsaved.put_back(failed)
    assert unsaved.take() == {("Person", "1"): person(1, title="CEO"), ("Person", "2"): None}


# ---------------------------------------------------------------- pauses and times


def test_pauses_grow_with_failures_and_end_with_success() -> None:
    clock, told = SteeredClock(), []
    pauses = Pauses(clock, CountedEntropy(), lambda: told.append(1))
    assert pauses.left == 0
    assert [pauses.link_failed() for _ in range(12)] == [0.75, 1.5, 3, 6, 12, 24, 48, 96, 192, 225, 225, 225]
    assert pauses.left == 225
    pauses.link_worked()
    assert pauses.link_failed() == 0.75
    assert pauses.link_failed(40.0) == 40.0, "a server that asks for more gets more"
    assert pauses.left >= 40.0
    assert pauses.left == 225, "a shorter pause does not end a longer one"
    pauses.end()
    assert pauses.left == 0
    assert not told


def test_a_full_disk_is_told_once_and_so_is_its_end() -> None:
    clock, told = SteeredClock(), []
    pauses = Pauses(clock, CountedEntropy(), lambda: told.append(pauses.trouble))
    pauses.store_failed(DiskFull())
    pauses.store_failed(DiskFull())
    assert (pauses.left, told) == (10, ["The disk is full"])
    clock.advance(11)
    pauses.store_worked()
    pauses.store_worked()
    assert (pauses.left, told) == (0, ["The disk is full", ""])


def test_the_orgs_time_counts_where_it_is_known() -> None:
    org = ModelOrg(ModelWorld(SteeredClock()))
    assert org_time(org) == org.world.now().timestamp()
    org.read_errors.append(Unreachable())
    assert org_time(org) is None
    known = operation("1", evidence={ORG_TIME: 1000.0}, sent=99.0)
    assert sent_org_time(known) == 1000.0
    assert sent_since(known).timestamp() == 1000.0 - SKEW.total_seconds()
    unknown = operation("1", sent=5000.0)
    assert sent_org_time(unknown) is None
    assert sent_since(unknown).timestamp() == 5000.0 - SKEW.total_seconds()
    assert sent_since(operation("1", evidence={ORG_TIME: "odd"})).timestamp() == WALL - SKEW.total_seconds()


# ---------------------------------------------------------------- indexes and names


@pytest.fixture
def board() -> Board:
    return Board(SteeredClock(), Tables())


def test_runs_are_found_by_person_and_steps_by_run(board: Board) -> None:
    early, late = NOON - timedelta(days=1), NOON
    board.take_trackers(
        [tracker(1, created=early), tracker(2, created=late, state="Complete"), tracker(3, created=None)]
    )
    runs = board.projection.runs
    assert [one.id[14] for one in runs.trackers_of(ANNA)] == ["1", "3", "2"]
    board.take_steps([step(1, created=early), step(2, created=late)])
    assert [one.id[14] for one in runs.steps_of(RUN)] == ["2", "1"]
    board.take_trackers([tracker(1, target_id=lead(2))])
    assert [one.id[14] for one in runs.trackers_of(lead(2))] == ["1"]
    assert len(runs.trackers_of(ANNA)) == 2
    for number in (1, 2, 3):
        board.drop("ActionCadenceTracker", tracker(number).id)
    assert not runs.trackers_of(ANNA)
    assert not runs.tracker_ids(ANNA)
    runs.clear()
    assert not runs.steps_of(RUN)


def test_names_come_from_lists_and_fall_back_to_the_records_own(board: Board) -> None:
    names = Names(board.people)
    assert names.of_tracker(tracker()).assignee == "Robin"
    assert names.learn({tracker().cadence_id: "Renamed"}, {tracker().owner_id: "Robin R."})
    assert not names.learn({tracker().cadence_id: "Renamed"}, {tracker().owner_id: "Robin R."})
    board.take_people([person(1, name="Anna A.")])
    words = names.of_tracker(tracker(), "Waiting", 3)
    assert (words.target, words.cadence, words.assignee) == ("Anna A.", "Renamed", "Robin R.")
    assert (words.operation, words.marks) == ("Waiting", 3)
    assert not names.lacks(tracker(owner_name=""))
    assert names.lacks(tracker(owner_id=COLLEAGUE, owner_name=""))
    assert names.lacks(tracker(target_id=lead(9), target_name=""))


# ---------------------------------------------------------------- what rows tell of operations


def asked(op_id: str, state: OperationState, **values: Any) -> Operation:
    return operation(op_id, state=state, target_id=ANNA, **values)


def test_a_refusal_is_told_until_it_was_tried_again() -> None:
    refused = asked("1", S.REFUSED, kind=Kind.PAUSE, subject_id=RUN, server_text="No.")
    canceled = asked("2", S.CANCELLED, kind=Kind.PAUSE, subject_id=RUN)
    other = asked("3", S.SETTLED, kind=Kind.RESUME, subject_id=RUN)
    again = asked("4", S.SETTLED, kind=Kind.PAUSE, subject_id=RUN)
    assert told_operations([refused, canceled, other]) == [refused]
    assert told_operations([refused, canceled, other, again]) == []


def test_the_row_shows_what_leads_and_is_clean_in_the_end() -> None:
    overlay = Overlay()
    sending = asked("1", S.SENDING, kind=Kind.PAUSE)
    review = asked("2", S.NEEDS_REVIEW, kind=Kind.RESUME)
    strange = operation("3", state=S.QUEUED, target_id=lead(2))
    assert overlay.take([sending, review, strange], [ANNA]) == {ANNA}
    assert overlay.words(ANNA) == "Needs review"
    assert overlay.marks(ANNA) == tracker_table.OPEN_OPERATION | tracker_table.ATTENTION
    assert not overlay.words(lead(2))
    overlay.take([asked("1", S.REFUSED, server_text="No.")], [ANNA])
    assert (overlay.words(ANNA), overlay.marks(ANNA)) == ("Refused: No.", tracker_table.ATTENTION)
    overlay.take([asked("1", S.SETTLED)], [ANNA])
    assert (overlay.words(ANNA), overlay.marks(ANNA)) == ("", 0)
