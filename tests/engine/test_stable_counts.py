"""What a journey costs in calls and statements, and an event in work and memory: the same on every machine, so it may not grow.

On steered time, in one thread: nothing here depends on how fast or how busy a machine is.
"""

from __future__ import annotations

import gc
import sqlite3
import sys
from typing import TYPE_CHECKING, Any

import pytest

from cadence_desk.desk.enrollment import WishInput
from cadence_desk.store.connections import FileOptions
from cadence_desk.sync.board import Board
from cadence_desk.sync.parts import Tables
from tests.engine.model_world import CADENCE, ME, lead
from tests.engine.virtual_time import SteeredClock
from tests.stable_counts import hold
from tests.unit.sync.records import event, person

if TYPE_CHECKING:
    from collections import Counter

    from cadence_desk.desk.calls import CallDraft
    from cadence_desk.domain.changes import ChangeEvent
    from tests.engine.conftest import Run
    from tests.engine.rig import Rig

ANNA, BERT = lead(1), lead(2)
ROWS, EVENTS = 100, 2_000
LATER = 3_600_000
"""Milliseconds by which events follow the rows: none leaves open which of the two is newer."""
IN_BETWEEN = 100.0
"""So long after the start what appears is no longer taken for something that the first read may have missed."""
NO_CALLS = ("time", "page of")
"""The time stands in the head of every answer, and the first page comes with its query (these tests read one page)."""


def api_calls(rig: Rig) -> Counter[str]:
    """Return the calls since they were last cleared, as an org counts them: a composite request is one.

    Source: REST API guide, Composite.
    """
    calls = rig.org.calls.copy()
    for name in [name for name in calls if name.startswith(NO_CALLS)]:
        del calls[name]
    return calls


def asked_by_people(rig: Rig) -> Counter[str]:
    """Return the calls without those of the reads of changes that a desk does now and then, whatever people do."""
    calls = api_calls(rig)
    for name in [
        name for name in calls if name.startswith("deleted ") or name.endswith(" since") or name == "changes"
    ]:
        del calls[name]
    return calls


async def at_work(rig: Rig) -> dict[str, str]:
    """Start with two people at a step that has a task of the platform's; returns who stands at which step."""
    rig.world.makes_step_tasks = rig.world.has_key_field = True
    steps = {}
    for number in (1, 2):
        rig.world.add_lead(number)
        steps[str(lead(number))] = rig.world.enroll(lead(number), CADENCE).current_step_id
    await rig.start()
    return steps


async def typed(rig: Rig, who: str, step: str) -> CallDraft:
    draft = await rig.desk.calls.begin(who, step)
    draft.result, draft.notes = "Connected", f"spoke to {who}"
    return draft


async def logged(rig: Rig, who: str, step: str) -> None:
    await rig.desk.calls.save(await typed(rig, who, step))
    await rig.pass_time(30)
    assert rig.states(who) == ["settled", "settled"]


def test_a_logged_call(rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        steps = await at_work(rig)
        await logged(rig, BERT, steps[BERT])
        await rig.pass_time(IN_BETWEEN)
        rig.org.calls.clear()
        await logged(rig, ANNA, steps[ANNA])
        calls = asked_by_people(rig)
        del calls["statuses"]  # remembered by the gateway; the model org is asked each time
        hold("API calls of a call logged on a step, live", calls.total(), calls)

    run(go())


@pytest.mark.parametrize("many", [50, 1_000])
def test_many_people_added(many: int, rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        for number in range(1, many + 1):
            rig.world.add_lead(number)
        await rig.start()
        await rig.pass_time(IN_BETWEEN)
        rig.org.calls.clear()
        wish = WishInput(CADENCE, ME)
        rows = await rig.desk.enrollment.preview([lead(number) for number in range(1, many + 1)], wish)
        await rig.desk.enrollment.start(rows, wish)
        await rig.pass_time(60)
        assert len(rig.world.trackers) == many
        assert all(rig.states(lead(number)) == ["settled"] for number in range(1, many + 1))
        name = f"API calls of {many:,} people added, with preview, guard and reading back"
        hold(name, asked_by_people(rig).total(), asked_by_people(rig))

    run(go())


def test_a_start_and_an_hour_of_nothing(rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        rig.org.takes_composites = True
        await at_work(rig)
        await rig.pass_time(3_600)
        rig.org.calls.clear()
        await rig.restart()
        await rig.pass_time(20)
        calls = api_calls(rig)
        hold("API calls of a start that finds everything as it was", calls.total(), calls)
        await rig.pass_time(1_800)
        rig.org.calls.clear()
        await rig.pass_time(3_600)
        calls = api_calls(rig)
        hold("API calls of an hour in which nothing happens, live", calls.total(), calls)

    run(go())


class Counted(sqlite3.Connection):
    """Notes every statement, those of triggers left out."""

    statements: list[str] = []  # noqa: RUF012 - one list for the connections of a test

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.set_trace_callback(self._note)

    def _note(self, statement: str) -> None:
        if not statement.startswith(("--", "PRAGMA")):
            self.statements.append(" ".join(statement.split())[:60])


@pytest.fixture
def counting(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Have the rig's files note their statements."""
    monkeypatch.setattr(Counted, "statements", [])
    rig.files = FileOptions(Counted)
    return Counted.statements


def test_statements_of_a_press_and_of_a_draft(counting: list[str], rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        steps = await at_work(rig)
        await logged(rig, BERT, steps[BERT])
        draft = await typed(rig, ANNA, steps[ANNA])
        await rig.pass_time(30)
        counting.clear()
        await rig.desk.calls.keep(draft)
        await rig.pass_time(1)
        hold("SQL statements of a draft that is kept once more", len(counting), counting)
        counting.clear()
        await rig.desk.calls.save(draft)
        await rig.pass_time(30)
        assert rig.states(ANNA) == ["settled", "settled"]
        hold("SQL statements of a call logged on a step, both files", len(counting), counting)

    run(go())


def board() -> Board:
    """Return a board with some people on it, all of whom changed before."""
    made = Board(SteeredClock(), Tables())
    made.take_people([person(number) for number in range(1, ROWS + 1)])
    applied(made, events(0))
    return made


def events(turn: int) -> list[ChangeEvent]:
    return [
        event(
            "Lead",
            lead(number % ROWS + 1),
            at=LATER + turn * EVENTS + number,
            Title=f"t{(number + turn) % 7}",
        )
        for number in range(EVENTS)
    ]


def applied(made: Board, some: list[ChangeEvent]) -> None:
    for one in some:
        made.take_event(one)
    while made.projection.pending:
        made.projection.write_rows(ROWS)
    made.unsaved.take()


def python_calls(made: Board, some: list[ChangeEvent]) -> int:
    """Count the calls of Python functions while events are applied."""
    count = 0

    def note(_frame: Any, what: str, _more: Any) -> None:
        nonlocal count
        count += what == "call"

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        applied(made, some)
    finally:
        sys.setprofile(before)
    return count


def blocks_kept(made: Board, turn: int) -> int:
    """Count the blocks of memory that stay when events have been applied and forgotten."""
    gc.collect()
    before = sys.getallocatedblocks()
    applied(made, events(turn))
    gc.collect()
    return sys.getallocatedblocks() - before


def test_an_event_that_changes_a_row() -> None:
    made = board()
    calls = python_calls(made, events(1))
    hold("Python calls per event that changes a row", round(calls / EVENTS))
    kept = min(blocks_kept(made, turn) for turn in range(2, 5))
    hold("blocks of memory kept per 10 events that change rows", round(kept * 10 / EVENTS))
