"""What the engine hands to the cache in one piece: records and the marks that brought them.

Imports domain. Used by the engine and by CacheFile.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from cadence_desk.domain.people import Person
    from cadence_desk.domain.trackers import StepTracker, Tracker


@dataclass(frozen=True, slots=True)
class CacheBatch:
    """Records, order stamps, forgotten ids, seen events, replay marks and documents of one transaction.

    Attributes:
        people, trackers, steps: records as they are now; each replaces the one with its id.
        stamps: record id to the engine's own order stamp, clear text without personal data.
        deleted: ids whose records are forgotten; their stamps stay, so that an older event cannot bring them back.
        seen: ids of applied events, oldest first; the newest few ten thousand are kept.
        marks: topic to replay mark; stands only together with the rows it brought.
        documents: name to text, encrypted as a whole (capabilities, cadences, times of the last sync).
    """

    people: Sequence[Person] = ()
    trackers: Sequence[Tracker] = ()
    steps: Sequence[StepTracker] = ()
    stamps: Mapping[str, str] = field(default_factory=dict)
    deleted: Collection[str] = ()
    seen: Sequence[str] = ()
    marks: Mapping[str, bytes] = field(default_factory=dict)
    documents: Mapping[str, str] = field(default_factory=dict)
