"""Seeded chance: one source per purpose, so that adding a choice in one place shifts no other.

Imports nothing of ours. Used wherever the practice org decides something at random.
"""

from __future__ import annotations

import random


def chance_for(purpose: str, seed: int) -> random.Random:
    """Return the source of chance for a purpose in the world of a seed. Nothing here guards a secret."""
    return random.Random(f"{purpose}/{seed}")  # noqa: S311
