"""One HTTP exchange as it goes: how far it came, for which purpose, under which token. Imports nothing of ours.

The adapter writes it, the error gate reads it: what was executed is decided by the phase reached, not by the
kind of exception. One exchange per thread at a time.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from cadence_desk.salesforce.certificates import Presented


class Phase(IntEnum):
    """How far a request came; the order is the order in time."""

    PREPARING = 0
    CONNECTING = 1
    CONNECTED = 2
    SENT = 3
    """At least one byte of the request was handed to the socket."""
    ANSWERED = 4
    """Status and headers arrived."""
    COMPLETE = 5
    """The whole body arrived."""


@dataclass(slots=True)
class Exchange:
    """What is known of the exchange that this thread is in.

    Attributes:
        host: whom the request was meant for.
        proxied: a proxy stands between.
        presented: the certificate that was not trusted, when it could be looked at.
        retry_after: seconds that the server asked to wait.
        sent_on: where the server would send us on to; never followed.
    """

    purpose: str = "other"
    write: bool = False
    phase: Phase = Phase.PREPARING
    generation: int = -1
    status: int = 0
    server_date: datetime | None = None
    last_modified: str = ""
    host: str = ""
    proxied: bool = False
    presented: Presented | None = None
    retry_after: float = 0.0
    sent_on: str = ""


class _Current(threading.local):
    exchange: Exchange

    def __init__(self) -> None:
        self.exchange = Exchange()


_CURRENT = _Current()


def begin(purpose: str, *, write: bool = False) -> Exchange:
    """Start a new exchange in this thread and return it."""
    _CURRENT.exchange = Exchange(purpose, write)
    return _CURRENT.exchange


def current() -> Exchange:
    """Return this thread's exchange."""
    return _CURRENT.exchange


def restore(exchange: Exchange) -> None:
    """Go back to an exchange that another one interrupted (a renewal in the middle of a call)."""
    _CURRENT.exchange = exchange
