"""What has to be read to be whole again, and how the engine's tasks are kept."""

from __future__ import annotations

import asyncio
import logging
from datetime import datetime, timedelta
from typing import Any

import pytest

from cadence_desk.domain.errors import Unreachable
from cadence_desk.sync.catch_up import CatchUp
from cadence_desk.sync.supervisor import Supervisor
from tests.unit.sync.records import NOON

MINUTE = timedelta(minutes=1)


class Reads:
    """Writes down what would be read."""

    def __init__(self) -> None:
        self.done: list[Any] = []
        self.error: Exception | None = None

    def begins_at(self, now: datetime) -> None:
        assert now >= NOON

    async def read_all(self) -> None:
        self._note("all")

    async def read_since(self, since: datetime, deleted_since: datetime | None) -> None:
        self._note((since - NOON, None if deleted_since is None else deleted_since - NOON))

    def _note(self, what: Any) -> None:
        self.done.append(what)
        if self.error is not None:
            raise self.error


def made(cached: datetime | None = NOON) -> tuple[CatchUp, Reads]:
    reads = Reads()
    catch_up = CatchUp(reads, 60.0)  # type: ignore[arg-type]
    catch_up.begin_from(cached)
    return catch_up, reads


def after(catch_up: CatchUp, minutes: float) -> None:
    asyncio.run(catch_up.read(NOON + MINUTE * minutes))


def test_without_a_picture_everything_is_read_once() -> None:
    catch_up, reads = made(None)
    assert catch_up.until is None
    after(catch_up, 0)
    after(catch_up, 5)
    assert reads.done == ["all", (-MINUTE, -MINUTE)]
    assert catch_up.until == NOON + 5 * MINUTE


def test_deletions_are_asked_for_less_often_and_without_a_gap() -> None:
    catch_up, reads = made()
    for minutes in (0, 0.25, 0.5, 1.0, 1.25):
        after(catch_up, minutes)
    assert [one[1] for one in reads.done] == [-MINUTE, None, None, -MINUTE, None]
    catch_up.ask_deletions()
    after(catch_up, 1.5)
    assert reads.done[-1][1] == timedelta(0)


def test_what_failed_is_read_again_from_where_it_began() -> None:
    catch_up, reads = made()
    reads.error = Unreachable()
    for _ in range(2):
        with pytest.raises(Unreachable):
            after(catch_up, 3)
    reads.error = None
    after(catch_up, 4)
    assert reads.done == [(-MINUTE, -MINUTE)] * 3


def test_missing_events_and_old_pictures_mean_everything() -> None:
    catch_up, reads = made()
    after(catch_up, 0)
    catch_up.ask_whole()
    assert catch_up.until is None, "a picture with a hole is not saved as whole"
    reads.error = Unreachable()
    with pytest.raises(Unreachable):
        after(catch_up, 1)
    reads.error = None
    after(catch_up, 2)
    assert reads.done[1:] == ["all", "all"]
    old, reads = made(NOON - timedelta(days=8))
    after(old, 0)
    assert reads.done == ["all"]


def test_asked_for_again_while_it_runs_it_is_read_again() -> None:
    catch_up, reads = made(None)

    async def read_all() -> None:
        reads.done.append("all")
        if len(reads.done) == 1:
            catch_up.ask_whole()

    reads.read_all = read_all  # type: ignore[method-assign]
    after(catch_up, 0)
    after(catch_up, 1)
    assert reads.done == ["all", "all"]


# ---------------------------------------------------------------- tasks


def test_tasks_are_kept_named_and_canceled_at_the_end() -> None:
    async def go() -> None:
        supervisor = Supervisor()
        never = supervisor.spawn(asyncio.Event().wait(), "never")
        assert (supervisor.busy, never.get_name()) == (1, "never")
        await supervisor.close()
        assert never.cancelled()
        assert supervisor.busy == 0
        late = asyncio.sleep(0)
        with pytest.raises(RuntimeError, match="late was not started"):
            supervisor.spawn(late, "late")

    asyncio.run(go())


def test_a_task_that_swallows_its_cancellation_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cadence_desk.sync.supervisor.ASK_AGAIN_SECONDS", 0.0)
    asked: list[str] = []

    async def stubborn() -> None:
        while len(asked) < 3:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                asked.append("to end")

    async def go() -> None:
        supervisor = Supervisor()
        supervisor.spawn(stubborn(), "stubborn")
        await asyncio.sleep(0)
        await supervisor.close()
        assert supervisor.busy == 0

    asyncio.run(go())
    assert len(asked) == 3


@pytest.mark.logs_errors("a crash is logged with its place")
def test_an_expected_end_is_a_line_and_a_crash_an_error(caplog: pytest.LogCaptureFixture) -> None:
    async def fails(error: Exception) -> None:
        raise error

    async def go() -> None:
        supervisor = Supervisor()
        for error in (Unreachable(), KeyError("bug")):
            await asyncio.wait([supervisor.spawn(fails(error), f"task of {type(error).__name__}")])
        await supervisor.close()

    asyncio.run(go())
    told = [(one.levelno, one.getMessage()) for one in caplog.records if "sync.supervisor" in one.name]
    assert told == [
        (logging.WARNING, "task task of Unreachable ended: CD-1201"),
        (logging.ERROR, "task task of KeyError crashed"),
    ]
