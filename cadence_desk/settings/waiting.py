"""Waiting for a key store that may be asking a person: how long already, and a way to give up. Imports domain errors.

Used by the secret stores in the keys lane; looked at and stopped from the window's thread.
"""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, TypeVar

from cadence_desk.domain.errors import KeyStoreLocked

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


class Waiting:
    """Runs calls that may never return in threads of their own."""

    def __init__(self) -> None:
        self._since = 0.0
        self._stopped: threading.Event | None = None

    @property
    def seconds(self) -> float:
        """How long the call under way has taken; 0 when there is none."""
        return time.monotonic() - self._since if self._since else 0.0

    def stop(self) -> None:
        """Give up on the call under way."""
        stopped = self._stopped
        if stopped is not None:
            stopped.set()

    def run(self, job: Callable[[], T], limit: float) -> T:
        """Return what a call returns, or raise what it raises.

        Raises:
            KeyStoreLocked: it took longer than `limit` seconds, or a person gave up.
        """
        answers: list[T] = []
        errors: list[BaseException] = []
        over = threading.Event()

        def work() -> None:
            try:
                answers.append(job())
            except BaseException as error:  # noqa: BLE001 - back ends raise what their system raises
                errors.append(error)
            finally:
                over.set()

        self._since, self._stopped = time.monotonic(), over
        threading.Thread(target=work, name="key-store-call", daemon=True).start()
        try:
            over.wait(limit)
        finally:
            self._since, self._stopped = 0.0, None
        if errors:
            raise errors[0]
        if not answers:
            raise KeyStoreLocked("The key store did not answer.", hint="Unlock it, then try again.")
        return answers[0]
