"""TaskRunner: four endings, weak owners, disabled senders."""

import asyncio
import gc
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from PySide6.QtCore import QObject

from cadence_desk.bridge.faults import Fault
from cadence_desk.bridge.tasks import Outcome, TaskRunner
from cadence_desk.domain.errors import BadValue, DeskError

Run = Callable[[Coroutine[Any, Any, Any]], Any]


class Notes:
    """Keeps what was reported."""

    def __init__(self) -> None:
        self.errors: list[DeskError] = []
        self.faults: list[Fault] = []

    def show_error(self, owner: QObject | None, error: DeskError) -> None:
        self.errors.append(error)

    def show_fault(self, fault: Fault) -> None:
        self.faults.append(fault)


class Owner(QObject):
    """A widget, as far as tasks need one."""

    def __init__(self) -> None:
        super().__init__()
        self.got: list[object] = []
        self.problems: list[DeskError] = []
        self.enabled: list[bool] = []

    def take(self, value: object) -> None:
        self.got.append(value)

    def trouble(self, error: DeskError) -> None:
        self.problems.append(error)

    def stumble(self, value: object) -> None:
        raise ValueError(value)

    def setEnabled(self, enabled: bool) -> None:  # noqa: N802
        self.enabled.append(enabled)


async def value(result: object) -> object:
    await asyncio.sleep(0)
    return result


async def fail(error: Exception) -> None:
    await asyncio.sleep(0)
    raise error


async def forever() -> None:
    await asyncio.get_running_loop().create_future()


async def settle() -> None:
    for _ in range(6):
        await asyncio.sleep(0)


def test_a_returned_value_reaches_the_owner_and_the_sender_is_free_again(run: Run) -> None:
    async def body() -> None:
        notes, owner = Notes(), Owner()
        tasks = TaskRunner(notes)
        running = tasks.start(owner, value(7), name="seven", then="take", sender=owner)
        assert tasks.names == ["seven"]
        assert owner.enabled == [False]
        await settle()
        assert (owner.got, owner.enabled, running.outcome) == ([7], [False, True], Outcome.RETURNED)
        assert tasks.names == []

    run(body())


def test_an_expected_error_goes_to_the_owner_or_else_to_the_reporter(run: Run) -> None:
    async def body() -> None:
        notes, owner = Notes(), Owner()
        tasks = TaskRunner(notes)
        one = tasks.start(owner, fail(BadValue("a")), name="one", failed="trouble")
        two = tasks.start(owner, fail(BadValue("b")), name="two")
        await settle()
        assert [one.outcome, two.outcome] == [Outcome.FAILED, Outcome.FAILED]
        assert [error.message for error in owner.problems] == ["a"]
        assert [error.message for error in notes.errors] == ["b"]

    run(body())


@pytest.mark.logs_errors("the crash is the subject")
def test_a_crash_is_logged_without_its_message_and_told_with_a_code(
    run: Run, caplog: pytest.LogCaptureFixture
) -> None:
    async def body() -> None:
        notes, owner = Notes(), Owner()
        tasks = TaskRunner(notes)
        running = tasks.start(owner, fail(ZeroDivisionError("Ada Lovelace")), name="divide")
        tasks.start(owner, value(1), name="stumble", then="stumble")
        await settle()
        assert running.outcome is Outcome.CRASHED
        assert [fault.kind for fault in notes.faults] == ["ZeroDivisionError", "ValueError"]
        assert notes.faults[0].code.startswith("CD-1900-")

    run(body())
    assert "divide" in caplog.text
    assert "Ada" not in caplog.text


def test_after_the_loop_has_ended_nothing_starts_and_nobody_is_called(run: Run) -> None:
    notes, owner = Notes(), Owner()
    running = TaskRunner(notes).start(owner, value(7), name="late", then="take", sender=owner)
    run(settle())
    running.cancel()
    assert running.outcome is Outcome.STOPPED
    assert (owner.got, owner.enabled, notes.errors) == ([], [], [])


def test_a_canceled_task_is_stopped_and_calls_nobody(run: Run) -> None:
    async def body() -> None:
        notes, owner = Notes(), Owner()
        tasks = TaskRunner(notes)
        running = tasks.start(owner, forever(), name="wait", then="take", sender=owner)
        await settle()
        running.cancel()
        await settle()
        assert running.outcome is Outcome.STOPPED
        assert (owner.got, owner.enabled, notes.errors) == ([], [False, True], [])

    run(body())


def test_a_destroyed_owner_cancels_its_task(run: Run) -> None:
    async def body() -> None:
        tasks = TaskRunner(Notes())
        owner = Owner()
        running = tasks.start(owner, forever(), name="wait", then="take")
        await settle()
        owner.deleteLater()
        del owner
        gc.collect()
        for _ in range(20):
            await settle()
        assert running.outcome is Outcome.STOPPED
        assert tasks.names == []

    run(body())


def test_names_and_methods_are_checked_at_once(run: Run) -> None:
    async def body() -> None:
        tasks, owner = TaskRunner(Notes()), Owner()
        with pytest.raises(ValueError, match="name"):
            tasks.start(owner, value(1), name="")
        with pytest.raises(ValueError, match="no method"):
            tasks.start(owner, value(1), name="x", then="absent")

    run(body())


def test_drain_waits_and_says_when_something_is_left(run: Run) -> None:
    async def body() -> None:
        tasks, owner = TaskRunner(Notes()), Owner()
        tasks.start(owner, value(1), name="short")
        assert await tasks.drain(5)
        tasks.start(owner, forever(), name="long")
        assert not await tasks.drain(0.01)
        tasks.cancel_all()
        assert await tasks.drain(5)

    run(body())
