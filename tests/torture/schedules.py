"""Seeded schedules: the same seed plays the same day, step by step, whichever process plays it."""

from __future__ import annotations

import contextlib
import hashlib
import logging
import random
from typing import TYPE_CHECKING, Any

from typing_extensions import override

from cadence_desk.sync import feed_inbox, streams
from tests.engine.fates import READ_FATES, Fate
from tests.engine.feed_faults import ENDS, TOLD_AS
from tests.engine.model_world import CADENCE, OTHER_CADENCE
from tests.torture.at_work import MOVES, PEOPLE
from tests.torture.checker import check_step
from tests.torture.misfortunes import CLOCKS, Misfortunes

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from concurrent.futures import Future

    from cadence_desk.domain.ports import FeedHandle

WAITS = (1, 4, 20, 90, 400, 700)
VERBS = (
    "call", "call", "call", "enroll", "enroll", "many", "move", "move", "move", "undo",
    "wait", "wait", "wait", "wait", "fault", "fault",
)  # fmt: skip
FAULTS = (
    "link", "flap", "reads", "session", "ends", "told", "mark", "silence", "clock", "sleep", "disk", "rows", "cadence",
    "target", "owner", "colleague", "somebody", "crash", "mid", "restart", "end_at",
)  # fmt: skip


def stopped_at_once(handles: Sequence[FeedHandle], seconds: float) -> Future[None]:
    """Stop streams without a thread: whether one is faster than the loop would be chance."""
    from concurrent.futures import Future

    for handle in handles:
        handle.stop(0.0)
    done: Future[None] = Future()
    done.set_result(None)
    return done


@contextlib.contextmanager
def no_chance() -> Iterator[None]:
    """Take out the two places where real time or a real thread decides about order."""
    kept = feed_inbox.SLICE_SECONDS, streams._stopped
    feed_inbox.SLICE_SECONDS, streams._stopped = 3600.0, stopped_at_once
    try:
        yield
    finally:
        feed_inbox.SLICE_SECONDS, streams._stopped = kept


FORCED: tuple[tuple[str, Any], ...] = (
    *(("", fate) for fate in Fate),
    *(("ends", how) for how in ENDS),
    *(("told", how) for how in TOLD_AS),
    *(("clock", how) for how in CLOCKS),
    *(("disk", how) for how in ("full", "in use")),
    *((fault, None) for fault in FAULTS),
)
"""Each fault by itself: schedules of negative numbers play them in turn."""


class Schedule:
    """One random working day; a negative seed makes one fault certain."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.composites = seed % 2 == 0
        self.fault: str
        self.how: Any
        self.fault, self.how = FORCED[(-seed - 1) % len(FORCED)] if seed < 0 else ("", None)
        self.work = Misfortunes()
        self.steps: list[str] = []
        self.fates: list[Fate] = []

    def play(self) -> None:
        """Play the day and hold the org, the ledger and the screen against each other at each step and at the end."""
        chance, work = self.chance, self.work
        work.begin(
            real_files=chance.random() < 0.02,
            keyed=chance.random() < 0.5,
            own_tasks=chance.random() < 0.5,
            contract=chance.choice(["documented", "brief"]),
        )
        work.rig.org.takes_composites = self.composites
        # A request that is carried out late belongs to every schedule: without it wrong desks look right.
        some = [fate for fate in Fate if chance.random() < 0.25]
        self.fates = [Fate.LATE, Fate.ACK_LOST, Fate.OK, Fate.OK, *some]
        self.faults = [one for one in FAULTS if chance.random() < 0.4] or ["link"]
        if self.fault:
            self.faults = [self.fault]
        elif self.how is not None:
            self.fates = [self.how]
        for _ in range(chance.randrange(6, 30)):
            self.step()
            check_step(work)
        if self.fault:
            self.do(self.fault)
            self.do("call")
            check_step(work)
        self.steps.append("heal")
        work.heal()

    def step(self) -> None:
        verb = self.chance.choice(VERBS)
        if verb == "fault":
            verb = self.chance.choice(self.faults)
        self.do(verb)

    def do(self, verb: str) -> None:
        self.steps.append(verb)
        self.work.rig.org.late_seconds = self.chance.uniform(0.0, 600.0)
        getattr(self, f"do_{verb}")()

    def some(self, options: Sequence[str]) -> str:
        return self.how if self.how in options else self.chance.choice(options)

    def who(self) -> str:
        return self.chance.choice(PEOPLE[:3])

    def fate(self) -> Fate:
        return self.chance.choice(self.fates)

    def yes(self, share: float = 0.5) -> bool:
        return self.chance.random() < share

    # ------------------------------------------------------------ what people do

    def do_call(self) -> None:
        self.work.log_a_call(who=self.who(), fate=self.fate(), on_step=self.yes())

    def do_enroll(self) -> None:
        cadence = self.chance.choice((CADENCE, CADENCE, OTHER_CADENCE))
        self.work.enroll(who=[self.who()], fate=self.fate(), cadence=cadence)

    def do_many(self) -> None:
        who = self.chance.sample(PEOPLE, self.chance.randrange(2, 6))
        self.work.enroll(who=who, fate=self.fate())

    def do_move(self) -> None:
        self.work.move(who=self.who(), fate=self.fate(), move=self.chance.choice(MOVES))

    def do_undo(self) -> None:
        self.work.undo(who=self.who())

    def do_wait(self) -> None:
        self.work.wait(seconds=self.chance.choice(WAITS))

    # ------------------------------------------------------------ what goes wrong

    def do_link(self) -> None:
        self.work.link(down=not self.work.rig.org.link_down)

    def do_flap(self) -> None:
        self.work.flap()

    def do_reads(self) -> None:
        self.work.reads_fail(
            fates=[self.chance.choice(READ_FATES) for _ in range(self.chance.randrange(1, 4))]
        )

    def do_session(self) -> None:
        self.work.session_ends()

    def do_ends(self) -> None:
        self.work.stream_ends(how=self.some(tuple(ENDS)))

    def do_told(self) -> None:
        self.work.told_as(how=self.some(tuple(TOLD_AS)), times=self.chance.randrange(1, 3))

    def do_mark(self) -> None:
        self.work.mark_is_no_good(corrupt=self.yes())

    def do_silence(self) -> None:
        self.work.silence()

    def do_clock(self) -> None:
        self.work.clock(how=self.some(tuple(CLOCKS)))

    def do_sleep(self) -> None:
        self.work.sleep(clock_stands=self.yes())

    def do_disk(self) -> None:
        self.work.disk(how=self.some(("full", "in use", "well", "well")))

    def do_rows(self) -> None:
        self.work.some_rows_fail(who=self.who(), fail=self.yes(0.7), partial=self.yes())

    def do_cadence(self) -> None:
        self.work.cadence_is_switched(active=self.yes())

    def do_target(self) -> None:
        self.work.target_goes(who=self.who(), converted=self.yes())

    def do_owner(self) -> None:
        self.work.owner_leaves(gone=self.yes())

    def do_colleague(self) -> None:
        what = self.chance.choice(("enroll", "finish", "Paused", "Running", "remove"))
        self.work.colleague(who=self.who(), what=what)

    def do_somebody(self) -> None:
        self.work.somebody_else(another_org=self.yes())

    def do_crash(self) -> None:
        self.work.crash()

    def do_mid(self) -> None:
        self.work.crash_in_mid_send(who=self.who(), carried_out=self.yes())

    def do_restart(self) -> None:
        self.work.quit_and_start()

    def do_end_at(self) -> None:
        self.work.end_at(place=self.chance.randrange(1, 40))


def event_table(work: Misfortunes) -> str:
    """Return a hash over what the ledger recorded and what the org holds: equal for equal days."""
    digest = hashlib.sha256()

    def add(*words: Any) -> None:
        digest.update(repr(words).encode())

    if work.rig.disk is not None:
        for lines in work.rig.disk.events.values():
            add(*lines)
    for one in work.operations():
        add(one.op_id, one.kind, one.state, one.attempt, one.server_id, one.sent)
    for task in work.rig.world.tasks.values():
        add(task.id, task.op_key, task.notes, task.status)
    for tracker in work.rig.world.trackers.values():
        add(tracker.id, tracker.state, tracker.current_step_id)
    add(work.rig.clock.monotonic(), sorted(work.rig.org.calls.items()), work.rig.org.sent)
    return digest.hexdigest()


class LoggedErrors(logging.Handler):
    """What the desk itself calls an error: a crashed task is one, whatever became of the day."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.lines: list[str] = []

    @override
    def emit(self, record: logging.LogRecord) -> None:
        name = record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else ""
        self.lines.append(f"{record.name}: {record.getMessage()} {name}".strip())


@contextlib.contextmanager
def no_logged_errors() -> Iterator[None]:
    """Turn a logged error into a failure."""
    keeper, root = LoggedErrors(), logging.getLogger()
    root.addHandler(keeper)
    try:
        yield
    finally:
        root.removeHandler(keeper)
    if keeper.lines:
        raise AssertionError(f"logged: {keeper.lines}")


def play(schedule: Schedule) -> str:
    """Play a schedule to its end; returns its hash. Raises what the checker found."""
    with no_chance(), no_logged_errors():
        try:
            schedule.play()
            return event_table(schedule.work)
        finally:
            schedule.work.close()
