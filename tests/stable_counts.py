"""Figures that come out the same on every machine, and what each may be at most: the regression check counts no seconds.

One table, because what a person has to judge is the row that grew. Used by tests/engine and tests/widget.
"""

from __future__ import annotations

COUNTS: dict[str, int] = {
    "API calls of a call logged on a step, live": 3,
    "API calls of 50 people added, with preview, guard and reading back": 6,
    "API calls of 1,000 people added, with preview, guard and reading back": 28,
    "API calls of a start that finds everything as it was": 5,
    "API calls of an hour in which nothing happens, live": 6,
    "SQL statements of a call logged on a step, both files": 116,
    "SQL statements of a draft that is kept once more": 9,
    "Python calls per event that changes a row": 35,
    "blocks of memory kept per 10 events that change rows": 40,
    "rows painted for one notch of the wheel": 4,
    "rows painted for one changed row": 2,
}
"""Name to the most it may be."""

SLACK = 0.8
"""Below this share of its row a figure has become better, and the row has to follow: else the gain can be lost unseen."""


def hold(name: str, counted: float, told: object = "") -> None:
    """Fail when a figure grew, or when its row is far from it."""
    most = COUNTS[name]
    where = f'Set COUNTS["{name}"] in tests/stable_counts.py'
    assert counted <= most, (
        f"{name} grew from {most} to {counted:g}. {told}\n"
        f"If that is worth it, say why in the commit. {where} to {counted:g}."
    )
    assert counted >= int(most * SLACK), f"{name} fell from {most} to {counted:g}: keep that. {where}."
