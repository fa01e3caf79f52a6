"""Reading everything again: by key and palette, with what it costs; and when that was done last, from the chip."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cadence_desk.bridge.tasks import TaskRunner
from tests.widget.driving import press, settle, until

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from cadence_desk.ui.shell.main_window import MainWindow
    from tests.widget.fake_desk import FakeDesk

    Run = Callable[[Coroutine[Any, Any, Any]], Any]


def test_the_key_reads_everything_and_says_what_it_costs(
    window: MainWindow, desk: FakeDesk, run: Run
) -> None:
    async def body() -> None:
        window.attach(desk, TaskRunner(window))
        window.started()
        await until(window.isActiveWindow, "window active")
        press(window, "Shift+F5")
        await settle()
        (told,) = [one for one in window.frame.bar.banners() if one.code == "NOTICE-READ"]
        assert "about 12 API calls" in told.words.text()
        assert "03:12" in told.words.text()
        assert "Read everything again" in [one.title for one in window.book.commands]

    run(body())


def test_the_chip_says_when_everything_was_compared_last(
    window: MainWindow, desk: FakeDesk, run: Run
) -> None:
    async def body() -> None:
        window.attach(desk, TaskRunner(window))
        window.started()
        await until(window.isActiveWindow, "window active")
        for _ in range(2):
            window.frame.strip.chip.click()
        (told,) = [one for one in window.frame.bar.banners() if one.code == "NOTICE-FEED"]
        assert desk.last_whole in told.words.text()
        assert told.title.text().startswith("Connection: Live")

    run(body())
