"""What a person is told when the files of a profile cannot be opened, and what can be done about it. Words only.

Imports no other room. Made by bootstrap, shown by the window's start page and by `cadence-desk recover`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


class Remedy(Enum):
    """What can be done. Nothing of it happens by itself."""

    RETRY = "retry"
    RESTORE = "restore"
    EXPORT = "export"
    RECOVERY_KEY = "recovery_key"
    WITHOUT_TEXTS = "without_texts"
    START_NEW = "start_new"


REMEDY_WORDS: Mapping[Remedy, str] = {
    Remedy.RETRY: "Try again",
    Remedy.RESTORE: "Restore, and check everything in Salesforce first",
    Remedy.EXPORT: "Export what can be read",
    Remedy.RECOVERY_KEY: "Use a recovery key",
    Remedy.WITHOUT_TEXTS: "Open without the texts",
    Remedy.START_NEW: "Set the file aside and start a new one",
}
"""The words of the buttons."""

REMEDY_HINTS: Mapping[Remedy, str] = {
    Remedy.RETRY: "After you have unlocked or brought back the key store.",
    Remedy.RESTORE: "Nothing is sent before Salesforce was asked whether it has it. The damaged file is kept.",
    Remedy.EXPORT: "Writes a table for you to keep. It changes nothing here.",
    Remedy.RECOVERY_KEY: "The groups of letters you wrote down at set-up bring everything back.",
    Remedy.WITHOUT_TEXTS: "What needs no text goes on. The texts stay in the file, for the day the key comes back.",
    Remedy.START_NEW: "The old file is kept under another name. What waits in it is not sent.",
}

ASKED_TWICE = frozenset({Remedy.RESTORE, Remedy.WITHOUT_TEXTS, Remedy.START_NEW})
"""These change which file is used: the command line wants --yes for them, the window a second press."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why the outbox of a profile cannot be used.

    Attributes:
        code: the error's own code.
        title: in a few words.
        words: in a sentence or two.
        facts: what is known, a line each.
        remedies: what can be done, best first.
    """

    code: str
    title: str
    words: str
    facts: tuple[str, ...]
    remedies: tuple[Remedy, ...]


class Mending(Protocol):
    """Looks and mends. Every method blocks, raises DeskError, and needs the profile's lock."""

    def look(self) -> Trouble | None:
        """Return what is wrong; None when the outbox can be opened."""

    def apply(self, remedy: Remedy, words: str = "") -> str:
        """Do it and return what to tell; `words` is the recovery key where one is needed."""

    def export(self, path: Path) -> str:
        """Write what can be read as a table and return what to tell."""
