"""Each field that a query names is hidden once: nothing breaks, and what makes no sense without it is refused in words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from cadence_desk.domain.errors import NotAvailable
from cadence_desk.domain.ports import PeopleScope
from cadence_desk.domain.record_ids import RecordId
from cadence_desk.salesforce import cadence_reader, people_reader, tasks, tracker_reader
from tests.contract.client_org import Client, PracticeProcess, connect, running

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from cadence_desk.domain.ports import OrgGateway

pytestmark = pytest.mark.whole

FIELDS: dict[str, Sequence[str]] = {
    "Lead": people_reader.LEAD_FIELDS,
    "Contact": people_reader.CONTACT_FIELDS,
    "ActionCadence": cadence_reader.CADENCE_FIELDS,
    "ActionCadenceStep": cadence_reader.STEP_FIELDS,
    "ActionCadenceStepVariant": cadence_reader.VARIANT_FIELDS,
    "ActionCadenceRule": cadence_reader.RULE_FIELDS,
    "ActionCadenceRuleCondition": cadence_reader.CONDITION_FIELDS,
    "ActionCadenceTracker": tracker_reader.TRACKER_FIELDS,
    "ActionCadenceStepTracker": tracker_reader.STEP_FIELDS,
    "Task": tasks.FIELDS,
    "CallDisposition": ("Disposition", "DispositionCategoryId"),
    "CallTemplate": ("Name", "HtmlBody"),
    "User": ("Name", "Username", "IsActive", "UserType"),
    "Account": ("Name", "IsPersonAccount"),
}
REFUSED = {
    "ActionCadenceTracker.TargetId": {"trackers of"},
    "ActionCadenceTracker.ActionCadenceId": {"trackers of"},
    "ActionCadenceStepTracker.ActionCadenceTrackerId": {"steps of"},
}
"""Reads that make no sense without a field: they say which one is missing."""


class Reads:
    """Every read of a gateway, on records that are there."""

    def __init__(self, gateway: OrgGateway) -> None:
        people = [one for page in gateway.people_pages(PeopleScope.ALL) for one in page]
        trackers = [one for page in gateway.tracker_pages() for one in page]
        steps = [one for page in gateway.step_pages() for one in page]
        call = next(one for one in steps if one.type == "MakeACall")
        since = datetime.now(UTC) - timedelta(days=2)
        accounts = [RecordId(one.account_id) for one in people if one.account_id][:3]
        task = gateway.create_task({"Subject": "x", "Status": "Completed", "WhoId": people[0].id}, "op-1")
        g = gateway
        self.calls: dict[str, Callable[[], object]] = {
            "people": lambda: list(g.people_pages(PeopleScope.ALL)),
            "changed people": lambda: list(g.people_pages(PeopleScope.ALL, since)),
            "my people": lambda: list(g.people_pages(PeopleScope.MINE)),
            "people by id": lambda: g.read_people([one.id for one in people[:5]]),
            "people of accounts": lambda: g.read_accounts_as_people(accounts),
            "trackers": lambda: list(g.tracker_pages()),
            "changed trackers": lambda: list(g.tracker_pages(since)),
            "active trackers": lambda: list(g.tracker_pages(active_only=True)),
            "trackers of": lambda: g.trackers_of([trackers[0].target_id], active_only=True),
            "steps": lambda: list(g.step_pages()),
            "open steps": lambda: list(g.step_pages(open_only=True)),
            "changed steps": lambda: list(g.step_pages(since)),
            "steps of": lambda: g.steps_of([trackers[0].id]),
            "cadences": g.cadences,
            "call results": g.call_results,
            "statuses": g.task_statuses,
            "reps": g.reps,
            "views": g.list_views,
            "deleted": lambda: g.deleted_since("Lead", since),
            "tasks of a step": lambda: g.tasks_of_step(call.id),
            "a task by key": lambda: g.find_task("op-1", people[0].id, since),
            "a task": lambda: g.read_task(task),
            "a script": lambda: g.call_script(call.id),
        }

    def refused(self) -> set[str]:
        """Read everything; return what was refused in the desk's own words."""
        names = set()
        for name, call in self.calls.items():
            try:
                call()
            except NotAvailable as error:
                own_words = error.message.startswith("Your user cannot see")
                names.add(name if own_words else f"{name}: {error.message}")
        return names


@pytest.fixture(scope="module")
def practice(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PracticeProcess]:
    for made in running("--people", "40", "--home", str(tmp_path_factory.mktemp("authority"))):
        made.control("/settings", {"colleagues": False})
        yield made


@pytest.fixture(scope="module")
def client(practice: PracticeProcess) -> Client:
    return connect(practice)


@pytest.fixture
def reads(practice: PracticeProcess, client: Client) -> Iterator[Reads]:
    client.org.gateway.capabilities()
    yield Reads(client.org.gateway)
    practice.control("/settings", {"hidden_fields": [], "hidden_objects": []})


@pytest.mark.parametrize("entity", FIELDS)
def test_no_hidden_field_breaks_a_read(
    practice: PracticeProcess, client: Client, reads: Reads, entity: str
) -> None:
    for field in FIELDS[entity]:
        if field == "Id" or "." in field:
            continue
        path = f"{entity}.{field}"
        practice.control("/settings", {"hidden_fields": [path]})
        client.org.gateway.capabilities()
        assert reads.refused() <= REFUSED.get(path, set()), path


@pytest.mark.parametrize("entity", FIELDS)
def test_no_hidden_object_breaks_a_list(
    practice: PracticeProcess, client: Client, reads: Reads, entity: str
) -> None:
    practice.control("/settings", {"hidden_objects": [entity]})
    client.org.gateway.capabilities()
    whole = {name for name in reads.calls if name not in {"cadences", "people by id"}}
    by_record = {"trackers of", "steps of", "tasks of a step", "a task by key", "a task"}
    assert reads.refused() & whole <= by_record
