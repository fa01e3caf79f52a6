"""What changes by itself is said by a screen reader: toasts, banners, the state of the connection; each once."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtGui import QAccessible

from cadence_desk.domain.changes import FeedState
from cadence_desk.ui.kit import announcing
from cadence_desk.ui.kit.banner_bar import BannerBar
from cadence_desk.ui.kit.theme import Tone
from cadence_desk.ui.shell.org_strip import ConnectionChip
from tests.widget.test_undo_of_several import removed

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from pytestqt.qtbot import QtBot

    from cadence_desk.ui.shell.main_window import MainWindow
    from tests.widget.fake_desk import FakeDesk

    Run = Callable[[Coroutine[Any, Any, Any]], Any]

Polite, Assertive = QAccessible.AnnouncementPoliteness.Polite, QAccessible.AnnouncementPoliteness.Assertive


class Reader:
    """Stands in for Qt's bridge to a screen reader."""

    AnnouncementPoliteness = QAccessible.AnnouncementPoliteness

    def __init__(self) -> None:
        self.active = True
        self.said: list[tuple[str, Any]] = []

    def isActive(self) -> bool:  # noqa: N802 - Qt's name
        return self.active

    def updateAccessibility(self, event: Any) -> None:  # noqa: N802 - Qt's name
        assert event.object() is not None
        self.said.append((event.message(), event.politeness()))


@pytest.fixture
def reader(monkeypatch: pytest.MonkeyPatch) -> Reader:
    reader = Reader()
    monkeypatch.setattr(announcing, "QAccessible", reader)
    return reader


def test_qt_takes_an_announcement(qtbot: QtBot) -> None:
    chip = ConnectionChip()
    qtbot.addWidget(chip)
    before = QAccessible.isActive()
    QAccessible.setActive(True)
    try:
        announcing.announce(chip, "Connected")
    finally:
        QAccessible.setActive(before)


def test_a_countdown_is_said_once_and_the_next_press_anew(
    window: MainWindow, desk: FakeDesk, run: Run, reader: Reader
) -> None:
    async def body() -> None:
        await removed(window, desk, 1)
        assert [words for words, _ in reader.said] == [
            "Connection: Live",
            "Removal 0: goes to Salesforce in 8 s.",
        ]
        del reader.said[0]
        for seconds in (7.0, 6.0, 5.0):
            desk.moves.seconds = seconds
            window.acts.follower.look()
        assert len(reader.said) == 1
        window.acts.told("Removal 0", list(desk.moves.waiting))
        assert len(reader.said) == 2
        for _ in range(2):
            window.acts.told("Nothing fits.", [])
        assert [words for words, _ in reader.said[2:]] == ["Nothing fits."] * 2

    run(body())


def test_banners_and_the_connection_are_said(qtbot: QtBot, reader: Reader) -> None:
    bar, chip = BannerBar(), ConnectionChip()
    qtbot.addWidget(bar)
    qtbot.addWidget(chip)
    bar.tell("A", "A call was kept", "It is there.")
    bar.tell("B", "You are signed out", tone=Tone.BAD)
    bar.tell("B", "You are signed out", tone=Tone.BAD)
    live: Any = SimpleNamespace(state=FeedState.LIVE, words="Live")
    for _ in range(3):
        chip.show_feed(live)
    assert reader.said == [
        ("A call was kept. It is there.", Polite),
        ("You are signed out", Assertive),
        ("Connection: Live", Polite),
    ]


def test_without_a_screen_reader_nothing_is_made(qtbot: QtBot, reader: Reader) -> None:
    reader.active = False
    chip = ConnectionChip()
    qtbot.addWidget(chip)
    announcing.announce(chip, "Connected")
    assert not reader.said
