"""Damage anywhere: a known end, nothing sent on doubt, nothing missing without a word. The rig tries a thousand places."""

from __future__ import annotations

import pytest

from tests.torture.corruption import DAMAGES, ROW, run

SEEDS = range(3)


@pytest.mark.parametrize("seed", SEEDS)
def test_damage_of_every_kind_ends_in_a_known_way(seed: int) -> None:
    positions = sum(share for share, _ in DAMAGES.values())
    tier = run(positions, seed)
    assert tier.is_well, tier.failing
    assert tier.rows[ROW] == positions
    assert len(tier.outcomes) == 3, "some is harmless, some is restored whole, some only in part"
