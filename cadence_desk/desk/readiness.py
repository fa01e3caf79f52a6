"""Readiness: asks the org what this user can do and judges it by the rules. Read only; works without an open engine.

The same for window and command line. Lives on the loop thread; questions run in the read lane, one at a time.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from cadence_desk.domain.changes import Change
from cadence_desk.domain.errors import DeskError, InternalError, SignedOut
from cadence_desk.domain.ports import LaneName
from cadence_desk.domain.readiness.facts import (
    CallFacts,
    LimitFacts,
    OrgFacts,
    TopicFacts,
    Unread,
    UserFacts,
)
from cadence_desk.domain.readiness.rules import ENTITY_OF, judge
from cadence_desk.sync.supervisor import in_lane

if TYPE_CHECKING:
    from collections.abc import Callable

    from cadence_desk.desk.session import Session
    from cadence_desk.domain.orgs import Identity
    from cadence_desk.domain.readiness.checks import Check
    from cadence_desk.domain.readiness.port import Listening, ReadinessSource

T = TypeVar("T")

STAND_SECONDS = 4.0
"""A server may keep its headers back until something happens: by then the subscription stands all the same."""
LISTEN_SECONDS = 5.0
GRACE_SECONDS = 5.0
"""An event may follow its change by some seconds; only then is its absence held against the org."""
LOOK_SECONDS = 0.1

_STEPS = (
    "Connection",
    "API",
    "Objects, fields and actions",
    "Your user",
    "Calls",
    "Cadences per person",
    "Live changes",
    "Limits",
)


class Readiness:
    """The readiness check of one desk."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._stopped = False
        self._told: Callable[[str, int, int], None] = _nobody
        self._done = 0
        self._found: tuple[Check, ...] = ()
        self._of: Identity | None = None
        self.running = False
        self.at = 0.0
        """When that was, in wall seconds; 0 before the first run."""

    @property
    def checks(self) -> tuple[Check, ...]:
        """The lines of the last run; those of another user are nobody's business."""
        return self._found if self._session.identity == self._of else ()

    async def enter(self) -> Identity:
        """Resume the session without opening any file: for the command line.

        Raises:
            SignedOut: there is none to resume.
            DeskError: the org cannot be reached.
        """
        parts = self._session.parts
        identity = await in_lane(parts.lanes, LaneName.KEYS, lambda: parts.flow.resume(parts.profile))
        if identity is None:
            raise SignedOut("You are not signed in to this org.", hint="Open it in the window and sign in.")
        return identity

    async def run(self, told: Callable[[str, int, int], None] | None = None) -> list[Check]:
        """Ask everything and return one line per check; a canceled run returns what was known before.

        Args:
            told: called with what is being asked, how many steps are done, and how many there are.

        Raises:
            SignedOut: the session is over.
            DeskError: the org cannot be reached at all.
        """
        source = self._session.parts.readiness
        if source is None:
            raise InternalError("This desk has nothing to check.")
        if self.running:
            return list(self.checks)
        self.running, self._stopped, self._done = True, False, 0
        self._told = told or _nobody
        try:
            facts = await self._ask(source)
        except _Stopped:
            return list(self.checks)
        finally:
            self.running = False
        self._found, self._of = tuple(judge(facts)), self._session.identity
        self.at = self._session.parts.clock.wall()
        self._use(facts)
        return list(self.checks)

    async def limits(self) -> LimitFacts:
        """Ask for the daily allowances only; one call. Raises SignedOut, or DeskError when the org cannot be reached."""
        source = self._session.parts.readiness
        if source is None:
            raise InternalError("This desk has nothing to check.")
        return await in_lane(self._session.parts.lanes, LaneName.READ, source.limits)

    def cancel(self) -> None:
        """Stop after the question that is being asked."""
        self._stopped = True

    # ------------------------------------------------------------ asking

    async def _ask(self, source: ReadinessSource) -> OrgFacts:
        self._step()
        versions = await self._lane(source.versions)
        facts = OrgFacts(versions=versions, line=await self._try(source.line))
        self._step()
        if not versions.used:
            return _shut(facts, "The org offers no API version that can be used.")
        refusal = await self._lane(source.api_refusal)
        if refusal:
            return _shut(replace(facts, api_refusal=refusal), "The org lets you use no API.")
        listening = await self._try(lambda: source.listen(tuple(ENTITY_OF.values())))
        try:
            return await self._ask_work(source, facts, listening)
        finally:
            if not isinstance(listening, Unread):
                # also for a run that is stopped: what was opened is closed
                await in_lane(self._session.parts.lanes, LaneName.READ, listening.close)

    async def _ask_work(
        self, source: ReadinessSource, facts: OrgFacts, listening: Listening | Unread
    ) -> OrgFacts:
        began = asyncio.get_running_loop().time()
        self._step()
        facts = replace(facts, offers=await self._try(source.offers))
        self._step()
        user = await self._try(source.user)
        facts = replace(facts, user=UserFacts(user, user, user) if isinstance(user, Unread) else user)
        self._step()
        calls = await self._try(source.calls)
        facts = replace(facts, calls=CallFacts(calls, calls, calls) if isinstance(calls, Unread) else calls)
        self._step()
        facts = replace(facts, several_cadences=await self._try(source.several_cadences))
        self._step()
        topics = listening if isinstance(listening, Unread) else await self._listen(listening, began)
        self._step()
        limits = await self._try(source.limits)
        limits = LimitFacts(limits, limits) if isinstance(limits, Unread) else limits
        return replace(facts, topics=topics, limits=limits)

    async def _listen(self, listening: Listening, began: float) -> tuple[TopicFacts, ...] | Unread:
        """Wait until the subscriptions stand, note how things are, and see what arrives."""
        loop = asyncio.get_running_loop()
        await self._wait(lambda: listening.standing, began + STAND_SECONDS)
        await self._lane(listening.note)
        await self._wait(lambda: listening.settled, loop.time() + LISTEN_SECONDS)
        first = await self._lane(listening.facts)
        if not any(one.is_silent for one in first):
            return first
        await self._wait(lambda: listening.settled, loop.time() + GRACE_SECONDS)
        return tuple(
            second if first_one.is_silent or not second.is_silent else first_one
            for first_one, second in zip(first, await self._lane(listening.facts), strict=True)
        )

    async def _wait(self, done: Callable[[], bool], until: float) -> None:
        loop = asyncio.get_running_loop()
        while not done() and loop.time() < until and not self._stopped:  # noqa: ASYNC110
            # feed threads set what is looked at; a look costs nothing
            await asyncio.sleep(LOOK_SECONDS)

    async def _lane(self, call: Callable[[], T]) -> T:
        if self._stopped:
            raise _Stopped
        return await in_lane(self._session.parts.lanes, LaneName.READ, call)

    async def _try(self, call: Callable[[], T]) -> T | Unread:
        """Ask; what cannot be answered now is unread. Raises SignedOut: then there is nothing more to ask."""
        try:
            return await self._lane(call)
        except SignedOut:
            raise
        except DeskError as error:
            return Unread(error.server_text or error.message)

    def _step(self) -> None:
        self._told(_STEPS[min(self._done, len(_STEPS) - 1)], self._done, len(_STEPS))
        self._done += 1

    def _use(self, facts: OrgFacts) -> None:
        """Commands and columns follow what was just read: what an admin mended can be used at once."""
        engine = self._session.engine
        if engine is not None and not isinstance(facts.offers, Unread):
            engine.reference.capabilities = facts.offers
            self._session.events.announce(Change(profile=True))


class _Stopped(Exception):
    """A person canceled the run."""


def _shut(facts: OrgFacts, why: str) -> OrgFacts:
    """Return facts of an org that answers nothing."""
    no = Unread(why)
    return replace(
        facts,
        offers=no,
        user=UserFacts(no, no, no),
        calls=CallFacts(no, no, no),
        several_cadences=no,
        limits=LimitFacts(no, no),
        topics=no,
    )


def _nobody(what: str, done: int, total: int) -> None:
    """Tell nobody."""
