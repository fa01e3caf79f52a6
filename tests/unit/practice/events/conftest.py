"""A small org for the bus: real catalog, clock, settings and change log, no records."""

from dataclasses import dataclass, field

import pytest

from cadence_desk.practice.events.bus import EventBus
from cadence_desk.practice.org.catalog.model import Catalog
from cadence_desk.practice.org.catalog.objects import build_catalog
from cadence_desk.practice.org.changes import ChangeLog, CommittedChange, CommittedTransaction
from cadence_desk.practice.org.clock import VirtualClock
from cadence_desk.practice.org.settings import OrgSettings

START_MS = 1_795_500_000_000
LEADS = tuple(f"00Q7Q00000{number:05d}AAA" for number in range(5))


@dataclass
class SmallOrg:
    """What the bus needs of an org."""

    organization_id: str = "00D7Q000000UfwdUAC"
    default_user_id: str = "0057Q000000UfwdQAC"
    catalog: Catalog = field(default_factory=build_catalog)
    changes: ChangeLog = field(default_factory=ChangeLog)
    settings: OrgSettings = field(default_factory=OrgSettings)
    clock: VirtualClock = field(default_factory=lambda: VirtualClock(START_MS, ticks=lambda: 0.0))
    commits: int = 0

    def may_receive_events(self, user_id: str, entity: str) -> bool:
        return user_id != "nobody" and entity in self.settings.selected_entities

    def commit(self, *changes: CommittedChange, key: str = "t-1") -> None:
        self.commits += 1
        at = self.clock.now_ms()
        self.changes.publish(CommittedTransaction(key, at, self.commits, self.default_user_id, "", changes))


@pytest.fixture
def small_org() -> SmallOrg:
    return SmallOrg()


@pytest.fixture
def bus(small_org: SmallOrg) -> EventBus:
    return EventBus(small_org)  # type: ignore[arg-type]  # a structural stand-in for the whole org


class Changes:
    """Writes committed changes in one line."""

    @staticmethod
    def update(
        record_id: str, sequence: int = 1, *, entity: str = "Lead", **fields: object
    ) -> CommittedChange:
        fields = {**fields, "LastModifiedDate": START_MS}
        nulled = tuple(name for name, value in fields.items() if value is None)
        row = {"Id": record_id, "LastName": "Same", "IsDeleted": 0, "SystemModstamp": START_MS, **fields}
        changed = (*fields, "SystemModstamp")
        return CommittedChange(entity, record_id, "UPDATE", row, changed, nulled, sequence)

    @staticmethod
    def create(
        record_id: str, sequence: int = 1, *, entity: str = "Lead", **fields: object
    ) -> CommittedChange:
        row = {"Id": record_id, "IsDeleted": 0, "SystemModstamp": START_MS, **fields}
        return CommittedChange(entity, record_id, "CREATE", row, (), (), sequence)

    @staticmethod
    def other(kind: str, record_id: str, sequence: int = 1, **fields: object) -> CommittedChange:
        return CommittedChange("Lead", record_id, kind, {"Id": record_id, **fields}, (), (), sequence)


@pytest.fixture
def changes() -> type[Changes]:
    return Changes


@pytest.fixture
def lead_ids() -> tuple[str, ...]:
    return LEADS
