"""Tests of the tests: each planted bug, one function replaced, makes a named check fail within its cases."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from cadence_desk.domain.operations import OperationState
from cadence_desk.store.moves import Move
from cadence_desk.sync import board as boards
from cadence_desk.sync import reconcile as reconciling
from cadence_desk.sync.attempt import Attempt
from cadence_desk.sync.board import Board
from cadence_desk.sync.catch_up import CatchUp
from cadence_desk.sync.event_buffer import EventBuffer
from cadence_desk.sync.follower import FeedFollower
from cadence_desk.sync.kinds import calling, enrolling, kind, running, stepping
from cadence_desk.sync.marks import Marks
from cadence_desk.sync.shelf import Shelf
from cadence_desk.sync.unsaved import Unsaved
from cadence_desk.sync.verifier import Verifier
from tests.engine import test_enroll, test_feed, test_log_call, test_outbox_faults
from tests.engine.fates import Fate
from tests.engine.rig import Rig
from tests.engine.virtual_time import SteeredLoop
from tests.properties import test_convergence as convergence
from tests.properties import test_following as following
from tests.properties.test_outbox_machine import OutboxMachine

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

CASES = int(os.environ.get("CADENCE_DESK_PLANTED_CASES", "2000"))
FINDS = settings(
    max_examples=CASES,
    stateful_step_count=12,
    deadline=None,
    derandomize=True,
    database=None,
    report_multiple_bugs=False,
    phases=(Phase.generate,),
    suppress_health_check=list(HealthCheck),
)


def check(test: Callable[..., None], folder: Path, **given_values: Any) -> None:
    """Run one of the engine's tests on a rig of its own."""
    rig = Rig(folder)
    loop = SteeredLoop(rig.clock)
    try:
        test(rig=rig, run=loop.run_until_complete, **given_values)
    finally:
        loop.run_until_complete(rig.desk.stop())
        loop.close()


def board_equals_a_fresh_snapshot() -> None:
    """The check of tests/properties/test_convergence.py."""
    convergence.dense_traces_converge(CASES)


def outbox_machine_holds() -> None:
    """The check of tests/properties/test_outbox_machine.py."""
    run_state_machine_as_test(OutboxMachine, settings=FINDS)


# ---------------------------------------------------------------- following the org


def test_only_the_first_id_of_a_merged_event(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = convergence.Rig._hand_over
    monkeypatch.setattr(convergence.Rig, "_hand_over", lambda rig, envelope: whole(rig, envelope[:1]))
    with pytest.raises(AssertionError):
        board_equals_a_fresh_snapshot()


def test_older_events_are_applied(monkeypatch: pytest.MonkeyPatch) -> None:
    def newest_arrival_wins(_stamp: Any, event: Any, values: Any, order: Any) -> list[Any]:
        return [reconciling.Upsert(event.entity, event.record_id, values, order)]

    monkeypatch.setattr(reconciling, "_newer_fields", newest_arrival_wins)
    with pytest.raises(AssertionError):
        board_equals_a_fresh_snapshot()


def test_the_tombstone_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    forget = Shelf.forget

    def without_trace(shelf: Any, record_id: str, order: Any) -> Any:
        before = forget(shelf, record_id, order)
        shelf._stamps.pop(record_id, None)
        return before

    monkeypatch.setattr(Shelf, "forget", without_trace)
    with pytest.raises(AssertionError):
        board_equals_a_fresh_snapshot()


def test_resuming_from_now_although_a_mark_is_stored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Marks, "resume_from", lambda _marks, _topic: None)
    with pytest.raises(AssertionError):
        check(test_feed.test_a_stream_is_resumed_from_its_mark, tmp_path)


def test_the_mark_is_saved_before_the_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Board, "still_reading", property(lambda _board: False))
    with pytest.raises(AssertionError):
        check(test_feed.test_an_overflow_event_reads_the_whole_list_until_that_works, tmp_path)


def test_rows_that_could_not_be_saved_are_dropped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cadence_desk.sync.unsaved.Unsaved.put_back", lambda _unsaved, _changed: None)
    with pytest.raises(AssertionError):
        check(test_feed.test_a_cache_that_cannot_be_written_keeps_rows_and_marks_together, tmp_path)


def test_reading_without_keeping_events_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cadence_desk.sync.event_buffer.EventBuffer.is_open", property(lambda _buffer: False))
    with pytest.raises(AssertionError):
        check(test_feed.test_a_row_read_before_an_event_does_not_undo_it, tmp_path)


@pytest.mark.parametrize(
    ("part", "function", "bug"),
    [
        (EventBuffer, "is_open", property(lambda _buffer: False)),  # rows replace what events said meanwhile
        (
            CatchUp,
            "ask_deletions",
            lambda _catch_up, **_: None,
        ),  # a stream that began anew: deletions are missing
        (FeedFollower, "_read_failed", lambda *_: None),  # a read that failed is not done again
        (Unsaved, "put_back", lambda _unsaved, _changed: None),  # rows that could not be saved are dropped
        (boards, "must_read", lambda *_, **__: False),  # names in parts are taken from the event
        (reconciling, "SKEW_MS", -(10**15)),  # an old appearance of what has gone since is believed
    ],
    ids=lambda value: getattr(value, "__name__", None) or (value if isinstance(value, str) else "bug"),
)
def test_following_finds(part: Any, function: str, bug: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(part, function, bug)
    with pytest.raises(AssertionError):
        following.follow_many(CASES)


# ---------------------------------------------------------------- sending


def test_the_duplicate_guard_looks_for_a_state_named_active(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(enrolling, "is_running", lambda tracker: tracker.state == "Active")
    with pytest.raises(AssertionError):
        check(test_enroll.test_a_colleague_who_is_faster_is_seen_while_preparing, tmp_path)


def test_is_success_is_ignored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def all_well(answer: Any) -> list[kind.Sent]:
        return [kind.Sent(ok=True) for _ in answer.outcomes]

    for module in (enrolling, running, stepping):
        monkeypatch.setattr(module, "sent_parts", all_well)
    with pytest.raises(AssertionError):
        check(test_enroll.test_sixty_are_probed_and_each_row_has_its_result, tmp_path)


def test_writing_to_the_org_before_the_outbox(monkeypatch: pytest.MonkeyPatch) -> None:
    async def without_commit(_attempt: Any, group: Any) -> list[Any]:
        return [replace(one, state=OperationState.SENDING, attempt=one.attempt + 1) for one in group]

    async def committed_after(attempt: Any, moves: Any) -> Any:
        first = [replace(one, to=OperationState.SENDING, fields={}) for one in moves]
        await record(attempt, first)
        return await record(attempt, moves)

    record = Attempt._record
    monkeypatch.setattr(Attempt, "_commit_sending", without_commit)
    monkeypatch.setattr(Attempt, "_record", committed_after)
    with pytest.raises(AssertionError):
        outbox_machine_holds()


def test_doubt_is_sent_again_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Verifier, "_waited", lambda *_: True)
    with pytest.raises(AssertionError):
        outbox_machine_holds()


def test_doubt_is_timed_by_our_own_clock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def by_the_wall(verifier: Any, operation: Any, *_: Any) -> bool:
        return bool(verifier._parts.clock.wall() - operation.sent >= verifier._options.resend_seconds)

    monkeypatch.setattr(Verifier, "_waited", by_the_wall)
    with pytest.raises(AssertionError):
        check(
            test_log_call.test_nothing_is_sent_again_before_eleven_minutes_whatever_our_clock_says, tmp_path
        )


def test_a_lost_answer_counts_as_not_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    async def queue_again(attempt: Any, group: Any, _error: Any) -> None:
        back = [Move(one.op_id, OperationState.QUEUED, "planted") for one in group]
        await attempt._record(back)

    monkeypatch.setattr(Attempt, "_send_failed", queue_again)
    with pytest.raises(AssertionError):
        outbox_machine_holds()


def test_what_is_in_doubt_does_not_hold_the_next_change(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cadence_desk.sync.work_list._STANDING_IN_THE_WAY", frozenset())
    with pytest.raises(AssertionError):
        check(test_outbox_faults.test_first_in_first_out_per_target_and_others_do_not_wait, tmp_path)


def test_an_old_run_is_taken_for_the_new_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    prepare = enrolling.EnrollKind.prepare
    monkeypatch.setattr(
        enrolling.EnrollKind, "prepare", lambda *given_values: replace(prepare(*given_values), evidence={})
    )
    with pytest.raises(AssertionError):
        check(test_enroll.test_an_earlier_run_that_just_ended_is_not_taken_for_the_new_one, tmp_path)


def test_successes_of_a_mixed_answer_are_believed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cadence_desk.domain.ports.ActionAnswer.mixed", property(lambda _answer: False))
    with pytest.raises(AssertionError):
        check(test_enroll.test_successes_in_a_mixed_answer_are_in_doubt_until_read, tmp_path, partial=False)


def test_a_call_in_doubt_is_made_anew_without_looking(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calling, "_find", lambda _gateway, _operation: None)
    with pytest.raises(AssertionError):
        check(test_log_call.test_in_the_end_it_is_there_once, tmp_path, keyed=False, fate=Fate.ACK_LOST)
