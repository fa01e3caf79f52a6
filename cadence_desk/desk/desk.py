"""The desk: one object that the window and the command line talk to. Every async method runs on the loop thread."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from cadence_desk.desk.calls import Calls
from cadence_desk.desk.enrollment import Enrollment
from cadence_desk.desk.events import DeskEvents
from cadence_desk.desk.feed_status import FeedStatus, LoadingStatus
from cadence_desk.desk.lists import Lists
from cadence_desk.desk.moves import Moves
from cadence_desk.desk.outbox import Outbox
from cadence_desk.desk.readiness import Readiness
from cadence_desk.desk.runs import Runs
from cadence_desk.desk.session import Session
from cadence_desk.desk.sign_in import SignIn
from cadence_desk.desk.undoing import Undoing
from cadence_desk.desk.work import Work
from cadence_desk.domain.errors import DeskError, ShutOut
from cadence_desk.domain.notices import Notice
from cadence_desk.domain.operations import OPEN_STATES, Hold, OperationState
from cadence_desk.domain.orgs import ApiUsage, Capabilities

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cadence_desk.desk.parts import DeskParts
    from cadence_desk.domain.orgs import Identity

_log = logging.getLogger(__name__)


class Desk(Lists):
    """All use-cases of one org profile."""

    def __init__(self, parts: DeskParts) -> None:
        self.events = DeskEvents()
        session = Session(parts, self.events)
        super().__init__(session)
        self._parts = parts
        self.profile = parts.profile
        self.people = parts.tables.people
        self.trackers = parts.tables.trackers
        self.sign_in = SignIn(session)
        self.events.subscribe(self.sign_in.heard)
        work = Work(session)
        self.calls = Calls(session, work)
        self.enrollment = Enrollment(session, work)
        self.moves = Moves(session, work, self)
        self.outbox = Outbox(session, work, self)
        self.undoing = Undoing(session, work, self.outbox)
        self.runs = Runs(session)
        self.readiness = Readiness(session)

    @property
    def identity(self) -> Identity | None:
        """Who is signed in, or was last time."""
        return self._session.identity

    @property
    def secrets_word(self) -> str:
        """What to tell about the key store; empty when there is nothing to tell."""
        return self._parts.secrets_word()

    @property
    def notices(self) -> Sequence[Notice]:
        """What a person has to know about files and keys."""
        keeping, engine = self._parts.keeping, self._session.engine
        kept = keeping.notices() if keeping is not None else ()
        return (*kept, *shut_out_notices(engine.runner.barred.count if engine else 0))

    def lost_at_quit(self) -> int:
        """Return how many changes would be lost now: their text is kept for this session only, and is not confirmed."""
        engine = self._session.engine
        if engine is None or engine.parts.keeps_texts:
            return 0
        at_stake = OPEN_STATES | {OperationState.DRAFT}
        return sum(1 for one in engine.runner.work if not one.kept and one.state in at_stake)

    @property
    def key_store_waits(self) -> bool:
        """True while the key store has not answered for a moment: it may be asking for a password."""
        keeping = self._parts.keeping
        return keeping is not None and keeping.waits

    def stop_waiting_for_keys(self) -> None:
        """Go on without the key store: it counts as locked, and nothing is made anew."""
        if self._parts.keeping is not None:
            self._parts.keeping.stop_waiting()

    @property
    def capabilities(self) -> Capabilities:
        """What this org lets this user do."""
        engine = self._session.engine
        return engine.reference.capabilities if engine else Capabilities("")

    @property
    def feed(self) -> FeedStatus:
        """State of the connection."""
        engine = self._session.engine
        if engine is None:
            return FeedStatus()
        monitor = engine.monitor
        return FeedStatus(monitor.state, monitor.since, monitor.detail, monitor.words)

    @property
    def loading(self) -> LoadingStatus:
        """What is being read."""
        engine = self._session.engine
        if engine is None:
            return LoadingStatus()
        loading = engine.snapshotter.loading
        return LoadingStatus(loading.what, loading.done, loading.total)

    @property
    def unreadable(self) -> str:
        """How many change events could not be read, in a sentence; empty when there were none."""
        engine = self._session.engine
        return engine.board.projection.unreadable.words if engine else ""

    @property
    def trouble(self) -> str:
        """Why nothing can be saved on this computer just now; empty when everything can. Nothing is sent meanwhile."""
        engine = self._session.engine
        return engine.runner.pauses.trouble if engine else ""

    def usage(self) -> ApiUsage:
        """Return the API meter."""
        return self._parts.gateway.usage()

    async def start(self) -> None:
        """Show what the files hold, then resume the session and follow the org.

        Raises:
            DeskError: files or org cannot be used; what is cached stays on screen and the user may sign in.
        """
        known = self._parts.known_identity
        if known is not None:
            await self._session.open(known)
        await self.sign_in.resume()

    async def open_files(self) -> None:
        """Show what the files of the last user hold, and go no further: nothing is followed, nothing is sent.

        For the command line. Asks the org who is signed in only where no earlier start knows it.

        Raises:
            SignedOut: nobody has signed in yet.
            DeskError: a file or its key cannot be used.
        """
        await self._session.open(self._parts.known_identity or await self.readiness.enter())

    async def refresh(self) -> None:
        """Read cadences anew and catch up now. Raises DeskError."""
        engine = self._session.require_engine()
        await engine.reference.read_cadences()
        engine.board.projection.names_known(*engine.reference.names())
        engine.monitor.try_now()
        await engine.runner.release(Hold.OFFLINE, Hold.NOT_ALLOWED)

    @property
    def last_whole(self) -> str:
        """When everything was read or compared with the org last, in a sentence; empty while that is unknown."""
        engine = self._session.engine
        last = engine.nightly.last if engine else None
        return last.words if last else ""

    async def read_everything(self) -> str:
        """Read every list in full, now; returns a sentence that says what it costs. Raises DeskError."""
        engine = self._session.require_engine()
        before, calls = self.last_whole, engine.comparison.calls
        engine.monitor.read_everything()
        return f"It costs about {calls:,} API calls; you can go on working. {before}".strip()

    async def idle(self) -> None:
        """Wait until nothing is on its way: for the command line and tests."""
        engine = self._session.engine
        if engine is not None:
            await engine.idle()

    async def stop(self) -> None:
        """Stop in order, within 5 seconds: nothing new is sent, answers in flight are recorded, files are closed."""
        self.sign_in.cancel()
        try:
            await self._session.close()
        except DeskError as error:
            _log.warning("stopping: %s", error.code)
        self._parts.lanes.close(1.0)
        self._parts.close()


def shut_out_notices(count: int) -> tuple[Notice, ...]:
    """Return what to say while the org does not allow changes to this user; nothing while none waits for that."""
    if not count:
        return ()
    what = "1 change waits" if count == 1 else f"{count:,} changes wait"
    words = (
        f"{what} on this computer; nothing is lost, and nothing of it was carried out. The API is switched off, or a "
        "permission or a license is missing: ask a Salesforce admin, then refresh (F5)."
    )
    return (Notice(ShutOut.code, ShutOut.title, words),)
