"""EarlyRows: shows the rows of yesterday between the first paint and the loop. Called by launch.window.

What is needed for that is loaded in a thread of its own; the desk goes on with what was read.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from cadence_desk.bridge.first_work import do_first

if TYPE_CHECKING:
    from collections.abc import Callable

    from cadence_desk.bootstrap.opening import OpenProfile
    from cadence_desk.bootstrap.yesterday import Yesterday
    from cadence_desk.ui.shell.main_window import MainWindow


class EarlyRows:
    """One look at the files of one profile, for the first window of a start."""

    def __init__(self, opened: OpenProfile, window: Callable[[], MainWindow]) -> None:
        self._opened = opened
        self._window = window
        self._first = window()
        self._yesterday: Yesterday | None = None
        self._made = threading.Event()

    def show(self) -> None:
        """Read and show; returns when the rows stand there, or when it takes longer than anybody waits for it."""
        do_first(self._read, self._come)

    def taken(self) -> Yesterday | None:
        """Return what the desk goes on with; waits until it is made, not until it was read."""
        self._made.wait()
        return self._yesterday

    def _read(self) -> Yesterday | None:
        try:
            from cadence_desk.bootstrap.yesterday import Yesterday

            self._yesterday = Yesterday(self._opened)
        finally:
            self._made.set()
        return self._yesterday if self._yesterday.read() else None

    def _come(self, found: object) -> None:
        """Show what was found, unless the desk is there already: it shows the same, and more.

        A key store may have asked for minutes: the window of another org, opened meanwhile, shows nothing of this one.
        """
        window, yesterday = self._window(), self._yesterday
        if found is None or yesterday is None or window is not self._first:
            return
        if window.place is None:
            yesterday.fill()
            window.show_yesterday(yesterday.profile, yesterday.identity, yesterday.people)
