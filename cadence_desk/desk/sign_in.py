"""Sign in, resume and sign out. The browser flow runs in a lane; the window stays free."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from cadence_desk.domain.changes import Change, FeedState
from cadence_desk.domain.errors import DeskError, Retry, SignedOut
from cadence_desk.domain.operations import Hold
from cadence_desk.domain.ports import LaneName
from cadence_desk.sync.supervisor import in_lane

if TYPE_CHECKING:
    from collections.abc import Callable

    from cadence_desk.desk.session import Session
    from cadence_desk.domain.orgs import Identity

SIGNED_OUT = "signed_out"
SIGNING_IN = "signing_in"
SIGNED_IN = "signed_in"
LOOK_SECONDS = 30.0
"""Between two looks whether the session is over: a refusal that passes must not become a storm."""


class SignIn:
    """Who is signed in and how that changes."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._cancelled = threading.Event()
        self._entering = False
        self._looked_at = -LOOK_SECONDS
        self.state = SIGNED_OUT
        self.address = ""

    def _turn(self, state: str) -> None:
        self.state = state
        self._session.events.announce(Change(profile=True, feed=True))

    def heard(self, change: Change) -> None:
        """Take what the engine reports: a session that is over asks for a new sign-in; the lists stay.

        A write that was refused for want of a session has the feed look, because its streams may outlive a session.
        """
        engine = self._session.engine
        if engine is None or self.state != SIGNED_IN or self._entering:
            return
        if change.feed and engine.monitor.state is FeedState.SIGNED_OUT:
            self._turn(SIGNED_OUT)
        elif change.operations:
            held = (one.hold for target in change.ids for one in engine.runner.work.of_target(target))
            now = self._session.parts.clock.monotonic()
            if Hold.SIGNED_OUT in held and now - self._looked_at >= LOOK_SECONDS:
                self._looked_at = now
                engine.monitor.try_now()

    async def resume(self) -> bool:
        """Renew the session of the last time; False when there is none.

        While the org cannot be reached the lists show what is cached, and the engine goes on trying.

        Raises:
            DeskError: the session is over, or there is nothing cached to show.
        """
        parts = self._session.parts
        try:
            identity = await in_lane(parts.lanes, LaneName.KEYS, lambda: parts.flow.resume(parts.profile))
        except DeskError as error:
            known = self._session.identity if self._session.engine is not None else None
            if error.retry is not Retry.LATER or known is None:
                raise
            identity = known
        if identity is None:
            return False
        await self._entered(identity)
        return True

    async def begin(self, open_page: Callable[[str], None]) -> None:
        """Run the browser flow.

        Args:
            open_page: gets the authorize address, in the thread that waits for the answer.

        Raises:
            DeskError: denied, canceled, timed out, or the org cannot be reached.
        """
        self._cancelled.clear()
        self._turn(SIGNING_IN)
        parts = self._session.parts

        def opened(address: str) -> None:
            self.address = address
            open_page(address)

        try:
            identity = await in_lane(
                parts.lanes,
                LaneName.KEYS,
                lambda: parts.flow.sign_in(parts.profile, opened, self._cancelled.is_set),
            )
            await self._entered(identity)
        finally:
            self.address = ""
            if self.state != SIGNED_IN:
                self._turn(SIGNED_OUT)

    def cancel(self) -> None:
        """Stop waiting for the browser."""
        self._cancelled.set()

    async def _entered(self, identity: Identity) -> None:
        parts = self._session.parts
        await in_lane(parts.lanes, LaneName.KEYS, lambda: parts.remember(identity))
        engine = await self._session.open(identity)
        self._entering = True
        self._turn(SIGNED_IN)
        try:
            await engine.start()
        except SignedOut:
            self._turn(SIGNED_OUT)
            raise
        finally:
            self._entering = False

    async def sign_out(self) -> str:
        """Revoke and forget the session; returns what to tell the user. Queued work keeps its place.

        The engine stops first, so that answers in flight are still recorded and nothing new is sent.
        """
        parts = self._session.parts
        await self._session.close()
        self._turn(SIGNED_OUT)
        confirmed = await in_lane(parts.lanes, LaneName.KEYS, parts.gateway.sign_out)
        if confirmed:
            return "You are signed out. Work that was waiting is kept for your next sign-in."
        return (
            "You are signed out on this computer, but Salesforce did not confirm it. "
            "To be safe, revoke Cadence Desk under Connected Apps in your Salesforce settings."
        )
