"""What an engine is made of and how it is set: handed in by bootstrap, by tests and by the model rig."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cadence_desk.domain.budget import Budget
from cadence_desk.domain.ports import PeopleScope
from cadence_desk.sync.event_fields import ENTITIES
from cadence_desk.sync.people_table import PeopleTable
from cadence_desk.sync.tracker_table import TrackerTable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cadence_desk.domain.people import Person
    from cadence_desk.domain.ports import ChangeFeed, Clock, DescribeMemory, Entropy, Lanes, OrgGateway
    from cadence_desk.domain.trackers import Tracker
    from cadence_desk.store.cache import CacheFile
    from cadence_desk.store.outbox import OutboxFile


@dataclass(frozen=True, slots=True)
class EngineParts:
    """The engine's neighbors, all injected."""

    outbox: OutboxFile
    cache: CacheFile
    gateway: OrgGateway
    feed: ChangeFeed
    lanes: Lanes
    clock: Clock
    entropy: Entropy
    boot_id: str
    describes: DescribeMemory | None = None
    keeps_texts: bool = True
    """False where the key of the outbox ends with the session: no text in it outlives the program."""
    shown: tuple[Sequence[Person], Sequence[Tracker]] = ((), ())
    """People and trackers of the cache whose rows stand in the tables already: the board begins with them."""


@dataclass(frozen=True, slots=True)
class Tables:
    """The tables that lists paint from; they outlive an engine, so that a list keeps its table when the user changes."""

    people: PeopleTable = field(default_factory=PeopleTable)
    trackers: TrackerTable = field(default_factory=TrackerTable)


@dataclass(frozen=True, slots=True)
class EngineOptions:
    """How the engine works; times in seconds.

    Attributes:
        sends: send what waits and look up what is in doubt; without it everything only waits.
        keeps_cache: show what was read in earlier starts; without it the lists are read anew.
        live: subscribe to change events where that is permitted.
        poll_seconds: interval of delta reads while polling and something happens.
        poll_quiet_seconds: longest interval of delta reads while nothing does.
        sweep_seconds: interval of the delta read that backs the stream up while live; shorter at first.
        silence_seconds: by how much an event may follow its change; later, its entity counts as sending none.
        save_seconds: shortest time from one save of the cache to the next while changes pour in; 0 saves at once.
        overlap_seconds: how far a delta read reaches back before the last one began: a row is stamped when it is
            written and seen when its transaction ends, which may take 10 minutes on the server.
        budget: which part of the org's daily calls is kept for what people do.
        hold_seconds: how often reads in the background and bulk work try again while only that part is left.
        undo_seconds: how long a removal or a skip waits before it is sent.
        resend_seconds: how long an absent effect proves nothing: a REST call may run 10 minutes on the server.
        verify_after: when an accepted operation is read back.
    """

    live: bool = True
    sends: bool = True
    keeps_cache: bool = True
    scope: PeopleScope = PeopleScope.ALL
    poll_seconds: float = 15.0
    poll_quiet_seconds: float = 120.0
    sweep_seconds: float = 600.0
    silence_seconds: float = 6.0
    save_seconds: float = 0.0
    overlap_seconds: float = 660.0
    budget: Budget = field(default_factory=Budget)
    hold_seconds: float = 900.0
    undo_seconds: float = 8.0
    resend_seconds: float = 660.0
    chunk: int = 50
    verify_after: tuple[float, ...] = (1.5, 5.0, 15.0, 60.0)
    topics: tuple[str, ...] = field(
        default_factory=lambda: tuple(f"/data/{name}ChangeEvent" for name in ENTITIES)
    )
