"""One desk on one org: carries out the steps of a schedule, brings the desk back after each death, and drains it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from cadence_desk.domain.errors import SignedOut
from tests.desk.practice_org import OrgSaidNo
from tests.torture.process.evidence import BROKEN, UNEQUAL, Evidence
from tests.torture.process.ledger import read_ledger
from tests.torture.process.nursery import DeskBroke, DeskDied, DeskSaidNo, Journal, profile_parts
from tests.torture.process.org_keeper import board_of

if TYPE_CHECKING:
    from pathlib import Path

    from cadence_desk.domain.orgs import OrgProfile
    from tests.torture.process.nursery import DeskProcess, Nursery
    from tests.torture.process.org_keeper import OrgKeeper

START_PATIENCE = 12.0
ORDER_PATIENCE = 6.0
DRAIN_SECONDS = 60.0
BEAT = 0.03
JUMPS = (0.5, 1.0, 2.0, 5.0, 15.0, 60.0, 120.0, 120.0, 300.0, 300.0, 900.0)
RECONNECTS, RECONNECT_STEP, RECONNECT_BEAT = 20, 2.0, 0.1
LATEST_COMMIT = 700.0
"""After this much of the org's time no request is still being carried out."""


class Stage:
    """Holds the desk of one home through all its lives."""

    def __init__(
        self, keeper: OrgKeeper, nursery: Nursery, name: str, home: Path, profile: OrgProfile | None = None
    ) -> None:
        self.keeper = keeper
        self.evidence = Evidence()
        self.home = home
        self._nursery = nursery
        self._name = name
        self._profile = profile
        self._lives = 0
        self.key_file: Path | None = home / "keys"
        self.keyring: Path | None = None
        """The key store, when there is no key file; without both secrets last for a session."""
        self._desk: DeskProcess | None = None

    @property
    def desk(self) -> DeskProcess:
        """The desk of this life."""
        assert self._desk is not None
        return self._desk

    def order(self, do: str, patience: float = ORDER_PATIENCE, **parts: object) -> Any:
        """Have the desk do something; what a broken desk says is remembered. Raises as DeskProcess.order."""
        try:
            return self.desk.order(do, patience, **parts)
        except DeskBroke as crash:
            self.evidence.find(BROKEN, f"{do}: {crash}")
            raise DeskSaidNo("crash", str(crash)) from crash

    # ------------------------------------------------------------ lives

    def start(self, *, kill_at: int = 0, caches: bool = True) -> None:
        """Begin a life: open, start, sign in where that is needed. Raises DeskDied at a boundary that was armed."""
        self._lives += 1
        journal = Journal()
        self.evidence.journals.append(journal)
        self._desk = self._nursery.desk(journal)
        if kill_at:
            self.desk.order("arm", at=kill_at, caches=caches)
        profile = profile_parts(self._profile or self.keeper.org.profile())
        keys = {name: str(path) if path else None for name, path in self._keys().items()}
        self.order("open", home=str(self.home), profile=profile, seed=self._seed(), keys=keys)
        self._enter()

    def _keys(self) -> dict[str, Path | None]:
        return {"key_file": self.key_file, "keyring": self.keyring}

    def second(self) -> str:
        """Try to open the same home in another process; returns the code of the refusal, or an empty text."""
        other = self._nursery.desk()
        profile = profile_parts(self._profile or self.keeper.org.profile())
        try:
            keys = {"key_file": None, "keyring": None}
            other.order("open", home=str(self.home), profile=profile, keys=keys, seed="second")
        except DeskSaidNo as said:
            return str(said.args[0])
        finally:
            other.close()
        return ""

    def _seed(self) -> str:
        return f"{self._name}-{self._lives}"

    def _enter(self) -> None:
        """Resume the session; a person signs in where that is not possible."""
        try:
            said = self.order("start", START_PATIENCE)
            if "error" in said:
                self.evidence.course.append(f"start: {said['error']}")
            if said["state"] != "signed_in" and said.get("error") in {None, SignedOut.code}:
                self.order("sign_in", START_PATIENCE, user_id=self.keeper.org.me)
        except (DeskSaidNo, TimeoutError) as trouble:
            self.evidence.course.append(f"start: {trouble}")

    def died(self) -> None:
        """The desk is gone: hold what it promised against its file, then begin the next life."""
        self.evidence.kills += 1
        self.desk.close()
        self.evidence.check_promises(read_ledger(self.home))

    def kill(self) -> None:
        """End the desk with SIGKILL now."""
        self.desk.kill()
        self.died()

    def revive(self) -> None:
        """Begin lives until one stands."""
        while True:
            try:
                self.start()
            except DeskDied:
                self.died()
            else:
                return

    def restart(self) -> None:
        """Quit in order and start again."""
        self.order("stop", START_PATIENCE)
        self.desk.wait_for_end()
        self.desk.close()
        self.evidence.check_promises(read_ledger(self.home))
        self.revive()

    # ------------------------------------------------------------ time

    def pass_time(self, seconds: float) -> None:
        """Let time pass for the org and the desk alike."""
        if seconds:
            self.keeper.org.jump(seconds)
            self.desk.order("jump", seconds=seconds)

    def sleep(self, seconds: float) -> None:
        """Have the computer fall asleep in the middle of whatever it does."""
        self.desk.freeze()
        self.keeper.org.jump(seconds)
        number = self.desk.send("jump", seconds=seconds)
        self.desk.thaw()
        self.desk.answer(number)

    # ------------------------------------------------------------ the end

    def drain(self, shape: dict[str, Any]) -> None:
        """Take every disturbance back and let time pass until nothing is open and no commit can come any more."""
        self.keeper.calm(**shape)
        for _ in range(3):
            try:
                self.settle()
                self.pass_time(LATEST_COMMIT)
                self.desk.listen(2 * BEAT)
                self.settle()
                # a boundary that was never reached must not end the desk while it is being judged
                self.desk.order("arm", at=0)
            except DeskDied:
                self.died()
                self.revive()
            else:
                return
        self.evidence.find(BROKEN, "the desk died again and again although nothing was armed")

    def settle(self) -> None:
        """Let time pass until nothing is open and the lists follow the org."""
        self.desk.order("wrong", seconds=0.0)
        self._signed_in()
        end = time.monotonic() + DRAIN_SECONDS
        quiet, patience = 0, RECONNECTS
        while (status := self.desk.order("status"))["open"] or not status["following"]:
            if time.monotonic() > end:
                self.evidence.find(BROKEN, f"does not come to rest: {status}")
                return
            if status["signed_in"] != "signed_in":
                self._signed_in()
            if status["busy"]:
                self.desk.listen(BEAT)
            elif not status["following"] and patience:
                # a stream that is being opened would see a long jump as a long silence
                patience -= 1
                self.pass_time(RECONNECT_STEP)
                self.desk.listen(RECONNECT_BEAT)
            else:
                self.pass_time(JUMPS[min(quiet, len(JUMPS) - 1)])
                quiet, patience = quiet + 1, RECONNECTS
                self.desk.listen(BEAT)

    def _signed_in(self) -> None:
        if self.desk.order("status")["signed_in"] == "signed_in":
            return
        self._enter()

    def board_is_equal(self) -> None:
        """Hold the lists against a fresh read of the org."""
        targets = self.evidence.targets
        end = time.monotonic() + DRAIN_SECONDS / 2
        while (shown := self.desk.order("board", targets=targets)) != (
            told := board_of(self.keeper.org, targets)
        ):
            if time.monotonic() > end:
                self.evidence.find(UNEQUAL, f"the lists show {shown}, the org has {told}")
                return
            self.pass_time(2.0)
            self.desk.listen(2 * BEAT)

    def end(self) -> None:
        """Ask for the texts that only the desk can read, then quit."""
        self.evidence.operations = self.desk.order("operations")
        self.evidence.kept_drafts = self.desk.order("drafts")
        self.desk.order("stop")
        self.desk.wait_for_end()
        self.desk.close()
        for journal in self.evidence.journals:
            for words in journal.logged:
                self.evidence.find(BROKEN, f"logged: {words}")

    def close(self) -> None:
        """Leave no process behind."""
        if self._desk is not None:
            self._desk.close()


def ignoring_refusals(org_does: Any, *given: Any, **parts: Any) -> None:
    """Have the org do something that it may refuse."""
    try:
        org_does(*given, **parts)
    except OrgSaidNo:
        return
