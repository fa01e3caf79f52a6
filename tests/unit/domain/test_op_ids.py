"""Operation ids are UUIDs of version 7 that sort by time."""

from __future__ import annotations

from uuid import RFC_4122, UUID

from cadence_desk.domain.op_ids import new_op_id
from tests.engine.virtual_time import CountedEntropy, SteeredClock


class Full:
    """Entropy of ones only."""

    def token(self, size: int) -> bytes:
        return b"\xff" * size

    def uniform(self, low: float, high: float) -> float:
        return high


def test_the_layout_is_that_of_version_seven() -> None:
    clock = SteeredClock()
    for entropy in (CountedEntropy(), Full()):
        made = UUID(new_op_id(clock, entropy))
        assert (made.version, made.variant) == (7, RFC_4122)
        assert made.int >> 80 == int(clock.wall() * 1000)


def test_later_ids_are_greater_and_none_comes_twice() -> None:
    clock, entropy = SteeredClock(), CountedEntropy()
    made = []
    for _ in range(500):
        clock.advance(0.001)
        made.append(new_op_id(clock, entropy))
    assert made == sorted(made)
    assert len(set(made)) == 500
