"""Reads the arguments of `cadence-desk outbox` and opens its profile, or looks at it beside a window. Called by launch."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cadence_desk.domain.errors import FileBusy

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cadence_desk.settings.environment import Environment
    from cadence_desk.settings.paths import Paths

_WRITES = {
    "cancel": "take back what was not sent yet",
    "settle": "say that Salesforce has it, after you looked there",
    "resend": "have it looked for once more, then sent again; without a unique key it may be there twice",
    "drop": "give up on it; nothing more is sent",
}


def add_outbox(verbs: Any, common: Callable[[argparse.ArgumentParser], None]) -> None:
    """Add the command with its own commands."""
    outbox = verbs.add_parser(
        "outbox", help="what waits, is in doubt or needs review, and what to do about it"
    )
    common(outbox)
    outbox.add_argument("--json", action="store_true", dest="as_json", help="print JSON")
    outbox.set_defaults(verb="outbox", ids=[], file=None, sure=False, reason="", whole_run=False, wait=False)
    under = outbox.add_subparsers(title="outbox commands", dest="outbox_verb", metavar="COMMAND")
    under.add_parser("list", help="list what is not over (the default)")
    under.add_parser("show", help="tell everything about a change").add_argument(
        "ids", nargs="+", metavar="ID"
    )
    for name, words in _WRITES.items():
        write = under.add_parser(name, help=words)
        write.add_argument("ids", nargs="+", metavar="ID", help="the id of a change, or the end of one")
        write.add_argument("--yes", action="store_true", dest="sure", help="do not ask")
        write.add_argument("--why", dest="reason", default="", metavar="TEXT", help="kept in the history")
        if name == "resend":
            write.add_argument(
                "--no-wait", action="store_false", dest="wait", help="only queue it: the next window sends it"
            )
        if name == "cancel":
            write.add_argument(
                "--run", action="store_true", dest="whole_run", help="all that wait of their runs"
            )
    export = under.add_parser("export", help="write the texts that Salesforce may not have to a private file")
    under.add_parser("runs", help="list what was changed for many at once")
    run = under.add_parser("run", help="tell what became of every row of such a run")
    run.add_argument("ids", nargs=1, metavar="RUN", help="its id, or the end of it")
    run.add_argument(
        "--out", type=Path, dest="file", default=None, metavar="DIR",
        help="write success, error, unverified and skipped file into this folder",
    )  # fmt: skip
    for command in under.choices.values():
        command.add_argument(
            "--json", action="store_true", dest="as_json", default=argparse.SUPPRESS, help="print JSON"
        )
    export.add_argument(
        "file", type=Path, metavar="FILE", help="a new file: NAME.csv for a table, else plain text"
    )


def run_outbox(parsed: argparse.Namespace, paths: Paths, environment: Environment) -> int:
    """Do it and return the exit code. Raises DeskError when there is no org or its profile cannot be opened."""
    from cadence_desk.bootstrap.choosing import choose_org
    from cadence_desk.bootstrap.compose import build_desk, engine_options
    from cadence_desk.bootstrap.opening import look_into_profile, open_profile
    from cadence_desk.commands import outbox
    from cadence_desk.settings.preferences import Preferences

    chosen = choose_org(paths, environment, parsed.org or "")
    request = outbox.Request(
        parsed.outbox_verb or "list",
        parsed.ids,
        parsed.file,
        as_json=parsed.as_json,
        whole_run=parsed.whole_run,
        sure=parsed.sure,
        reason=parsed.reason,
        wait=parsed.wait,
    )
    options = engine_options(Preferences.load(paths.preferences))
    where = (chosen.profile, paths, parsed.key_file, chosen.access)
    try:
        return outbox.outbox(lambda: build_desk(open_profile(*where), options), request)
    except FileBusy:
        code = outbox.beside(look_into_profile(*where), request)
        if request.verb in outbox.DECISIONS:
            _hand_over(paths, chosen.profile.key, request.ids)
        return code


def _hand_over(paths: Paths, key: str, ids: Sequence[str]) -> None:
    """Ask the window to show the first of these in its outbox; what becomes of it is decided there, by a person."""
    from cadence_desk.bridge.one_window import leave_arguments

    leave_arguments(paths.inbox(key), ["outbox", *ids[:1]])
    print("cadence-desk: its window was asked to come forward and show it in the outbox.", file=sys.stderr)
