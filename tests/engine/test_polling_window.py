"""Polling misses nothing: clocks that differ, stamps of whole seconds, rows seen long after they were stamped, lost reads."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hypothesis import given, settings
from hypothesis import strategies as st

from cadence_desk.domain.errors import AnswerLost, DeskError, OrgBusy, Unreachable
from tests.engine.model_world import CADENCE, LEAD, lead
from tests.engine.rig import Rig
from tests.engine.virtual_time import SteeredLoop

if TYPE_CHECKING:
    from collections.abc import Callable

    from cadence_desk.domain.people import Person

CASES = int(os.environ.get("CADENCE_DESK_POLLING_CASES", "60"))
PEOPLE = 5
LONGEST_TRANSACTION = 600.0
"""A request may run 10 minutes on the server."""

steps = st.one_of(
    st.tuples(st.just("wait"), st.sampled_from([0.0, 0.3, 0.7, 1.0, 14.9, 15.0, 15.1, 60.0, 120.0, 700.0])),
    st.tuples(st.just("change"), st.integers(1, PEOPLE)),
    st.tuples(st.just("begin"), st.integers(1, PEOPLE)),
    st.tuples(st.just("delete"), st.integers(1, PEOPLE)),
    st.tuples(st.just("fail"), st.integers(0, 2)),
    st.tuples(st.just("server"), st.sampled_from([-20.0, -1.0, 0.0, 1.0, 20.0])),
)


@dataclass
class Late:
    """A row that was written and is not seen yet."""

    person: Person
    due: float


class WholeSeconds:
    """Makes the model org as coarse as the platform: stamps and the Date of answers have whole seconds."""

    def __init__(self, rig: Rig, skew: float) -> None:
        self.rig = rig
        self.late: dict[str, Late] = {}
        self.server_skew = 0.0
        self.gone: set[str] = set()
        rig.clock.shift = skew
        world, exact = rig.world, rig.world.now
        world.now = lambda: exact().replace(microsecond=0)  # type: ignore[method-assign]
        rig.org.before_read = lambda _what: self.settle()
        told = rig.org.server_now
        rig.org.server_now = lambda: told() + timedelta(seconds=self.server_skew)  # type: ignore[method-assign]

    def settle(self) -> None:
        """Rows whose transaction is over can be seen from now on, with the stamp of when they were written."""
        now = self.rig.clock.org_time()
        for key in [key for key, one in self.late.items() if one.due <= now]:
            self.rig.world.people[key] = self.late.pop(key).person

    def change(self, number: int) -> None:
        key = str(lead(number))
        if key not in self.late and key in self.rig.world.people:
            self.rig.world.change_person(key, title=f"Title {self.rig.clock.org_time():.3f}")

    def begin(self, number: int, seconds: float) -> None:
        key = str(lead(number))
        if key in self.late or key not in self.rig.world.people:
            return
        title = f"Slow title {self.rig.clock.org_time():.3f}"
        row = replace(self.rig.world.people[key], title=title, modified=self.rig.world.now())
        self.late[key] = Late(row, self.rig.clock.org_time() + seconds)

    def delete(self, number: int) -> None:
        key = str(lead(number))
        if key not in self.late and key in self.rig.world.people:
            self.rig.world.delete(LEAD, key)

    def fail(self, kind: int) -> None:
        errors: list[Callable[[], DeskError]] = [AnswerLost, OrgBusy, Unreachable]
        self.rig.org.read_errors.append(errors[kind]())


async def follow(rig: Rig, org: WholeSeconds, trace: list[tuple[str, Any]]) -> None:
    for number in range(1, PEOPLE + 1):
        rig.world.add_lead(number)
    rig.world.enroll(lead(1), CADENCE)
    await rig.start()
    for place, (verb, figure) in enumerate(trace):
        if verb == "wait":
            await rig.pass_time(figure)
        elif verb == "begin":
            org.begin(figure, (place * 97) % LONGEST_TRANSACTION)
        elif verb == "server":
            org.server_skew = figure
        else:
            getattr(org, verb)(figure)
        org.settle()
    rig.org.read_errors.clear()
    org.server_skew = 0.0
    await rig.pass_time(LONGEST_TRANSACTION)
    org.settle()
    await rig.pass_time(700)


def shown(rig: Rig) -> dict[str, str]:
    return {one.id: one.title for one in rig.engine.board.people}


@settings(max_examples=CASES)
@given(
    trace=st.lists(steps, min_size=3, max_size=30),
    skew=st.sampled_from([-7200.0, -61.0, 0.0, 59.5, 86_400.0]),
    start=st.floats(0.0, 0.999),
)
def test_no_change_is_ever_missed(trace: list[tuple[str, Any]], skew: float, start: float) -> None:
    with tempfile.TemporaryDirectory() as folder:
        rig = Rig(Path(folder))
        rig.options = replace(rig.options, live=False)
        rig.desk = rig._desk()
        rig.clock.advance(start)
        org = WholeSeconds(rig, skew)
        loop = SteeredLoop(rig.clock)
        try:
            loop.run_until_complete(follow(rig, org, trace))
            assert shown(rig) == {key: one.title for key, one in rig.world.people.items()}
        finally:
            loop.run_until_complete(rig.desk.stop())
            loop.close()


def test_a_row_seen_ten_minutes_after_its_stamp_is_found(tmp_path: Path) -> None:
    """The window reaches back from the last read, by as long as a request may run."""
    rig = Rig(tmp_path)
    rig.options = replace(rig.options, live=False)
    rig.desk = rig._desk()
    org = WholeSeconds(rig, 0.0)
    loop = SteeredLoop(rig.clock)

    async def go() -> None:
        rig.world.add_lead(1)
        await rig.start()
        await rig.pass_time(100)
        org.begin(1, LONGEST_TRANSACTION)
        await rig.pass_time(LONGEST_TRANSACTION + 130)
        assert "Slow" in shown(rig)[lead(1)]

    try:
        loop.run_until_complete(go())
    finally:
        loop.run_until_complete(rig.desk.stop())
        loop.close()


def test_the_model_really_has_whole_seconds(tmp_path: Path) -> None:
    rig = Rig(tmp_path)
    rig.clock.advance(0.75)
    WholeSeconds(rig, 0.0)
    assert rig.world.add_lead(1).modified == datetime.fromtimestamp(int(rig.clock.org_time()), tz=UTC)
