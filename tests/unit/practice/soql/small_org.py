"""A handful of records whose answers a reader can work out, without the seeding of a whole practice org."""

from dataclasses import dataclass, field
from typing import Any

from cadence_desk.practice.org.catalog.model import Catalog
from cadence_desk.practice.org.catalog.objects import build_catalog
from cadence_desk.practice.org.clock import VirtualClock
from cadence_desk.practice.org.ids import to18
from cadence_desk.practice.org.settings import OrgSettings
from cadence_desk.practice.org.store import Store
from cadence_desk.practice.soql.runner import QueryPage, QueryRunner

# 2026-11-24 10:00:00 UTC, a Tuesday
NOW_MS = 1_795_514_400_000
DAY_MS = 86_400_000


def record_id(prefix: str, number: int) -> str:
    """Return a readable id: the prefix, zeros, the number."""
    return to18(f"{prefix}{number:012d}")


ANA, BEN, QUEUE = record_id("005", 1), record_id("005", 2), record_id("00G", 1)
ACME, BOLT = record_id("001", 1), record_id("001", 2)
LEADS = [record_id("00Q", number) for number in range(6)]
CONTACTS = [record_id("003", number) for number in range(3)]
WARM, COLD = record_id("77C", 1), record_id("77C", 2)
TRACKERS = [record_id("0qB", number) for number in range(4)]
STEPS = [record_id("8HF", number) for number in range(5)]


@dataclass(slots=True)
class SmallOrg:
    """Catalog, store, clock and settings as queries need them; the clock stands still."""

    clock: VirtualClock = field(default_factory=lambda: VirtualClock(NOW_MS, 0))
    settings: OrgSettings = field(default_factory=OrgSettings)
    catalog: Catalog = field(default_factory=build_catalog)
    store: Store = field(init=False)

    def __post_init__(self) -> None:
        self.store = Store(self.catalog, self.clock.now_ms)

    def add(self, sobject: str, *rows: dict[str, object]) -> None:
        """Store records; every record gets the system fields it does not name."""
        for row in rows:
            whole = {"CreatedDate": NOW_MS, "SystemModstamp": NOW_MS} | row
            self.store.bulk(sobject, tuple(whole), [tuple(whole.values())])


@dataclass(frozen=True, slots=True)
class Desk:
    """Asks the small org."""

    org: SmallOrg
    runner: QueryRunner

    def page(
        self, soql: str, *, user_id: str = ANA, all_rows: bool = False, batch_size: int = 2000
    ) -> QueryPage:
        """Return the first page of an answer."""
        return self.runner.run(
            soql, user_id=user_id, all_rows=all_rows, batch_size=batch_size, version="62.0"
        )

    def records(self, soql: str, *, all_rows: bool = False) -> list[dict[str, Any]]:
        """Return the records of an answer without their attributes, nested ones too."""
        return [plain(record) for record in self.page(soql, all_rows=all_rows).records]

    def values(self, soql: str, *, all_rows: bool = False) -> list[Any]:
        """Return the first selected value of each record."""
        return [next(iter(record.values())) for record in self.records(soql, all_rows=all_rows)]


def plain(value: Any) -> Any:
    """Return a record without attributes, at any depth."""
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items() if key != "attributes"}
    return [plain(inner) for inner in value] if isinstance(value, list) else value


def build_desk() -> Desk:
    """Return a desk over the small org."""
    org = SmallOrg()
    _add_staff(org)
    _add_people(org)
    _add_trackers(org)
    org.store.fill_types()
    org.store.create_indexes()
    return Desk(org, QueryRunner(org))


def _add_staff(org: SmallOrg) -> None:
    org.add(
        "User",
        {"Id": ANA, "Name": "Ana Alvarez", "Alias": "ana", "Username": "ana@example.com", "IsActive": 1},
        {"Id": BEN, "Name": "Ben Bauer", "Alias": "ben", "Username": "ben@example.com", "IsActive": 0},
    )
    org.add("Group", {"Id": QUEUE, "Name": "Inbound", "Type": "Queue"})
    org.add(
        "Account",
        {"Id": ACME, "Name": "Acme", "OwnerId": ANA, "BillingCity": "Lyon", "BillingCountry": "France"},
        {"Id": BOLT, "Name": "Bolt & Co", "OwnerId": BEN},
    )


def _add_people(org: SmallOrg) -> None:
    names = ["Zoe Zimmer", "adam Abel", "Chloé Ûber", "Max 100%", "Bo_b", "Gone"]
    ratings = ["Hot", None, "Cold", "Warm", None, "Hot"]
    sizes = [10, 250, None, 10, 5000, 1]
    owners = [ANA, ANA, BEN, QUEUE, BEN, ANA]
    for number, lead in enumerate(LEADS):
        org.add(
            "Lead",
            {
                "Id": lead,
                "Name": names[number],
                "LastName": names[number].rsplit(" ", maxsplit=1)[-1],
                "Company": "Initech",
                "Status": "Open - Not Contacted",
                "Rating": ratings[number],
                "NumberOfEmployees": sizes[number],
                "OwnerId": owners[number],
                "CreatedDate": NOW_MS - number * DAY_MS,
                "LastActivityDate": None if number == 1 else f"2026-11-{20 + number}",
                "DoNotCall": number % 2,
                "IsDeleted": int(number == 5),
                "Description": "long text",
            },
        )
    for number, (name, account) in enumerate([("Carla", ACME), ("Dan", BOLT), ("Eve", None)]):
        org.add("Contact", {"Id": CONTACTS[number], "Name": name, "AccountId": account, "OwnerId": ANA})


def _add_trackers(org: SmallOrg) -> None:
    org.add(
        "ActionCadence",
        {"Id": WARM, "Name": "Warm leads", "State": "Active", "OwnerId": ANA},
        {"Id": COLD, "Name": "Cold calls", "State": "Inactive", "OwnerId": BEN},
    )
    targets = [LEADS[0], CONTACTS[0], LEADS[1], CONTACTS[1]]
    states = ["Running", "Paused", "Complete", "Running"]
    for number, tracker in enumerate(TRACKERS):
        org.add(
            "ActionCadenceTracker",
            {
                "Id": tracker,
                "ActionCadenceId": COLD if number == 3 else WARM,
                "TargetId": targets[number],
                "OwnerId": QUEUE if number == 3 else ANA,
                "State": states[number],
                "IsTrackerActive": int(states[number] != "Complete"),
                "CurrentStepId": [STEPS[1], STEPS[2], None, STEPS[4]][number],
            },
        )
    for number, step in enumerate(STEPS):
        owner = [0, 0, 1, 2, 3][number]
        org.add(
            "ActionCadenceStepTracker",
            {
                "Id": step,
                "ActionCadenceTrackerId": TRACKERS[owner],
                "ActionCadenceId": WARM,
                "TargetId": targets[owner],
                "StepTitle": f"Step {number}",
                "StepType": "MakeACall" if number in {1, 4} else "SendAnEmail",
                "State": "Completed" if number in {0, 3} else "Active",
                "CreatedDate": NOW_MS - DAY_MS + number * 1000,
                "DueDateTime": None if number == 2 else NOW_MS + (number - 2) * DAY_MS,
            },
        )
    org.add("Task", {"Id": record_id("00T", 1), "Subject": "Call", "WhoId": LEADS[0], "WhatId": None})
    org.add("Task", {"Id": record_id("00T", 2), "Subject": "Write", "WhoId": CONTACTS[0], "WhatId": ACME})
