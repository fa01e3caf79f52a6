"""Field lists of a change event as hexadecimal bitmaps, the way the Pub/Sub API sends them.

Pure. Called by the event encoder. Source: Pub/Sub API guide, page "Event Deserialization Considerations";
Change Data Capture guide, pages "Merged Change Events" and "Sending Data Differences".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


def bitmap(bits: Iterable[int]) -> str:
    """`0x` and whole bytes in uppercase hex; the least significant bit stands for field 0."""
    value = 0
    for bit in bits:
        value |= 1 << bit
    digits = f"{value:X}"
    return f"0x{digits.zfill(len(digits) + len(digits) % 2)}"


def bitmap_list(top: Iterable[int], nested: Mapping[int, Iterable[int]]) -> list[str]:
    """The top-level bitmap, then `P-0xHH` per compound parent P in field order; empty when nothing is set.

    A list with compound parts only still begins with a top-level bitmap (`0x00`): a well-known client
    (npm salesforce-pubsub-api-client 5.5.2) reads a lone nested entry as an empty list.
    """
    bits = tuple(top)
    parents = sorted((parent, tuple(parts)) for parent, parts in nested.items())
    children = [f"{parent}-{bitmap(parts)}" for parent, parts in parents if parts]
    if not bits and not children:
        return []
    return [bitmap(bits), *children]
