"""kill -9 at numbered boundaries: every one of the short journeys, drawn ones of long journeys and of recoveries.

A journey is counted once without a kill; then it is played again and again, each time dying one boundary later.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.torture.process.checker import check
from tests.torture.process.evidence import BROKEN, Evidence
from tests.torture.process.ledger import read_ledger
from tests.torture.process.nursery import DeskDied, DeskSaidNo
from tests.torture.process.stage import Stage

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.desk.practice_org import Org
    from tests.torture.process.nursery import Nursery
    from tests.torture.process.org_keeper import OrgKeeper

KEYED: dict[str, Any] = {"hidden_fields": [], "task_logging": False}
UNKEYED: dict[str, Any] = {"hidden_fields": ["Task.CD_Op_Id__c"], "task_logging": False}
OWN_TASK: dict[str, Any] = {"hidden_fields": [], "task_logging": True}
BRIEF: dict[str, Any] = {"hidden_fields": [], "task_logging": True, "contract": "brief"}
UNDO_SECONDS = 8.5
SHORT, LONG = 1_000_000, 2_000_000
"""Seeds of kills begin here: SHORT + journey * 1000 + boundary, LONG + number."""


@dataclass(frozen=True)
class Journey:
    """What a person does in it, and what the org is like."""

    name: str
    shape: dict[str, Any]
    play: Callable[[Player], None]


class Player:
    """Plays journeys of one stage with a person who stands at a call and one who is in no cadence."""

    def __init__(self, stage: Stage, name: str, standing: str, spare: str) -> None:
        self._stage = stage
        self._name = name
        self._standing, self._spare = standing, spare

    def log(self) -> None:
        """Log a call on the step: two operations."""
        self._log(self._standing, "called", follow_up="")

    def log_with_follow_up(self) -> None:
        """Log a call on the step with a follow-up: three operations."""
        self._log(self._standing, "called, more to do", follow_up=f"{self._name} later")

    def log_outside(self) -> None:
        """Log a call with somebody who is in no cadence."""
        self._log(self._spare, "met", follow_up="")

    def _log(self, target: str, words: str, *, follow_up: str) -> None:
        notes = f"{self._name} {words}"
        self._stage.evidence.drafts.pop(target, None)
        said = self._stage.order("log", target=target, notes=notes, follow_up=follow_up)
        self._stage.evidence.notes[said["op_id"]] = notes

    def type(self) -> None:
        """Type a draft in three goes."""
        drafts = self._stage.evidence.drafts
        for part in range(1, 4):
            text = f"{self._name} typed {part}"
            drafts.setdefault(self._spare, {""}).add(text)
            self._stage.order("draft", target=self._spare, notes=text)
            drafts[self._spare] = {text}

    def enroll(self) -> None:
        """Add somebody to a cadence."""
        said = self._stage.order("enroll", targets=[self._spare], cadence=self._stage.keeper.cadence)
        self._stage.evidence.adds += [target for target, verdict in said if verdict.startswith("Will add")]

    def move(self) -> None:
        """Pause, resume, hand over and take out."""
        for verb in ("pause", "resume", "change_assignee", "remove"):
            value = self._stage.keeper.other_rep if verb == "change_assignee" else ""
            self._stage.order("move", verb=verb, targets=[self._standing], value=value)
        self._stage.pass_time(UNDO_SECONDS)

    def everything(self) -> None:
        """A long journey."""
        self.type()
        self.log_with_follow_up()
        self.enroll()
        self.log_outside()
        self.move()

    def wait(self, seconds: float = 8.0) -> None:
        """Wait until nothing is open, as far as the desk lives that long. Raises DeskDied."""
        desk = self._stage.desk
        for _ in range(int(seconds / 0.02)):
            status = desk.order("status")
            if not status["open"]:
                return
            if not status["busy"]:
                self._stage.pass_time(0.5)
            desk.listen(0.02)


JOURNEYS: tuple[Journey, ...] = (
    Journey("log a call under the key", KEYED, Player.log),
    Journey("log a call without the key", UNKEYED, Player.log),
    Journey("log a call on the step's own task", OWN_TASK, Player.log),
    Journey("log a call by the one action", BRIEF, Player.log),
    Journey("log a call with a follow-up", KEYED, Player.log_with_follow_up),
    Journey("log a call outside a cadence", UNKEYED, Player.log_outside),
    Journey("add to a cadence", KEYED, Player.enroll),
    Journey("pause, resume, hand over, remove", OWN_TASK, Player.move),
    Journey("type a draft", KEYED, Player.type),
)
LONG_JOURNEYS = (
    Journey("a long journey", KEYED, Player.everything),
    Journey("a long journey without the key", UNKEYED, Player.everything),
)


class KillRun:
    """Keeps one home for as many deaths as its org has people for."""

    def __init__(self, keeper: OrgKeeper, nursery: Nursery) -> None:
        self._keeper = keeper
        self._nursery = nursery
        self._stage: Stage | None = None
        self._org: Org | None = None
        self._shape: dict[str, Any] = {}
        self._homes = 0
        self._lengths: dict[str, int] = {}

    def length(self, journey: Journey) -> int:
        """Return how many boundaries a journey has; counted once."""
        if journey.name not in self._lengths:
            self._lengths[journey.name] = len(self.boundaries(journey))
        return self._lengths[journey.name]

    def boundaries(self, journey: Journey) -> list[str]:
        """Play a journey once without a kill and return the boundaries it has."""
        stage, player = self._prepared(journey, f"{journey.name} counted")
        stage.desk.order("arm", at=0)
        journey.play(player)
        player.wait()
        names: list[str] = stage.desk.order("points")
        self._finish(stage)
        assert not stage.evidence.findings, stage.evidence.findings
        return names

    def kill_at(
        self, journey: Journey, at: int, *, name: str = "", caches: bool = False, recovery: int = 0
    ) -> Evidence:
        """Play a journey until its boundary kills the desk, recover, drain and check.

        With `recovery` the next start dies, too, at that boundary of its own.
        """
        stage, player = self._prepared(journey, f"{journey.name} {name or at}")
        try:
            self._die(stage, player, journey, (at, caches))
            if recovery:
                self._die_in_recovery(stage, recovery)
            if not stage.desk.alive:
                stage.revive()
            self._finish(stage)
        except Exception as trouble:  # noqa: BLE001 - whatever went wrong belongs to this kill
            stage.evidence.find(BROKEN, f"{type(trouble).__name__}: {trouble}")
            self.close()
        return stage.evidence

    def _die(self, stage: Stage, player: Player, journey: Journey, point: tuple[int, bool]) -> None:
        try:
            stage.desk.order("arm", at=point[0], caches=point[1])
            journey.play(player)
            player.wait()
            stage.desk.order("arm", at=0)
        except DeskDied:
            stage.died()
        except (DeskSaidNo, TimeoutError) as trouble:
            stage.evidence.course.append(str(trouble))

    def _die_in_recovery(self, stage: Stage, at: int) -> None:
        if stage.desk.alive:
            stage.kill()
        try:
            stage.start(kill_at=at)
            stage.desk.order("arm", at=0)
        except DeskDied:
            stage.died()

    def _finish(self, stage: Stage) -> None:
        stage.settle()
        stage.board_is_equal()
        evidence = stage.evidence
        evidence.operations = stage.desk.order("operations")
        evidence.kept_drafts = [
            one for one in stage.desk.order("drafts") if one["target"] in evidence.targets
        ]
        self._keeper.org.settings(hidden_fields=[])
        check(evidence, read_ledger(stage.home), self._keeper.org)
        self._keeper.org.settings(**self._shape)

    # ------------------------------------------------------------ the stage

    def _prepared(self, journey: Journey, name: str) -> tuple[Stage, Player]:
        """Return a stage with a living desk on an org of the journey's shape, and somebody who plays on it."""
        standing, spare = self._keeper.people(2)
        if self._stage is None or self._org is not self._keeper.org:
            self._begin(journey)
        elif self._shape != journey.shape:
            self._keeper.calm(**journey.shape)
            self._stage.restart()  # what the org offers is read once per session
        self._shape = journey.shape
        stage = self._stage
        assert stage is not None
        stage.evidence = Evidence(
            since=self._keeper.org.now(), targets=[standing, spare], journals=stage.evidence.journals[-1:]
        )
        self._keeper.stand_at_a_call([standing])
        stage.desk.order("jump", seconds=5.0)
        stage.order("knows", targets=[standing])
        return stage, Player(stage, name, standing, spare)

    def _begin(self, journey: Journey) -> None:
        self.close()
        self._org = self._keeper.org
        self._keeper.calm(**journey.shape)
        self._homes += 1
        self._stage = Stage(self._keeper, self._nursery, f"k{self._homes}", self._keeper.home())
        self._stage.start()

    def close(self) -> None:
        """End the desk."""
        if self._stage is not None:
            self._stage.close()
            self._stage = None


def long_kill(run: KillRun, seed: int) -> Evidence:
    """Die at a drawn boundary of a long journey, and at times once more while recovering."""
    number = seed - LONG
    dice = random.Random(f"long kill/{number}")
    recovery = dice.randint(1, 8) if dice.random() < 0.5 else 0
    at = dice.randint(1, run.length(LONG_JOURNEYS[number % 2]))
    caches = dice.random() < 0.2
    return run.kill_at(LONG_JOURNEYS[number % 2], at, name=f"long {number}", caches=caches, recovery=recovery)


def short_kill(run: KillRun, seed: int) -> Evidence:
    """Die at the boundary that a seed names."""
    journey, at = divmod(seed - SHORT, 1000)
    return run.kill_at(JOURNEYS[journey], at)
