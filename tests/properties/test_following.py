"""The whole engine follows a busy org through fallen streams, lost links, crashes and full disks: Live means true."""

from __future__ import annotations

import os
import random
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cadence_desk.domain.changes import ChangeType, FeedState
from cadence_desk.domain.errors import DiskFull, Unreachable
from tests.engine.model_feed import mark_of
from tests.engine.model_files import Disk
from tests.engine.model_world import CADENCE, COLLEAGUE, LEAD, ME, OTHER_CADENCE, STEP, TRACKER, lead
from tests.engine.rig import Rig
from tests.engine.virtual_time import SteeredLoop

if TYPE_CHECKING:
    from cadence_desk.domain.changes import ChangeEvent

CASES = int(os.environ.get("CADENCE_DESK_FOLLOWING_CASES", "400"))
EDITS = (
    "enroll",
    "pause",
    "assignee",
    "finish",
    "title",
    "rename",
    "add",
    "remove_person",
    "remove_step",
    "convert",
)
FAULTS = (
    "stream_falls", "link", "crash", "restart", "full_disk", "marks_expire", "gap", "overflow", "twice", "read_fails",
    "history", "bus_down",
)  # fmt: skip


class Follower:
    """One desk that follows one org; `now` is the number of what happens, for the one who reads a failure."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.disk = Disk()
        self.rig = Rig(Path(), disk=self.disk)
        self.loop = SteeredLoop(self.rig.clock)
        self.loud = self.rig.world.tell
        self.people = 3
        if self.chance.random() < 0.15:
            self.rig.feed.refused.update(self.rig.options.topics)
        self.busy = False
        self.rig.org.after_read = self.meanwhile

    def do(self, work: Any) -> Any:
        return self.loop.run_until_complete(work)

    def meanwhile(self, _what: str) -> None:
        """Something changes after the org was read and before the answer is taken."""
        if not self.busy and self.chance.random() < 0.1:
            self.busy = True
            getattr(self, self.chance.choice(EDITS))()
            self.busy = False

    def play(self) -> None:
        for number in (1, 2, 3):
            self.rig.world.add_lead(number)
        self.rig.world.enroll(lead(1), CADENCE)
        self.do(self.rig.start())
        faults = [one for one in FAULTS if self.chance.random() < 0.35]
        for _ in range(self.chance.randrange(8, 30)):
            verb = (
                self.chance.choice(EDITS)
                if self.chance.random() < 0.6 or not faults
                else self.chance.choice(faults)
            )
            getattr(self, verb)()
            self.do(self.rig.calm())
            self.do(self.rig.pass_time(self.chance.choice((0, 0, 0.4, 2, 20))))
            self.live_means_true()
        self.heal()

    def live_means_true(self) -> None:
        if self.rig.feed_state() is FeedState.LIVE and self.rig.engine.follower.idle:
            self.compare()

    def compare(self) -> None:
        board, world = self.rig.engine.board, self.rig.world
        assert {one.id: (one.state, one.owner_id, one.current_step_id) for one in board.trackers} == {
            one.id: (one.state, one.owner_id, one.current_step_id) for one in world.trackers.values()
        }
        assert {one.id: (one.name, one.title) for one in board.people} == {
            one.id: (one.name, one.title) for one in world.people.values() if not one.is_converted
        }
        shown = {one.id: one.state for one in board.steps if one.is_open}
        assert shown == {one.id: one.state for one in world.steps.values() if one.is_open}

    def heal(self) -> None:
        """Faults stop: soon everything is true, and the next start shows it from the file alone."""
        self.disk.refuse = lambda _what: None
        self.rig.org.link_down = self.rig.feed.down = False
        self.rig.org.read_errors.clear()
        self.busy = True  # colleagues rest
        polls = bool(self.rig.feed.refused)
        self.do(self.rig.pass_time(1000 if polls else 400))
        assert self.rig.feed_state() is (FeedState.POLLING if polls else FeedState.LIVE)
        self.compare()
        self.do(self.rig.crash())
        self.rig.org.link_down = self.rig.feed.down = True
        self.do(self.rig.start())
        self.compare()

    def close(self) -> None:
        self.do(self.rig.desk.stop())
        self.loop.close()

    # ------------------------------------------------------------ what colleagues do

    def some(self, shelf: dict[str, Any]) -> Any:
        return self.chance.choice(list(shelf.values())) if shelf else None

    def enroll(self) -> None:
        person = self.some(self.rig.world.people)
        cadence = self.chance.choice((CADENCE, OTHER_CADENCE))
        if person is not None and not self.rig.world.active(person.id, cadence):
            self.rig.world.enroll(person.id, cadence)

    def pause(self) -> None:
        self.change(state=self.chance.choice(("Paused", "Running", "Complete", "Processing")))

    def assignee(self) -> None:
        self.change(owner_id=self.chance.choice((ME, COLLEAGUE, "00G000000000001AAA")))

    def change(self, **values: Any) -> None:
        one = self.some(self.rig.world.trackers)
        if one is not None:
            self.rig.world.change_tracker(one.id, **values)

    def finish(self) -> None:
        opened = {one.id: one for one in self.rig.world.steps.values() if one.is_open}
        step = self.some(
            {one.id: one for one in opened.values() if one.tracker_id in self.rig.world.trackers}
        )
        if step is not None:
            self.rig.world.finish_step(step.id, "ManuallyCompleted")

    def title(self) -> None:
        person = self.some(self.rig.world.people)
        if person is not None:
            self.rig.world.change_person(person.id, title=f"Title {self.chance.randrange(99)}")

    def rename(self) -> None:
        person = self.some(self.rig.world.people)
        if person is not None:
            self.rig.world.change_person(person.id, name=f"Name {self.chance.randrange(99)}")

    def add(self) -> None:
        self.people += 1
        self.rig.world.add_lead(self.people)
        self.rig.world.report_created(lead(self.people))

    def remove_person(self) -> None:
        person = self.some(self.rig.world.people)
        if person is not None and not self.rig.world.active(person.id):
            self.rig.world.delete(LEAD, person.id)

    def remove_step(self) -> None:
        one = self.some(self.rig.world.trackers)
        if one is not None:
            for step in [step for step in self.rig.world.steps.values() if step.tracker_id == one.id]:
                self.rig.world.delete(STEP, step.id)
            self.rig.world.delete(TRACKER, one.id)

    def convert(self) -> None:
        person = self.some(self.rig.world.people)
        if person is not None and self.chance.random() < 0.3:
            self.rig.world.change_person(person.id, is_converted=True)

    # ------------------------------------------------------------ what goes wrong

    def stream_falls(self) -> None:
        self.rig.feed.drop()

    def link(self) -> None:
        self.rig.org.link_down = not self.rig.org.link_down
        self.rig.feed.down = self.rig.org.link_down
        if self.rig.org.link_down:
            self.rig.feed.drop()

    def bus_down(self) -> None:
        self.rig.feed.down = not self.rig.feed.down
        if self.rig.feed.down:
            self.rig.feed.drop()

    def crash(self) -> None:
        self.do(self.rig.crash())
        self.do(self.rig.start())

    def restart(self) -> None:
        self.do(self.rig.restart())

    def full_disk(self) -> None:
        full = self.chance.random() < 0.5
        self.disk.refuse = lambda what: DiskFull() if full and what == "cache" else None

    def marks_expire(self) -> None:
        self.rig.feed.unusable = {mark_of(number) for number in range(len(self.rig.feed.log) + 1)}
        self.rig.feed.drop()
        self.do(self.rig.calm())
        self.rig.feed.unusable = set()

    def gap(self) -> None:
        self.retold(ChangeType.GAP_UPDATE)

    def overflow(self) -> None:
        self.retold(ChangeType.GAP_OVERFLOW)

    def retold(self, kind: ChangeType) -> None:
        """One change is told without saying what it was."""

        def told(topic: str, events: list[ChangeEvent]) -> None:
            gone = ChangeType.GAP_DELETE if events[0].type is ChangeType.DELETE else kind
            plain = [
                replace(one, type=gone, values={}, changed=frozenset(), nulled=frozenset()) for one in events
            ]
            if kind is ChangeType.GAP_OVERFLOW:
                plain = [replace(one, type=kind, record_id="") for one in plain]
            self.loud(topic, plain)

        self.rig.world.tell = told
        self.change(state=self.chance.choice(("Paused", "Running")))
        self.rig.world.tell = self.loud

    def twice(self) -> None:
        """Old events come once more."""
        for topic, events in self.chance.sample(self.rig.feed.log, min(3, len(self.rig.feed.log))):
            for stream in self.rig.feed.streams:
                if stream.topic == topic:
                    stream.tell(lambda s=stream, e=events: s.sink.feed_events(s.topic, e, b""))  # type: ignore[misc]

    def read_fails(self) -> None:
        self.rig.org.read_errors.extend([Unreachable()] * self.chance.randrange(1, 4))

    def history(self) -> None:
        one = self.some(self.rig.world.trackers)
        if one is not None and not self.rig.org.link_down and not self.rig.org.read_errors:
            self.do(self.rig.desk.step_history(one.target_id))


def follow(seed: int) -> None:
    follower = Follower(seed)
    try:
        follower.play()
    except AssertionError as error:
        raise AssertionError(f"days of seed {seed}: {error}") from error
    finally:
        follower.close()


def follow_many(cases: int) -> None:
    for seed in range(cases):
        follow(seed)


def test_live_means_true() -> None:
    follow_many(CASES)
