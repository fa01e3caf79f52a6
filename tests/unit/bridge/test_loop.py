"""The loop: order, deadlines, threads, and no timer left behind."""

import asyncio
import contextvars
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from typing import Any

import pytest
from PySide6.QtCore import QTimer

from cadence_desk.bridge.loop import DeskLoop

Run = Callable[[Coroutine[Any, Any, Any]], Any]


def test_callbacks_run_in_the_order_they_were_given(loop: DeskLoop, run: Run) -> None:
    seen: list[int] = []

    async def body() -> None:
        for number in range(500):
            loop.call_soon(seen.append, number)
        await asyncio.sleep(0)
        done = asyncio.Event()
        loop.call_soon(done.set)
        await done.wait()

    run(body())
    assert seen == list(range(500))


def test_canceled_callbacks_do_not_run(loop: DeskLoop, run: Run) -> None:
    seen: list[str] = []

    async def body() -> None:
        loop.call_soon(seen.append, "no").cancel()
        loop.call_soon(seen.append, "yes")
        await asyncio.sleep(0)

    run(body())
    assert seen == ["yes"]


def test_26000_canceled_waits_leave_no_deadline(loop: DeskLoop, run: Run) -> None:
    async def body() -> int:
        for _ in range(26_000):
            future: asyncio.Future[int] = loop.create_future()
            loop.call_soon(future.set_result, 1)
            await asyncio.wait_for(future, 60)
        return loop.deadlines

    assert run(body()) <= 1


def test_deadlines_canceled_in_any_order_are_swept(loop: DeskLoop, run: Run) -> None:
    async def body() -> int:
        handles = [loop.call_later(30 + (number * 7) % 100, print) for number in range(5_000)]
        keep = handles.pop(1234)
        for handle in handles[::2] + handles[1::2]:
            handle.cancel()
        left = loop.deadlines
        assert keep.when() > loop.time()
        keep.cancel()
        return left

    assert run(body()) <= 130


@pytest.mark.parametrize("delay", [0.0, 0.0005, 0.001, 0.0101, 0.02])
def test_a_deadline_never_fires_early(loop: DeskLoop, run: Run, delay: float) -> None:
    early: list[float] = []

    async def body() -> None:
        for _ in range(20):
            fired: asyncio.Future[float] = loop.create_future()
            handle = loop.call_later(delay, lambda f=fired: f.set_result(loop.time()))
            early.append(await fired - handle.when())

    run(body())
    assert min(early) >= 0


def test_deadlines_fire_in_order_of_time_then_of_making(loop: DeskLoop, run: Run) -> None:
    seen: list[str] = []

    async def body() -> None:
        at = loop.time() + 0.005
        loop.call_at(at + 0.004, seen.append, "late")
        loop.call_at(at, seen.append, "first")
        loop.call_at(at, seen.append, "second")
        await asyncio.sleep(0.02)

    run(body())
    assert seen == ["first", "second", "late"]


def test_threads_wake_the_loop_and_keep_their_order_and_context(loop: DeskLoop, run: Run) -> None:
    mark: contextvars.ContextVar[str] = contextvars.ContextVar("mark", default="none")
    context = contextvars.copy_context()
    context.run(mark.set, "thread")
    seen: list[tuple[int, str]] = []

    async def body() -> None:
        done: asyncio.Future[None] = loop.create_future()

        def produce() -> None:
            for number in range(2_000):
                loop.call_soon_threadsafe(lambda n=number: seen.append((n, mark.get())), context=context)
            loop.call_soon_threadsafe(done.set_result, None)

        thread = threading.Thread(target=produce, daemon=True)
        thread.start()
        await done
        thread.join()

    run(body())
    assert seen == [(number, "thread") for number in range(2_000)]


def test_a_future_of_a_thread_can_be_awaited(loop: DeskLoop, run: Run) -> None:
    outside: Future[str] = Future()

    async def body() -> str:
        thread = threading.Thread(target=lambda: outside.set_result("done"), daemon=True)
        thread.start()
        found = await asyncio.wrap_future(outside)
        thread.join()
        return found

    assert run(body()) == "done"


def test_qt_gets_its_turn_while_callbacks_feed_themselves(loop: DeskLoop, run: Run) -> None:
    beats: list[int] = []
    timer = QTimer()
    timer.timeout.connect(lambda: beats.append(1))
    timer.start(0)

    async def body() -> None:
        for _ in range(100_000):
            await asyncio.sleep(0)
            if len(beats) >= 5:
                break

    run(body())
    timer.stop()
    assert len(beats) >= 5


def test_there_is_no_default_executor(loop: DeskLoop, run: Run) -> None:
    async def body() -> None:
        with pytest.raises(RuntimeError, match="lane"):
            loop.run_in_executor(None, print)

    run(body())


def test_a_closed_loop_takes_nothing(qapp: object) -> None:
    from PySide6.QtWidgets import QApplication

    assert isinstance(qapp, QApplication)
    closed = DeskLoop(qapp)
    closed.call_later(60, print)
    closed.close()
    closed.close()
    assert closed.deadlines == 0
    with pytest.raises(RuntimeError):
        closed.call_soon(print)
    with pytest.raises(RuntimeError):
        closed.call_soon_threadsafe(print)


def test_the_meter_sees_the_cpu_time_of_callbacks(loop: DeskLoop, run: Run) -> None:
    seen: list[float] = []
    loop.measure(lambda seconds, _handle: seen.append(seconds))

    async def body() -> None:
        loop.call_soon(lambda: sum(range(200_000)))
        await asyncio.sleep(0)
        await asyncio.sleep(0)

    run(body())
    assert max(seen) > 0
