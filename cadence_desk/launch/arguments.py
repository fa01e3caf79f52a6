"""The launcher's command line: what there is to choose, with plain words for what is wrong.

Called by launch.main. Exit codes: 0 fine, 2 usage, 75 profile in use.
"""

from __future__ import annotations

import argparse
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from cadence_desk.domain.overriding import override
from cadence_desk.launch.desktop_start import add_open
from cadence_desk.launch.links import taken_out
from cadence_desk.launch.outboxing import add_outbox
from cadence_desk.launch.recovering import add_recover
from cadence_desk.launch.updating import add_updates
from cadence_desk.launch.version import VERSION
from cadence_desk.launch.wiping import add_wipe

if TYPE_CHECKING:
    from collections.abc import Callable

EXIT_USAGE = 2
EXIT_IN_USE = 75


class _UnsureError(Exception):
    """What was typed needs the whole parser: a help page, or words about what is wrong."""


class _QuickParser(argparse.ArgumentParser):
    """A parser of few commands, which must not be heard: its words would leave out the others."""

    @override
    def error(self, message: str) -> NoReturn:
        raise _UnsureError(message)

    @override
    def print_help(self, file: Any = None) -> None:
        raise _UnsureError


def parse(arguments: list[str]) -> argparse.Namespace:
    """Return the parsed arguments; argparse ends the process with code 2 when they make no sense.

    Only the commands that are named are set up, because a window waits for it; all of them when that is not enough.
    """
    rest, link = taken_out(arguments)
    try:
        parsed = _parser(_QuickParser, [verb for verb in _VERBS if verb in rest]).parse_args(rest)
    except _UnsureError:
        parsed = _parser(argparse.ArgumentParser, list(_VERBS)).parse_args(rest)
    parsed.link = link
    return parsed


def _parser(kind: type[argparse.ArgumentParser], named: list[str]) -> argparse.ArgumentParser:
    parser = kind(
        prog="cadence-desk",
        description="A desktop app for Salesforce Sales Engagement.",
        epilog="Also: cadence-desk practice-org (a practice Salesforce for other tools). The environment may name an org: "
        "CADENCE_DESK_ACCESS_TOKEN and CADENCE_DESK_INSTANCE_URL, or CADENCE_DESK_JWT_KEY_FILE, _CLIENT_ID, _USERNAME, "
        "_LOGIN_URL; it wins over --org. User name and password, and device codes, are not offered: "
        "cadence-desk org help says why.",
    )
    parser.add_argument("--version", action="version", version=f"Cadence Desk {VERSION}")
    parser.add_argument(
        "--self-test",
        action="store_const",
        dest="verb",
        const="self-test",
        help="ask every part of this copy whether it works on this computer, print a table and end",
    )
    # for measuring the start
    parser.add_argument(
        "--first-paint", action="store_const", dest="verb", const="first-paint", help=argparse.SUPPRESS
    )
    _common(parser)
    parser.set_defaults(verb="window", out=None, json=None)
    if named:
        verbs = parser.add_subparsers(title="commands", metavar="COMMAND")
        for verb in named:
            _VERBS[verb](verbs)
    return parser


def _add_tour(verbs: Any) -> None:
    tour = verbs.add_parser(
        "tour", help="drive the window through the main journeys and check each against the org"
    )
    _common(tour, again=True)
    tour.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder for the pictures")
    tour.add_argument("--json", type=Path, metavar="FILE", help="write the results as JSON")
    tour.set_defaults(verb="tour")


def _add_check(verbs: Any) -> None:
    check = verbs.add_parser("check", help="tell what an org lets you do, and what an admin must switch on")
    _common(check, again=True)
    check.add_argument("--json", action="store_true", dest="as_json", help="print the lines as JSON")
    check.add_argument("--explain", metavar="CODE", help="print the help page of one check")
    check.set_defaults(verb="check")


def _add_budget(verbs: Any) -> None:
    budget = verbs.add_parser("budget", help="tell what is used of an org's daily calls and events")
    _common(budget, again=True)
    budget.add_argument("--json", action="store_true", dest="as_json", help="print the figures as JSON")
    budget.add_argument(
        "--desks", type=_desks, default=1, metavar="N", help="what so many desks would use (default 1)"
    )
    budget.set_defaults(verb="budget")


def _add_diagnostics(verbs: Any) -> None:
    found = verbs.add_parser(
        "diagnostics", help="write logs, versions and checks for support to a folder; nothing is sent"
    )
    _common(found, again=True)
    found.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder for the files")
    found.set_defaults(verb="diagnostics")


def _desks(text: str) -> int:
    number = int(text) if text.isdecimal() else 0
    if not 1 <= number <= 100_000:
        raise argparse.ArgumentTypeError(f"“{text}” is no number of desks between 1 and 100,000")
    return number


def _add_org(verbs: Any) -> None:
    org = verbs.add_parser("org", help="org profiles of this computer")
    for name, shown in (("--home", "DIR"), ("--key-file", "FILE")):
        org.add_argument(name, type=Path, metavar=shown, default=argparse.SUPPRESS, help=argparse.SUPPRESS)
    org.set_defaults(verb="org")
    under = org.add_subparsers(title="org commands", dest="org_verb", required=True, metavar="COMMAND")
    add = under.add_parser("add", help="add the org of a file or link that an admin gave you")
    add.add_argument("source", metavar="FILE|LINK", help="a file or a cadence-desk:// link")
    add.add_argument(
        "--cli", action="store_true", help="add a login of the Salesforce CLI, by user name or alias"
    )
    under.add_parser("list", help="list the orgs, and the logins that the Salesforce CLI offers")
    under.add_parser("help", help="how an admin lets Cadence Desk in, in eight lines")
    key = under.add_parser(
        "key-field", help="how an admin gives calls a unique key, with the files to deploy"
    )
    key.add_argument("--to", type=Path, dest="folder", metavar="DIR", help="write the files to this folder")
    for name, words in (
        ("link", "print a link that adds this org on another computer"),
        ("remove", "sign out of an org and forget it; its data is kept"),
    ):
        under.add_parser(name, help=words).add_argument("key", metavar="KEY")
    change = under.add_parser("set", help="change how an org is reached")
    change.add_argument("key", metavar="KEY")
    change.add_argument("--events-endpoint", metavar="HOST:PORT", help="empty for the usual one")
    change.add_argument(
        "--extra-ca", metavar="PEM", help="authority trusted for this org only; empty for none"
    )
    change.add_argument(
        "--proxy",
        metavar="HOST:PORT",
        help="proxy for this org; “direct” for none, empty for the computer's own",
    )
    change.add_argument(
        "--proxy-user",
        metavar="NAME",
        help="user name for the proxy; asks for the password; empty forgets both",
    )


def _common(parser: argparse.ArgumentParser, *, again: bool = False) -> None:
    """Add what may stand before and behind the command; behind it a default must not undo what stood before."""

    def default(value: object) -> Any:
        return argparse.SUPPRESS if again else value

    parser.add_argument(
        "--home", type=Path, default=default(None), metavar="DIR", help="keep everything in this folder"
    )
    parser.add_argument(
        "--key-file",
        type=Path,
        default=default(None),
        metavar="FILE",
        help="keep secrets in this file, not in the key store",
    )
    parser.add_argument("--org", default=default(None), metavar="KEY", help="open this org profile")
    parser.add_argument(
        "--safe-mode",
        action="store_true",
        default=default(False),  # noqa: FBT003 - a default as any other
        help="send nothing by itself, follow nothing live, read the lists anew, open at the normal size",
    )
    parser.add_argument(
        "--practice",
        action="store_true",
        default=default(False),  # noqa: FBT003 - a default as any other
        help="open the desk on a practice org on this computer",
    )
    practice = parser.add_argument_group("practice org")
    practice.add_argument(
        "--people", type=_people, default=default(200), metavar="N", help="people in it (default 200)"
    )
    practice.add_argument("--seed", type=_seed, default=default(7), metavar="S", help="same seed, same world")
    practice.add_argument(
        "--contract",
        choices=("documented", "brief"),
        default=default("documented"),
        help="action contract",
    )
    practice.add_argument(
        "--speed", type=_speed, default=default(1.0), metavar="X", help="how fast its clock runs"
    )
    practice.add_argument(
        "--start",
        type=_moment,
        default=default(None),
        metavar="ISO",
        help="its date and time at the start (default now)",
    )


def _people(text: str) -> int:
    number = int(text) if text.isdecimal() else 0
    if not 1 <= number <= 200_000:
        raise argparse.ArgumentTypeError(f"“{text}” is no number of people between 1 and 200,000")
    return number


def _seed(text: str) -> int:
    try:
        return int(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"“{text}” is no whole number") from error


def _speed(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 0.0 <= number <= 100_000.0:
        raise argparse.ArgumentTypeError(f"“{text}” is no speed between 0 and 100,000")
    return number


def _moment(text: str) -> str:
    from datetime import datetime

    try:
        datetime.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(
            f"“{text}” is no date and time such as 2026-11-24T08:00:00Z"
        ) from error
    return text


def practice_arguments(parsed: argparse.Namespace) -> list[str]:
    """Return the arguments of the practice org's own process."""
    found = ["--people", str(parsed.people), "--seed", str(parsed.seed)]
    found += ["--contract", parsed.contract, "--speed", str(parsed.speed)]
    return [*found, "--start", parsed.start] if parsed.start else found


_again = partial(_common, again=True)
_VERBS: dict[str, Callable[[Any], None]] = {
    "tour": _add_tour,
    "check": _add_check,
    "budget": _add_budget,
    "diagnostics": _add_diagnostics,
    "outbox": partial(add_outbox, common=_again),
    "recover": partial(add_recover, common=_again),
    "wipe": partial(add_wipe, common=_again),
    "org": _add_org,
    "open": partial(add_open, common=_again),
    "updates": partial(add_updates, common=_again),
}
"""Every command, in the order of the help page."""
