"""The running part of a desk: the engine while there is one. Shared by the use-cases; lives on the loop thread."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from cadence_desk.domain.changes import Change
from cadence_desk.domain.errors import SignedOut
from cadence_desk.domain.ports import LaneName
from cadence_desk.sync.supervisor import in_lane

if TYPE_CHECKING:
    from cadence_desk.desk.events import DeskEvents
    from cadence_desk.desk.parts import DeskParts
    from cadence_desk.domain.orgs import Identity
    from cadence_desk.sync.engine import Engine


class Session:
    """Opens the engine for a user and closes it again."""

    def __init__(self, parts: DeskParts, events: DeskEvents) -> None:
        self.parts = parts
        self.events = events
        self.identity: Identity | None = None
        self._engine: Engine | None = None
        self._opens = parts.known_identity is not None
        self._one_at_a_time = asyncio.Lock()

    @property
    def engine(self) -> Engine | None:
        """The engine, or None before the first sign-in."""
        return self._engine

    @property
    def opening(self) -> bool:
        """True while files are being opened, and it is not known yet what waits in them: nothing new may begin."""
        return self._opens and (self._engine is None or not self._engine.takes_work)

    def require_engine(self) -> Engine:
        """Return the engine.

        Raises:
            SignedOut: nobody has signed in yet.
        """
        if self._engine is None:
            raise SignedOut("Sign in first.", hint="Choose Sign in.")
        return self._engine

    async def open(self, identity: Identity) -> Engine:
        """Make sure that the engine of this user is open and shows what its files hold.

        Raises:
            DeskError: the key store or the outbox cannot be used; nothing is open then.
        """
        async with self._one_at_a_time:
            if self._engine is not None and self._same(identity):
                self.identity = identity
                return self._engine
            await self._end()
            self.identity = identity
            self._opens = True
            try:
                self._engine = await self._opened(identity)
            finally:
                self._opens = False
            return self._engine

    async def _opened(self, identity: Identity) -> Engine:
        """Return the engine of a user; nothing is left of it, and nothing is shown, when it cannot be opened."""
        parts = self.parts
        try:
            engine = await in_lane(
                parts.lanes, LaneName.KEYS, lambda: parts.make_engine(identity, self.events.announce)
            )
        except BaseException:
            self._forget_rows()
            raise
        self._engine = engine
        try:
            await engine.load()
        except BaseException:
            await self._end()
            raise
        return engine

    def _same(self, identity: Identity) -> bool:
        known = self.identity
        return (
            known is not None
            and known.organization_id == identity.organization_id
            and known.user_id == identity.user_id
        )

    async def close(self) -> None:
        """Stop the engine and empty the tables."""
        async with self._one_at_a_time:
            await self._end()

    async def _end(self) -> None:
        engine, self._engine = self._engine, None
        if engine is not None:
            await engine.stop()
            engine.board.projection.forget_all()
            self.events.announce(Change(people=True, trackers=True, steps=True, operations=True, feed=True))

    def _forget_rows(self) -> None:
        """Take away what was shown before there was an engine."""
        tables = self.parts.tables
        if any(tables.people.alive()):
            tables.people.clear()
            self.events.announce(Change(people=True))
