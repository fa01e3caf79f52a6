"""UUIDv7 made by hand: ids of operations, sortable by time. Imports no other room; called by desk and sync."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:
    from cadence_desk.domain.ports import Clock, Entropy


def new_op_id(clock: Clock, entropy: Entropy) -> str:
    """Return a new UUIDv7 text: 48 bits of Unix milliseconds, then 74 random bits (RFC 9562, section 5.7)."""
    millis = int(clock.wall() * 1000) & (1 << 48) - 1
    random = int.from_bytes(entropy.token(10), "big")
    value = millis << 80
    value |= 0x7 << 76
    value |= (random >> 62 & 0xFFF) << 64
    value |= 0b10 << 62
    value |= random & (1 << 62) - 1
    return str(UUID(int=value))
