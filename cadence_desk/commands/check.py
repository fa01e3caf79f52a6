"""`cadence-desk check`: tells what this org lets this user do, and what an admin must switch on. Read only.

Called by launch, which hands in how the profile is opened. Exit codes: 0, 1 if any line fails, 4 when nobody is signed
in or the org cannot be reached.
"""

from __future__ import annotations

import asyncio
import json
import sys
from typing import TYPE_CHECKING

from cadence_desk.bootstrap.compose import build_reading_desk
from cadence_desk.domain.errors import BadValue, DeskError
from cadence_desk.domain.readiness.catalog import explain as page_of
from cadence_desk.domain.readiness.checks import Check, CheckCode, CheckResult, as_text, summary

if TYPE_CHECKING:
    from collections.abc import Callable

    from cadence_desk.bootstrap.opening import OpenProfile
    from cadence_desk.desk.desk import Desk

EXIT_FINE, EXIT_FAILED, EXIT_NOT_THERE = 0, 1, 4


def check(open_now: Callable[[], OpenProfile], *, as_json: bool) -> int:
    """Check an org and print the lines. Raises DeskError when its profile cannot be opened."""
    desk = build_reading_desk(open_now())
    try:
        checks = asyncio.run(_checked(desk))
    except DeskError as error:
        _tell(error, as_json=as_json)
        return EXIT_NOT_THERE
    if as_json:
        print(json.dumps({"checks": [one.as_dict() for one in checks]}, indent=2, ensure_ascii=False))
    else:
        print(f"{as_text(checks)}\n\n{desk.profile.name}: {summary(checks)}")
        print("More on a line: cadence-desk check --explain CODE")
    return EXIT_FAILED if any(one.result is CheckResult.FAIL for one in checks) else EXIT_FINE


def explain(code: str) -> int:
    """Print the help page of a check. Raises BadValue for a code that there is not."""
    known = {one.value: one for one in CheckCode}
    found = known.get(code.upper().replace("-", "_"))
    if found is None:
        raise BadValue(f"There is no check “{code}”.", hint=f"Codes: {', '.join(known)}.")
    print(page_of(found))
    return EXIT_FINE


async def _checked(desk: Desk) -> list[Check]:
    try:
        await desk.readiness.enter()
        return await desk.readiness.run(_progress)
    finally:
        await desk.stop()


def _progress(what: str, done: int, total: int) -> None:
    """Say on a terminal what is being asked; a pipe gets the result only."""
    if sys.stderr.isatty():
        end = "\r" if done + 1 < total else "\r\x1b[K"
        print(f"\x1b[K{done + 1} of {total}: {what} …", end=end, file=sys.stderr, flush=True)


def _tell(error: DeskError, *, as_json: bool) -> None:
    hint = f" {error.hint}" if error.hint else ""
    if as_json:
        told = {"code": error.code, "message": error.message, "hint": error.hint}
        print(json.dumps({"checks": [], "error": told}, indent=2, ensure_ascii=False))
    print(f"cadence-desk: {error.message}{hint} ({error.code})", file=sys.stderr)
