"""A window that does not answer leaves the stack of its silence and the name of what ran; watching costs next to nothing."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import TYPE_CHECKING

from cadence_desk.bridge import stall_meter
from cadence_desk.bridge.stall_meter import StallMeter

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from typing import Any

    import pytest

    from cadence_desk.bridge.loop import DeskLoop

    Run = Callable[[Coroutine[Any, Any, Any]], Any]


def freeze(meter: StallMeter, caplog: pytest.LogCaptureFixture) -> None:
    """Keep the window from answering until that was told."""
    end = time.monotonic() + 20
    while "silent" not in caplog.text and time.monotonic() < end:
        sum(range(1_000))


def test_a_silence_is_told_with_its_stack_and_its_task(
    loop: DeskLoop, run: Run, caplog: pytest.LogCaptureFixture
) -> None:
    meter = StallMeter(release=True)
    loop.measure(meter.note)
    meter.name_by(lambda: loop.running_handle)
    meter.start()

    async def stall() -> None:
        freeze(meter, caplog)
        await asyncio.sleep(0.2)

    async def body() -> None:
        await asyncio.get_running_loop().create_task(stall(), name="the frozen task")

    with caplog.at_level(logging.WARNING):
        run(body())
    meter.stop()
    told = [record.getMessage() for record in caplog.records if "silent" in record.getMessage()]
    assert "during the frozen task" in told[0]
    assert "in freeze" in told[0]
    assert any("answers again after" in record.getMessage() for record in caplog.records)
    assert sum(count for name, count in meter.histogram().items() if name != "up to 60 ms") > 0


def test_the_alarm_for_hangs_is_put_off_about_once_a_second(
    loop: DeskLoop, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    beats: list[float] = []
    monkeypatch.setattr(stall_meter, "_CALL_SECONDS", 0.0)
    meter = StallMeter(release=False, beating=lambda: beats.append(0.0))
    meter.start()
    assert len(beats) == 1, "it is armed at the start"
    run(asyncio.sleep(0.1))
    meter.stop()
    assert len(beats) > 1
