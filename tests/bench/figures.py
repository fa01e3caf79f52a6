"""One line of the benchmark: a figure beside its reference, both measured in the same run, turn by turn."""

from __future__ import annotations

import gc
import statistics
import time
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

LOWER, HIGHER = "lower", "higher"


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
        ratio: what the goal speaks of; None when there is no reference and no goal.
        goal: bound of the ratio (of the value where there is no reference), or None.
        better: `lower` or `higher`.
        skipped: why it was not measured; empty otherwise.
        spread: the words of ours and of the reference with least and most.
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

    @property
    def ok(self) -> bool:
        """True when the goal is met, when there is none, or when the line was skipped with a reason."""
        measured = self.value if self.ratio is None else self.ratio
        if self.skipped or self.goal is None:
            return True
        if measured is None:
            return False
        return measured <= self.goal if self.better == LOWER else measured >= self.goal

    def to_json(self) -> dict[str, Any]:
        """Return the line as the JSON list holds it."""
        told = asdict(self)
        told["skipped"] = self.skipped or None
        told["reference"] = self.reference or None
        return {**told, "ok": self.ok}

    def line(self) -> str:
        """Return the line of the table."""
        if self.skipped:
            return f"{self.name:<30} skipped: {self.skipped}"
        told = "" if self.value is None else f"{shown(self.value)} {self.unit}"
        beside = f"{shown(self.reference_value)} {self.reference}" if self.reference_value is not None else ""
        ratio = "" if self.ratio is None else f"x{shown(self.ratio)}"
        sign = "<=" if self.better == LOWER else ">="
        goal = "" if self.goal is None else f"{sign} {shown(self.goal)}"
        verdict = "ok" if self.ok else "MISSED"
        return f"{self.name:<30} {told:>16}  {ratio:>9} {goal:>10}  {verdict:<7} {beside}  {self.spread}".rstrip()


def shown(value: float) -> str:
    """Return a figure with as many digits as it deserves."""
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.2f}" if abs(value) >= 1 else f"{value:.3g}"


def skipped(name: str, why: str, *, unit: str = "", better: str = LOWER) -> Figure:
    """Return a line that was not measured."""
    return Figure(name, None, unit, better=better, skipped=why)


def turn_by_turn(repeats: int, *measure: Callable[[], float]) -> list[Spread]:
    """Run each measurement in turn, `repeats` times, after one round that does not count."""
    rounds: list[list[float]] = [[] for _ in measure]
    for number in range(repeats + 1):
        for kept, one in zip(rounds, measure, strict=True):
            value = one()
            if number:
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
    return Figure(name, mine, unit, reference, other, ratio, goal, better, spread=spread)


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
