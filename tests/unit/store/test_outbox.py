"""The outbox keeps what it was given, moves it only as the ten states allow, and tells how it got there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from cadence_desk.domain.errors import BadValue, InternalError, StoreError
from cadence_desk.domain.operations import Hold, Kind, OperationState
from cadence_desk.store.moves import Move
from tests.unit.store.desk_files import NOON, done, enrollment, opened, operation, outbox

if TYPE_CHECKING:
    from concurrent.futures import Future
    from pathlib import Path

    from cadence_desk.store.outbox import OutboxFile

S = OperationState


def test_an_operation_comes_back_as_it_was_given(file: OutboxFile, outbox_path: Path) -> None:
    given = operation(
        "a",
        seq=3,
        kind=Kind.SKIP_STEP,
        state=S.QUEUED,
        payload={"notes": "Zoë אבג 🎉 \ud800 \0", "n": 1, "deep": {"list": [None, True]}},
        subject_id="8HF000000000001AAA",
        lane="bulk",
        hold=Hold.UNDO_WINDOW,
        attempt=2,
        checks=1,
        sent=NOON + 1,
        next_try=NOON + 2,
        owner_boot_id="b",
        server_id="00T000000000001AAA",
        server_code="SOME_CODE",
        server_text="Erika Mustermann is busy",
        expect={"State": "Complete"},
        evidence={},
        run_id="r",
        row_no=7,
        follows="z",
    )
    done(file.add([given]))
    assert done(file.load()) == [given]
    assert file.close(30)
    with opened(outbox_path) as again:
        assert done(again.load()) == [given]


def test_loading_keeps_the_order_they_were_asked_for(file: OutboxFile) -> None:
    rows = [
        operation(name, created=NOON + at, seq=seq)
        for name, at, seq in [("c", 5, 1), ("a", 5, 0), ("b", 1, 9)]
    ]
    done(file.add(rows))
    assert [one.op_id for one in done(file.load())] == ["b", "a", "c"]
    assert done(file.load([S.QUEUED])) == []
    assert len(done(file.load([S.DRAFT, S.QUEUED]))) == 3


def test_loading_sees_what_was_queued_before_it(file: OutboxFile) -> None:
    adding = [file.add([operation(f"op {number}")]) for number in range(50)]
    assert len(done(file.load())) == 50
    assert all(future.done() for future in adding)


def test_a_canceled_future_does_not_recall_the_write(file: OutboxFile) -> None:
    future = file.add([operation("a")])
    assert not future.cancel()
    assert len(done(file.load())) == 1


def test_a_draft_is_edited_until_it_is_saved(file: OutboxFile) -> None:
    done(file.add([operation("a")]))
    done(file.save_draft("a", {"notes": "second thought"}))
    done(file.queue(["a"]))
    with pytest.raises(BadValue, match="no longer a draft: it is Waiting"):
        done(file.save_draft("a", {"notes": "too late"}))
    assert done(file.load())[0].payload == {"notes": "second thought"}


def test_an_intent_is_queued_as_a_whole_or_not_at_all(file: OutboxFile) -> None:
    done(file.add([operation("a"), operation("b"), operation("c")]))
    done(file.move("c", S.CANCELLED, "discarded"))
    with pytest.raises(BadValue, match="it cannot become Waiting"):
        done(file.queue(["a", "b", "c"]))
    assert [one.state for one in done(file.load())] == [S.DRAFT, S.DRAFT, S.CANCELLED]
    assert [one.state for one in done(file.queue(["a", "b"]))] == [S.QUEUED, S.QUEUED]


def test_sending_takes_attempt_time_and_owner(file: OutboxFile) -> None:
    done(file.add([operation("a", state=S.QUEUED, hold=Hold.OFFLINE)]))
    sent = done(file.move("a", S.SENDING, "its turn"))
    assert (sent.attempt, sent.sent, sent.owner_boot_id, sent.hold) == (1, NOON, "this process", Hold.NONE)
    back = done(file.move("a", S.QUEUED, "not executed", hold=Hold.SIGNED_OUT, next_try=NOON + 9))
    assert (back.attempt, back.hold, back.next_try) == (1, Hold.SIGNED_OUT, NOON + 9)
    again = done(file.move("a", S.SENDING, "again", attempt=7, sent=NOON + 10))
    assert (again.attempt, again.sent) == (7, NOON + 10)
    assert done(file.load()) == [again]


def test_an_answer_is_kept_with_its_words(file: OutboxFile) -> None:
    done(file.add([operation("a", state=S.QUEUED)]))
    done(file.move("a", S.SENDING, "its turn"))
    words = {
        "server_code": "BAD",
        "server_text": "No, because.",
        "server_id": "x",
        "evidence": {"ids": ["1"]},
    }
    refused = done(file.move("a", S.REFUSED, "definite no", **words, expect={"A": 1}))
    assert done(file.load()) == [refused]
    assert refused.words == "Refused: No, because."


def test_several_moves_are_one_transaction(file: OutboxFile) -> None:
    done(file.add([operation("a", state=S.QUEUED), operation("b", state=S.DRAFT)]))
    with pytest.raises(BadValue):
        done(file.move_many([Move("a", S.SENDING, "go"), Move("b", S.SENDING, "go")]))
    assert [one.state for one in done(file.load())] == [S.QUEUED, S.DRAFT]
    assert len(done(file.history("a"))) == 1


def test_checks_and_waits_are_noted_without_a_change_of_state(file: OutboxFile) -> None:
    done(file.add([operation("a", state=S.QUEUED)]))
    done(file.update("a", checks=2, next_try=NOON + 5))
    kept = done(file.load())[0]
    assert (kept.state, kept.checks, kept.next_try) == (S.QUEUED, 2, NOON + 5)
    with pytest.raises(InternalError, match="target_id"):
        done(file.update("a", target_id="x"))


def test_only_queued_operations_are_held(file: OutboxFile) -> None:
    done(file.add([operation("a", state=S.QUEUED), operation("b")]))
    held = done(file.hold(["a", "b"], Hold.ORG_LIMIT, NOON + 60))
    assert [(one.op_id, one.hold, one.next_try) for one in held] == [("a", Hold.ORG_LIMIT, NOON + 60)]
    assert done(file.load())[1].hold is Hold.NONE


def test_the_second_press_of_an_enrollment_is_refused(file: OutboxFile) -> None:
    done(file.add([enrollment("a")]))
    with pytest.raises(BadValue, match="already being added") as told:
        done(file.add([operation("note"), enrollment("b")]))
    assert told.value.hint
    assert [one.op_id for one in done(file.load())] == ["a"]
    done(file.move("a", S.CANCELLED, "by the user"))
    done(file.add([enrollment("b"), enrollment("c", cadence_id="another")]))


def test_a_drafted_second_enrollment_is_refused_when_queued(file: OutboxFile) -> None:
    done(file.add([enrollment("a"), enrollment("b", state=S.DRAFT)]))
    with pytest.raises(BadValue, match="already being added"):
        done(file.queue(["b"]))


def test_the_same_operation_or_run_row_is_stored_once(file: OutboxFile) -> None:
    done(file.add([operation("a", run_id="r", row_no=1)]))
    for again in (operation("a"), operation("b", run_id="r", row_no=1)):
        with pytest.raises(BadValue, match="already stored"):
            done(file.add([again]))
    done(file.add([operation("c", run_id="r", row_no=1, seq=1)]))


def test_what_a_dead_process_was_sending_is_in_doubt(file: OutboxFile, outbox_path: Path) -> None:
    done(file.add([operation(name, state=S.QUEUED) for name in "abc"]))
    done(file.move_many([Move(name, S.SENDING, "go") for name in "ab"]))
    assert done(file.adopt_foreign()) == []
    assert file.close(30)
    with opened(outbox_path, boot_id="next process") as after:
        assert [one.op_id for one in done(after.adopt_foreign())] == ["a", "b"]
        assert [one.state for one in done(after.load())] == [S.IN_DOUBT, S.IN_DOUBT, S.QUEUED]


def test_the_audit_tells_every_step(file: OutboxFile) -> None:
    done(file.add([operation("a")]))
    done(file.queue(["a"]))
    done(file.move("a", S.SENDING, "its turn"))
    told = [(one.number, one.before, one.after, one.why, one.at) for one in done(file.history("a"))]
    assert told == [
        (1, None, S.DRAFT, "new", NOON),
        (2, S.DRAFT, S.QUEUED, "saved", NOON),
        (3, S.QUEUED, S.SENDING, "its turn", NOON),
    ]
    assert done(file.history("unknown")) == []


def test_an_unknown_operation_is_told(file: OutboxFile) -> None:
    with pytest.raises(BadValue, match="not in the outbox"):
        done(file.move("nobody", S.QUEUED, "why"))


def test_a_value_that_is_no_json_is_a_bug(file: OutboxFile) -> None:
    with pytest.raises(InternalError):
        done(file.add([operation("a", payload={"when": object()})]))


def test_nothing_works_before_open_and_after_close(outbox_path: Path) -> None:
    file = outbox(outbox_path)
    early_ones: list[Future[Any]] = [file.add([operation("a")]), file.load()]
    for early in early_ones:
        with pytest.raises(StoreError, match="not open"):
            done(early)
    assert not outbox_path.exists()
    assert file.close(30)
    with pytest.raises(StoreError, match="already closed"):
        done(file.add([operation("a")]))
    assert file.close(30)
