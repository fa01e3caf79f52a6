"""A session that ends is told in one banner, with the reason, however it was noticed; the lists stay."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QPushButton

from cadence_desk.domain.errors import SignedOut
from cadence_desk.domain.orgs import WayIn
from tests.widget.driving import settle

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from typing import Any

    import pytest

    from cadence_desk.ui.kit.workplace import Workplace
    from cadence_desk.ui.shell.main_window import MainWindow
    from tests.widget.fake_desk import FakeDesk

    Run = Callable[[Coroutine[Any, Any, None]], None]
REASON = "Salesforce does not let you in from this network."
HINT = "Connect to your company network or VPN, then sign in again. Work that waits is kept."


def told(window: MainWindow) -> list[str]:
    return [one.accessibleName() for one in window.frame.bar.banners() if one.code == "CD-1101"]


def test_a_refused_start_says_why_once(
    run: Run, window: MainWindow, desk: FakeDesk, place: Workplace
) -> None:
    async def scenario() -> None:
        desk.sign_in.state = "signed_out"
        window.attach(desk, place.tasks)
        window.show_start_error(SignedOut(REASON, hint=HINT))
        await settle()
        [words] = told(window)
        assert REASON in words
        assert HINT in words
        assert "times" not in words

    run(scenario())


def test_an_end_in_mid_work_says_why_and_keeps_the_lists(
    run: Run, window: MainWindow, desk: FakeDesk, place: Workplace
) -> None:
    async def scenario() -> None:
        window.attach(desk, place.tasks)
        window.started()
        assert told(window) == []
        desk.sign_in.state = "signed_out"
        desk.feed.detail = REASON
        window._show_profile()
        window._show_profile()
        [words] = told(window)
        assert REASON in words
        assert "Changes wait until you sign in" in words
        assert window.frame.work.currentWidget() is window.frame.split

    run(scenario())


def test_each_way_in_has_its_own_words(
    run: Run, window: MainWindow, desk: FakeDesk, place: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dataclasses import replace

    async def scenario() -> None:
        window.attach(desk, place.tasks)
        page = window.frame.sign_in
        seen = set()
        for way in WayIn:
            monkeypatch.setattr(desk, "profile", replace(desk.profile, way_in=way))
            desk.sign_in.state = "signed_out"
            page.refresh()
            seen.add((page.words.text(), page.begin.text()))
            assert isinstance(page.begin, QPushButton)
        assert len(seen) == len(WayIn)

    run(scenario())
