"""What happens to a desk at work: lines, sessions, streams, clocks, disks, colleagues, other users."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from cadence_desk.domain.changes import FeedState
from cadence_desk.domain.errors import DeskError, DiskFull, FileBusy
from cadence_desk.domain.operations import Hold
from cadence_desk.domain.planning.run import RunState
from tests.engine.fates import ROWS_OF_FATES, Fate, error_of
from tests.engine.feed_faults import ENDS, TOLD_AS
from tests.engine.model_org import IDENTITY
from tests.engine.model_world import CADENCE, COLLEAGUE, LEAD, OTHER_CADENCE, record_id
from tests.torture.at_work import AtWork
from tests.torture.checker import UnequalError, check_end, still_open

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Sequence
    from typing import Any

OTHER_USER = replace(
    IDENTITY, user_id=record_id("005", 7), username="other@example.org", display_name="Sam Second"
)
OTHER_ORG = replace(IDENTITY, organization_id=record_id("00D", 9))
SLEEP = 8 * 3600.0
DAY = 86_400.0
HOUR = 3600.0
CLOCKS = {"a day ahead": DAY, "a day behind": -DAY, "summer time": HOUR, "winter time": -HOUR}


class Misfortunes(AtWork):
    """Everything that may go wrong, each a method; `heal` ends it all."""

    # ------------------------------------------------------------ the line and the session

    def link(self, *, down: bool) -> None:
        self.met[2] += down
        self.rig.org.link_down = self.rig.feed.down = down
        if down:
            self.rig.feed.drop()
        self.run(self.rig.calm())

    def flap(self) -> None:
        """Another network: every open line breaks, and new ones can be made at once."""
        self.met[20] += 1
        self.rig.feed.drop()
        self.rig.org.read_errors.append(error_of(Fate.LOST, write=False))
        self.run(self.rig.calm())

    def reads_fail(self, *, fates: Sequence[Fate]) -> None:
        for fate in fates:
            self.rig.org.read_errors.append(error_of(fate, write=False))
            self.met.update(ROWS_OF_FATES[fate])

    def session_ends(self) -> None:
        self.met[6] += 1

        async def go() -> None:
            self.rig.org.signed_out = True
            await self.rig.pass_time(1)
            await self.rig.desk.sign_in.begin(lambda _page: None)
            await self.rig.calm()

        if not self.rig.org.link_down:
            self.run(self.expected(go()))

    async def expected(self, work: Coroutine[Any, Any, None]) -> None:
        """Do something that may fail in words."""
        try:
            await work
        except DeskError:
            await self.rig.calm()

    def somebody_else(self, *, another_org: bool) -> None:
        """Another user signs in while work waits, and out again: nothing of the first one's is sent."""
        self.met[41] += 1
        rig = self.rig

        async def go() -> None:
            await rig.desk.sign_in.sign_out()
            rig.org.user = OTHER_ORG if another_org else OTHER_USER
            await rig.desk.sign_in.begin(lambda _page: None)
            sent = len(rig.org.sent)
            await rig.pass_time(1000)
            if len(rig.org.sent) > sent:
                raise UnequalError(f"sent for somebody else: {rig.org.sent[sent:]}")
            await rig.desk.sign_in.sign_out()

        async def back() -> None:
            rig.org.user = IDENTITY
            await rig.desk.sign_in.begin(lambda _page: None)
            await rig.calm()

        if not rig.org.link_down and not rig.boundary.left:
            self.run(self.expected(go()))
            self.run(self.expected(back()))

    # ------------------------------------------------------------ the stream

    def stream_ends(self, *, how: str) -> None:
        self.met[ENDS[how][0]] += 1
        self.bus.end(how)
        self.run(self.rig.calm())

    def told_as(self, *, how: str, times: int) -> None:
        """The next changes are told in an odd way."""
        self.met[TOLD_AS[how]] += 1
        self.bus.modes.extend([how] * times)

    def mark_is_no_good(self, *, corrupt: bool) -> None:
        self.met[24 if corrupt else 25] += 1
        if corrupt:
            self.bus.corrupt_mark()
        else:
            self.bus.expire()
        self.run(self.rig.calm())

    def silence(self) -> None:
        self.met[31] += 1
        self.bus.fall_silent(self.rig.clock.monotonic())

    # ------------------------------------------------------------ this computer

    def clock(self, *, how: str) -> None:
        self.met[18] += 1
        self.rig.clock.shift += CLOCKS[how]

    def sleep(self, *, clock_stands: bool) -> None:
        """Eight hours pass in which nothing runs; lines are dead afterwards."""
        self.met[19] += 1
        if clock_stands:
            self.rig.clock.slept += SLEEP
        else:
            self.rig.clock.advance(SLEEP)
        self.rig.feed.drop()
        self.run(self.rig.calm())

    def disk(self, *, how: str) -> None:
        """The disk is full or a file is in use; "well" ends it."""
        if self.rig.disk is None:
            return
        error: Callable[[], DeskError] | None = {"full": DiskFull, "in use": FileBusy}.get(how)
        self.met[{"full": 32, "in use": 33}.get(how, 0)] += 1
        self.rig.disk.refuse = lambda _what: None if error is None else error()

    def end_at(self, *, place: int) -> None:
        """The process will end at a commit or a request from now."""
        if not self.rig.boundary.dead:
            self.rig.boundary.arm(place)

    # ------------------------------------------------------------ the org

    def some_rows_fail(self, *, who: str, fail: bool, partial: bool) -> None:
        self.met[15] += fail
        self.rig.org.partial_save = partial
        if fail:
            self.rig.org.refused_targets[who] = ("UNKNOWN_EXCEPTION", "A trigger says no.")
        else:
            self.rig.org.refused_targets.pop(who, None)

    def cadence_is_switched(self, *, active: bool) -> None:
        self.met[40] += not active
        world = self.rig.world
        world.cadences[CADENCE] = replace(world.cadences[CADENCE], state="Active" if active else "Inactive")

    def target_goes(self, *, who: str, converted: bool) -> None:
        """A colleague deletes or converts a person; their runs end with it."""
        world = self.rig.world
        if who not in world.people or world.people[who].is_converted:
            return
        self.met[40] += 1
        for cadence in (CADENCE, OTHER_CADENCE):
            for one in world.active(who, cadence):
                world.change_tracker(one.id, state="Complete", completion_reason="TargetConverted")
                self.close_steps(one.id)
        if converted:
            world.change_person(who, is_converted=True)
        else:
            world.delete(LEAD, who)
        self.run(self.rig.calm())

    def close_steps(self, tracker_id: str) -> None:
        world = self.rig.world
        for step in [one for one in world.steps.values() if one.tracker_id == tracker_id and one.is_open]:
            world.change_step(step.id, state="Cancelled")

    def owner_leaves(self, *, gone: bool) -> None:
        self.met[40] += gone
        users = self.rig.world.inactive_users
        (users.add if gone else users.discard)(COLLEAGUE)

    def colleague(self, *, who: str, what: str) -> None:
        """Somebody else, or the same user at another computer, does something to the same person."""
        self.met[38] += 1
        world = self.rig.world
        running = [one for cadence in (CADENCE, OTHER_CADENCE) for one in world.active(who, cadence)]
        if what == "enroll" and who in world.people and not world.people[who].is_converted:
            self.begin_by_hand(who, CADENCE)
        elif running and what == "finish" and running[0].state != "Paused":
            world.finish_step(running[0].current_step_id, "ManuallyCompleted")
        elif running and what in {"Paused", "Running"}:
            world.change_tracker(running[0].id, state=what)
        elif running and what == "remove":
            world.change_tracker(running[0].id, state="Complete", completion_reason="ManuallyRemoved")
            self.close_steps(running[0].id)
        self.run(self.rig.calm())

    # ------------------------------------------------------------ the end

    def heal(self) -> None:
        """Faults stop: everything comes to an end, and ledger, lists and org agree."""
        rig = self.rig
        rig.org.fates.clear()
        rig.org.read_errors.clear()
        rig.org.link_down = rig.org.signed_out = False
        rig.boundary.left = 0
        if rig.disk is not None:
            rig.disk.refuse = lambda _what: None
        self.bus.heal()
        for _ in range(12):
            if not self.is_signed_in():
                self.run(self.expected(self.sign_in()))
            self.run(self.expected(self.resume_runs()))
            self.run(rig.pass_time(700))
            if not still_open(self) and not rig.world.late:
                break
        self.run(rig.pass_time(1900))
        check_end(self)

    def rows(self) -> Counter[int]:
        """Return how often each row of the table of faults was met."""
        rows = Counter({row: count for row, count in self.met.items() if row})
        for fate, count in self.rig.org.met.items():
            for row in ROWS_OF_FATES[fate]:
                rows[row] += count
        return rows

    def is_signed_in(self) -> bool:
        known = self.rig.desk._session.engine is not None
        return known and self.rig.feed_state() is not FeedState.SIGNED_OUT

    async def resume_runs(self) -> None:
        """An admin has seen to it: a person lets go on what the org did not allow."""
        for run in self.rig.desk.runs.all():
            if run.state is RunState.HOLDING and run.hold is Hold.RUN_HOLDING:
                await self.rig.desk.runs.resume(run.run_id)

    async def sign_in(self) -> None:
        await self.rig.desk.sign_in.begin(lambda _page: None)
        await self.rig.calm()
