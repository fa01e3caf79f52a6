"""One line of the benchmark: a figure beside its reference, both measured in the same run, turn by turn."""

from __future__ import annotations

import gc
import statistics
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

LOWER, HIGHER = "lower", "higher"
RATIO, VALUE = "ratio", "value"


@dataclass(frozen=True, slots=True)
class Spread:
    """Repeated measurements of one thing: median, least and most."""

    values: tuple[float, ...]

    @property
    def median(self) -> float:
        """The middle value."""
        return statistics.median(self.values)

    @property
    def words(self) -> str:
        """Median with least and most."""
        return f"{shown(self.median)} ({shown(min(self.values))} to {shown(max(self.values))})"


@dataclass(frozen=True, slots=True)
class Figure:
    """A measured figure.

    Attributes:
        name: `group.what`.
        value: ours, as `unit` says.
        reference: what it is compared with, in words; empty when it stands alone.
        reference_value: the same unit as `value`.
        ratio: ours beside the reference; None when there is no reference.
        goal: bound of the ratio, or of the value where there is none or `judged` says so; None without a goal.
        better: `lower` or `higher`.
        skipped: why it was not measured; empty otherwise.
        spread: what belongs to it, in words.
        ours: what was measured, as often as it was; None where it is counted once.
        theirs: the same of the reference.
        judged: `value` when the goal speaks of the value although there is a ratio.
        failed: why it could not be measured, though it should have been; empty otherwise.
        table: more figures, by head of the column.
    """

    name: str
    value: float | None
    unit: str
    reference: str = ""
    reference_value: float | None = None
    ratio: float | None = None
    goal: float | None = None
    better: str = LOWER
    skipped: str = ""
    spread: str = ""
    ours: Spread | None = None
    theirs: Spread | None = None
    judged: str = RATIO
    failed: str = ""
    table: tuple[dict[str, Any], ...] = ()

    @property
    def measured(self) -> float | None:
        """What the goal speaks of."""
        return self.ratio if self.judged == RATIO and self.ratio is not None else self.value

    @property
    def ok(self) -> bool:
        """True when the goal is met, when there is none, or when the line was skipped with a reason."""
        if self.failed:
            return False
        if self.skipped or self.goal is None:
            return True
        if self.measured is None:
            return False
        return self.measured <= self.goal if self.better == LOWER else self.measured >= self.goal

    @property
    def verdict(self) -> str:
        """The end of the line in a word."""
        word = "skipped" if self.skipped else "ok" if self.goal is not None else ""
        return word if self.ok else "FAILED" if self.failed else "MISSED"

    @property
    def aim(self) -> str:
        """The goal as it is printed: a ratio with a cross, a value with its unit."""
        if self.goal is None:
            return ""
        sign = "<=" if self.better == LOWER else ">="
        of_ratio = self.judged == RATIO and self.ratio is not None
        return f"{sign} {'x' if of_ratio else ''}{shown(self.goal)}{'' if of_ratio else f' {self.unit}'}"

    def to_json(self) -> dict[str, Any]:
        """Return the line as the JSON list holds it."""
        return {
            "name": self.name,
            "value": self.value,
            "unit": self.unit,
            "reference": self.reference or None,
            "reference_value": self.reference_value,
            "ratio": self.ratio,
            "goal": self.goal,
            "better": self.better,
            "ok": self.ok,
            "skipped": self.skipped or None,
            "judged": RATIO if self.judged == RATIO and self.ratio is not None else VALUE,
            "note": self.failed or self.spread or None,
            **_told(self.ours, ""),
            **_told(self.theirs, "reference_"),
            "table": list(self.table) or None,
        }

    def line(self) -> str:
        """Return the line of the table."""
        if self.skipped or self.failed:
            return f"{self.name:<30} {self.verdict}: {self.skipped or self.failed}"
        told = "" if self.value is None else f"{shown(self.value)} {self.unit}"
        beside = f"{shown(self.reference_value)} {self.reference}" if self.reference_value is not None else ""
        ratio = "" if self.ratio is None else f"x{shown(self.ratio)}"
        return f"{self.name:<30} {told:>16}  {ratio:>9} {self.aim:>12}  {self.verdict:<7} {beside}  {self.spread}".rstrip()


def _told(spread: Spread | None, whose: str) -> dict[str, Any]:
    """Return least, most and how often."""
    if spread is None:
        return {f"{whose}min": None, f"{whose}max": None, f"{whose}repeats": None}
    values = spread.values
    return {f"{whose}min": min(values), f"{whose}max": max(values), f"{whose}repeats": len(values)}


def rebuilt(told: dict[str, Any]) -> Figure:
    """Return the figure that `asdict` took apart."""
    for whose in ("ours", "theirs"):
        if told[whose] is not None:
            told[whose] = Spread(tuple(told[whose]["values"]))
    return Figure(**{**told, "table": tuple(told["table"])})


def shown(value: float) -> str:
    """Return a figure with as many digits as it deserves."""
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.2f}" if abs(value) >= 1 else f"{value:.3g}"


def skipped(name: str, why: str, *, unit: str = "", better: str = LOWER) -> Figure:
    """Return a line that was not measured."""
    return Figure(name, None, unit, better=better, skipped=why)


def failed(name: str, why: str) -> Figure:
    """Return the line of a group that did not come to its end."""
    return Figure(name, None, "", failed=why)


def alone(name: str, unit: str, ours: Spread, goal: float | None = None, told: str = "") -> Figure:
    """Return a line without a reference: a size, or a bound that people feel."""
    return Figure(name, ours.median, unit, goal=goal, spread=told or ours.words, ours=ours)


def turn_by_turn(repeats: int, *measure: Callable[[], float]) -> list[Spread]:
    """Run each measurement in turn, `repeats` times, after a round that does not count; a single look has none."""
    rounds: list[list[float]] = [[] for _ in measure]
    warm = int(repeats > 1)
    for number in range(warm + repeats):
        for kept, one in zip(rounds, measure, strict=True):
            value = one()
            if number >= warm:
                kept.append(value)
    return [Spread(tuple(values)) for values in rounds]


def compared(
    name: str,
    unit: str,
    spreads: tuple[Spread, Spread],
    reference: str,
    goal: float | None,
    better: str = LOWER,
) -> Figure:
    """Return a line from ours and theirs; `better` HIGHER means that the ratio says how many times faster ours is."""
    ours, theirs = spreads
    mine, other = ours.median, theirs.median
    ratio = mine / other if better == LOWER else other / mine
    spread = f"ours {ours.words}; {reference} {theirs.words}"
    return Figure(
        name, mine, unit, reference, other, ratio, goal, better, spread=spread, ours=ours, theirs=theirs
    )


def cpu_ms(work: Callable[..., object], *arguments: object) -> float:
    """Return this thread's CPU milliseconds for one call: what others do on the machine hardly shows in it."""
    gc.collect()
    gc.disable()
    try:
        began = time.thread_time()
        work(*arguments)
        return (time.thread_time() - began) * 1000
    finally:
        gc.enable()


def exponent(sizes: Sequence[int], values: Sequence[float]) -> float:
    """Return the slope of log(value) over log(size): 1 is linear, 0 is flat."""
    import math

    xs = [math.log(size) for size in sizes]
    ys = [math.log(max(value, 1e-9)) for value in values]
    return statistics.linear_regression(xs, ys).slope
