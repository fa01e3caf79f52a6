"""What becomes of a request, as the wire shows it; the desk's own table says what that means.

Each fate is an answer or a broken line, and whether the org carried the request out. The error that the engine meets
comes from salesforce.errors, so that a change of that table changes these schedules too.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

import requests

from cadence_desk.domain.errors import AnswerUnreadable
from cadence_desk.salesforce.errors import translate_answer, translate_exception
from cadence_desk.salesforce.exchange import Exchange, Phase

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cadence_desk.domain.errors import DeskError


class Fate(Enum):
    """What becomes of one request."""

    OK = "ok"
    UNREACHABLE = "unreachable"
    NO_NAME = "the name is not found"
    PROXY_LOGIN = "the proxy wants a login"
    LOST = "lost before it was carried out"
    ACK_LOST = "carried out, answer lost"
    RESET = "carried out, the line was reset"
    LATE = "answer lost, carried out minutes later"
    SLOW = "carried out, the answer drips until the deadline"
    UNREADABLE = "carried out, answer cannot be read"
    CUT = "carried out, answer cut"
    HTML_200 = "a page instead of the org"
    HTML_DONE = "carried out, a page instead of the answer"
    WRONG_COUNT = "carried out, an answer to another number of rows"
    STALE = "carried out, the answer of the request before"
    REFUSED = "refused"
    DUPLICATE_RULE = "refused by a duplicate rule"
    ROW_LOCK = "the row is locked"
    FORBIDDEN = "the user may not"
    API_OFF = "the API is off"
    BUSY = "busy"
    TOO_MANY = "429 with an error"
    TOO_MANY_HTML = "429 with a page"
    AGAIN_LATER = "503 with Retry-After"
    AGAIN_LATER_DONE = "carried out, 503 with Retry-After"
    ERROR_500 = "500 with a page"
    ERROR_502_DONE = "carried out, 502 with a page"
    ERROR_504_DONE = "carried out, 504 with a page"
    SIGNED_OUT = "signed out"


@dataclass(frozen=True)
class Wire:
    """How a fate shows on the wire.

    Attributes:
        rows: numbers of the table of faults.
        carried_out: the org did it all the same; LATE is carried out later.
        status: 0 when no answer came.
        seconds: how long the desk waits before it knows.
    """

    rows: tuple[int, ...]
    carried_out: bool = False
    status: int = 0
    body: object = ""
    raised: Callable[[], Exception] | None = None
    phase: Phase = Phase.COMPLETE
    retry_after: float = 0.0
    seconds: float = 0.0


def _told(code: str, message: str = "no") -> list[dict[str, str]]:
    return [{"errorCode": code, "message": message}]


def _broken() -> Exception:
    return requests.ConnectionError("aborted")


def _slow() -> Exception:
    return requests.ReadTimeout("slow")


def _no_name() -> Exception:
    return requests.ConnectionError(type("NameResolutionError", (Exception,), {})("no such name"))


def _proxy() -> Exception:
    return requests.exceptions.ProxyError("Tunnel connection failed: 407")


def _cut() -> Exception:
    return requests.exceptions.ChunkedEncodingError("cut")


def _no_json() -> Exception:
    return requests.exceptions.JSONDecodeError("x", "y", 0)


PAGE = "<html>sign in to the hotel</html>"
SUNDAY = _told("FIELD_CUSTOM_VALIDATION_EXCEPTION", "No calls on Sundays.")
DOUBLE = _told("DUPLICATES_DETECTED", "There is one like that.")
WIRES: Mapping[Fate, Wire] = {
    Fate.UNREACHABLE: Wire((2,), raised=_broken, phase=Phase.CONNECTING),
    Fate.NO_NAME: Wire((1,), raised=_no_name, phase=Phase.CONNECTING),
    Fate.PROXY_LOGIN: Wire((5,), raised=_proxy, phase=Phase.CONNECTING),
    Fate.LOST: Wire((20,), raised=_broken, phase=Phase.SENT),
    Fate.ACK_LOST: Wire((12,), carried_out=True, raised=_slow, phase=Phase.SENT),
    Fate.RESET: Wire((12, 20), carried_out=True, raised=_broken, phase=Phase.SENT),
    Fate.LATE: Wire((13,), raised=_slow, phase=Phase.SENT),
    Fate.SLOW: Wire((17,), carried_out=True, raised=_slow, phase=Phase.ANSWERED, seconds=120.0),
    Fate.UNREADABLE: Wire((11,), carried_out=True, raised=_no_json),
    Fate.CUT: Wire((11,), carried_out=True, raised=_cut, phase=Phase.ANSWERED),
    Fate.HTML_200: Wire((4,), raised=_no_json),
    Fate.HTML_DONE: Wire((4,), carried_out=True, raised=_no_json),
    Fate.WRONG_COUNT: Wire(
        (14,), carried_out=True, raised=lambda: AnswerUnreadable("another number of rows")
    ),
    Fate.REFUSED: Wire((16,), status=400, body=SUNDAY),
    Fate.DUPLICATE_RULE: Wire((16,), status=400, body=DOUBLE),
    Fate.ROW_LOCK: Wire((16,), status=400, body=_told("UNABLE_TO_LOCK_ROW")),
    Fate.FORBIDDEN: Wire((7,), status=403, body=_told("FORBIDDEN", "You may not.")),
    Fate.API_OFF: Wire((7,), status=403, body=_told("API_DISABLED_FOR_ORG")),
    Fate.BUSY: Wire((8,), status=403, body=_told("REQUEST_LIMIT_EXCEEDED")),
    Fate.TOO_MANY: Wire((8,), status=429, body=_told("TOO_MANY_REQUESTS"), retry_after=20.0),
    Fate.TOO_MANY_HTML: Wire((8,), status=429, body=PAGE),
    Fate.AGAIN_LATER: Wire((9,), status=503, body=_told("SERVER_UNAVAILABLE"), retry_after=90.0),
    Fate.AGAIN_LATER_DONE: Wire((9,), carried_out=True, status=503, body=PAGE, retry_after=30.0),
    Fate.ERROR_500: Wire((10,), status=500, body=PAGE),
    Fate.ERROR_502_DONE: Wire((10,), carried_out=True, status=502, body=PAGE),
    Fate.ERROR_504_DONE: Wire((10,), carried_out=True, status=504, body=PAGE),
    Fate.SIGNED_OUT: Wire((6,), status=401, body=_told("INVALID_SESSION_ID")),
}
"""OK and STALE are no errors: they have no wire of their own."""

ROWS_OF_FATES: Mapping[Fate, tuple[int, ...]] = {
    Fate.OK: (), Fate.STALE: (14,), **{fate: wire.rows for fate, wire in WIRES.items()}
}  # fmt: skip
READ_FATES = (
    Fate.UNREACHABLE, Fate.NO_NAME, Fate.PROXY_LOGIN, Fate.LOST, Fate.UNREADABLE, Fate.CUT, Fate.HTML_200, Fate.BUSY,
    Fate.TOO_MANY, Fate.AGAIN_LATER, Fate.ERROR_500, Fate.SIGNED_OUT, Fate.SLOW,
)  # fmt: skip
"""What may meet a read."""


def error_of(fate: Fate, *, write: bool = True) -> DeskError:
    """Return what the desk makes of a fate."""
    wire = WIRES[fate]
    exchange = Exchange("tasks", write=write, phase=wire.phase, retry_after=wire.retry_after)
    if wire.raised is not None:
        return translate_exception(wire.raised(), exchange)
    return translate_answer(wire.status, wire.body, exchange)
