"""`cadence-desk outbox`: what waits, is in doubt or needs review, and what a person decides about it.

Called by launch, which hands in how the profile is opened. Exit codes: 0 nothing is left, 1 something is refused, 2 usage,
3 something is in doubt or needs review, 4 something waits, or nobody is signed in; 75 another process has the profile.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cadence_desk.bootstrap.beside import holder_of, outbox_beside
from cadence_desk.commands.outbox_runs import list_runs, one_id, tell_run
from cadence_desk.commands.outbox_sending import send_and_wait
from cadence_desk.commands.outbox_words import (
    as_lines,
    listed_as_dict,
    one_line,
    story_as_dict,
    story_lines,
    touched_lines,
)
from cadence_desk.domain.choices import ASKED_FIRST, CHOICE_HINTS, CHOICE_WORDS, Choice
from cadence_desk.domain.errors import BadValue, DeskError, FileDamaged, InputError, KeyLost
from cadence_desk.domain.operations import KIND_WORDS, STATE_WORDS, Kind, OperationState

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from cadence_desk.bootstrap.opening import OpenProfile
    from cadence_desk.desk.desk import Desk
    from cadence_desk.domain.operations import Operation

EXIT_FINE, EXIT_REFUSED, EXIT_USAGE, EXIT_UNCLEAR, EXIT_WAITS, EXIT_IN_USE = 0, 1, 2, 3, 4, 75
_S = OperationState
_UNCLEAR = frozenset({_S.IN_DOUBT, _S.NEEDS_REVIEW, _S.SENDING})
_WAITS = frozenset({_S.QUEUED, _S.ACCEPTED})
DECISIONS: Mapping[str, Choice] = {
    "cancel": Choice.CANCEL,
    "settle": Choice.SETTLE,
    "resend": Choice.RESEND,
    "drop": Choice.DROP,
}


@dataclass(frozen=True, slots=True)
class Request:
    """What was typed.

    Attributes:
        ids: changes, by their id or a part of it.
        whole_run: cancel everything of their runs that waits.
        sure: do not ask.
        reason: why, for the audit.
        wait: send what is to be sent again, and wait for its end.
    """

    verb: str = "list"
    ids: Sequence[str] = ()
    file: Path | None = None
    as_json: bool = False
    whole_run: bool = False
    sure: bool = False
    reason: str = ""
    wait: bool = False


def outbox(open_desk: Callable[[], Desk], request: Request) -> int:
    """Do what was asked with the outbox of a profile. Raises FileBusy when another process holds it."""
    desk = open_desk()
    desk.outbox.decisions.where = "on the command line"
    try:
        return asyncio.run(_on(desk, request))
    except DeskError as error:
        return _told(error)
    except KeyboardInterrupt:
        print(
            "cadence-desk: stopped waiting; what was decided is kept, and nothing is lost.", file=sys.stderr
        )
        return EXIT_WAITS


def beside(opened: OpenProfile, request: Request) -> int:
    """Tell what can be told while another process holds the profile: states without texts; it decides nothing."""
    holder = holder_of(opened)
    if request.verb not in {"list", "show"}:
        print(
            f"cadence-desk: {opened.profile.name} is open in {holder}. Decide in its window, or close it first.",
            file=sys.stderr,
        )
        return EXIT_IN_USE
    try:
        found = outbox_beside(opened)
    except DeskError as error:
        return _told(error)
    wanted = [one.lower() for one in request.ids]
    if wanted:
        found = [
            one
            for one in found
            if any(one.op_id.startswith(part) or one.op_id.endswith(part) for part in wanted)
        ]
    shown = [one for one in found if wanted or OperationState(one.state) in _UNCLEAR | _WAITS | {_S.REFUSED}]
    rows = [
        {"id": one.op_id, "what": KIND_WORDS[Kind(one.kind)], "state": one.state, "target_id": one.target_id,
         "words": STATE_WORDS[OperationState(one.state)]}
        for one in shown
    ]  # fmt: skip
    if request.as_json:
        print(json.dumps({"operations": rows, "held_by": holder}, indent=2, ensure_ascii=False))
    else:
        print("\n".join(f"{row['id']}  {row['target_id']}  {row['what']}: {row['words']}" for row in rows))
    print(
        f"cadence-desk: {opened.profile.name} is open in {holder}: names and texts are shown there only.",
        file=sys.stderr,
    )
    return _exit_code(OperationState(one.state) for one in shown)


async def _on(desk: Desk, request: Request) -> int:
    try:
        await desk.open_files()
        if request.verb == "export":
            return await _export(desk, request)
        if request.verb == "show":
            return await _show(desk, request)
        if request.verb in DECISIONS:
            return await _decide(desk, request)
        if request.verb == "runs":
            return list_runs(desk, as_json=request.as_json)
        if request.verb == "run":
            return await tell_run(desk, one_id(request.ids), request.file, as_json=request.as_json)
        return _list(desk, request)
    finally:
        await desk.stop()


def _list(desk: Desk, request: Request) -> int:
    found = desk.outbox.listed()
    left = [one for one in found if one.state not in {_S.SETTLED, _S.CANCELLED, _S.SUPERSEDED}]
    if request.as_json:
        _print_json(listed_as_dict(desk.outbox, left))
    else:
        print("\n".join(as_lines(desk.outbox, left)))
    return _exit_code(one.state for one in left)


async def _show(desk: Desk, request: Request) -> int:
    stories = [await desk.outbox.story(part) for part in request.ids]
    if request.as_json:
        _print_json({"operations": [story_as_dict(one) for one in stories]})
    else:
        print("\n\n".join("\n".join(story_lines(one)) for one in stories))
    return _exit_code(one.operation.state for one in stories)


async def _export(desk: Desk, request: Request) -> int:
    if request.file is None:
        raise BadValue("Name the file to write.")
    count = await desk.outbox.export(request.file)
    if request.as_json:
        _print_json({"file": str(request.file), "notes": count})
    else:
        print(
            f"{count:,} {'note' if count == 1 else 'notes'} written to {request.file}; only you can read it."
        )
    return EXIT_FINE


async def _decide(desk: Desk, request: Request) -> int:
    choice = DECISIONS[request.verb]
    if choice is Choice.CANCEL and request.whole_run:
        choice = Choice.CANCEL_RUN
    found = [desk.outbox.find(part) for part in request.ids]
    ids = [one.op_id for one in found]
    touched = desk.outbox.touched(choice, ids)
    if not request.sure and not _may(desk, choice, touched):
        return EXIT_USAGE
    done = await desk.outbox.decide(choice, ids, request.reason)
    if choice is Choice.RESEND and request.wait:
        print(f"cadence-desk: {done.words}", file=sys.stderr, flush=True)
        await send_and_wait(desk, ids)
    now = [desk.outbox.find(one.op_id) for one in touched]
    if request.as_json:
        _print_json({"count": done.count, "words": done.words, **listed_as_dict(desk.outbox, now)})
    elif choice is Choice.RESEND and request.wait:
        print("\n".join(one_line(desk.outbox, one) for one in now))
    else:
        print(done.words)
    return _exit_code(desk.outbox.find(op_id).state for op_id in ids)


def _may(desk: Desk, choice: Choice, touched: Sequence[Operation]) -> bool:
    """Name everything that will be touched and ask; where nobody can answer, the answer is no."""
    print("\n".join(touched_lines(desk.outbox, choice, touched)), file=sys.stderr)
    if not sys.stdin.isatty():
        print("cadence-desk: nobody can be asked here. Add --yes to do it.", file=sys.stderr)
        return False
    if choice in ASKED_FIRST:
        print(CHOICE_HINTS[choice], file=sys.stderr)
    print(f"{CHOICE_WORDS[choice]}? [y/N] ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower() in {"y", "yes"}


def _exit_code(states: Iterable[OperationState]) -> int:
    left = Counter(states)
    if any(left[state] for state in _UNCLEAR):
        return EXIT_UNCLEAR
    if left[_S.REFUSED]:
        return EXIT_REFUSED
    return EXIT_WAITS if any(left[state] for state in _WAITS) else EXIT_FINE


def _print_json(value: Mapping[str, Any]) -> None:
    print(json.dumps(value, indent=2, ensure_ascii=False))


def _told(error: DeskError) -> int:
    hint = f" {error.hint}" if error.hint else ""
    if isinstance(error, FileDamaged | KeyLost):
        hint += " What can be done: cadence-desk recover"
    print(f"cadence-desk: {error.message}{hint} ({error.code})", file=sys.stderr)
    return EXIT_USAGE if isinstance(error, InputError) else EXIT_WAITS
