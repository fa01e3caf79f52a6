"""The practice org as one object: its records, clock, rules and log, and the ways in.

Imports the rest of this package. Built by the serving process and by tests.
"""

from __future__ import annotations

import time
import uuid
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cadence_desk.practice.org.actions.definitions import actions_of
from cadence_desk.practice.org.actions.runner import ActionRunner
from cadence_desk.practice.org.catalog.objects import build_catalog
from cadence_desk.practice.org.chance import chance_for
from cadence_desk.practice.org.changes import ChangeLog, CommittedTransaction
from cadence_desk.practice.org.clock import VirtualClock
from cadence_desk.practice.org.colleagues import Colleagues
from cadence_desk.practice.org.conversion import convert
from cadence_desk.practice.org.derived import Derivation
from cadence_desk.practice.org.engine.engine import Engine
from cadence_desk.practice.org.history import History, current_request
from cadence_desk.practice.org.ids import IdMint, canonical
from cadence_desk.practice.org.persons import PersonAccounts
from cadence_desk.practice.org.seeding.sowing import Cast, Sower
from cadence_desk.practice.org.seeding.whole import sow_world
from cadence_desk.practice.org.settings import OrgSettings
from cadence_desk.practice.org.store import Store
from cadence_desk.practice.org.transaction import Ground, Transaction

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from cadence_desk.practice.org.actions.model import ActionDef, ActionResult
    from cadence_desk.practice.org.engine.timers import Timer


@dataclass(frozen=True, slots=True)
class WorldPlan:
    """What decides a world: the same plan gives the same records, ids and chances."""

    people: int = 200
    seed: int = 7
    start_ms: int | None = None
    speed: float = 1.0
    contract: str = "documented"


class PracticeOrg:
    """A whole small Salesforce org. Single-threaded; every call is made on one thread."""

    def __init__(self, plan: WorldPlan, ticks: Callable[[], float] = time.monotonic) -> None:
        self.plan = plan
        self.clock = VirtualClock(plan.start_ms, plan.speed, ticks)
        self.settings = OrgSettings(contract=plan.contract)
        self.history = History(self.clock.now_ms)
        self.changes = ChangeLog()
        start = self.clock.now_ms()
        self.catalog = build_catalog(start)
        self.store = Store(self.catalog, self.clock.now_ms)
        self.ids = IdMint(plan.seed)
        self._chance = chance_for("keys", plan.seed)
        self._commits = 10_000_000_000 + self._chance.randrange(10**9)
        self._last_ms = start
        self._open: Transaction | None = None
        self.engine = Engine(self.store, self.settings, plan.seed)
        self._ground = Ground(
            self.store, self.catalog, self.ids, Derivation(self.store), [PersonAccounts(), self.engine]
        )
        self._ground.more_values = self._more_values
        sower = Sower(self.store, self.catalog, self.ids, plan.seed, start)
        sow_world(sower, plan.people, self.engine)
        self.cast: Cast = sower.cast
        self.settings.view_all_users.add(self.cast.admin)
        self.settings.approved_users.add(self.default_user_id)
        self._colleagues = Colleagues(self.engine, self.cast, plan.seed)
        self._colleagues.plan(start)
        self._runner = ActionRunner(self.engine, self.settings, self.transaction)
        self.event_deliveries: Callable[[], tuple[int, int]] = lambda: (0, 0)
        """How many event deliveries a day allows and how many are left; told by the event bus once there is one."""

    @classmethod
    def create(
        cls,
        people: int = 200,
        seed: int = 7,
        start_ms: int | None = None,
        speed: float = 1.0,
        contract: str = "documented",
        **more: Any,
    ) -> PracticeOrg:
        """Make an org of so many people; ``more`` may name ``ticks``, the monotonic source of the clock."""
        return cls(WorldPlan(people, seed, start_ms, speed, contract), **more)

    @property
    def organization_id(self) -> str:
        """The org's id, 18 characters."""
        return self.cast.organization

    @property
    def default_user_id(self) -> str:
        """The user tools sign in as when nobody says otherwise: a rep who may also see everything."""
        return self.cast.admin

    @property
    def default_username(self) -> str:
        """The default user's name at sign-in."""
        return str(self.store.value('SELECT "Username" FROM "User" WHERE "Id" = ?', (self.cast.admin,)))

    def users(self) -> list[dict[str, Any]]:
        """Return all people who could sign in, the default user first, inactive ones included."""
        rows = self.store.rows(
            'SELECT "Id","Username","Name","FirstName","LastName","Email","Title","IsActive","UserType" FROM "User"'
            ' WHERE "UserType" = \'Standard\' AND "IsDeleted" = 0 ORDER BY rowid'
        )
        for row in rows:
            row["IsActive"] = bool(row["IsActive"])
            row["Licensed"] = self.is_licensed(str(row["Id"]))
        return rows

    def is_licensed(self, user_id: str) -> bool:
        """Whether a user holds a Sales Engagement permission set."""
        if canonical(user_id) in {canonical(one) for one in self.settings.unlicensed_users}:
            return False
        return bool(
            self.store.value(
                'SELECT 1 FROM "PermissionSetAssignment" a JOIN "PermissionSet" p ON p."Id" = a."PermissionSetId"'
                ' WHERE a."AssigneeId" = ? AND a."IsDeleted" = 0 AND p."Name" LIKE \'HighVelocitySales%\'',
                (canonical(user_id),),
            )
        )

    def sees_all(self, user_id: str) -> bool:
        """Whether a user may see all records (View All Data)."""
        return user_id in self.settings.view_all_users

    def may_receive_events(self, user_id: str, entity: str) -> bool:
        """Whether a user gets change events of an entity: it is selected, the user sees all, trackers need the feature.

        Change Data Capture guide, Required Permissions.
        """
        if entity not in self.settings.selected_entities or not self.sees_all(user_id):
            return False
        return not entity.startswith("ActionCadence") or self.is_licensed(user_id)

    def _more_values(self, field: str) -> list[str]:
        known = self.settings.unknown_picklists
        shown = known.get("ActionCadenceTracker.State", []) if field.endswith("ActionCadenceState") else []
        return [*known.get(field, []), *shown]

    @contextmanager
    def transaction(
        self, user_id: str, origin: str = "", *, moment_ms: int | None = None
    ) -> Iterator[Transaction]:
        """Open a unit of work; it commits at the end and is undone by an exception, which passes on.

        Raises:
            RuntimeError: another one is open.
        """
        if self._open is not None:
            raise RuntimeError("one transaction at a time: use Transaction.attempt inside it")
        moment = max(self._last_ms, self.clock.now_ms() if moment_ms is None else moment_ms)
        work = Transaction(self._ground, user_id, origin, moment)
        self._open = work
        self.store.connection.execute("BEGIN")
        try:
            yield work
            work.finish()
            changes = work.net_changes()
        except BaseException:
            self.store.connection.execute("ROLLBACK")
            raise
        else:
            self.store.connection.execute("COMMIT")
        finally:
            self._open = None
        if changes:
            self._publish(work, changes)

    def _publish(self, work: Transaction, changes: tuple[Any, ...]) -> None:
        self._last_ms = work.moment_ms
        self._commits += self._chance.randrange(1, 40)
        key = str(uuid.UUID(int=self._chance.getrandbits(128), version=4))
        committed = CommittedTransaction(
            key, work.moment_ms, self._commits, work.user_id, work.origin, changes
        )
        self.history.append(
            "commit",
            key=key,
            commit_number=self._commits,
            commit_ms=work.moment_ms,
            user_id=work.user_id,
            origin=work.origin,
            request=current_request.get(),
            changes=[
                {
                    "entity": one.entity,
                    "id": one.record_id,
                    "type": one.change_type,
                    "fields": list(one.changed_fields),
                }
                for one in changes
            ],
        )
        self.changes.publish(committed)

    def describe_actions(self, user_id: str) -> tuple[ActionDef, ...]:
        """Return the actions a user may run: none without Sales Engagement."""
        if not self.is_licensed(user_id):
            return ()
        gone = {name.lower() for name in self.settings.unavailable_actions}
        return tuple(one for one in actions_of(self.settings.contract) if one.name.lower() not in gone)

    def advance(self, limit: int = 500) -> bool:
        """Do what is due up to now, in the order of its moments, at most ``limit`` things.

        Each thing is a transaction of its own, stamped with the moment it was due: after a jump of days, everything
        that would have happened meanwhile has happened when it should. Returns whether nothing due is left; call again
        for the rest. Something that fails is not tried again, and its exception passes on.
        """
        for _ in range(limit):
            timer = self.engine.timers.next_due(self.clock.now_ms())
            if timer is None:
                return True
            self._do(timer)
        return self.engine.timers.next_due(self.clock.now_ms()) is None

    def _do(self, timer: Timer) -> None:
        try:
            if self.engine.handles(timer.kind):
                with self.transaction(self.cast.automated, moment_ms=timer.due) as work:
                    self.engine.timers.remove(timer)
                    self.engine.fire(work, timer)
            else:
                self._colleagues.act(timer, self.clock.now_ms(), self._open_at)
        except BaseException:
            self.engine.timers.remove(timer)
            if not self.engine.handles(timer.kind):
                self._colleagues.plan(self.clock.now_ms())
            raise

    def _open_at(self, user_id: str, moment_ms: int) -> AbstractContextManager[Transaction]:
        return self.transaction(user_id, moment_ms=moment_ms)

    def run_action(
        self, name: str, inputs: Sequence[Mapping[str, object]], user_id: str, origin: str = ""
    ) -> list[ActionResult]:
        """Run an invocable action for a list of inputs; one result per input, in order.

        Raises:
            KeyError: the contract in force has no such action.
        """
        return self._runner.run(name, inputs, (user_id, self.is_licensed(user_id)), origin)

    def edit(
        self, sobject: str, record_id: str, fields: dict[str, object], user_id: str | None = None
    ) -> None:
        """Change a record as a colleague does in the browser."""
        with self.transaction(user_id or self.cast.reps[1]) as work:
            work.update(sobject, record_id, fields)

    def convert_lead(self, lead_id: str, user_id: str | None = None) -> str:
        """Convert a lead as a colleague does in the browser; returns the new contact's id."""
        with self.transaction(user_id or self.cast.reps[1]) as work:
            return convert(work, lead_id)

    def close(self) -> None:
        """Let the world go."""
        self.store.close()
