"""Expands the bitmap lists of a change event header into field names. Pure; called by events.

Source: Pub/Sub API guide, Event Deserialization Considerations: bit i of the big-endian number is field i of the
schema; an entry "P-0x.." counts over the parts of compound field P.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cadence_desk.salesforce.avro import AvroProblem

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cadence_desk.salesforce.avro import Shape

_BITMAP = re.compile(r"0x[0-9A-Fa-f]{1,4096}\Z")


_KNOWN_LIMIT = 1_000
_NONE: frozenset[str] = frozenset()


def field_names(entries: Sequence[str], shape: Shape) -> frozenset[str]:
    """Return the names that a bitmap list marks, parts of compound fields as ``MailingAddress.City``.

    Raises:
        AvroProblem: an entry is no bitmap, or marks what the schema does not have.
    """
    if not entries:
        return _NONE
    key = tuple(entries)
    names = shape.named.get(key)
    if names is None:
        names = _expanded(key, shape)
        if len(shape.named) < _KNOWN_LIMIT:
            shape.named[key] = names
    return names


def _expanded(entries: Sequence[str], shape: Shape) -> frozenset[str]:
    found: set[str] = set()
    for entry in entries:
        parent, _, digits = entry.rpartition("-")
        if not parent:
            found.update(_named(digits, shape.fields))
            continue
        names = shape.parts.get(int(parent)) if parent.isascii() and parent.isdigit() else None
        if names is None:
            raise AvroProblem("a bitmap counts over a field without parts")
        base = shape.fields[int(parent)]
        found.update(f"{base}.{name}" for name in _named(digits, names))
    return frozenset(found)


def _named(digits: str, names: Sequence[str]) -> Iterator[str]:
    for bit in _bits(digits):
        if bit >= len(names):
            raise AvroProblem("a bitmap marks a field that the schema does not have")
        yield names[bit]


def _bits(digits: str) -> Iterator[int]:
    if not _BITMAP.match(digits):
        raise AvroProblem("an entry is no bitmap")
    number = int(digits, 16)
    while number:
        low = number & -number
        yield low.bit_length() - 1
        number ^= low
