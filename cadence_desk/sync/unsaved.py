"""What changed on the board and is not in the cache file yet. Kept by the board, emptied by the follower."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cadence_desk.sync.event_fields import Record


class Unsaved:
    """The newest state of each changed record by entity and id; None means gone."""

    def __init__(self) -> None:
        self._changed: dict[tuple[str, str], Record | None] = {}

    def note(self, entity: str, record_id: str, record: Record | None) -> None:
        """A record changed."""
        self._changed[entity, record_id] = record

    @property
    def any(self) -> bool:
        """True when something changed."""
        return bool(self._changed)

    def take(self) -> dict[tuple[str, str], Record | None]:
        """Return what changed since the last call."""
        changed, self._changed = self._changed, {}
        return changed

    def put_back(self, changed: Mapping[tuple[str, str], Record | None]) -> None:
        """These could not be saved: save them next time, unless they changed once more."""
        self._changed = {**changed, **self._changed}
