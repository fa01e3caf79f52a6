"""The running part of a desk: the engine while there is one. Shared by the use-cases; lives on the loop thread."""

from __future__ import annotations

from typing import TYPE_CHECKING

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

    @property
    def engine(self) -> Engine | None:
        """The engine, or None before the first sign-in."""
        return self._engine

    def require_engine(self) -> Engine:
        """Return the engine.

        Raises:
            SignedOut: nobody has signed in yet.
        """
        if self._engine is None:
            raise SignedOut("Sign in first.", hint="Choose Sign in.")
        return self._engine

    async def open(self, identity: Identity) -> Engine:
        """Make sure that the engine of this user is open and shows what its files hold."""
        if self._engine is not None and self._same(identity):
            self.identity = identity
            return self._engine
        await self.close()
        parts = self.parts
        self._engine = await in_lane(
            parts.lanes, LaneName.KEYS, lambda: parts.make_engine(identity, self.events.announce)
        )
        self.identity = identity
        await self._engine.load()
        return self._engine

    def _same(self, identity: Identity) -> bool:
        known = self.identity
        return (
            known is not None
            and known.organization_id == identity.organization_id
            and known.user_id == identity.user_id
        )

    async def close(self) -> None:
        """Stop the engine and empty the tables."""
        engine, self._engine = self._engine, None
        if engine is not None:
            await engine.stop()
            engine.board.projection.forget_all()
