"""Notices entities whose stream stands and says nothing although reads show changes: no events are sent for them.

The last rung of the ladder: a topic exists and lets itself be subscribed to even where an admin did not select its
entity for change events. Pure; fed by the board and the feed monitor. Source: Change Data Capture guide, Required
Permissions; what an unselected topic answers is not documented.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cadence_desk.sync.event_fields import CONTACT, LEAD, STEP, TRACKER

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

_ENOUGH = {TRACKER: 1, STEP: 1, LEAD: 3, CONTACT: 3}
"""So many changed records without an event decide. People have fields that change without one."""
WORDS = {TRACKER: "trackers", STEP: "steps", LEAD: "leads", CONTACT: "contacts"}


class Silence:
    """What was changed and not told, by entity; times are those of the org in milliseconds."""

    def __init__(self) -> None:
        self.grace = 6.0
        """Seconds by which an event may follow its change, and a stream its subscription."""
        self._standing: dict[str, int] = {}
        self._heard: set[str] = set()
        self._missed: dict[str, set[str]] = {}
        self._now = 0

    @property
    def silent(self) -> tuple[str, ...]:
        """The entities that no events are sent for, as far as is known."""
        return tuple(entity for entity, ids in self._missed.items() if len(ids) >= _ENOUGH[entity])

    def doubts(self) -> bool:
        """Return True while it is open whether events come for what people work with."""
        return any(entity in self._standing and entity not in self._heard for entity in (TRACKER, STEP))

    def begins_read(self, now: datetime, standing: Collection[str]) -> None:
        """A read begins at this org time, while the streams of these entities stand."""
        self._now = int(now.timestamp() * 1000)
        self._standing = {entity: self._standing.get(entity, self._now) for entity in standing}

    def stream_started(self) -> None:
        """A stream stands anew: what was changed before may have been told to nobody."""
        self._standing = {}

    def heard(self, entity: str) -> None:
        """An event of this entity came."""
        if entity not in self._heard:
            self._heard.add(entity)
            self._missed.pop(entity, None)

    def read(self, entity: str, record_id: str, modified: datetime | None) -> None:
        """A read brought something new of this record."""
        since = self._standing.get(entity)
        if since is None or entity in self._heard or modified is None or entity not in _ENOUGH:
            return
        grace, changed = int(self.grace * 1000), int(modified.timestamp() * 1000)
        if since + grace <= changed <= self._now - grace:
            self._missed.setdefault(entity, set()).add(record_id)
