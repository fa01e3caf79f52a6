"""A real desk without a window, on the standard loop, over a practice org: what bootstrap builds, driven by a test."""

from __future__ import annotations

import asyncio
import contextlib
import time
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from cadence_desk.bootstrap.compose import build_desk
from cadence_desk.bootstrap.opening import open_profile
from cadence_desk.domain.changes import FeedState
from cadence_desk.domain.operations import Kind, Operation, OperationState
from cadence_desk.launch.tour.browser import PlayedBrowser
from cadence_desk.settings.paths import Paths
from cadence_desk.sync.parts import EngineOptions

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence
    from pathlib import Path

    from cadence_desk.desk.desk import Desk
    from cadence_desk.domain.calls import CallResult
    from cadence_desk.domain.orgs import OrgProfile
    from cadence_desk.domain.people import Person
    from cadence_desk.domain.record_ids import RecordId
    from cadence_desk.domain.trackers import Tracker
    from cadence_desk.sync.engine import Engine
    from tests.desk.practice_org import Org

T = TypeVar("T")
ENDED = frozenset({
    OperationState.SETTLED,
    OperationState.REFUSED,
    OperationState.NEEDS_REVIEW,
    OperationState.CANCELLED,
})  # fmt: skip
FAST = EngineOptions(
    poll_seconds=0.5,
    poll_quiet_seconds=0.5,
    undo_seconds=0.1,
    verify_after=(0.2, 0.4, *(0.8,) * 12),
    sweep_seconds=3600.0,
)
"""No sweep while a test runs: what the stream lost must not be mended by a read that would have come anyway."""
CALLS_FIRST = "Call Blitz"
EMAIL_FIRST = "New Business Outreach"


async def until(happened: Callable[[], T], what: str, seconds: float = 12.0) -> T:
    """Wait until something true comes back, and return it."""
    end = time.monotonic() + seconds
    while True:
        result = happened()
        if result:
            return result
        assert time.monotonic() < end, f"waited {seconds:.0f} s in vain: {what}"
        await asyncio.sleep(0.02)


class Rig:
    """One desk and the org under it."""

    def __init__(
        self,
        org: Org,
        home: Path,
        options: EngineOptions = FAST,
        *,
        profile: OrgProfile | None = None,
        user_id: str = "",
        key_file: Path | None = None,
    ) -> None:
        self.org = org
        self.home = home
        self.user_id = user_id or org.me
        self._options = options
        self._key_file = key_file or home / "keys"
        self._profile = profile or org.profile()
        self.states: list[FeedState] = []
        self.desk = self._open()

    def _open(self) -> Desk:
        opened = open_profile(self._profile, Paths(self.home), self._key_file)
        desk = build_desk(opened, self._options)
        desk.events.subscribe(lambda change: self._note_feed() if change.feed else None)
        return desk

    def _note_feed(self) -> None:
        state = self.desk.feed.state
        if not self.states or self.states[-1] is not state:
            self.states.append(state)

    @property
    def engine(self) -> Engine:
        return self.desk._session.require_engine()

    @property
    def me(self) -> str:
        return self.user_id

    # ------------------------------------------------------------ life

    async def sign_in(self) -> None:
        browser = PlayedBrowser(self.org.ready["ca_file"], self.user_id)
        await self.desk.sign_in.begin(browser.open_page)

    async def begin(self, state: FeedState = FeedState.LIVE) -> None:
        """Start, sign in and wait until the board is complete."""
        await self.desk.start()
        if self.desk.sign_in.state != "signed_in":
            await self.sign_in()
        await self.at_rest(state)

    async def at_rest(self, *states: FeedState, seconds: float = 15.0) -> None:
        await self.feed(*(states or (FeedState.LIVE,)), seconds=seconds)
        async with asyncio.timeout(seconds):
            await self.desk.idle()

    async def feed(self, *states: FeedState, seconds: float = 15.0) -> None:
        try:
            await until(lambda: self.desk.feed.state in states, "", seconds)
        except AssertionError:
            said = self.desk.feed
            raise AssertionError(f"the chip says {said.state}, not {states}: {said.detail}") from None

    async def again(self) -> None:
        """Close the desk and open it anew on the same files, as the next morning does."""
        await self.desk.stop()
        self.desk = self._open()
        await self.desk.start()

    # ------------------------------------------------------------ looking

    def people(self, wanted: Callable[[Person], bool] = lambda _: True) -> list[Person]:
        found = [self.desk.person(one) for one in self.desk.people.ids()]
        return [person for person in found if person is not None and wanted(person)]

    def free(self, count: int) -> list[str]:
        """Return people who can be added without a warning, were never in a cadence and in no earlier test."""
        people = (str(person.id) for person in self.people(_plain) if not self.desk.trackers_of(person.id))
        found = [one for one in people if one not in self.org.used][:count]
        assert len(found) == count, "the world has too few people for this test"
        self.org.used.update(found)
        return found

    def cadence(self, name: str) -> RecordId:
        return next(one.id for one in self.desk.cadences() if one.name == name)

    def rep(self, name: str) -> str:
        return next(str(one.id) for one in self.desk.reps() if one.name.startswith(name))

    def result(self, number: int = 0) -> CallResult:
        return self.desk.call_results()[number]

    def active(self, target_id: str) -> Tracker:
        return next(one for one in self.desk.trackers_of(target_id) if one.is_active)

    # ------------------------------------------------------------ people at work

    async def running(self, count: int = 1, cadence: str = CALLS_FIRST) -> list[Tracker]:
        """Have a colleague put people into a cadence; returns their trackers once each stands at an open step."""
        targets = self.free(count)
        for target in targets:
            self.org.verb("enroll", target=target, cadence=self.cadence(cadence), owner=self.me)

        def ready() -> list[Tracker]:
            found = [one for target in targets for one in self.desk.trackers_of(target) if one.is_active]
            steps = [self.desk.current_step(one.id) for one in found]
            stand = [one.state == "Running" for one in found] + [
                step is not None and step.state == "Active" for step in steps
            ]
            return found if len(found) == count and all(stand) else []

        found = await until(ready, "the added people stand at their first step")
        return sorted(found, key=lambda one: targets.index(str(one.target_id)))

    async def log(self, tracker: Tracker, notes: str = "", number: int = 0) -> str:
        """Log a call on the tracker's step; returns the intent's id."""
        draft = await self.desk.calls.begin(tracker.target_id, tracker.current_step_id)
        draft.result, draft.notes, draft.duration_seconds = self.result(number).text, notes, 61
        return await self.desk.calls.save(draft)

    def operations(self, *targets: str) -> list[Operation]:
        return [one for target in targets for one in self.desk.operations_of(target)]

    async def ended(self, *targets: str, seconds: float = 12.0) -> list[Operation]:
        """Wait until everything asked for these people has an end."""

        def done() -> list[Operation]:
            found = self.operations(*targets)
            return found if found and all(one.state in ENDED for one in found) else []

        try:
            return await until(done, "every operation ends", seconds)
        except AssertionError:
            told = [(one.kind.value, one.words, one.evidence) for one in self.operations(*targets)]
            raise AssertionError(f"not ended: {told}") from None

    async def confirmed(self, *targets: str, seconds: float = 12.0) -> list[Operation]:
        """Wait until everything asked for these people is confirmed."""
        found = await self.ended(*targets, seconds=seconds)
        bad = [
            (one.kind.value, one.words, one.server_code)
            for one in found
            if one.state is not OperationState.SETTLED
        ]
        assert not bad, bad
        return found

    def states_of(self, target: str, kind: Kind) -> list[str]:
        """Return the words of a target's operations of one kind."""
        return [one.words for one in self.desk.operations_of(target) if one.kind is kind]


def _plain(person: Person) -> bool:
    blocked = person.do_not_call or person.email_opt_out or person.email_bounced or person.is_converted
    return bool(person.email and person.phone) and not blocked and person.owner_id.startswith("005")


@contextlib.asynccontextmanager
async def desk_over(
    org: Org, home: Path, options: EngineOptions = FAST, state: FeedState = FeedState.LIVE
) -> AsyncIterator[Rig]:
    """A desk that is signed in and complete; stopped at the end."""
    rig = Rig(org, home, options)
    try:
        await rig.begin(state)
        yield rig
    finally:
        await rig.desk.stop()


def options(**changes: object) -> EngineOptions:
    return replace(FAST, **changes)  # type: ignore[arg-type]  # the names are those of the options


# ---------------------------------------------------------------- the board against the org


def differences(rig: Rig, limit: int = 5) -> list[str]:
    """Return where the desk's lists differ from a fresh read of the org."""
    found = [*_people(rig), *_trackers(rig), *_steps(rig), *_rows(rig)]
    return found[:limit]


async def equal(rig: Rig, seconds: float = 10.0) -> None:
    """Wait until the lists equal the org."""
    wrong: list[str] = []
    end = time.monotonic() + seconds
    while True:
        wrong = differences(rig)
        if not wrong:
            return
        assert time.monotonic() < end, f"the desk differs from the org: {wrong}"
        await asyncio.sleep(0.1)


def _compare(kind: str, org: dict[str, tuple[object, ...]], desk: dict[str, tuple[object, ...]]) -> list[str]:
    wrong = [f"{kind} {one} is missing" for one in org.keys() - desk.keys()]
    wrong += [f"{kind} {one} is too many" for one in desk.keys() - org.keys()]
    wrong += [
        f"{kind} {one}: {desk[one]} instead of {org[one]}"
        for one in org.keys() & desk.keys()
        if org[one] != desk[one]
    ]
    return wrong


def _people(rig: Rig) -> list[str]:
    told: dict[str, tuple[object, ...]] = {}
    for sobject, where in (("Lead", " WHERE IsConverted = false"), ("Contact", "")):
        for row in rig.org.query(f"SELECT Id, Name, Title, Email, Phone, OwnerId FROM {sobject}{where}"):
            told[row["Id"]] = tuple(
                row[name] or "" for name in ("Name", "Title", "Email", "Phone", "OwnerId")
            )
    shown: dict[str, tuple[object, ...]] = {
        str(one.id): (one.name, one.title, one.email, one.phone, one.owner_id) for one in rig.people()
    }
    return _compare("person", told, shown)


def _trackers(rig: Rig) -> list[str]:
    fields = "Id, State, IsTrackerActive, OwnerId, CurrentStepId, TargetId"
    told: dict[str, tuple[object, ...]] = {
        row["Id"]: (row["State"], row["IsTrackerActive"], row["OwnerId"], row["CurrentStepId"] or "")
        for row in rig.org.query(f"SELECT {fields} FROM ActionCadenceTracker")
    }
    shown: dict[str, tuple[object, ...]] = {}
    for tracker_id in rig.desk.trackers.ids():
        one = rig.desk.tracker(tracker_id)
        if one is not None:
            shown[tracker_id] = (one.state, one.is_active, one.owner_id, one.current_step_id)
    return _compare("tracker", told, shown)


def _steps(rig: Rig) -> list[str]:
    rows = rig.org.query("SELECT Id, State FROM ActionCadenceStepTracker WHERE State = 'Active'")
    told: dict[str, tuple[object, ...]] = {row["Id"]: (row["State"],) for row in rows}
    shown: dict[str, tuple[object, ...]] = {
        step.id: (step.state,) for step in rig.engine.board.steps if step.state == "Active"
    }
    return _compare("step", told, shown)


def _rows(rig: Rig) -> list[str]:
    """Return where what the lists paint differs from the records they are made of."""
    table, wrong = rig.desk.people, []
    names, ids, alive = table.texts("name"), table.ids(), table.alive()
    for slot, record_id in enumerate(ids):
        person = rig.desk.person(record_id)
        if bool(alive[slot]) is (person is None):
            wrong.append(f"row {record_id} is alive {bool(alive[slot])}")
        elif person is not None and names[slot] != person.name:
            wrong.append(f"row {record_id} says {names[slot]}")
    return wrong


def titles(org: Org, ids: Sequence[str], word: str) -> None:
    """Give leads a title each, in transactions of their own."""
    for number, one in enumerate(ids):
        org.edit("Lead", one, Title=f"{word} {number}")
