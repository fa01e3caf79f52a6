"""Commands of the outbox: every choice of the shown change has a key and a place in the palette. Called by MainWindow."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from cadence_desk.domain.choices import CHOICE_WORDS, Choice
from cadence_desk.ui.outbox.choice_keys import CHOICE_KEYS
from cadence_desk.ui.shell.commands import Command

if TYPE_CHECKING:
    from cadence_desk.ui.shell.doors import Doors
    from cadence_desk.ui.shell.frame import WindowFrame


def outbox_commands(frame: WindowFrame, doors: Doors) -> list[Command]:
    """Return one command per choice, and the page about the key that makes most of them needless."""
    admin = "help admin setup protection twice double"
    key = Command("key_field", "For admins: a unique key for every call", doors.key_field, (), admin)
    return [
        key,
        *(
            Command(
                f"outbox_{choice.value}",
                f"Outbox: {words}",
                partial(_choose, frame, choice),
                (CHOICE_KEYS[choice],),
                "outbox review waiting decide",
                partial(_why_not, frame, choice),
            )
            for choice, words in CHOICE_WORDS.items()
        ),
    ]


def _choose(frame: WindowFrame, choice: Choice) -> None:
    frame.outbox().choose(choice)


def _why_not(frame: WindowFrame, choice: Choice) -> str:
    if frame.current != "outbox":
        return "Open the outbox first (G, then O)."
    return frame.outbox().why_not(choice)
