"""Runs of many rows as lines: the open ones and the last that ended. Pure but for badges."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cadence_desk.domain.planning.run import OPEN_RUNS, RUN_WORDS, RunState
from cadence_desk.ui.kit.line_list import Line
from cadence_desk.ui.kit.moments import wall_word
from cadence_desk.ui.kit.shapes import Badge, Shape
from cadence_desk.ui.kit.theme import Tone

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cadence_desk.domain.planning.run import Run

RUN = "run:"
"""Keys of such lines begin with it; the id follows."""
SHOWN_AFTER_END = 20
_SHAPES = {
    RunState.PLANNED: (Shape.CLOCK, Tone.WARN),
    RunState.RUNNING: (Shape.PLAY, Tone.GOOD),
    RunState.HOLDING: (Shape.BARS, Tone.WARN),
    RunState.FINISHED: (Shape.CHECK, Tone.GOOD),
    RunState.STOPPED: (Shape.CROSS, Tone.BAD),
}


def run_lines(runs: Sequence[tuple[Run, int]], over: int = SHOWN_AFTER_END) -> list[Line]:
    """Return the lines of open runs and of the last that are over, with a heading where there are any."""
    bulk = [(run, ended) for run, ended in runs if run.is_listed]
    still = [one for one in bulk if one[0].state in OPEN_RUNS]
    shown = [*still, *[one for one in bulk if one[0].state not in OPEN_RUNS][:over]]
    if not shown:
        return []
    heading = Line("heading:runs", "Many at once (Enter opens)", f"{len(shown)}", is_heading=True)
    return [heading, *(_line(run, ended) for run, ended in shown)]


def _line(run: Run, ended: int) -> Line:
    shape, tone = _SHAPES[run.state]
    detail = f"{ended:,} of {run.rows:,} rows have come to their end"
    if run.why:
        detail = f"{run.words}  ·  {detail}"
    return Line(
        key=f"{RUN}{run.run_id}",
        title=run.title,
        detail=detail,
        badge=Badge(RUN_WORDS[run.state], shape, tone),
        aside=wall_word(run.created),
        tone=Tone.BAD if run.state is RunState.STOPPED else None,
    )
