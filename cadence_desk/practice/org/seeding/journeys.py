"""The ways a target may have gone through a cadence so far: which steps are done, where it stands, by what outcomes.

Imports the engine's graph. Used by the sowing of trackers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cadence_desk.practice.org.engine.graph import CadenceGraph, Step

_CHAIN = "DaisyChain"
_BRANCH = "Branch"
_LISTENER = "ListenerBranch"


@dataclass(frozen=True, slots=True)
class Passed:
    """A step that is over, and for a call the outcome that decided the branch after it."""

    step: Step
    outcome: str | None = None


@dataclass(frozen=True, slots=True)
class Journey:
    """Steps that are over and the step the target stands on; None when the run has come to its end."""

    passed: tuple[Passed, ...]
    standing: Step | None


def journeys(graph: CadenceGraph) -> list[Journey]:
    """Return every way through a cadence up to every place a target may stand on, and every way to its end."""
    found: list[Journey] = []
    first = graph.first()
    open_ways: list[tuple[tuple[Passed, ...], Step | None]] = [] if first is None else [((), first)]
    while open_ways:
        passed, step = open_ways.pop()
        if step is None:
            found.append(Journey(passed, None))
        elif step.type == _CHAIN:
            continue
        elif step.type == _BRANCH:
            open_ways.extend(_ways_out(graph, passed, step))
        elif step.type == _LISTENER:
            found.append(Journey(passed, step))
            open_ways.extend(_ways_out(graph, passed, step))
        else:
            found.append(Journey(passed, step))
            open_ways.append(((*passed, Passed(step)), graph.following(step)))
    return found


def _ways_out(
    graph: CadenceGraph, passed: tuple[Passed, ...], step: Step
) -> list[tuple[tuple[Passed, ...], Step | None]]:
    ways: list[tuple[tuple[Passed, ...], Step | None]] = [
        ((*passed, Passed(step)), graph.by_name(step.default_name)),
    ]
    for one in step.outcomes:
        before = passed
        if one.resource == "CallDispositionCategory" and passed:
            before = (*passed[:-1], Passed(passed[-1].step, one.value))
        ways.append(((*before, Passed(step)), graph.by_name(one.next_name)))
    return ways
