"""Outbox and cache in memory, under the real rules of the ledger: for tests of order, where a disk only costs time."""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, TypeVar

from cadence_desk.domain.errors import BadValue, DeskError, StoreError
from cadence_desk.domain.operations import OPEN_STATES, Kind, OperationState
from cadence_desk.store.moves import Move, OperationEvent
from cadence_desk.store.outbox_ledger import OutboxLedger
from tests.engine.boundary import Boundary, never
from tests.engine.model_runs import MemoryRuns

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    from cadence_desk.domain.operations import Hold, Operation
    from cadence_desk.domain.people import Person
    from cadence_desk.domain.planning.run import RunPlan
    from cadence_desk.domain.trackers import StepTracker, Tracker
    from cadence_desk.store.cache_batch import CacheBatch
    from tests.engine.virtual_time import SteeredClock

T = TypeVar("T")
CACHE_SLICE = 2
"""Rows of one slice of the cache: few, so that there are several."""


@dataclass
class Disk:
    """What survives a crash."""

    operations: dict[str, Operation] = field(default_factory=dict)
    events: dict[str, list[OperationEvent]] = field(default_factory=dict)
    plans: dict[str, RunPlan] = field(default_factory=dict)
    records: dict[str, dict[str, Any]] = field(
        default_factory=lambda: {"people": {}, "trackers": {}, "steps": {}}
    )
    marks: dict[str, bytes] = field(default_factory=dict)
    documents: dict[str, str] = field(default_factory=dict)
    writes: list[str] = field(default_factory=list)
    boundary: Boundary = field(default_factory=Boundary)
    refuse: Callable[[str], DeskError | None] = lambda _what: None


def at_once(job: Callable[[], T]) -> Future[T]:
    """Return a future that is done already."""
    future: Future[T] = Future()
    try:
        future.set_result(job())
    except Exception as error:  # noqa: BLE001 - it belongs to the one who waits
        future.set_exception(error)
    return future


def at_boundaries(boundary: Boundary, what: str, job: Callable[[], T]) -> Future[T]:
    """As above, unless the process ends before or after it: then nobody hears of it."""
    if boundary.reach(f"before {what}"):
        return never()
    future = at_once(job)
    return never() if boundary.reach(f"after {what}") else future


class MemoryRows:
    """Stands in for OutboxRows."""

    def __init__(self, disk: Disk) -> None:
        self.disk = disk

    def insert(self, _link: object, operation: Operation) -> None:
        assert operation.state in {OperationState.DRAFT, OperationState.QUEUED}
        self.put(operation)

    def put(self, operation: Operation) -> None:
        about = (operation.target_id, operation.cadence_id)
        for other in self.disk.operations.values():
            if operation.kind is not Kind.ENROLL or operation.state not in OPEN_STATES:
                break
            same = other.op_id != operation.op_id and (other.target_id, other.cadence_id) == about
            if same and other.kind is Kind.ENROLL and other.state in OPEN_STATES:
                raise BadValue("This person is already being added to this cadence.")
        self.disk.operations[operation.op_id] = operation

    def get(self, _link: object, op_id: str) -> Operation | None:
        return self.disk.operations.get(op_id)

    def read(self, _link: object, where: str, values: tuple[object, ...]) -> Iterator[list[Operation]]:
        assert where == "state = 'sending' AND owner_boot_id <> ?"
        yield [
            one
            for one in self.disk.operations.values()
            if one.state is OperationState.SENDING and one.owner_boot_id != values[0]
        ]

    def write_move(self, _link: object, before: OperationState, operation: Operation) -> None:
        assert self.disk.operations[operation.op_id].state is before
        self.put(operation)

    def write_progress(self, _link: object, operation: Operation) -> None:
        self.put(operation)

    def write_payload(self, _link: object, op_id: str, payload: Mapping[str, object]) -> None:
        self.put(replace(self.disk.operations[op_id], payload=dict(payload)))

    def append_event(
        self, _link: object, before: OperationState | None, operation: Operation, told: tuple[str, float]
    ) -> None:
        lines = self.disk.events.setdefault(operation.op_id, [])
        lines.append(
            OperationEvent(operation.op_id, len(lines) + 1, before, operation.state, told[0], told[1])
        )


class MemoryOutbox:
    """Has the methods of OutboxFile that the engine calls."""

    def __init__(self, disk: Disk, clock: SteeredClock, boot_id: str) -> None:
        self.disk = disk
        rows: Any = MemoryRows(disk)
        self.rows = rows
        self.ledger = OutboxLedger(self.rows, clock, boot_id)
        self.runs = MemoryRuns(self)
        self.closed = False

    def _commit(self, what: str, job: Callable[[], T]) -> Future[T]:
        """All or none."""

        def whole() -> T:
            if self.closed:
                raise StoreError("closed")
            if (error := self.disk.refuse(what)) is not None:
                raise error
            kept = dict(self.disk.operations), {key: list(lines) for key, lines in self.disk.events.items()}
            plans = dict(self.disk.plans)
            try:
                result = job()
            except BaseException:
                self.disk.operations, self.disk.events = kept
                self.disk.plans = plans
                raise
            self.disk.writes.append(what)
            return result

        return at_boundaries(self.disk.boundary, f"commit {what}", whole)

    def open(self) -> Future[None]:
        return at_once(lambda: None)

    def add(self, operations: Sequence[Operation]) -> Future[None]:
        return self._commit("add", lambda: self.ledger.add(self.rows, operations))

    def save_draft(self, op_id: str, payload: Mapping[str, object]) -> Future[None]:
        return self._commit("draft", lambda: self.ledger.save_draft(self.rows, op_id, payload))

    def move_many(self, moves: Sequence[Move]) -> Future[list[Operation]]:
        what = moves[0].to.value if moves else ""
        return self._commit(what, lambda: [self.ledger.move(self.rows, move) for move in moves])

    def hold(self, op_ids: Sequence[str], hold: Hold, next_try: float = 0.0) -> Future[list[Operation]]:
        return self._commit("hold", lambda: self.ledger.hold(self.rows, op_ids, hold, next_try))

    def adopt_foreign(self) -> Future[list[Operation]]:
        return self._commit("adopt", lambda: self.ledger.adopt_foreign(self.rows))

    def load(self, _states: Collection[OperationState] | None = None) -> Future[list[Operation]]:
        found = self.disk.operations.values()
        return at_once(lambda: sorted(found, key=lambda one: (one.created, one.seq, one.op_id)))

    def history(self, op_id: str) -> Future[list[OperationEvent]]:
        return at_once(lambda: list(self.disk.events[op_id]))

    def close(self, _timeout: float) -> bool:
        self.closed = True
        return True


class MemoryCache:
    """Has the methods of CacheFile that the engine calls; what damage takes with it a test says itself."""

    emptied = False
    rebuilt = ""

    def __init__(self, disk: Disk) -> None:
        self.disk = disk
        self.closed = False

    def open(self) -> Future[None]:
        return at_once(lambda: None)

    def save(self, batch: CacheBatch) -> Future[None]:
        return at_boundaries(self.disk.boundary, "commit of rows", lambda: self._save(batch))

    def _save(self, batch: CacheBatch) -> None:
        if self.closed:
            raise StoreError("closed")
        if (error := self.disk.refuse("cache")) is not None:
            raise error
        for name in ("people", "trackers", "steps"):
            shelf = self.disk.records[name]
            shelf.update({one.id: one for one in getattr(batch, name)})
            for gone in batch.deleted:
                shelf.pop(gone, None)
        self.disk.marks.update(batch.marks)
        self.disk.documents.update(batch.documents)
        self.disk.writes.append("cache")

    def marks(self) -> Future[dict[str, bytes]]:
        return at_once(lambda: dict(self.disk.marks))

    def document(self, name: str) -> Future[str | None]:
        return at_once(lambda: self.disk.documents.get(name))

    def load_people(self, each: Callable[[list[Person]], None]) -> Future[list[Person]]:
        return at_once(lambda: self._load("people", each))

    def load_trackers(self, each: Callable[[list[Tracker]], None]) -> Future[list[Tracker]]:
        return at_once(lambda: self._load("trackers", each))

    def load_steps(self, each: Callable[[list[StepTracker]], None]) -> Future[list[StepTracker]]:
        return at_once(lambda: self._load("steps", each))

    def _load(self, name: str, each: Callable[[list[Any]], None]) -> list[Any]:
        found = list(self.disk.records[name].values())
        for start in range(0, len(found), CACHE_SLICE):
            each(found[start : start + CACHE_SLICE])
        return found

    def close(self, _timeout: float) -> bool:
        self.closed = True
        return True
