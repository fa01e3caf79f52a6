"""What a person has to know about files and keys while everything works. Imports no other room; made by bootstrap."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Notice:
    """One line that stays until it is dismissed or no longer true. `bad` says that something may get lost."""

    code: str
    title: str
    words: str
    bad: bool = False
