"""Every single database call of a working day fails once, for every call: what was acknowledged is there, exactly."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Any

import pytest
from typing_extensions import override

from cadence_desk.domain.errors import BadValue, DiskFull, StoreError
from cadence_desk.domain.operations import Hold, OperationState
from cadence_desk.store.connections import FileOptions
from cadence_desk.store.moves import Move
from tests.unit.store.desk_files import done, enrollment, opened, operation, outbox, raw

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from cadence_desk.store.outbox import OutboxFile

S = OperationState
MESSAGES = ("disk I/O error", "database or disk is full")


class Plan:
    """Which call fails: the k-th, or all from the k-th on."""

    def __init__(self, first: int = 0, message: str = MESSAGES[0], *, all_after: bool = False) -> None:
        self.first = first
        self.message = message
        self.all_after = all_after
        self.calls = 0

    def look(self) -> None:
        self.calls += 1
        if self.first and (self.calls >= self.first if self.all_after else self.calls == self.first):
            raise sqlite3.OperationalError(self.message)


def faulty(plan: Plan) -> FileOptions:
    """Return options whose connections follow a plan."""

    class FaultyConnection(sqlite3.Connection):
        @override
        def execute(self, *arguments: Any) -> sqlite3.Cursor:
            plan.look()
            return super().execute(*arguments)

        @override
        def executemany(self, *arguments: Any) -> sqlite3.Cursor:
            plan.look()
            return super().executemany(*arguments)

    return FileOptions(connection=FaultyConnection)


class Day:
    """Works a day on an outbox and remembers what was acknowledged."""

    def __init__(self, file: OutboxFile) -> None:
        self.file = file
        self.known: dict[str, tuple[OperationState, object]] = {}
        self.failed = 0

    def work(self) -> None:
        for step in (
            self.open,
            self.type,
            self.save,
            self.send,
            self.enroll,
            self.wait,
            self.look,
            self.draft,
        ):
            self.tried(step)

    def tried(self, step: Callable[[], None]) -> None:
        try:
            step()
        except StoreError:
            self.failed += 1
        except (BadValue, KeyError):
            assert self.failed, "only an earlier fault explains this"

    def open(self) -> None:
        try:
            done(self.file.open())
        except StoreError:
            self.failed += 1
            done(self.file.open())

    def type(self) -> None:
        rows = [operation("task"), operation("step", seq=1)]
        done(self.file.add(rows))
        self.known |= {row.op_id: (row.state, row.payload) for row in rows}
        done(self.file.save_draft("task", {"notes": "more"}))
        self.known["task"] = (S.DRAFT, {"notes": "more"})

    def save(self) -> None:
        for one in done(self.file.queue(["task", "step"])):
            self.known[one.op_id] = (one.state, one.payload)

    def send(self) -> None:
        for to in (S.SENDING, S.ACCEPTED, S.SETTLED):
            one = done(self.file.move("task", to, "going on"))
            self.known["task"] = (to, one.payload)

    def enroll(self) -> None:
        row = enrollment("enroll")
        done(self.file.add([row]))
        self.known["enroll"] = (row.state, row.payload)
        for one in done(
            self.file.move_many([Move("enroll", S.SENDING, "go"), Move("step", S.SENDING, "go")])
        ):
            self.known[one.op_id] = (one.state, one.payload)

    def wait(self) -> None:
        done(self.file.hold(["step"], Hold.BEHIND))
        done(self.file.update("enroll", checks=1))

    def look(self) -> None:
        assert {one.op_id: (one.state, one.payload) for one in done(self.file.load())} == self.known
        done(self.file.history("task"))

    def draft(self) -> None:
        done(self.file.add([operation("late")]))
        self.known["late"] = (S.DRAFT, {"notes": "note of late"})


def counted(path: Path) -> int:
    plan = Plan()
    day = Day(outbox(path, options=faulty(plan)))
    day.work()
    assert day.file.close(30)
    assert day.failed == 0
    return plan.calls


def check_afterwards(path: Path, day: Day) -> None:
    """Open the file without faults and compare it with what was acknowledged."""
    with opened(path) as file:
        kept = {one.op_id: (one.state, one.payload) for one in done(file.load())}
        trail = {op_id: [event.after for event in done(file.history(op_id))] for op_id in kept}
    assert kept == day.known
    assert {op_id: states[-1] for op_id, states in trail.items()} == {
        op_id: state for op_id, (state, _) in day.known.items()
    }
    with raw(path) as link:
        assert link.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


@pytest.mark.parametrize("all_after", [False, True], ids=["one call fails", "all calls fail from there on"])
@pytest.mark.parametrize("message", MESSAGES)
def test_every_call_may_fail(memory_folder: Path, message: str, *, all_after: bool) -> None:
    calls = counted(memory_folder / "clean" / "outbox.db")
    assert calls > 100
    for number in range(1, calls + 1):
        path = memory_folder / str(number) / "outbox.db"
        plan = Plan(number, message, all_after=all_after)
        day = Day(outbox(path, options=faulty(plan)))
        day.work()
        assert day.file.close(30)
        assert plan.calls >= number
        check_afterwards(path, day)


def test_a_full_disk_has_its_own_name(tmp_path: Path) -> None:
    plan = Plan()
    file = outbox(tmp_path / "outbox.db", options=faulty(plan))
    done(file.open())
    plan.first, plan.message, plan.all_after = plan.calls + 1, MESSAGES[1], True
    with pytest.raises(DiskFull):
        done(file.add([operation("a")]))
    plan.first = 0
    done(file.add([operation("a")]))
    assert len(done(file.load())) == 1
    assert file.close(30)


def test_a_really_full_disk_keeps_what_is_there(tmp_path: Path) -> None:
    path = tmp_path / "outbox.db"
    with opened(path) as file:
        done(file.add([operation("a")]))
        done(file._writer.run(lambda link: link.execute("PRAGMA max_page_count=1").fetchone()))
        with pytest.raises(DiskFull):
            done(file.add([operation("big", payload={"notes": "x" * 400_000})]))
        done(file._writer.run(lambda link: link.execute("PRAGMA max_page_count=100000").fetchone()))
        done(file.add([operation("big", payload={"notes": "x" * 400_000})]))
        assert [one.op_id for one in done(file.load())] == ["a", "big"]
