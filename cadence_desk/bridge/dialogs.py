"""Dialogs inside coroutines: opened, never executed. Called by ui and launch; imports QtCore only.

A nested Qt loop inside a coroutine breaks other tasks ("Cannot enter into task", qasync issues 59 and 82).
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from PySide6.QtCore import SignalInstance


class Asking(Protocol):
    """What a dialog offers: QDialog fits."""

    @property
    def finished(self) -> SignalInstance:
        """Emitted with the result when the dialog closes."""

    @property
    def destroyed(self) -> SignalInstance:
        """Emitted when the dialog goes away."""

    def open(self) -> object:
        """Show the dialog and return at once."""

    def reject(self) -> object:
        """Close the dialog without a result."""


async def ask_dialog(dialog: Asking) -> int:
    """Show a dialog and return its result; 0 when it was closed or destroyed.

    Canceling the task closes the dialog.
    """
    answer: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    def settle(result: object = 0) -> None:
        if not answer.done():
            answer.set_result(result if isinstance(result, int) else 0)

    dialog.finished.connect(settle)
    dialog.destroyed.connect(lambda *_: settle())
    dialog.open()
    try:
        return await answer
    except asyncio.CancelledError:
        dialog.reject()
        raise
