"""Checks as lines, grouped by how they came out, and their badges. Pure but for badges; called by ReadinessScreen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cadence_desk.domain.readiness.checks import CheckResult
from cadence_desk.ui.kit.line_list import Line
from cadence_desk.ui.kit.shapes import Badge, Shape
from cadence_desk.ui.kit.theme import Tone

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cadence_desk.domain.readiness.checks import Check

_LOOKS = {
    CheckResult.PASS: (Shape.CHECK, Tone.GOOD),
    CheckResult.WARN: (Shape.TRIANGLE, Tone.WARN),
    CheckResult.FAIL: (Shape.CROSS, Tone.BAD),
    CheckResult.UNKNOWN: (Shape.DIAMOND, Tone.NEUTRAL),
}
_GROUPS = (
    (CheckResult.FAIL, "Does not work"),
    (CheckResult.WARN, "Works with a restriction"),
    (CheckResult.UNKNOWN, "Could not be told"),
    (CheckResult.PASS, "Works"),
)


def check_badge(result: CheckResult) -> Badge:
    """Return the badge of a result."""
    return Badge(result.word, *_LOOKS[result])


def check_lines(checks: Sequence[Check]) -> list[Line]:
    """Return one line per check, the troubles first."""
    lines: list[Line] = []
    for result, title in _GROUPS:
        part = [one for one in checks if one.result is result]
        if part:
            lines.append(Line(f"heading:{result.value}", title, f"{len(part)}", is_heading=True))
            lines += [
                Line(one.code.value, one.title, one.seen, badge=check_badge(one.result)) for one in part
            ]
    return lines


def first_key(lines: Sequence[Line]) -> str:
    """Return the key of the first line that is no heading."""
    return next((line.key for line in lines if not line.is_heading), "")
