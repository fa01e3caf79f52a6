"""Cells of CSV files: text that a spreadsheet would run as a formula is made harmless, and made whole again.

Imports no other room. Called by whatever writes or reads CSV files; the list of first characters is OWASP's
(CSV Injection), with their full-width twins, which spreadsheets read alike.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

GUARD = "'"
"""Spreadsheets show a cell that begins with it as text."""

BYTE_ORDER_MARK = "\ufeff"
"""Excel reads a file that begins with it as UTF-8."""

LINE_END = "\r\n"

_STARTS = "=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20"
_RISKY = re.compile(f"'*[ \u00a0\u3000]*[{_STARTS}]")
_GUARDED = re.compile(f"'+[ \u00a0\u3000]*[{_STARTS}]")

Cell = str | int | None


def guarded(text: str) -> str:
    """Return a cell that no spreadsheet takes for a formula. `unguarded` gives back the same text, always."""
    return GUARD + text if _RISKY.match(text) else text


def unguarded(text: str) -> str:
    """Return the text of a cell that `guarded` may have changed."""
    return text[1:] if _GUARDED.match(text) else text


def csv_line(cells: Iterable[Cell], *, raw: bool = False) -> str:
    """Return one line with its end: every cell quoted, NUL left out (no reader agrees on it), None empty.

    Numbers are written as they are. With `raw` texts are not guarded: only after a warning, for files that other
    programs import and no spreadsheet opens.
    """
    return ",".join(_quoted(cell, raw=raw) for cell in cells) + LINE_END


def csv_lines(header: Iterable[str], rows: Iterable[Iterable[Cell]], *, raw: bool = False) -> Iterator[str]:
    """Yield a whole file line by line, to be written as UTF-8; it begins with a byte order mark."""
    yield BYTE_ORDER_MARK + csv_line(header, raw=raw)
    for row in rows:
        yield csv_line(row, raw=raw)


def _quoted(cell: Cell, *, raw: bool) -> str:
    if cell is None:
        return '""'
    text = str(cell).replace("\x00", "")
    if isinstance(cell, str) and not raw:
        text = guarded(text)
    return '"' + text.replace('"', '""') + '"'
