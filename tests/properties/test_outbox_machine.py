"""However requests end and whenever the process dies: nothing twice, nothing lost, nothing claimed that the org has not."""

from __future__ import annotations

import os
import random
import tempfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from typing_extensions import override

from cadence_desk.desk.enrollment import WishInput
from cadence_desk.domain.operations import OPEN_STATES, Kind, OperationState
from cadence_desk.domain.ports import LaneName
from cadence_desk.sync.parts import EngineOptions
from tests.engine.fates import Fate
from tests.engine.model_files import Disk
from tests.engine.model_world import CADENCE, ME, OTHER_CADENCE, lead
from tests.engine.rig import Rig
from tests.engine.virtual_time import SteeredLoop

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from cadence_desk.domain.operations import Operation

SCHEDULES = int(os.environ.get("CADENCE_DESK_OUTBOX_SCHEDULES", "2000"))
SHRINK = bool(os.environ.get("CADENCE_DESK_OUTBOX_SHRINK"))
"""A schedule costs tens of milliseconds: making a failing one shorter takes minutes, so it is done on demand."""
STEPS = 12
MEMORY = Path("/dev/shm")
PEOPLE = st.sampled_from([lead(1), lead(2)])
FATES = st.sampled_from([*Fate, Fate.LATE, Fate.LOST, Fate.ACK_LOST, Fate.OK])
S = OperationState
CLAIMED = frozenset({S.ACCEPTED, S.SETTLED})


def folder() -> tempfile.TemporaryDirectory[str]:
    """A folder in memory where there is one: a schedule is about order, not about the disk."""
    return tempfile.TemporaryDirectory(dir=MEMORY if os.access(MEMORY, os.W_OK) else None)


class OutboxMachine(RuleBasedStateMachine):
    """One desk, one org, two people; every request meets a fate, every process may die."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = folder()
        self.notes: set[str] = set()
        self.shown: set[tuple[str, str]] = set()

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return self.loop.run_until_complete(work)

    @initialize(
        real_files=st.sampled_from([False] * 7 + [True]),
        keyed=st.booleans(),
        own_tasks=st.booleans(),
        contract=st.sampled_from(["documented", "brief"]),
    )
    def begin(self, *, real_files: bool, keyed: bool, own_tasks: bool, contract: str) -> None:
        options = EngineOptions(sweep_seconds=900.0)
        self.rig = rig = Rig(Path(self.folder.name), options=options, disk=None if real_files else Disk())
        self.loop = SteeredLoop(rig.clock)
        self.remember_changes()
        rig.world.has_key_field, rig.world.makes_step_tasks, rig.org.contract = keyed, own_tasks, contract
        for number in (1, 2):
            rig.world.add_lead(number)
            rig.world.enroll(lead(number), OTHER_CADENCE)
        self.run(rig.start())

    def remember_changes(self) -> None:
        change = self.rig.world.change_tracker

        def remembered(tracker_id: str, **values: Any) -> Any:
            after = change(tracker_id, **values)
            self.shown |= {(tracker_id, after.state), (tracker_id, after.completion_disposition)}
            return after

        self.rig.world.change_tracker = remembered  # type: ignore[method-assign]

    # ------------------------------------------------------------ what people do

    @rule(who=PEOPLE, fate=FATES, on_step=st.booleans())
    def log_a_call(self, who: str, fate: Fate, *, on_step: bool) -> None:
        self.rig.org.fates.append(fate)
        self.run(self.save_call(who, on_step=on_step))

    async def save_call(self, who: str, *, on_step: bool) -> None:
        tracker = next(iter(self.rig.desk.trackers_of(who)), None)
        step = tracker.current_step_id if tracker is not None and on_step and tracker.is_active else ""
        draft = await self.rig.desk.calls.begin(who, step or None)
        # Text that was refused is offered again and goes on as it is.
        draft.result, draft.notes = "Connected", draft.notes or f"note {len(self.notes) + 1}"
        await self.rig.desk.calls.save(draft)
        self.notes.add(draft.notes)
        await self.rig.calm()

    @rule(who=PEOPLE, fate=FATES)
    def enroll(self, who: str, fate: Fate) -> None:
        async def go() -> None:
            rows = await self.rig.desk.enrollment.preview([who], WishInput(CADENCE, ME))
            await self.rig.desk.enrollment.start(rows, WishInput(CADENCE, ME))
            await self.rig.calm()

        if not self.rig.org.link_down:
            self.rig.org.fates.append(fate)
        self.run(go())

    @rule(who=PEOPLE, fate=FATES, move=st.sampled_from(["pause", "resume", "Success", "Bad Data", "step"]))
    def move(self, who: str, fate: Fate, move: str) -> None:
        async def go() -> None:
            ids = [one.id for one in self.rig.desk.trackers_of(who) if one.is_active][:1]
            moves = self.rig.desk.moves
            if not ids:
                return
            if move in {"pause", "resume"}:
                await (moves.pause(ids) if move == "pause" else moves.resume(ids))
            elif move == "step":
                await moves.complete_step(ids)
            else:
                await moves.set_disposition(ids, move)
            await self.rig.calm()

        self.rig.org.fates.append(fate)
        self.run(go())

    # ------------------------------------------------------------ what happens to them

    @rule(seconds=st.sampled_from([1, 4, 20, 90, 400, 700]))
    def wait(self, seconds: int) -> None:
        self.run(self.rig.pass_time(seconds))

    @rule(down=st.booleans())
    def link(self, *, down: bool) -> None:
        self.rig.org.link_down = self.rig.feed.down = down
        if down:
            self.rig.feed.drop()
        self.run(self.rig.calm())

    @rule()
    def stream_falls(self) -> None:
        self.rig.feed.drop()
        self.run(self.rig.calm())

    @rule()
    def session_ends(self) -> None:
        async def go() -> None:
            self.rig.org.signed_out = True
            await self.rig.pass_time(1)
            await self.rig.desk.sign_in.begin(lambda _page: None)
            await self.rig.calm()

        if not self.rig.org.link_down:
            self.run(go())

    @rule()
    def crash(self) -> None:
        self.run(self.rig.crash())
        self.run(self.rig.start())

    @rule(who=PEOPLE, carried_out=st.booleans())
    def crash_in_mid_send(self, who: str, *, carried_out: bool) -> None:
        async def go() -> None:
            lanes = self.rig.lanes
            lanes.held.add(LaneName.INTERACTIVE)
            await self.save_call(who, on_step=False)
            if lanes.waiting:
                lanes.let_go()
                await self.rig.calm()
            if carried_out and lanes.waiting:
                lanes.mute.add(LaneName.INTERACTIVE)
                lanes.let_go()
            await self.rig.crash()
            lanes.held.clear()
            lanes.mute.clear()
            lanes.waiting.clear()
            await self.rig.start()

        self.run(go())

    @rule()
    def quit_and_start(self) -> None:
        self.run(self.rig.restart())

    # ------------------------------------------------------------ what must hold

    def operations(self) -> list[Operation]:
        engine = self.rig.desk._session.engine
        return list(engine.runner.work) if engine is not None else []

    @invariant()
    def nothing_twice(self) -> None:
        adds = Counter(
            f"{one.target_id}|{one.cadence_id}"
            for one in self.operations()
            if one.kind is Kind.ENROLL and one.state not in {S.REFUSED, S.CANCELLED}
        )
        # A run that ended may be followed by another one, but only by one that was asked for.
        assert not [key for key in self.rig.world.doubles() if self.rig.world.created[key] > adds[key]]
        notes = [task.notes for task in self.rig.world.tasks.values() if task.is_closed]
        assert len(notes) == len(set(notes))

    @invariant()
    def nothing_claimed_that_is_not_there(self) -> None:
        claimed = [one for one in self.operations() if one.state in CLAIMED]
        assert not [one for one in claimed if not self.is_in_the_org(one)]

    def is_in_the_org(self, operation: Operation) -> bool:
        world, tracker = self.rig.world, operation.subject_id
        if operation.kind in {Kind.LOG_CALL, Kind.COMPLETE_CALL}:
            return any(task.notes == operation.payload["notes"] for task in world.calls(operation.target_id))
        if operation.kind is Kind.COMPLETE_STEP:
            return not world.steps[operation.subject_id].is_open
        if operation.kind is Kind.ENROLL:
            same = [one for one in self.operations() if one.kind is Kind.ENROLL and one.state in CLAIMED]
            claimed = [one for one in same if one.target_id == operation.target_id]
            return world.created[f"{operation.target_id}|{CADENCE}"] >= len(claimed)
        wanted = {Kind.PAUSE: "Paused", Kind.RESUME: "Running"}.get(operation.kind, "")
        return wanted == "Running" or (tracker, wanted or operation.payload["disposition"]) in self.shown

    @invariant()
    def no_note_is_lost(self) -> None:
        if self.rig.desk._session.engine is None:
            return
        kept = OPEN_STATES | {S.REFUSED}
        held = {one.payload.get("notes") for one in self.operations() if one.state in kept}
        in_org = {task.notes for task in self.rig.world.tasks.values() if task.is_closed}
        assert self.notes <= held | in_org

    @override
    def teardown(self) -> None:
        try:
            if self.rig.desk._session.engine is not None:
                self.drain()
        finally:
            self.run(self.rig.desk.stop())
            self.loop.close()
            self.folder.cleanup()

    def drain(self) -> None:
        """Faults stop: everything comes to an end, and the ledger says what the org has."""
        self.rig.org.fates.clear()
        self.rig.org.link_down = self.rig.org.signed_out = self.rig.feed.down = False
        for _ in range(8):
            if not self.left() and not self.rig.world.late:
                break
            self.run(self.rig.pass_time(500))
        self.nothing_twice()
        self.nothing_claimed_that_is_not_there()
        self.no_note_is_lost()
        assert not self.left(), [(one.kind, one.state) for one in self.left()]

    def left(self) -> list[Operation]:
        """Return what has not come to an end and does not wait behind something that a person has to decide."""
        ends = {S.SETTLED, S.REFUSED, S.CANCELLED, S.SUPERSEDED, S.NEEDS_REVIEW}
        stuck = {one.target_id for one in self.operations() if one.state is S.NEEDS_REVIEW}
        return [one for one in self.operations() if one.state not in ends and one.target_id not in stuck]


def test_nothing_twice_nothing_lost_nothing_claimed_too_early() -> None:
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


class BusyDays:
    """Plays the machine's rules at random: long schedules in which much happens, many times as fast."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.machine = OutboxMachine()

    def play(self) -> None:
        one, chance = self.machine, self.chance
        one.begin(
            real_files=chance.random() < 0.02,
            keyed=chance.random() < 0.5,
            own_tasks=chance.random() < 0.5,
            contract=chance.choice(["documented", "brief"]),
        )
        fates = [fate for fate in Fate if chance.random() < 0.5] or [Fate.OK]
        for _ in range(chance.randrange(6, 30)):
            self.step(fates)
            one.nothing_twice()
            one.nothing_claimed_that_is_not_there()
            one.no_note_is_lost()

    def step(self, fates: list[Fate]) -> None:
        one, chance, who = self.machine, self.chance, lead(self.chance.choice((1, 2)))
        verb = chance.choice(("call", "call", "enroll", "move", "move", "wait", "wait", "wait", "fault"))
        if verb == "call":
            one.log_a_call(who=who, fate=chance.choice(fates), on_step=chance.random() < 0.5)
        elif verb == "enroll":
            one.enroll(who=who, fate=chance.choice(fates))
        elif verb == "move":
            what = chance.choice(("pause", "resume", "Success", "Bad Data", "step"))
            one.move(who=who, fate=chance.choice(fates), move=what)
        elif verb == "wait":
            one.wait(seconds=chance.choice((1, 4, 20, 90, 400, 700)))
        else:
            self.fault(who)

    def fault(self, who: str) -> None:
        one, chance = self.machine, self.chance
        fault = chance.choice(("link", "stream", "session", "crash", "mid", "restart"))
        if fault == "link":
            one.link(down=not one.rig.org.link_down)
        elif fault == "mid":
            one.crash_in_mid_send(who=who, carried_out=chance.random() < 0.5)
        else:
            {
                "stream": one.stream_falls,
                "session": one.session_ends,
                "crash": one.crash,
                "restart": one.quit_and_start,
            }[fault]()


def busy_days_hold(cases: int) -> None:
    for seed in range(cases):
        days = BusyDays(seed)
        try:
            days.play()
        except AssertionError as error:
            raise AssertionError(f"schedule {seed}: {error}") from error
        finally:
            days.machine.teardown()


def test_busy_days_lose_and_double_nothing() -> None:
    busy_days_hold(SCHEDULES)
