"""What has to be known about files and keys: told once, taken back when it is over, and in the way of a loss."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from cadence_desk.domain.changes import Change
from cadence_desk.domain.mending import REMEDY_WORDS, Remedy, Trouble
from cadence_desk.domain.notices import Notice
from cadence_desk.ui.outbox.trouble_page import TroublePage
from tests.widget.driving import until
from tests.widget.test_main_window import opened

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from typing import Any

    from PySide6.QtWidgets import QApplication

    from cadence_desk.ui.shell.main_window import MainWindow
    from tests.widget.fake_desk import FakeDesk

    Run = Callable[[Coroutine[Any, Any, None]], None]

SIGN_IN = Notice(
    "NOTICE-SIGN-IN-AGAIN", "You will have to sign in again", "The key store did not take it.", bad=True
)
NETWORK = Notice("NOTICE-NETWORK", "This profile lies on a network folder", "Use a local folder.")


def titles(window: MainWindow) -> list[str]:
    return [banner.title.text() for banner in window.frame.bar.banners()]


def test_notices_come_once_stay_dismissed_and_go_when_they_are_over(
    window: MainWindow, desk: FakeDesk, run: Run
) -> None:
    async def body() -> None:
        await opened(window, desk)
        desk.notices = (SIGN_IN, NETWORK)
        desk.events.tell(Change(feed=True))
        await until(lambda: titles(window) == [SIGN_IN.title, NETWORK.title], "both")
        window.frame.bar.clear(NETWORK.code)
        desk.events.tell(Change(feed=True))
        desk.notices = (NETWORK,)
        desk.events.tell(Change(feed=True))
        await until(lambda: titles(window) == [], "the first is over, the other was dismissed")

    run(body())


def test_closing_says_once_what_would_be_lost(window: MainWindow, desk: FakeDesk, run: Run) -> None:
    asked: list[bool] = []
    window.quit_asked.connect(lambda: asked.append(True))

    async def body() -> None:
        await opened(window, desk)
        desk.lost_at_quit = lambda: 2
        window.close()
        assert "2 changes would be lost" in titles(window)
        assert asked == []
        window.close()
        assert asked == [True]

    run(body())


def trouble_page(app: QApplication) -> TroublePage:
    page = TroublePage(
        Trouble(
            "CD-1404",
            "The key to your notes is missing",
            "Nothing was sent.",
            ("Key store before: SecretService.Keyring", "<b>1 note</b> to 00Q cannot be read"),
            (Remedy.RETRY, Remedy.WITHOUT_TEXTS, Remedy.RECOVERY_KEY, Remedy.START_NEW),
        )
    )
    page.resize(1024, 560)
    page.show()
    page.focus_first()
    app.processEvents()
    return page


def test_everything_on_the_page_is_reached_and_pressed_by_keys(app: QApplication) -> None:
    page = trouble_page(app)
    chosen: list[tuple[Remedy, str]] = []
    page.chosen.connect(lambda remedy, words: chosen.append((remedy, words)))
    reached = []
    for _ in range(5):
        focus = app.focusWidget()
        assert focus is not None
        reached.append(focus.objectName())
        QTest.keyClick(focus, Qt.Key.Key_Tab)
    assert [name for name in reached if name.endswith("Button")] == [
        "retryButton", "without_textsButton", "recovery_keyButton", "start_newButton", "quitTroubleButton",
    ]  # fmt: skip
    QTest.keyClick(page.buttons[Remedy.RETRY], Qt.Key.Key_Space)
    assert chosen == [(Remedy.RETRY, "")]
    page.deleteLater()


def test_what_changes_files_is_pressed_twice_and_a_key_is_asked_for(app: QApplication) -> None:
    page = trouble_page(app)
    chosen: list[tuple[Remedy, str]] = []
    page.chosen.connect(lambda remedy, words: chosen.append((remedy, words)))
    page.buttons[Remedy.START_NEW].click()
    assert page.buttons[Remedy.START_NEW].text() == "Yes: set the file aside and start a new one"
    page.buttons[Remedy.WITHOUT_TEXTS].click()
    assert page.buttons[Remedy.START_NEW].text() == REMEDY_WORDS[Remedy.START_NEW], (
        "the other one is asked now"
    )
    assert chosen == []
    page.buttons[Remedy.RECOVERY_KEY].click()
    assert page.key.isVisible()
    assert chosen == []
    page.key.setText("AAAA-BBBB")
    page.buttons[Remedy.RECOVERY_KEY].click()
    assert chosen == [(Remedy.RECOVERY_KEY, "AAAA-BBBB")]
    assert not page.buttons[Remedy.RETRY].isEnabled(), "one at a time"
    page.mended("It is done.")
    assert page.open.isVisible()
    page.deleteLater()
