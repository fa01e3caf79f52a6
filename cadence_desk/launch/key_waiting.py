"""Tells that the key store has not answered yet, with a way to give up: it may be asking for a password elsewhere.

Called by launch.window while a desk starts. The window stays free all the time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cadence_desk.ui.kit.theme import Tone
from cadence_desk.ui.shell.commands import Command

if TYPE_CHECKING:
    from cadence_desk.desk.desk import Desk
    from cadence_desk.ui.shell.main_window import MainWindow

LOOK_SECONDS = 0.5
CODE = "NOTICE-KEY-STORE"
_STOP = "stop_waiting_for_keys"


async def tell_key_waiting(window: MainWindow, desk: Desk) -> None:
    """Look now and then, as long as the task runs."""
    import asyncio

    window.contribute(
        Command(
            _STOP,
            "Stop waiting for the key store",
            desk.stop_waiting_for_keys,
            (),
            "keys",
            lambda: "" if desk.key_store_waits else "The key store is not being waited for.",
        )
    )
    bar, shown = window.frame.bar, False
    while True:
        waits = desk.key_store_waits
        if waits and not shown:
            words = "It may be asking for its password in another window. Your notes stay locked until it answers."
            acts = (("Stop waiting", _STOP),)
            bar.tell(CODE, "Waiting for the key store", words, tone=Tone.WARN, acts=acts, lasting=True)
        elif shown and not waits:
            bar.clear(CODE)
        shown = waits
        await asyncio.sleep(LOOK_SECONDS)
