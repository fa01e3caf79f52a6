"""Reference data of an org: cadences, reps, call results, capabilities. Read at sign-in, kept in the cache.

Lives on the loop thread; read by the desk and the projection.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from cadence_desk.domain.errors import DeskError
from cadence_desk.domain.orgs import Capabilities
from cadence_desk.domain.ports import LaneName
from cadence_desk.store.cache_batch import CacheBatch
from cadence_desk.sync.reference_text import ReferenceData, from_text, to_text
from cadence_desk.sync.supervisor import in_lane, settled

if TYPE_CHECKING:
    from cadence_desk.domain.cadences import Cadence
    from cadence_desk.domain.calls import CallResult
    from cadence_desk.domain.people import Rep
    from cadence_desk.sync.parts import EngineParts

DOCUMENT = "reference"
DESCRIBES = "describes"


class Reference:
    """What changes rarely and every dialog needs."""

    def __init__(self, parts: EngineParts) -> None:
        self._parts = parts
        self.capabilities = Capabilities("")
        self.cadences: list[Cadence] = []
        self.reps: list[Rep] = []
        self.call_results: list[CallResult] = []
        self._kept = ""
        self._kept_describes = ""
        if parts.describes is not None:
            parts.describes.recall("")  # another user's describes are not this user's

    async def load(self) -> None:
        """Take what the cache keeps of the last time, so that work goes on without a link. Raises StoreError."""
        await self._recall_describes()
        text = await settled(self._parts.cache.document(DOCUMENT))
        if text is None:
            return
        known = await in_lane(self._parts.lanes, LaneName.READ, lambda: from_text(text))
        if known is not None:
            self._kept = text
            self.capabilities = known.capabilities
            self.cadences, self.reps = list(known.cadences), list(known.reps)
            self.call_results = list(known.call_results)

    async def read(self) -> None:
        """Read everything anew and keep it in the cache. Raises DeskError; what was known before stays."""
        gateway, lanes = self._parts.gateway, self._parts.lanes
        capabilities = await in_lane(lanes, LaneName.READ, gateway.capabilities)
        if capabilities.has_object("ActionCadence"):
            self.cadences = await in_lane(lanes, LaneName.READ, gateway.cadences)
        self.reps = await in_lane(lanes, LaneName.READ, gateway.reps)
        if capabilities.has_object("CallDisposition"):
            self.call_results = await in_lane(lanes, LaneName.READ, gateway.call_results)
        self.capabilities = capabilities
        await self._keep()
        await self._keep_describes()

    async def _recall_describes(self) -> None:
        """Hand over the describes of the last time: unchanged ones are not sent again. Raises StoreError."""
        memory = self._parts.describes
        text = None if memory is None else await settled(self._parts.cache.document(DESCRIBES))
        if memory is not None and text is not None:
            self._kept_describes = text
            await in_lane(self._parts.lanes, LaneName.READ, lambda: memory.recall(text))

    async def _keep_describes(self) -> None:
        memory = self._parts.describes
        if memory is None:
            return
        text = await in_lane(self._parts.lanes, LaneName.READ, memory.remembered)
        if text and text != self._kept_describes:
            with contextlib.suppress(DeskError):  # the cache is disposable
                await settled(self._parts.cache.save(CacheBatch(documents={DESCRIBES: text})))
                self._kept_describes = text

    async def _keep(self) -> None:
        data = ReferenceData(
            self.capabilities, tuple(self.cadences), tuple(self.reps), tuple(self.call_results)
        )
        text = await in_lane(self._parts.lanes, LaneName.READ, lambda: to_text(data))
        if text == self._kept:
            return
        with contextlib.suppress(DeskError):  # the cache is disposable
            await settled(self._parts.cache.save(CacheBatch(documents={DOCUMENT: text})))
            self._kept = text

    async def read_cadences(self) -> None:
        """Read the cadences anew: their structure and counts as they are live."""
        self.cadences = await in_lane(self._parts.lanes, LaneName.READ, self._parts.gateway.cadences)

    def cadence(self, cadence_id: str) -> Cadence | None:
        """Return a cadence by id."""
        return next((one for one in self.cadences if one.id == cadence_id), None)

    def rep(self, user_id: str) -> Rep | None:
        """Return a rep by user id."""
        return next((one for one in self.reps if one.id == user_id), None)

    def names(self) -> tuple[dict[str, str], dict[str, str]]:
        """Return names of cadences and reps by id."""
        return {one.id: one.name for one in self.cadences}, {one.id: one.name for one in self.reps}
