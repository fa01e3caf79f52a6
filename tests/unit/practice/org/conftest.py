"""A small org whose clock stands still, and a stage to play cadences on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from cadence_desk.practice.org.seeding.sowing import Sower
from cadence_desk.practice.org.world import PracticeOrg

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cadence_desk.practice.org.changes import CommittedTransaction
    from cadence_desk.practice.org.seeding.plans import CadencePlan

START = 1_795_000_000_000
SECOND = 1000
DAY = 86_400_000


class Stage:
    """An org and the moves tests make on it."""

    def __init__(self, org: PracticeOrg) -> None:
        self.org = org
        self.user = org.default_user_id
        self.commits: list[CommittedTransaction] = []
        org.changes.subscribe(self.commits.append)

    def jump(self, ms: int = SECOND) -> None:
        """Let org time pass and everything due happen."""
        self.org.clock.jump(ms)
        assert self.org.advance()

    def lead(self, where: str = "1=1") -> str:
        """Return a lead who can be enrolled and mailed."""
        return str(
            self.org.store.value(
                'SELECT "Id" FROM "Lead" WHERE "IsConverted" = 0 AND "ActiveTrackerCount" = 0 AND "IsDeleted" = 0'
                ' AND "Email" IS NOT NULL AND "HasOptedOutOfEmail" = 0 AND "EmailBouncedDate" IS NULL'
                ' AND "Id" NOT IN (SELECT "TargetId" FROM "ActionCadenceTracker")'
                f" AND {where} ORDER BY rowid"
            )
        )

    def person_account(self) -> dict[str, Any]:
        """Return a person account that is in no cadence."""
        return self.org.store.rows(
            'SELECT * FROM "Account" WHERE "IsPersonAccount" = 1 AND coalesce("PersonActiveTrackerCount", 0) = 0'
        )[0]

    def act(self, action: str, user: str | None = None, **inputs: Any) -> Any:
        """Run an action for one input and return its result."""
        return self.org.run_action(action, [inputs], user or self.user)[0]

    def enroll(self, cadence: str, target: str | None = None, **more: Any) -> dict[str, Any]:
        """Enroll someone, let the platform start the run, and return the tracker."""
        who = target or self.lead()
        result = self.act("assignTargetToSalesCadence", salesCadenceNameOrId=cadence, targetId=who, **more)
        assert result.is_success, result
        self.jump()
        return self.newest(who)

    def newest(self, target: str) -> dict[str, Any]:
        """Return the newest tracker of a target."""
        return self.org.store.rows(
            'SELECT * FROM "ActionCadenceTracker" WHERE "TargetId" = ? ORDER BY rowid DESC LIMIT 1', (target,)
        )[0]

    def tracker(self, tracker: dict[str, Any]) -> dict[str, Any]:
        """Read a tracker again."""
        return self.org.store.read("ActionCadenceTracker", tracker["Id"]) or {}

    def step(self, tracker: dict[str, Any]) -> dict[str, Any]:
        """Return the step a tracker stands on."""
        return self.org.store.read("ActionCadenceStepTracker", self.tracker(tracker)["CurrentStepId"]) or {}

    def steps(self, tracker: dict[str, Any]) -> list[dict[str, Any]]:
        """Return all steps of a tracker, oldest first."""
        return self.org.store.rows(
            'SELECT * FROM "ActionCadenceStepTracker" WHERE "ActionCadenceTrackerId" = ? ORDER BY rowid',
            (tracker["Id"],),
        )

    def task(self, step: dict[str, Any]) -> dict[str, Any] | None:
        """Return the Task of a step."""
        found = self.org.store.rows(
            'SELECT * FROM "Task" WHERE "ActionCadenceStepTrackerId" = ? AND "IsDeleted" = 0', (step["Id"],)
        )
        return found[0] if found else None

    def call(self, tracker: dict[str, Any], disposition: str | None) -> Any:
        """Log the outcome on the step's Task, complete the step and let the platform go on."""
        step = self.step(tracker)
        task = self.task(step)
        assert task is not None
        with self.org.transaction(self.user) as work:
            work.update("Task", task["Id"], {"Status": "Completed", "CallDisposition": disposition})
        return self.finish(step)

    def finish(self, step: dict[str, Any], event: str = "ManualComplete") -> Any:
        """Complete or skip a step and let the platform go on."""
        result = self.act("sendSalesCadenceEvent", recordId=step["Id"], eventType=event)
        self.jump()
        return result

    def sow(self, plan: CadencePlan) -> str:
        """Add a cadence of the test's own."""
        sower = Sower(self.org.store, self.org.catalog, self.org.ids, 99, START)
        sower.cast = self.org.cast
        made = plan.sow(sower, START)
        self.org.store.fill_types()
        self.org.engine.graphs.forget()
        return made


@pytest.fixture
def org() -> Iterator[PracticeOrg]:
    made = PracticeOrg.create(people=120, seed=3, start_ms=START, speed=0)
    made.settings.patch({"colleagues": False, "email_trouble": 0})
    yield made
    made.close()


@pytest.fixture
def stage(org: PracticeOrg) -> Stage:
    return Stage(org)
