"""Buttons and menu entries follow what the org offers."""

from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from PySide6.QtWidgets import QMenu, QPushButton

from cadence_desk.domain.changes import Change
from cadence_desk.domain.operations import Kind
from cadence_desk.ui.shell.main_window import MainWindow
from tests.widget.driving import find, until
from tests.widget.fake_desk import FakeDesk
from tests.widget.test_main_window import opened, trackers

Run = Callable[[Coroutine[Any, Any, Any]], Any]

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support grabbing the keyboard")


def test_what_the_org_does_not_offer_is_off_and_says_why(
    window: MainWindow, desk: FakeDesk, run: Run
) -> None:
    async def body() -> None:
        reason = "This org does not offer pauseSalesCadenceTracker to your user."
        desk.refusals = {Kind.PAUSE: reason, Kind.SKIP_STEP: "No skipping here.", Kind.ENROLL: "Not here."}
        await opened(window, desk)
        trackers(window)
        await until(lambda: not find(window, QPushButton, "pauseButton").isEnabled(), "off")
        button = find(window, QPushButton, "pauseButton")
        assert button.toolTip() == button.accessibleDescription() == reason
        assert find(window, QPushButton, "resumeButton").isEnabled()
        assert not window.frame.side.findChildren(QPushButton, "sideEnrollButton")[0].isEnabled()
        window.book.run("tracker_menu")
        menu = find(window, QMenu, "trackerMenu")
        entries = {action.text(): action for action in menu.actions()}
        assert not entries["Skip step"].isEnabled()
        assert entries["Skip step"].toolTip() == "No skipping here."
        assert entries["Complete step"].isEnabled()
        menu.close()
        desk.refusals = {}
        desk.events.tell(Change(profile=True))
        await until(button.isEnabled, "on again")
        assert button.toolTip() == ""
        assert window.book.action("skip_step").isEnabled()

    run(body())
