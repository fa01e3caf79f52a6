"""The help page of a check. Imports nothing of ours; the pages themselves are in access_pages and work_pages."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CheckPage:
    """What a person may want to know of a check.

    Attributes:
        title: the line's title.
        why: why it matters.
        fix: the way through Setup, or what to do on this computer.
        how: how it is checked and what the results mean.
    """

    title: str
    why: str
    fix: str
    how: str
