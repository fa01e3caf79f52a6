"""The window's commands with their keys (product reference, keyboard map). Called by MainWindow once."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from cadence_desk.domain.operations import KIND_WORDS, Kind
from cadence_desk.ui.kit.theme import Scheme
from cadence_desk.ui.shell.commands import Command
from cadence_desk.ui.shell.frame import ENTRIES
from cadence_desk.ui.shell.org_acts import OrgActs
from cadence_desk.ui.shell.outbox_commands import outbox_commands

if TYPE_CHECKING:
    from cadence_desk.ui.shell.commands import CommandBook
    from cadence_desk.ui.shell.doors import Doors
    from cadence_desk.ui.shell.frame import WindowFrame
    from cadence_desk.ui.shell.outside import Outside
    from cadence_desk.ui.shell.window_acts import WindowActs

_TRACKER_KEYS = {
    Kind.PAUSE: ("P",),
    Kind.RESUME: ("Shift+P",),
    Kind.COMPLETE_STEP: ("C",),
    Kind.SKIP_STEP: ("S",),
    Kind.CHANGE_ASSIGNEE: ("A",),
    Kind.SET_DISPOSITION: ("Shift+D",),
    Kind.REMOVE: ("X",),
}
_GO_KEYS = {
    "people": "G, P",
    "trackers": "G, T",
    "cadences": "G, C",
    "outbox": "G, O",
    "activity": "G, A",
    "readiness": "G, R",
}
_GO_WORDS = {"readiness": "view check setup admin permissions license"}
"""More words by which the palette finds a screen."""


def add_commands(book: CommandBook, frame: WindowFrame, doors: Doors, acts: WindowActs) -> None:
    """Put every command into the window's book."""
    org = OrgActs(frame)
    for command in (
        *_work_commands(doors, acts),
        *_outside_commands(doors.outside),
        *_going_commands(frame),
        doors.many.command(),
        *_list_commands(doors, acts, org),
        *_reading_commands(org),
        *_window_commands(doors, acts, org),
        *outbox_commands(frame, doors),
    ):
        book.add(command)


def _call_commands(doors: Doors) -> list[Command]:
    calling = partial(doors.why_not_people, Kind.LOG_CALL)
    return [
        Command("log_call", "Log a call", doors.calls.log_call, ("L", "Ctrl+L"), "call", calling),
        Command(
            "dial",
            "Dial, and log the call with the timer running",
            doors.dial,
            ("D",),
            "call phone tel",
            calling,
        ),
        Command(
            "continue_call",
            "Go on with a call that was typed and not saved",
            doors.calls.go_on,
            ("Ctrl+Shift+L",),
            "call draft note kept",
            doors.calls.why_not_go_on,
        ),
    ]


def _outside_commands(outside: Outside) -> list[Command]:
    return [
        Command(
            "phone",
            "Call with this computer's phone program",
            outside.call,
            (),
            "tel dial",
            outside.why_not_call,
        ),
        Command(
            "mail",
            "Write with this computer's mail program",
            outside.write,
            (),
            "e-mail",
            outside.why_not_write,
        ),
    ]


def _work_commands(doors: Doors, acts: WindowActs) -> list[Command]:
    commands = [
        *_call_commands(doors),
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
            acts.undo,
            ("U", "Ctrl+Z"),
            "undo",
            acts.why_not_undo,
        )
    )
    return commands


def _going_commands(frame: WindowFrame) -> list[Command]:
    return [
        Command(
            f"show_{name}",
            f"Go to {title}",
            partial(frame.go, name),
            (f"Ctrl+{number}", _GO_KEYS[name]),
            _GO_WORDS.get(name, "view"),
        )
        for number, (name, title) in enumerate(ENTRIES, start=1)
    ]


def _list_commands(doors: Doors, acts: WindowActs, org: OrgActs) -> list[Command]:
    return [
        Command("find", "Search in the list", acts.find, ("Ctrl+F", "/"), "search filter"),
        Command(
            "clear_filters",
            "Clear search and filters",
            acts.clear_filters,
            ("Ctrl+Shift+F",),
            "filter",
        ),
        Command("next_row", "Next row", partial(acts.step_rows, 1), ("J",), "list"),
        Command("previous_row", "Previous row", partial(acts.step_rows, -1), ("K",), "list"),
        Command("copy_ids", "Copy the ids of the selection", doors.copy_ids, ("Ctrl+Shift+C",), "copy"),
        Command(
            "open_in_org",
            "Open in Salesforce",
            org.open_in_org,
            ("O",),
            "browser",
            org.why_not_open_in_org,
        ),
        Command(
            "toggle_side",
            "Show or hide the detail side",
            acts.toggle_side,
            ("Ctrl+I",),
            "view details",
        ),
    ]


def _reading_commands(org: OrgActs) -> list[Command]:
    return [
        Command(
            "refresh",
            "Read from Salesforce now",
            org.refresh,
            ("F5",),
            "sync",
            org.why_not_refresh,
        ),
        Command(
            "read_everything",
            "Read everything again",
            org.read_everything,
            ("Shift+F5",),
            "sync compare reconcile full deleted",
            org.why_not_refresh,
        ),
        Command(
            "connection",
            "How the connection stands, and when everything was read last",
            org.tell_connection,
            ("Ctrl+Shift+H",),
            "live sync feed state",
        ),
    ]


def _window_commands(doors: Doors, acts: WindowActs, org: OrgActs) -> list[Command]:
    looks = {
        Scheme.SYSTEM: "Follow the system's look",
        Scheme.LIGHT: "Use the light look",
        Scheme.DARK: "Use the dark look",
    }
    commands = [Command("palette", "All commands", doors.palette, ("Ctrl+K", "?", "F1"), "help keys")]
    commands += [
        Command(f"look_{scheme.value}", title, partial(acts.use_scheme, scheme), (), "theme settings")
        for scheme, title in looks.items()
    ]
    commands += [
        Command(
            "single_keys",
            "Switch single-letter keys on or off",
            acts.toggle_single_keys,
            ("Ctrl+Shift+K",),
            "settings accessibility",
        ),
        Command("sign_in", "Sign in", org.sign_in, (), "account", org.why_not_sign_in),
        Command("sign_out", "Sign out", org.sign_out, (), "account", org.why_not_sign_out),
    ]
    return commands
