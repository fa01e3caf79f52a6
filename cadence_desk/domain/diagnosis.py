"""What a bundle for support is made of: named texts, each scrubbed, each to be read by a person before it is written.

Imports domain only. Made by bootstrap, shown by the window, written by the command line.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from cadence_desk.domain.scrubbing import scrubbed

CODE = re.compile(r"CD-\d{4}(?:-[0-9A-F]{4})?")
MOST_CODES = 50
LONGEST = 400_000
"""Characters of one file; of longer ones the end is kept."""


@dataclass(frozen=True, slots=True)
class Page:
    """One file of the bundle."""

    name: str
    text: str


def page(name: str, text: str) -> Page:
    """Return a file with every line scrubbed; of a long text the end is kept."""
    kept = text if len(text) <= LONGEST else text[-LONGEST:].partition("\n")[2]
    return Page(name, "\n".join(scrubbed(line) for line in kept.splitlines()) + "\n")


def last_codes(text: str) -> str:
    """Return the last error codes of a log, each with how often it stands there, the newest first."""
    found = CODE.findall(text)
    newest = list(dict.fromkeys(reversed(found)))[:MOST_CODES]
    return "\n".join(f"{code} {found.count(code)}" for code in newest) or "none"
