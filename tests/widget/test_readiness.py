"""The Readiness page: by key and palette, lines with badges, details, copying, running again, and what can go wrong."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLineEdit, QPushButton
from typing_extensions import override

from cadence_desk.bridge.tasks import TaskRunner
from cadence_desk.domain.changes import Change
from cadence_desk.domain.errors import Unreachable
from cadence_desk.domain.readiness.checks import Check, CheckCode, CheckResult
from cadence_desk.domain.readiness.rules import judge
from cadence_desk.ui.kit.shapes import Shape
from cadence_desk.ui.org.readiness_lines import check_badge, check_lines, first_key
from cadence_desk.ui.org.readiness_screen import ReadinessScreen
from cadence_desk.ui.shell.main_window import MainWindow
from tests.unit.domain.readiness.good_org import good, offers, topic, without
from tests.widget.driving import dialog_named, find, press, press_focused, settle, until
from tests.widget.fake_desk import FakeDesk, FakeReadiness

Run = Callable[[Coroutine[Any, Any, Any]], Any]

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support grabbing the keyboard")


def troubled() -> list[Check]:
    facts = replace(good(), offers=without(offers(), "pauseSalesCadenceTracker", "Lead.ActionCadenceId"))
    return judge(topic(facts, "Task", selected=None, changed=False))


async def opened(window: MainWindow, desk: FakeDesk) -> ReadinessScreen:
    window.attach(desk, TaskRunner(window))
    window.started()
    await until(window.isActiveWindow, "window active")
    await settle()
    press_focused("g", "r")
    assert window.frame.current == "readiness"
    await settle(5)
    screen = window.frame.screen_of("readiness")
    assert isinstance(screen, ReadinessScreen)
    return screen


def test_it_checks_when_it_is_first_opened_and_shows_troubles_first(
    window: MainWindow, desk: FakeDesk, run: Run
) -> None:
    async def body() -> None:
        desk.readiness.found = troubled()
        screen = await opened(window, desk)
        await until(lambda: screen.list.lines.lines, "lines")
        lines = screen.list.lines.lines
        assert [line.title for line in lines if line.is_heading] == [
            "Does not work",
            "Works with a restriction",
            "Could not be told",
            "Works",
        ]
        assert len([line for line in lines if not line.is_heading]) == len(CheckCode)
        assert screen.list.current_key() == "CADENCE_USER"
        assert screen.counts.text().startswith("1 fail  ·  1 warn  ·  1 unknown")
        window.frame.go("people")
        press_focused("Ctrl+6")
        await settle(5)
        assert desk.readiness.runs == 1
        assert not window.frame.side.isVisible()

    run(body())


def test_every_line_has_its_details(window: MainWindow, desk: FakeDesk, run: Run) -> None:
    async def body() -> None:
        desk.readiness.found = troubled()
        screen = await opened(window, desk)
        await until(lambda: screen.list.lines.lines, "lines")
        for check in desk.readiness.found:
            assert screen.list.go_to(check.code.value)
            shown = [text.text() for text in screen.detail.texts]
            assert shown[:3] == [check.seen, check.why, check.fix]
            assert screen.detail.title.text() == check.title
        press_focused("Down")
        await settle(3)
        find(window, QPushButton, "copyReadinessButton").click()
        text = QGuiApplication.clipboard().text()
        assert text.startswith("Readiness of Practice org")
        assert "FAIL    CADENCE_USER" in text
        assert desk.identity is not None
        assert desk.identity.username not in text

    run(body())


def test_it_can_be_run_again_and_keeps_the_line(window: MainWindow, desk: FakeDesk, run: Run) -> None:
    async def body() -> None:
        desk.readiness.found = troubled()
        screen = await opened(window, desk)
        await until(lambda: screen.list.lines.lines, "lines")
        screen.list.go_to("TLS")
        desk.readiness.found = judge(good())
        find(window, QPushButton, "runReadinessButton").click()
        await until(lambda: "34 pass" in screen.counts.text(), "the second run")
        assert screen.list.current_key() == "TLS"
        desk.readiness.checks = ()
        desk.events.tell(Change(profile=True))
        await until(lambda: not screen.list.lines.lines, "another user")
        assert not screen.copy.isEnabled()

    run(body())


class _Slow(FakeReadiness):
    """Waits for a test in the middle of a run."""

    def __init__(self) -> None:
        super().__init__()
        self.go_on = asyncio.Event()

    @override
    async def run(self, told: Callable[[str, int, int], None] | None = None) -> Sequence[Check]:
        self.running = True
        assert told is not None
        told("Live changes", 6, 8)
        await self.go_on.wait()
        self.running = False
        return await super().run()

    @override
    def cancel(self) -> None:
        super().cancel()
        self.go_on.set()


def test_progress_shows_and_it_can_be_stopped(window: MainWindow, desk: FakeDesk, run: Run) -> None:
    async def body() -> None:
        desk.readiness = _Slow()
        screen = await opened(window, desk)
        await until(screen.progress.isVisible, "progress")
        assert (screen.progress.value(), screen.progress.maximum()) == (6, 8)
        assert "live changes" in screen.hint.text()
        assert not screen.again.isEnabled()
        screen.run()
        find(window, QPushButton, "stopReadinessButton").click()
        await until(lambda: not screen.progress.isVisible(), "the end")
        assert desk.readiness.cancelled == 1
        assert desk.readiness.runs == 1
        assert screen.again.isEnabled()
        assert "Reads only" in screen.hint.text()

    run(body())


def test_an_org_that_cannot_be_reached_is_told(window: MainWindow, desk: FakeDesk, run: Run) -> None:
    async def body() -> None:
        desk.readiness.problem = Unreachable("No way there.", hint="Look at the network.")
        screen = await opened(window, desk)
        await until(lambda: "No way there" in screen.hint.text(), "told")
        assert "Look at the network." in screen.hint.text()
        assert screen.again.isEnabled()
        desk.readiness.problem = None
        desk.readiness.found = troubled()
        screen.again.click()
        await until(lambda: screen.list.lines.lines, "lines")

    run(body())


def test_nothing_is_asked_before_somebody_signs_in(window: MainWindow, desk: FakeDesk, run: Run) -> None:
    async def body() -> None:
        desk.sign_in.state = "signed_out"
        screen = await opened(window, desk)
        await settle(5)
        assert desk.readiness.runs == 0
        assert screen.list.lines.lines == []

    run(body())


def test_the_palette_finds_it_by_what_an_admin_types(window: MainWindow, desk: FakeDesk, run: Run) -> None:
    async def body() -> None:
        await opened(window, desk)
        window.frame.go("people")
        press_focused("Ctrl+K")
        palette = await dialog_named(window, "palette")
        press(find(palette, QLineEdit, "paletteField"), *"license", "Return")
        await until(lambda: window.frame.current == "readiness", "opened")

    run(body())


def test_each_result_has_a_shape_of_its_own() -> None:
    badges = {result: check_badge(result) for result in CheckResult}
    assert len({badge.shape for badge in badges.values()} - {Shape.NONE}) == len(CheckResult)
    assert {badge.word for badge in badges.values()} == {"Pass", "Warn", "Fail", "Unknown"}
    assert first_key(check_lines([])) == ""
