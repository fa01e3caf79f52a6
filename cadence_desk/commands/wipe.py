"""`cadence-desk wipe`: removes an org, or everything, from this computer: sign-in, secrets, files, logs.

Called by launch. Exit codes: 0 everything is removed, 1 something could not be, 2 usage or nobody agreed, 4 unsent work is
in the way, 75 a window has the profile open.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cadence_desk.domain.errors import BadValue, DeskError, FileBusy
from cadence_desk.domain.operations import STATE_WORDS, OperationState

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Sequence

    from cadence_desk.bootstrap.wiping import Wiped, Wiping

EXIT_FINE, EXIT_LEFT, EXIT_USAGE, EXIT_UNSENT, EXIT_IN_USE = 0, 1, 2, 4, 75


@dataclass(frozen=True, slots=True)
class Request:
    """What was typed."""

    key: str = ""
    everything: bool = False
    sure: bool = False
    even_unsent: bool = False


def wipe(wiping: Wiping, request: Request) -> int:
    """Wipe and say what was removed and what could not be."""
    try:
        keys = _keys(wiping, request)
        if not request.even_unsent and _tell_unsent(wiping, keys):
            return EXIT_UNSENT
        if not request.sure and not _agreed(keys, request):
            print("cadence-desk: Nothing was removed. Say --yes where nobody can be asked.", file=sys.stderr)
            return EXIT_USAGE
    except DeskError as error:
        return _told(error)
    return _wiped(wiping, keys, request)


def _keys(wiping: Wiping, request: Request) -> list[str]:
    known = wiping.keys()
    if request.everything:
        return known
    if not request.key:
        raise BadValue(
            "Say which org: --org KEY, or --all.", hint=f"There are: {', '.join(known) or 'none'}."
        )
    if request.key not in known:
        raise BadValue(
            f"There is no org “{request.key}” on this computer.",
            hint=f"There are: {', '.join(known) or 'none'}.",
        )
    return [request.key]


def _tell_unsent(wiping: Wiping, keys: Sequence[str]) -> bool:
    unsent = {key: found for key in keys if (found := wiping.unsent(key))}
    for key, found in unsent.items():
        print(
            f"cadence-desk: {key} has {found.total()} changes that Salesforce has not confirmed ({_states(found)}). "
            "They would be lost. Nothing was removed; say --even-unsent to remove them, too.",
            file=sys.stderr,
        )
    return bool(unsent)


def _states(found: Counter[str]) -> str:
    words = {state.value: STATE_WORDS[state].partition(":")[0].lower() for state in OperationState}
    return ", ".join(f"{number} {words.get(state, state)}" for state, number in found.items())


def _agreed(keys: Sequence[str], request: Request) -> bool:
    if not sys.stdin.isatty():
        return False
    what = (
        "everything Cadence Desk keeps on this computer"
        if request.everything
        else f"{keys[0]} from this computer"
    )
    return input(f"Remove {what}? Nothing in Salesforce is touched. Type yes: ").strip().lower() == "yes"


def _wiped(wiping: Wiping, keys: Sequence[str], request: Request) -> int:
    code, whole = EXIT_FINE, True
    for key in keys:
        try:
            code = max(code, _tell(key, wiping.wipe(key)))
        except DeskError as error:
            code, whole = _told(error), False
    if request.everything and whole:
        code = max(code, _tell("Cadence Desk", wiping.wipe_rest()))
    return code


def _tell(name: str, told: Wiped) -> int:
    for line in told.removed:
        print(f"{name}: removed {line}")
    for line in told.left:
        print(f"{name}: could not remove {line}", file=sys.stderr)
    return EXIT_LEFT if told.left else EXIT_FINE


def _told(error: DeskError) -> int:
    hint = f" {error.hint}" if error.hint else ""
    print(f"cadence-desk: {error.message}{hint} ({error.code})", file=sys.stderr)
    return EXIT_IN_USE if isinstance(error, FileBusy) else EXIT_USAGE
