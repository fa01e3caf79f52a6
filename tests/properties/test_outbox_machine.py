"""However requests end and whenever the process dies: nothing twice, nothing lost, nothing claimed that the org has not.

The days themselves are in tests/torture; the rig plays them by the thousand, these tests some of them at each run.
"""

from __future__ import annotations

import os

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from typing_extensions import override

from tests.engine.fates import READ_FATES, Fate
from tests.engine.feed_faults import ENDS, TOLD_AS
from tests.torture.at_work import MOVES, PEOPLE
from tests.torture.checker import check_step
from tests.torture.engine import forced_seeds
from tests.torture.misfortunes import CLOCKS, Misfortunes
from tests.torture.schedules import Schedule, no_chance, play

SCHEDULES = int(os.environ.get("CADENCE_DESK_OUTBOX_SCHEDULES", "300"))
SHRINK = bool(os.environ.get("CADENCE_DESK_OUTBOX_SHRINK"))
"""A schedule costs tens of milliseconds: making a failing one shorter takes minutes, so it is done on demand."""
STEPS = 12
WHO = st.sampled_from(PEOPLE[:3])
FATES = st.sampled_from([*Fate, Fate.LATE, Fate.LOST, Fate.ACK_LOST, Fate.OK])


class OutboxMachine(RuleBasedStateMachine):
    """One desk, one org, five people; every request meets a fate, every process may die."""

    def __init__(self) -> None:
        super().__init__()
        self.work = Misfortunes()

    @initialize(
        real_files=st.sampled_from([False] * 7 + [True]),
        keyed=st.booleans(),
        own_tasks=st.booleans(),
        contract=st.sampled_from(["documented", "brief"]),
    )
    def begin(self, *, real_files: bool, keyed: bool, own_tasks: bool, contract: str) -> None:
        self.work.begin(real_files=real_files, keyed=keyed, own_tasks=own_tasks, contract=contract)

    # ------------------------------------------------------------ what people do

    @rule(who=WHO, fate=FATES, on_step=st.booleans(), late=st.floats(0.0, 600.0))
    def log_a_call(self, who: str, fate: Fate, late: float, *, on_step: bool) -> None:
        self.work.rig.org.late_seconds = late
        self.work.log_a_call(who=who, fate=fate, on_step=on_step)

    @rule(who=st.lists(WHO, min_size=1, max_size=3, unique=True), fate=FATES, late=st.floats(0.0, 600.0))
    def enroll(self, who: list[str], fate: Fate, late: float) -> None:
        self.work.rig.org.late_seconds = late
        self.work.enroll(who=who, fate=fate)

    @rule(who=WHO, fate=FATES, move=st.sampled_from(MOVES))
    def move(self, who: str, fate: Fate, move: str) -> None:
        self.work.move(who=who, fate=fate, move=move)

    @rule(who=WHO)
    def undo(self, who: str) -> None:
        self.work.undo(who=who)

    @rule(seconds=st.sampled_from([1, 4, 20, 90, 400, 700]))
    def wait(self, seconds: int) -> None:
        self.work.wait(seconds=seconds)

    # ------------------------------------------------------------ what happens to them

    @rule(down=st.booleans())
    def link(self, *, down: bool) -> None:
        self.work.link(down=down)

    @rule(fates=st.lists(st.sampled_from(READ_FATES), min_size=1, max_size=3))
    def reads_fail(self, fates: list[Fate]) -> None:
        self.work.reads_fail(fates=fates)

    @rule(how=st.sampled_from(sorted(ENDS)))
    def stream_ends(self, how: str) -> None:
        self.work.stream_ends(how=how)

    @rule(how=st.sampled_from(sorted(TOLD_AS)))
    def told_as(self, how: str) -> None:
        self.work.told_as(how=how, times=1)

    @rule(how=st.sampled_from(sorted(CLOCKS)))
    def clock(self, how: str) -> None:
        self.work.clock(how=how)

    @rule(stands=st.booleans())
    def sleep(self, *, stands: bool) -> None:
        self.work.sleep(clock_stands=stands)

    @rule()
    def session_ends(self) -> None:
        self.work.session_ends()

    @rule(place=st.integers(1, 40))
    def end_at(self, place: int) -> None:
        self.work.end_at(place=place)

    @rule(who=WHO, carried_out=st.booleans())
    def crash_in_mid_send(self, who: str, *, carried_out: bool) -> None:
        self.work.crash_in_mid_send(who=who, carried_out=carried_out)

    @rule()
    def quit_and_start(self) -> None:
        self.work.quit_and_start()

    # ------------------------------------------------------------ what must hold

    @invariant()
    def it_holds(self) -> None:
        check_step(self.work)

    @override
    def teardown(self) -> None:
        try:
            self.work.heal()
        finally:
            self.work.close()


def test_nothing_twice_nothing_lost_nothing_claimed_too_early() -> None:
    with no_chance():
        run_state_machine_as_test(
            OutboxMachine,
            settings=settings(
                max_examples=SCHEDULES,
                stateful_step_count=STEPS,
                deadline=None,
                phases=tuple(Phase) if SHRINK else (Phase.generate,),
                suppress_health_check=list(HealthCheck),
            ),
        )


def test_each_fault_by_itself_loses_and_doubles_nothing() -> None:
    for seed in forced_seeds():
        play_named(seed)


def test_busy_days_lose_and_double_nothing() -> None:
    for seed in range(SCHEDULES):
        play_named(seed)


def play_named(seed: int) -> None:
    try:
        play(Schedule(seed))
    except AssertionError as error:
        again = f"python3 packaging/dev.py torture --replay engine:{seed}"
        raise AssertionError(f"{again}\n{error}") from error
