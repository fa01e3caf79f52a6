"""Salesforce record ids: 15 or 18 characters, checked and brought to 18. Imports no other room.

Called wherever an id enters: the gate of salesforce, dialogs, the command line.
"""

from __future__ import annotations

import re
from typing import NewType

from cadence_desk.domain.errors import BadValue

RecordId = NewType("RecordId", str)
"""An 18-character id whose checksum was verified or computed."""

_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
_SHAPE = re.compile(r"[0-9A-Za-z]{15}(?:[0-9A-Za-z]{3})?\Z")

LEAD = "00Q"
CONTACT = "003"
ACCOUNT = "001"
USER = "005"
QUEUE = "00G"
TASK = "00T"
CADENCE = "77C"
TRACKER = "0qB"
STEP_TRACKER = "8HF"


def checksum(id15: str) -> str:
    """Return the three letters that make a 15-character id safe where case is lost.

    Each block of five characters yields one letter: bit i is set when character i is an upper-case letter.
    """
    letters = []
    for start in (0, 5, 10):
        bits = sum(1 << i for i, char in enumerate(id15[start : start + 5]) if "A" <= char <= "Z")
        letters.append(_ALPHABET[bits])
    return "".join(letters)


def parse_record_id(text: str, *prefixes: str) -> RecordId:
    """Return the 18-character form of an id.

    Args:
        text: 15 or 18 characters, spaces around it allowed.
        prefixes: allowed key prefixes; none given means any.

    Raises:
        BadValue: wrong length or characters, wrong checksum, or a prefix that is not allowed.
    """
    candidate = text.strip()
    if not _SHAPE.match(candidate):
        raise BadValue(
            f"“{candidate[:24]}” is not a Salesforce id: it must have 15 or 18 letters and digits.",
            hint="Copy the id from the record's address in Salesforce.",
        )
    id15 = candidate[:15]
    full = id15 + checksum(id15)
    if len(candidate) == 18 and candidate[15:].upper() != full[15:]:
        raise BadValue(
            f"“{candidate}” has a wrong ending: the last three characters do not fit the others.",
            hint="A letter was probably changed or its case was lost; copy the id again.",
        )
    if prefixes and id15[:3] not in prefixes:
        raise BadValue(
            f"“{candidate}” is the id of another kind of record (it starts with {id15[:3]}).",
            hint=f"Expected an id that starts with {' or '.join(prefixes)}.",
        )
    return RecordId(full)


def key_prefix(record_id: str) -> str:
    """Return the first three characters, which name the kind of record."""
    return record_id[:3]
