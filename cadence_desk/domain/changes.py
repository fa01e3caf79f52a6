"""Change events as the feed hands them over, and the notice the engine gives to screens. Imports no other room."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


class ChangeType(Enum):
    """changeType of a change event header (Change Data Capture guide, ChangeEventHeader Fields)."""

    CREATE = "CREATE"
    UPDATE = "UPDATE"
    DELETE = "DELETE"
    UNDELETE = "UNDELETE"
    GAP_CREATE = "GAP_CREATE"
    GAP_UPDATE = "GAP_UPDATE"
    GAP_DELETE = "GAP_DELETE"
    GAP_UNDELETE = "GAP_UNDELETE"
    GAP_OVERFLOW = "GAP_OVERFLOW"
    SNAPSHOT = "SNAPSHOT"
    UNREADABLE = "UNREADABLE"
    """Not a platform value: the event arrived and could not be decoded; its records are read again."""

    @property
    def is_gap(self) -> bool:
        """True when the event says that something changed but not what."""
        return self.value.startswith("GAP_") or self is ChangeType.UNREADABLE


@dataclass(frozen=True, slots=True)
class ChangeEvent:
    """One change of one record: a merged event has been fanned out, one per record id.

    Attributes:
        event_id: the envelope's UUID; the fanned-out events of one envelope share it.
        entity: API name such as ``ActionCadenceTracker``.
        record_id: 18 characters; empty for an overflow event.
        commit_ms, commit_number, sequence: the order of the commit. commit_number orders only inside one commit_ms.
        changed: names of changed fields, compound parts as ``MailingAddress.City``.
        nulled: names of fields set to null.
        values: field name to value for every field that carries one; times are epoch milliseconds.
        replay_id: opaque bytes; never computed, only handed back.
    """

    event_id: str
    entity: str
    record_id: str
    type: ChangeType
    commit_ms: int
    commit_number: int
    sequence: int
    transaction_key: str = ""
    commit_user: str = ""
    origin: str = ""
    changed: frozenset[str] = frozenset()
    nulled: frozenset[str] = frozenset()
    values: Mapping[str, object] = field(default_factory=dict)
    replay_id: bytes = b""


class FeedState(Enum):
    """What the connection chip says."""

    CATCHING_UP = "catching_up"
    LIVE = "live"
    POLLING = "polling"
    STALE = "stale"
    SIGNED_OUT = "signed_out"
    BROKEN = "broken"


FEED_WORDS: Mapping[FeedState, str] = {
    FeedState.CATCHING_UP: "Catching up",
    FeedState.LIVE: "Live",
    FeedState.POLLING: "Polling",
    FeedState.STALE: "Stale since {since}",
    FeedState.SIGNED_OUT: "Signed out",
    FeedState.BROKEN: "Stale since {since}",
}


@dataclass(frozen=True, slots=True)
class Change:
    """What changed, for screens: flags say which tables, ids say which records (empty: many, look at the table)."""

    people: bool = False
    trackers: bool = False
    steps: bool = False
    cadences: bool = False
    operations: bool = False
    feed: bool = False
    profile: bool = False
    ids: frozenset[str] = frozenset()
    initiator: str = ""


@dataclass(frozen=True, slots=True)
class Activity:
    """One line of the activity feed: what the org reported, in words."""

    at: float
    text: str
    target_id: str = ""
    tracker_id: str = ""
    by_us: bool = False
