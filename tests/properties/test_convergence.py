"""Whatever happens to the events on their way, the board ends as a fresh snapshot of the org."""

from __future__ import annotations

import importlib.util
import os
import random
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cadence_desk.domain.people import Person, PersonKind
from cadence_desk.domain.record_ids import RecordId
from cadence_desk.sync.board import Board
from cadence_desk.sync.parts import Tables

if TYPE_CHECKING:
    from cadence_desk.domain.changes import ChangeEvent
    from cadence_desk.domain.trackers import Tracker

_spec = importlib.util.spec_from_file_location("event_org", Path(__file__).with_name("event_org.py"))
assert _spec is not None
assert _spec.loader is not None
event_org: Any = importlib.util.module_from_spec(_spec)
sys.modules["event_org"] = event_org
_spec.loader.exec_module(event_org)

CASES = int(os.environ.get("CADENCE_DESK_CONVERGENCE_CASES", "2000"))
IDS = [f"0qB00000000000{n}AAA" for n in range(1, 5)]
ALWAYS = ("create", "update", "update", "tick", "deliver", "deliver", "read", "answer")
SOMETIMES = ("merged", "gap", "delete", "undelete", "overflow", "deliver_late", "duplicate", "drop", "cut")


def traces(faults: frozenset[str]) -> st.SearchStrategy[list[tuple[str, int]]]:
    verbs = ALWAYS + tuple(sorted(faults)) * 2
    return st.lists(st.tuples(st.sampled_from(verbs), st.integers(0, 10_000)), min_size=5, max_size=60)


def dense(seed: int) -> list[tuple[str, int]]:
    """A long trace in which much happens to few records; a generator of small examples hardly makes such."""
    chance = random.Random(seed)
    faults = [fault for fault in SOMETIMES if chance.random() < 0.4]
    verbs = ALWAYS + tuple(faults) * 2
    opening = [(verb, number) for number in range(4) for verb in ("create", "tick", "deliver")]
    return opening + [
        (chance.choice(verbs), chance.randrange(10_000)) for _ in range(chance.randrange(20, 60))
    ]


# Each trace has only some of the faults: with all of them in each, one that is repaired by a full read hides the rest.
steps = st.frozensets(st.sampled_from(SOMETIMES)).flatmap(traces)


def named_board() -> Board:
    """A board that can name almost everybody: only what it cannot name has to be read for that."""
    board = Board(StillClock(), Tables())
    board.projection.names_known({}, {f"00500000000000{number}AAA": "Rep" for number in range(10)})
    targets = [RecordId(f"00Q{one[3:]}") for one in IDS[:3]]
    board.take_people(Person(one, PersonKind.LEAD, "Somebody") for one in targets)
    return board


class StillClock:
    """A clock that does not move."""

    def wall(self) -> float:
        return float(event_org.EPOCH) / 1000

    def monotonic(self) -> float:
        return 0.0


@dataclass
class Rig:
    """Carries events and reads between the org and the board, as badly as the trace asks for."""

    board: Board = field(default_factory=named_board)
    org: Any = field(default_factory=event_org.EventOrg)
    sent: int = 0
    late: list[list[ChangeEvent]] = field(default_factory=list)
    delivered: list[list[ChangeEvent]] = field(default_factory=list)
    in_flight: list[tuple[list[tuple[str, str]], list[Tracker]]] = field(default_factory=list)
    lost: set[str] = field(default_factory=set)
    before_snapshot: dict[str, tuple[str, bool, str, str]] | None = None

    def play(self, verb: str, number: int) -> None:
        getattr(self, f"do_{verb}")(number)

    def do_create(self, number: int) -> None:
        record_id = IDS[number % len(IDS)]
        if record_id not in self.org.rows and record_id not in self.org.bin:
            self.org.create(record_id, event_org.STATES[number % 3])

    def do_update(self, number: int) -> None:
        self.org.update([IDS[number // 7 % len(IDS)]], self._changes(number))

    def do_merged(self, number: int) -> None:
        self.org.update(IDS[: 2 + number % 3], self._changes(number))

    def do_gap(self, number: int) -> None:
        self.org.update([IDS[number % len(IDS)]], self._changes(number), gap=True)

    def do_delete(self, number: int) -> None:
        self.org.delete(IDS[number % len(IDS)])

    def do_undelete(self, number: int) -> None:
        self.org.undelete(IDS[number % len(IDS)])

    def do_overflow(self, number: int) -> None:
        self.org.overflow(event_org.STATES[number % len(event_org.STATES)])

    def do_tick(self, number: int) -> None:
        self.org.tick((0, 1, 400, 1000, 2500)[number % 5])

    def _changes(self, number: int) -> dict[str, object]:
        pick = number % 4
        if pick == 0:
            return {"State": event_org.STATES[number // 4 % 5]}
        if pick == 1:
            return {"OwnerId": f"00500000000000{number // 4 % 9}AAA"}
        if pick == 2:
            return {"CompletionDisposition": (None, "Success", "Bad Data")[number // 4 % 3]}
        return {"State": event_org.STATES[number // 4 % 5], "OwnerId": "005000000000009AAA"}

    def do_deliver(self, number: int) -> None:
        if self.sent < len(self.org.events):
            self._hand_over(self.org.events[self.sent])
            self.sent += 1

    def do_deliver_late(self, number: int) -> None:
        """Set one event aside: it comes after later ones."""
        if self.sent < len(self.org.events):
            self.late.append(self.org.events[self.sent])
            self.sent += 1
        elif self.late:
            self._hand_over(self.late.pop(number % len(self.late)))

    def do_duplicate(self, number: int) -> None:
        if self.delivered:
            self._hand_over(self.delivered[number % len(self.delivered)])

    def do_drop(self, number: int) -> None:
        if self.sent < len(self.org.events):
            self.lost |= {event.record_id for event in self.org.events[self.sent]}
            self.sent += 1

    def do_cut(self, number: int) -> None:
        """The stream is cut and resumed from an older mark: some events come again."""
        self.sent = max(0, self.sent - number % 6)

    def _hand_over(self, envelope: list[ChangeEvent]) -> None:
        self.delivered.append(envelope)
        for event in envelope:
            self.board.take_event(event)

    def do_read(self, number: int) -> None:
        """The org is read now; the answer arrives later."""
        wanted = list(self.board.reads)
        self.board.reads.clear()
        if wanted:
            self.in_flight.append((wanted, self.org.read([record_id for _, record_id in wanted])))

    def do_answer(self, number: int) -> None:
        if not self.in_flight:
            return
        wanted, rows = self.in_flight.pop(number % len(self.in_flight))
        self.board.take_trackers(rows)
        found = {row.id for row in rows}
        for entity, record_id in wanted:
            self.board.finish_read(entity, record_id, found=record_id in found)

    def settle(self) -> None:
        """Let everything that is on its way arrive; then what was lost is found by one full read."""
        while self.sent < len(self.org.events) or self.late:
            if self.sent < len(self.org.events):
                self.do_deliver(0)
            else:
                self._hand_over(self.late.pop())
        self._drain()
        if not self.board.read_entities:
            self.before_snapshot = picture(list(self.board.trackers))
        if self.lost or self.board.read_entities:
            self.board.read_entities.clear()
            self._snapshot()
            self._drain()

    def _drain(self) -> None:
        for _ in range(1000):
            self.do_read(0)
            if not self.in_flight:
                return
            self.do_answer(0)
        raise AssertionError("reads never end")

    def _snapshot(self) -> None:
        rows = self.org.read()
        self.board.take_trackers(rows)
        for gone in self.board.trackers.ids() - {row.id for row in rows}:
            self.board.drop(event_org.ENTITY, gone)


def picture(trackers: list[Tracker]) -> dict[str, tuple[str, bool, str, str]]:
    return {one.id: (one.state, one.is_active, one.owner_id, one.completion_disposition) for one in trackers}


def without(shown: dict[str, tuple[str, bool, str, str]], ids: set[str]) -> dict[str, object]:
    return {one: words for one, words in shown.items() if one not in ids}


def run(trace: list[tuple[str, int]]) -> Rig:
    rig = Rig()
    for verb, number in trace:
        rig.play(verb, number)
    rig.settle()
    return rig


def compare(rig: Rig) -> None:
    expected = picture(rig.org.read())
    assert picture(list(rig.board.trackers)) == expected
    if rig.before_snapshot is not None and "" not in rig.lost:
        # What no event was lost of is right without any full read.
        assert without(rig.before_snapshot, rig.lost) == without(expected, rig.lost)
    while rig.board.projection.write_rows(50) is not None:
        pass
    table = rig.board.projection.trackers
    shown = {table.ids()[slot] for slot in range(table.size) if table.alive()[slot]}
    assert shown == set(expected)


@settings(max_examples=CASES, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps)
def test_the_board_equals_a_fresh_snapshot(trace: list[tuple[str, int]]) -> None:
    compare(run(trace))


def dense_traces_converge(cases: int) -> None:
    for seed in range(cases):
        try:
            compare(run(dense(seed)))
        except AssertionError as error:
            raise AssertionError(f"trace {seed}: {dense(seed)}") from error


def test_the_board_equals_a_fresh_snapshot_after_busy_days() -> None:
    dense_traces_converge(2 * CASES)
