"""A desk at work on the model org: what people press, and processes that may end at any commit or request.

`Saved` is what the screen claimed: those notes and rows are what the checker holds the ledger and the org to.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cadence_desk.desk.enrollment import WishInput
from cadence_desk.domain.errors import DeskError, InternalError, StoreError
from cadence_desk.domain.operations import OperationState
from cadence_desk.domain.ports import LaneName
from cadence_desk.store.connections import FileOptions
from cadence_desk.sync.parts import EngineOptions
from tests.engine.feed_faults import FaultyBus
from tests.engine.model_files import Disk
from tests.engine.model_world import CADENCE, COLLEAGUE, ME, OTHER_CADENCE, lead
from tests.engine.rig import Rig
from tests.engine.virtual_time import SteeredLoop

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Sequence

    from cadence_desk.domain.operations import Operation
    from tests.engine.fates import Fate

MEMORY = Path("/dev/shm")
PEOPLE = tuple(lead(number) for number in range(1, 6))
MOVES = ("pause", "resume", "Success", "Bad Data", "step", "skip", "remove", "assignee")
LAST_WORD_SECONDS = 60.0


def folder() -> tempfile.TemporaryDirectory[str]:
    """Return a folder in memory where there is one: a schedule is about order, not about the disk."""
    return tempfile.TemporaryDirectory(dir=MEMORY if os.access(MEMORY, os.W_OK) else None)


def told(error: DeskError) -> None:
    """A sentence for the person: no fault of the desk's, unless it says that it is one."""
    if isinstance(error, InternalError):
        raise error


class AtWork:
    """One desk, one org, five people; what was promised on screen is remembered."""

    def __init__(self) -> None:
        self.folder = folder()
        self.notes: set[str] = set()
        """Notes of calls that were saved, as the screen said."""
        self.written = 0
        self.shown: set[tuple[str, str]] = set()
        self.by_others: Counter[str] = Counter()
        """Runs by person and cadence that this desk did not begin."""
        self.before_start: Callable[[], None] = lambda: None
        """What happens to the files between the end of a process and the next one."""
        self.met: Counter[int] = Counter()
        """Rows of the table of faults that this schedule met."""

    def begin(
        self,
        *,
        people: int = len(PEOPLE),
        files: FileOptions | None = None,
        real_files: bool = False,
        keyed: bool = True,
        own_tasks: bool = False,
        contract: str = "documented",
    ) -> None:
        """Start the desk; two people are in a cadence already."""
        options = EngineOptions(sweep_seconds=900.0)
        disk = None if real_files or files else Disk()
        self.rig = rig = Rig(
            Path(self.folder.name), options=options, disk=disk, own_folders=True, files=files or FileOptions()
        )
        self.loop = SteeredLoop(rig.clock)
        self.bus = FaultyBus(rig.feed)
        rig.world.tell = self.bus.publish
        self.remember_changes()
        rig.world.has_key_field, rig.world.makes_step_tasks, rig.org.contract = keyed, own_tasks, contract
        for number in range(1, people + 1):
            rig.world.add_lead(number)
            if number < 3:
                self.begin_by_hand(lead(number), OTHER_CADENCE)
        self.run(self.start())

    def begin_by_hand(self, person: str, cadence: str) -> None:
        """Somebody else adds a person to a cadence, where the org lets them."""
        if not self.rig.world.active(person, cadence):
            self.rig.world.enroll(person, cadence)
            self.by_others[f"{person}|{cadence}"] += 1

    def remember_changes(self) -> None:
        change = self.rig.world.change_tracker

        def remembered(tracker_id: str, **values: Any) -> Any:
            after = change(tracker_id, **values)
            self.shown |= {
                (tracker_id, after.state), (tracker_id, after.completion_disposition), (tracker_id, after.owner_id),
            }  # fmt: skip
            return after

        self.rig.world.change_tracker = remembered  # type: ignore[method-assign]

    # ------------------------------------------------------------ processes

    def run(self, work: Coroutine[Any, Any, None]) -> None:
        """Do something; where the process was to end meanwhile, it ends, and another one starts."""
        if not self.rig.boundary.left:
            self.loop.run_until_complete(work)
        else:
            self.loop.run_until_complete(self.until_the_end(work))

    async def until_the_end(self, work: Coroutine[Any, Any, None]) -> None:
        loop = asyncio.get_running_loop()
        ended = asyncio.Event()
        self.rig.boundary.on_death = ended.set
        task, end = loop.create_task(work, name="press"), loop.create_task(ended.wait(), name="end")
        await asyncio.wait({task, end}, return_when=asyncio.FIRST_COMPLETED)
        if not self.rig.boundary.dead:
            end.cancel()
            task.result()
            return
        task.cancel()
        await asyncio.wait({task}, timeout=LAST_WORD_SECONDS)
        self.met[35] += 1
        self.let_lanes_go()
        await self.rig.crash()
        self.before_start()
        await self.start()

    async def start(self) -> None:
        """Start the desk; where the disk does not let it, a person makes room and starts it again."""
        try:
            await self.rig.start()
        except StoreError:
            if self.rig.disk is None:
                raise
            self.rig.disk.refuse = lambda _what: None
            await self.start()
        except DeskError as error:
            told(error)

    # ------------------------------------------------------------ what people do

    def log_a_call(self, *, who: str, fate: Fate, on_step: bool) -> None:
        self.rig.org.fates.append(fate)
        self.run(self.save_call(who, on_step=on_step))

    async def save_call(self, who: str, *, on_step: bool) -> None:
        tracker = next(iter(self.rig.desk.trackers_of(who)), None)
        step = tracker.current_step_id if tracker is not None and on_step and tracker.is_active else ""
        try:
            draft = await self.rig.desk.calls.begin(who, step or None)
            # Text that was refused is offered again and goes on as it is.
            self.written += 1
            draft.result, draft.notes = "Connected", draft.notes or f"note {self.written}"
            await self.rig.desk.calls.save(draft)
        except DeskError as error:
            told(error)  # not saved; the text stays in the editor
            return
        self.notes.add(draft.notes)
        await self.rig.calm()

    def enroll(self, *, who: Sequence[str], fate: Fate, cadence: str = CADENCE) -> None:
        if not self.rig.org.link_down:
            self.rig.org.fates.append(fate)
        self.run(self.press_enroll(who, cadence))

    async def press_enroll(self, who: Sequence[str], cadence: str) -> None:
        try:
            rows = await self.rig.desk.enrollment.preview(list(who), WishInput(cadence, ME))
            await self.rig.desk.enrollment.start(rows, WishInput(cadence, ME))
        except DeskError as error:
            told(error)
            return
        await self.rig.calm()

    def move(self, *, who: str, fate: Fate, move: str) -> None:
        self.rig.org.fates.append(fate)
        self.run(self.press_move(who, move))

    async def press_move(self, who: str, move: str) -> None:
        ids = [one.id for one in self.rig.desk.trackers_of(who) if one.is_active][:1]
        moves = self.rig.desk.moves
        if not ids:
            return
        simple = {
            "pause": moves.pause, "resume": moves.resume, "step": moves.complete_step, "skip": moves.skip_step,
            "remove": moves.remove,
        }  # fmt: skip
        try:
            if move in simple:
                await simple[move](ids)
            elif move == "assignee":
                await moves.change_assignee(ids, COLLEAGUE)
            else:
                await moves.set_disposition(ids, move)
        except DeskError as error:
            told(error)
            return
        await self.rig.calm()

    def undo(self, *, who: str) -> None:
        """Take back whatever can still be taken back."""

        async def go() -> None:
            waiting = [one for one in self.rig.operations(who) if one.state is OperationState.QUEUED]
            intents = [one.intent_id for one in waiting]
            self.notes -= {str(one.payload.get("notes")) for one in waiting}
            try:
                await self.rig.desk.moves.undo(intents)
            except DeskError as error:
                told(error)
                return
            await self.rig.calm()

        self.run(go())

    # ------------------------------------------------------------ ends and starts

    def wait(self, *, seconds: float) -> None:
        self.run(self.rig.pass_time(seconds))
        self.bus.watch_silence(self.rig.clock.monotonic())

    def crash(self) -> None:
        async def go() -> None:
            await self.rig.crash()
            await self.start()

        self.run(go())

    def quit_and_start(self) -> None:
        async def go() -> None:
            await self.rig.desk.stop()
            self.rig.desk = self.rig._desk()
            await self.start()

        self.run(go())

    def crash_in_mid_send(self, *, who: str, carried_out: bool) -> None:
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
            self.let_lanes_go()
            await self.start()

        self.run(go())

    def let_lanes_go(self) -> None:
        """The next process has lanes of its own."""
        for part in (self.rig.lanes.held, self.rig.lanes.mute, self.rig.lanes.waiting):
            part.clear()

    def close(self) -> None:
        """Leave nothing behind."""
        try:
            self.loop.run_until_complete(self.rig.desk.stop())
        finally:
            self.loop.close()
            self.folder.cleanup()

    # ------------------------------------------------------------ looks

    def operations(self) -> list[Operation]:
        engine = self.rig.desk._session.engine
        return list(engine.runner.work) if engine is not None else []
