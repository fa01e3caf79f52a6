"""What changed on the board and is not in the cache file yet. Kept by the board, emptied by the follower."""

from __future__ import annotations

import sys
from collections import deque
from itertools import islice
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from cadence_desk.sync.event_fields import Record
    from cadence_desk.sync.shelf import Shelf


class Unsaved:
    """The newest state of each changed record by entity and id; None means gone."""

    def __init__(self) -> None:
        self._changed: dict[tuple[str, str], Record | None] = {}
        self._again: deque[tuple[Shelf[Any], Iterator[str]]] = deque()
        """Lists that a new file wants whole; each record is looked up when its turn comes."""

    def note(self, entity: str, record_id: str, record: Record | None) -> None:
        """A record changed."""
        self._changed[entity, record_id] = record

    @property
    def any(self) -> bool:
        """True when something changed."""
        return bool(self._changed or self._again)

    def begin_again(self, shelves: Iterable[Shelf[Any]]) -> None:
        """The file was made anew: all of these count as not saved."""
        self._again = deque((shelf, iter(shelf.ids())) for shelf in shelves)

    def take(self, most: int = sys.maxsize) -> dict[tuple[str, str], Record | None]:
        """Return what changed since the last call, or so much of it, oldest first."""
        self._look_up(most)
        if len(self._changed) <= most:
            changed, self._changed = self._changed, {}
            return changed
        return {key: self._changed.pop(key) for key in list(islice(self._changed, most))}

    def _look_up(self, most: int) -> None:
        while self._again and len(self._changed) < most:
            shelf, ids = self._again[0]
            record_id = next(ids, None)
            if record_id is None:
                self._again.popleft()
                continue
            record = shelf.get(record_id)
            if record is not None:
                self._changed.setdefault((shelf.entity, record_id), record)

    def put_back(self, changed: Mapping[tuple[str, str], Record | None]) -> None:
        """These could not be saved: save them next time, unless they changed once more."""
        self._changed = {**changed, **self._changed}
