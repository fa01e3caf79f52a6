"""The window's commands with their keys (product reference, keyboard map). Called by MainWindow once."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from cadence_desk.domain.operations import KIND_WORDS, Kind
from cadence_desk.ui.kit.theme import Scheme
from cadence_desk.ui.shell.commands import Command
from cadence_desk.ui.shell.frame import ENTRIES

if TYPE_CHECKING:
    from cadence_desk.ui.shell.main_window import MainWindow

_TRACKER_KEYS = {
    Kind.PAUSE: ("P",),
    Kind.RESUME: ("Shift+P",),
    Kind.COMPLETE_STEP: ("C",),
    Kind.SKIP_STEP: ("S",),
    Kind.CHANGE_ASSIGNEE: ("A",),
    Kind.SET_DISPOSITION: ("Shift+D",),
    Kind.REMOVE: ("X",),
}
_GO_KEYS = {"people": "G, P", "trackers": "G, T", "cadences": "G, C", "outbox": "G, O", "activity": "G, A"}


def add_commands(window: MainWindow) -> None:
    """Put every command into the window's book."""
    for command in (
        *_work_commands(window),
        *_going_commands(window),
        *_list_commands(window),
        *_window_commands(window),
    ):
        window.book.add(command)


def _work_commands(window: MainWindow) -> list[Command]:
    doors = window.doors
    calling = partial(doors.why_not_people, Kind.LOG_CALL)
    commands = [
        Command("log_call", "Log a call", doors.log_call, ("L", "Ctrl+L"), "call", calling),
        Command(
            "dial",
            "Log a call with the timer running",
            partial(doors.log_call, timer=True),
            ("D",),
            "call",
            calling,
        ),
        Command(
            "enroll",
            "Add to cadence",
            doors.enroll,
            ("E",),
            "people enroll",
            partial(doors.why_not_people, Kind.ENROLL),
        ),
    ]
    commands += [
        Command(
            kind.value,
            KIND_WORDS[kind],
            partial(doors.act, kind),
            keys,
            "tracker",
            partial(doors.why_not_trackers, kind),
        )
        for kind, keys in _TRACKER_KEYS.items()
    ]
    commands.append(
        Command("tracker_menu", "More actions on trackers", doors.tracker_menu, ("Shift+M",), "tracker")
    )
    commands.append(
        Command(
            "undo",
            "Undo the last change",
            window.acts.undo,
            ("U", "Ctrl+Z"),
            "undo",
            window.acts.why_not_undo,
        )
    )
    return commands


def _going_commands(window: MainWindow) -> list[Command]:
    return [
        Command(
            f"show_{name}",
            f"Go to {title}",
            partial(window.frame.go, name),
            (f"Ctrl+{number}", _GO_KEYS[name]),
            "view",
        )
        for number, (name, title) in enumerate(ENTRIES, start=1)
    ]


def _list_commands(window: MainWindow) -> list[Command]:
    return [
        Command("find", "Search in the list", window.acts.find, ("Ctrl+F", "/"), "search filter"),
        Command(
            "clear_filters",
            "Clear search and filters",
            window.acts.clear_filters,
            ("Ctrl+Shift+F",),
            "filter",
        ),
        Command("next_row", "Next row", partial(window.acts.step_rows, 1), ("J",), "list"),
        Command("previous_row", "Previous row", partial(window.acts.step_rows, -1), ("K",), "list"),
        Command(
            "copy_ids", "Copy the ids of the selection", window.doors.copy_ids, ("Ctrl+Shift+C",), "copy"
        ),
        Command(
            "open_in_org",
            "Open in Salesforce",
            window.acts.open_in_org,
            ("O",),
            "browser",
            window.acts.why_not_open_in_org,
        ),
        Command(
            "toggle_side",
            "Show or hide the detail side",
            window.acts.toggle_side,
            ("Ctrl+I",),
            "view details",
        ),
        Command(
            "refresh",
            "Read from Salesforce now",
            window.acts.refresh,
            ("F5",),
            "sync",
            window.acts.why_not_refresh,
        ),
    ]


def _window_commands(window: MainWindow) -> list[Command]:
    doors = window.doors
    looks = {
        Scheme.SYSTEM: "Follow the system's look",
        Scheme.LIGHT: "Use the light look",
        Scheme.DARK: "Use the dark look",
    }
    commands = [Command("palette", "All commands", doors.palette, ("Ctrl+K", "?", "F1"), "help keys")]
    commands += [
        Command(f"look_{scheme.value}", title, partial(window.acts.use_scheme, scheme), (), "theme settings")
        for scheme, title in looks.items()
    ]
    commands += [
        Command(
            "single_keys",
            "Switch single-letter keys on or off",
            window.acts.toggle_single_keys,
            ("Ctrl+Shift+K",),
            "settings accessibility",
        ),
        Command("sign_in", "Sign in", window.acts.sign_in, (), "account", window.acts.why_not_sign_in),
        Command("sign_out", "Sign out", window.acts.sign_out, (), "account", window.acts.why_not_sign_out),
        Command("quit", "Quit", window.close, ("Ctrl+Q",), "close exit"),
    ]
    return commands
