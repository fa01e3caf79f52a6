"""Two thousand mangled answers, events and endings: none crashes the client, none is believed by half, none claims a no."""

from __future__ import annotations

import pytest

from tests.torture import fuzz

pytestmark = pytest.mark.whole
CASES, SEED = 2_000, 20261124


def test_no_case_goes_wrong() -> None:
    tier = fuzz.run(CASES, SEED)
    assert tier.fault_points == CASES
    assert not tier.failing, "\n".join(words for _, words in tier.failing)
    assert all(tier.rows[row] for row in (4, 10, 11, 29, 30))
