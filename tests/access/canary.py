"""The marks: one word for each secret and each personal field, and where they are looked for. Used by the canary tests.

A mark is planted in a practice org or typed by a test; it must be found again nowhere but where a person asked for it.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

ACCESS, REFRESH, CODE, COOKIE = "MARKEDACCESS", "MARKEDREFRESH", "MARKEDCODE", "MARKEDCOOKIE"
VERIFIER = "MARKEDVERIFIER"
PROXY_PASSWORD = "KanarienProxyWort"
SECRETS = (ACCESS, REFRESH, CODE, COOKIE, VERIFIER, PROXY_PASSWORD)

NOTE = "Zimmerpflanze-Kanarienvogel"
FOLLOW_UP = "Rückruf-Kanarienvogel"
DRAFT = "Halbsatz-Kanarienvogel"
QUOTED = "Serverzitat-Kanarienvogel"
SCRIPT = "Leitfaden-Kanarienvogel"
LEAD_FIELDS = {
    "FirstName": "Kanariavorname",
    "LastName": "Kanarianachname",
    "Company": "Kanariafirma",
    "Title": "Kanariaposten",
    "Email": "kanariamail@canary.example",
    "Phone": "+49 30 9876543210",
    "MobilePhone": "+49 171 9876543211",
    "Street": "Kanariastraße 12",
    "City": "Kanariastadt",
    "Description": "Kanariabeschreibung",
}
CONTACT_FIELDS = {
    **{name: value for name, value in LEAD_FIELDS.items() if name not in {"Company", "Street", "City"}},
    "MailingStreet": "Kanariastraße 13",
    "MailingCity": "Kanariastadt",
}
TYPED = (NOTE, FOLLOW_UP, DRAFT, QUOTED, SCRIPT)
PERSONAL = (
    *TYPED,
    *dict.fromkeys((*LEAD_FIELDS.values(), *CONTACT_FIELDS.values())),
    "9876543210",
    "9876543211",
)
MARKS = (*SECRETS, *PERSONAL)

KEPT_BY_WISH = frozenset({"keys", "ready.json"})
"""Files that hold secrets because that is what they are for: the key file, and how a test reaches its practice org."""
LARGEST = 200 * 1024 * 1024


def forms(word: str) -> set[bytes]:
    """Return how a word may be written down."""
    return {
        word.encode(),
        word.encode("utf-16-le"),
        quote(word).encode(),
        quote_plus(word).encode(),
        json.dumps(word)[1:-1].encode(),
        repr(word)[1:-1].encode(),
        ascii(word)[1:-1].encode(),
    }


def pattern(words: Iterable[str] = MARKS) -> re.Pattern[bytes]:
    """Return what finds any form of these words."""
    return re.compile(b"|".join(sorted(re.escape(form) for word in words for form in forms(word))))


def found_in(text: bytes, words: Iterable[str] = MARKS) -> list[str]:
    """Return the marks in a text, shortened: a report must not spread what it found."""
    return sorted({f"{hit[:7]!r}…" for hit in pattern(words).findall(text)})


def files_with_marks(
    folder: Path, besides: frozenset[str] = KEPT_BY_WISH, words: Iterable[str] = MARKS
) -> dict[str, list[str]]:
    """Return the files below a folder in which a mark stands, databases with their logs and copies included."""
    found = {}
    for path in folder.rglob("*"):
        try:
            if (
                path.is_symlink()
                or not path.is_file()
                or path.name in besides
                or path.stat().st_size > LARGEST
            ):
                continue
            marks = found_in(path.read_bytes(), words)
        except OSError:
            continue  # a socket, or gone meanwhile
        if marks:
            found[str(path.relative_to(folder))] = marks
    return found
