"""What the parent can have a desk do, and what the desk reports: every state that a screen would show, once committed."""

from __future__ import annotations

import asyncio
import functools
import itertools
import logging
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from typing_extensions import override

from cadence_desk.bootstrap import chosen_secrets, compose
from cadence_desk.bootstrap.opening import open_profile
from cadence_desk.desk.enrollment import WishInput
from cadence_desk.domain.calls import FollowUp
from cadence_desk.domain.changes import FeedState
from cadence_desk.domain.errors import DeskError
from cadence_desk.domain.operations import OperationState
from cadence_desk.domain.orgs import OrgProfile
from cadence_desk.launch.tour.browser import PlayedBrowser
from cadence_desk.salesforce import rest
from cadence_desk.settings.paths import Paths
from cadence_desk.settings.secret_stores import choose_secrets
from cadence_desk.store.cache import CacheFile
from cadence_desk.store.outbox import OutboxFile
from cadence_desk.sync import snapshotter
from cadence_desk.sync.parts import EngineOptions
from tests.torture.process.boundaries import BOUNDARIES, CountedCacheConnection, CountedConnection, counted
from tests.torture.process.file_keyring import FileKeyring
from tests.torture.process.steered_time import SeededEntropy

if TYPE_CHECKING:
    from collections.abc import Callable

    from cadence_desk.desk.desk import Desk
    from cadence_desk.domain.changes import Change
    from cadence_desk.domain.operations import Operation
    from cadence_desk.domain.trackers import Tracker
    from tests.torture.process.steered_time import SteeredClock

DUE = date(2026, 12, 1)
VERIFY_AFTER = (0.3, 1.5, 5.0, 15.0, 60.0)
FOLLOWING = frozenset({FeedState.LIVE, FeedState.POLLING})
ENDED = frozenset({
    OperationState.DRAFT,
    OperationState.SETTLED,
    OperationState.REFUSED,
    OperationState.NEEDS_REVIEW,
    OperationState.CANCELLED,
    OperationState.SUPERSEDED,
})  # fmt: skip


class _Reporter(logging.Handler):
    """Tells the parent of every logged error: a desk that logs one has a fault, whatever it says."""

    def __init__(self, say: Callable[..., None]) -> None:
        super().__init__(logging.ERROR)
        self._say = say
        self._form = logging.Formatter()

    @override
    def emit(self, record: logging.LogRecord) -> None:
        self._say(logged=self._form.format(record))


class _Naps:
    """Stands in for the time module where a lane waits before it repeats a read."""

    def __init__(self, clock: SteeredClock) -> None:
        self.sleep = clock.sleep


class DeskOrders:
    """One desk and its journal."""

    def __init__(self, say: Callable[..., None], clock: SteeredClock) -> None:
        self._say = say
        self._clock = clock
        self._told: dict[str, OperationState] = {}
        self._ca_file = ""
        self._desk: Desk | None = None
        logging.getLogger().addHandler(_Reporter(say))

    @property
    def desk(self) -> Desk:
        assert self._desk is not None, "the desk is not open"
        return self._desk

    # ------------------------------------------------------------ the journal

    def _heard(self, change: Change) -> None:
        if change.operations:
            for target in change.ids:
                self._tell(self.desk.operations_of(target))

    def _tell(self, operations: list[Operation]) -> None:
        for one in reversed(operations):
            if self._told.get(one.op_id) is not one.state:
                self._told[one.op_id] = one.state
                self._say(told=one.op_id, state=one.state.value, words=one.words)

    # ------------------------------------------------------------ life

    async def do_arm(self, at: int, caches: bool = False) -> None:
        BOUNDARIES.arm(at, caches=caches)

    async def do_points(self) -> list[str]:
        return BOUNDARIES.names

    async def do_open(
        self,
        home: str,
        profile: dict[str, Any],
        keys: dict[str, str | None],
        seed: str,
    ) -> None:
        """Take hold of the profile and build the desk, as the launcher does; `keys` names a key file or a key store."""
        self._inject(seed)
        key_file, keyring = keys["key_file"], keys["keyring"]
        if keyring:
            find = functools.partial(FileKeyring, Path(keyring))
            setattr(chosen_secrets, "choose_secrets", functools.partial(choose_secrets, find=find))  # noqa: B010
        profile["redirect_uris"] = tuple(profile["redirect_uris"])
        self._ca_file = profile["extra_ca"]
        opened = open_profile(OrgProfile(**profile), Paths(Path(home)), Path(key_file) if key_file else None)
        options = EngineOptions(verify_after=VERIFY_AFTER, sweep_seconds=3600.0)
        self._desk = compose.build_desk(opened, options)
        self._desk.events.subscribe(self._heard)

    def _inject(self, seed: str) -> None:
        """Put the steered clock, seeded chance and counted files where the desk is composed."""
        clock, boots = self._clock, itertools.count(1)
        put: dict[str, Any] = {
            "MachineClock": lambda: clock,
            "MachineEntropy": lambda: SeededEntropy(seed),
            "new_boot_id": lambda: f"{seed}-{next(boots)}",
            "OutboxFile": counted(OutboxFile, CountedConnection),
            "CacheFile": counted(CacheFile, CountedCacheConnection),
        }
        for name, value in put.items():
            setattr(compose, name, value)
        setattr(rest, "time", _Naps(clock))  # noqa: B010 - a module of the standard library, only here
        setattr(snapshotter, "ASKED_GAP", 0.1)  # noqa: B010

    async def do_start(self) -> dict[str, Any]:
        """Show what the files hold and resume the session."""
        try:
            await self.desk.start()
        except DeskError as error:
            return {"state": self.desk.sign_in.state, "error": error.code, "message": error.message}
        return {"state": self.desk.sign_in.state}

    async def do_sign_in(self, user_id: str) -> str:
        await self.desk.sign_in.begin(PlayedBrowser(self._ca_file, user_id).open_page)
        return self.desk.sign_in.state

    async def do_stop(self) -> None:
        if self._desk is not None:
            await self._desk.stop()

    # ------------------------------------------------------------ time

    async def do_jump(self, seconds: float) -> None:
        self._clock.jump(seconds)

    async def do_wrong(self, seconds: float) -> None:
        self._clock.set_wrong(seconds)

    # ------------------------------------------------------------ looks

    async def do_status(self) -> dict[str, Any]:
        """Tell how much is still to be done, and whether anything moves at all just now."""
        engine = self.desk._session.engine
        if engine is None:
            return {"open": 0, "busy": False, "feed": "none", "signed_in": self.desk.sign_in.state}
        work = engine.runner.work
        # what stands behind something that waits for a person waits for the person, too
        held = {one.target_id for one in work if one.state is OperationState.NEEDS_REVIEW}
        unfinished = [
            one
            for one in work
            if one.state not in ENDED and not (one.state is OperationState.QUEUED and one.target_id in held)
        ]
        return {
            "open": len(unfinished),
            "words": [f"{one.kind.value} {one.words}" for one in unfinished[:5]],
            "pause": engine.runner.pauses.left,
            "detail": self.desk.feed.detail,
            "busy": bool(work.in_flight) or engine.runner.verifier.busy or not engine.follower.idle,
            "feed": self.desk.feed.state.value,
            "following": self.desk.feed.state in FOLLOWING and engine.monitor.settled,
            "signed_in": self.desk.sign_in.state,
        }

    async def do_operations(self) -> list[dict[str, Any]]:
        """Tell what the outbox holds, with the texts that only the desk can read."""
        engine = self.desk._session.require_engine()
        return [
            {
                "op_id": one.op_id,
                "kind": one.kind.value,
                "state": one.state.value,
                "target": one.target_id,
                "notes": one.payload.get("notes", ""),
                "subject": one.payload.get("subject", ""),
                "evidence": {name: str(value) for name, value in (one.evidence or {}).items()},
            }
            for one in engine.runner.work
        ]

    async def do_drafts(self) -> list[dict[str, str]]:
        return [{"target": one.target_id, "notes": one.notes} for one in self.desk.calls.drafts()]

    async def do_whole_board(self) -> dict[str, Any]:
        """Tell everything that the lists show."""
        people = [one for one in self.desk.people.ids() if self.desk.person(one) is not None]
        return await self.do_board(people)

    async def do_board(self, targets: list[str]) -> dict[str, Any]:
        """Tell what the lists show of these people."""
        people: dict[str, Any] = {}
        trackers: dict[str, Any] = {}
        steps: dict[str, str] = {}
        for target in targets:
            person = self.desk.person(target)
            people[target] = [person.name, person.title, person.owner_id] if person else None
            for one in self.desk.trackers_of(target):
                trackers[one.id] = [one.state, one.is_active, one.owner_id, one.current_step_id]
                step = self.desk.current_step(one.id)
                if step is not None and step.state == "Active":
                    steps[step.id] = step.state
        return {"people": people, "trackers": trackers, "steps": steps}

    # ------------------------------------------------------------ what a person does

    async def do_log(self, target: str, notes: str, number: int = 0, follow_up: str = "") -> dict[str, str]:
        """Log a call, on the step where the person stands at one."""
        draft = await self._draft(target)
        draft.result = self._result(number)
        draft.notes, draft.duration_seconds = notes, 61
        draft.follow_up = FollowUp(follow_up, DUE) if follow_up else None
        intent = await self.desk.calls.save(draft)
        return {"op_id": draft.op_id, "intent": intent}

    async def do_draft(self, target: str, notes: str) -> dict[str, str]:
        """Type a note, as the panel does while nobody presses Save."""
        draft = await self._draft(target)
        draft.notes = notes
        await self.desk.calls.keep(draft)
        return {"op_id": draft.op_id}

    async def do_discard(self, target: str) -> None:
        await self.desk.calls.discard(await self._draft(target))

    async def _draft(self, target: str) -> Any:
        tracker = self._running(target)
        step = tracker.current_step_id if tracker else None
        for known in self.desk.calls.drafts():
            if known.target_id == target:
                return known
        return await self.desk.calls.begin(target, step or None)

    def _result(self, number: int) -> str:
        known = self.desk.call_results()
        return known[number % len(known)].text if known else "Call Back Later"

    async def do_enroll(self, targets: list[str], cadence: str) -> list[list[str]]:
        """Add people to a cadence; returns each target with the verdict of the preview."""
        wish = WishInput(cadence, self._me())
        rows = await self.desk.enrollment.preview(list(targets), wish)
        await self.desk.enrollment.start(rows, wish)
        return [[str(row.target_id), row.verdict.value] for row in rows]

    async def do_move(self, verb: str, targets: list[str], value: str = "") -> list[str]:
        """Pause, resume, remove and so on, for the running trackers of these people."""
        found = [one.id for target in targets if (one := self._running(target)) is not None]
        given = [value] if value else []
        done: list[str] = await getattr(self.desk.moves, verb)(found, *given) if found else []
        return done

    async def do_undo(self, intents: list[str]) -> int:
        return await self.desk.moves.undo(intents)

    async def do_refresh(self) -> None:
        await self.desk.refresh()

    async def do_try_now(self) -> None:
        """Do what a person does who sees that the line is back."""
        engine = self.desk._session.require_engine()
        engine.monitor.try_now()
        engine.runner.try_now()

    async def do_knows(self, targets: list[str], seconds: float = 10.0) -> bool:
        """Wait until the lists show these people at an open step."""
        until = self._clock.monotonic() + seconds
        while not all(self._stands(target) for target in targets):
            if self._clock.monotonic() > until:
                return False
            await asyncio.sleep(0.02)
        return True

    def _stands(self, target: str) -> bool:
        tracker = self._running(target)
        step = self.desk.current_step(tracker.id) if tracker else None
        return tracker is not None and step is not None and step.state == "Active"

    def _running(self, target: str) -> Tracker | None:
        return next((one for one in self.desk.trackers_of(target) if one.is_active), None)

    def _me(self) -> str:
        assert self.desk.identity is not None
        return self.desk.identity.user_id
