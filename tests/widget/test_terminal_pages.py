"""What needs a terminal is in the palette, too: with the exact commands for this start, to copy, and they are understood."""

from __future__ import annotations

import argparse
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLineEdit, QPushButton

from cadence_desk.bridge.tasks import TaskRunner
from cadence_desk.launch import preparing
from cadence_desk.launch.arguments import parse
from cadence_desk.launch.org_switch import Shelf, let_switch
from cadence_desk.launch.terminal_pages import PASSING, TerminalPages, as_typed
from tests.widget.driving import dialog_named, find, press, settle

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from cadence_desk.desk.desk import Desk
    from cadence_desk.ui.shell.main_window import MainWindow
    from tests.widget.fake_desk import FakeDesk

    Run = Callable[[Coroutine[Any, Any, Any]], Any]

PLAIN = argparse.Namespace(home=None, key_file=None)
AWAY = argparse.Namespace(home=Path("/srv/my desk"), key_file=Path("/keys"))


class Life:
    """As much of a window's life as the pages need."""

    def __init__(self, window: MainWindow) -> None:
        self.window = window
        self.desk: Desk | None = None
        self.tasks: TaskRunner | None = None
        self.options: object = None
        self.safe = False
        self.contribute: Callable[[MainWindow], None] = lambda _window: None

    def all_people(self) -> None:
        return None

    def leave_for(self, following: object) -> None:
        raise AssertionError(following)


def offered(window: MainWindow, desk: FakeDesk, parsed: argparse.Namespace) -> None:
    life = Life(window)
    TerminalPages(life, lambda: "acme", parsed)
    window.attach(desk, TaskRunner(window))
    window.started()
    life.contribute(window)


@pytest.mark.parametrize(
    ("name", "parsed", "commands"),
    [
        ("wipe_page", PLAIN, ["cadence-desk wipe --org acme", "cadence-desk wipe --all"]),
        (
            "recover_page",
            PLAIN,
            [
                "cadence-desk recover --org acme",
                "cadence-desk recover --org acme --show-key",
                "cadence-desk recover --org acme --export outbox.csv",
            ],
        ),
        (
            "wipe_page",
            AWAY,
            [
                "cadence-desk wipe --org acme --home '/srv/my desk' --key-file /keys",
                "cadence-desk wipe --home '/srv/my desk' --key-file /keys --all",
            ],
        ),
    ],
)
def test_the_commands_of_this_start_can_be_copied_and_are_understood(
    window: MainWindow, desk: FakeDesk, run: Run, name: str, parsed: argparse.Namespace, commands: list[str]
) -> None:
    async def body() -> None:
        offered(window, desk, parsed)
        await settle()
        window.book.run(name)
        page = await dialog_named(window, "commandPage")
        assert [one.text() for one in page.findChildren(QLineEdit)] == commands
        for number, command in enumerate(commands, start=1):
            press(find(page, QPushButton, f"copyCommand{number}Button"), "Space")
            assert QGuiApplication.clipboard().text() == command
            told = parse(shlex.split(command)[1:])
            assert (told.verb, told.home, told.key_file) == (command.split()[1], parsed.home, parsed.key_file)
        press(page, "Escape")

    run(body())


def practiced(window: MainWindow, desk: FakeDesk, monkeypatch: pytest.MonkeyPatch) -> Shelf:
    """Prepare the window as a start with a practice org does; return which org is open."""
    shelves: list[Shelf] = []

    def watched(*given: Any) -> Shelf:
        shelves.append(let_switch(*given))
        return shelves[-1]

    monkeypatch.setattr(preparing, "let_switch", watched)
    life: Any = Life(window)
    orgs: Any = None
    preparing.prepare_practice(life, orgs, lambda: orgs, PLAIN)
    window.attach(desk, TaskRunner(window))
    window.started()
    life.contribute(window)
    return shelves[0]


def test_where_nothing_is_kept_the_command_says_so_and_not_of_an_org_that_is_gone_to(
    window: MainWindow, desk: FakeDesk, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def body() -> None:
        shelf = practiced(window, desk, monkeypatch)
        await settle()
        window.book.run("wipe_page")
        assert window.frame.bar.banners()[0].words.text() == PASSING
        shelf.open_key = "acme"
        window.book.run("wipe_page")
        page = await dialog_named(window, "commandPage")
        assert page.findChildren(QLineEdit)[0].text() == "cadence-desk wipe --org acme"
        press(page, "Escape")

    run(body())


def test_a_start_takes_none_of_the_windows_own_commands_away(
    window: MainWindow, desk: FakeDesk, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def body() -> None:
        own = {one.name: one.title for one in window.book.commands}
        practiced(window, desk, monkeypatch)
        await settle()
        assert {one.name: one.title for one in window.book.commands if one.name in own} == own
        assert "Connection settings of this org" in {one.title for one in window.book.commands}

    run(body())


def test_a_command_is_quoted_as_its_terminal_reads_it() -> None:
    words = ["cadence-desk", "recover", "--key-file", "My Keys"]
    assert as_typed(words, "linux") == "cadence-desk recover --key-file 'My Keys'"
    assert as_typed(words, "win32") == 'cadence-desk recover --key-file "My Keys"'
