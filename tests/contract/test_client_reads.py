"""The client reads a whole org: people, runs, cadences, calls, lists; against a practice org."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from cadence_desk.domain.errors import NotAvailable, Untrusted
from cadence_desk.domain.people import PersonKind
from cadence_desk.domain.ports import PeopleScope
from cadence_desk.domain.record_ids import RecordId
from cadence_desk.salesforce.connect import open_org
from cadence_desk.salesforce.describes import DescribeCache
from cadence_desk.salesforce.gateway import SalesforceGateway
from cadence_desk.salesforce.soql import SoqlQuery
from cadence_desk.salesforce.stream import PubSubStream
from cadence_desk.salesforce.transport import Transport
from cadence_desk.salesforce.usage import UsageMeter
from tests.contract.client_org import (
    Client,
    PracticeProcess,
    Sink,
    SystemClock,
    SystemEntropy,
    connect,
    running,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cadence_desk.domain.people import Person
    from cadence_desk.domain.ports import OrgGateway

pytestmark = pytest.mark.whole


@pytest.fixture(scope="module")
def practice() -> Iterator[PracticeProcess]:
    for practice in running("--people", "2600", "--seed", "5"):
        practice.control("/settings", {"colleagues": False})
        yield practice


@pytest.fixture(scope="module")
def client(practice: PracticeProcess) -> Client:
    return connect(practice)


@pytest.fixture(scope="module")
def gateway(client: Client) -> OrgGateway:
    return client.org.gateway


@pytest.fixture(scope="module")
def everyone(gateway: OrgGateway) -> list[Person]:
    return [person for page in gateway.people_pages(PeopleScope.ALL) for person in page]


def test_capabilities(gateway: OrgGateway) -> None:
    found = gateway.capabilities()

    assert found.api_version == "68.0"
    assert found.notes == ()
    assert found.offers("assignTargetToSalesCadence")
    assert not found.offers("completeActionCadenceStep")
    assert found.objects["Task"].has("CD_Op_Id__c", "ActionCadenceStepTrackerId")
    assert found.objects["ActionCadenceTracker"].key_prefix == "0qB"


def test_everybody_is_read_in_pages(everyone: list[Person]) -> None:
    kinds = {person.kind for person in everyone}

    assert kinds == {PersonKind.LEAD, PersonKind.CONTACT, PersonKind.PERSON_ACCOUNT}
    assert len({person.id for person in everyone}) == len(everyone) > 2000
    assert all(person.name and person.owner_id and person.modified for person in everyone)
    assert not any(person.is_converted for person in everyone)


def test_mine_is_a_part_of_all(gateway: OrgGateway, everyone: list[Person]) -> None:
    me = gateway.identity().user_id
    mine = {person.id for page in gateway.people_pages(PeopleScope.MINE) for person in page}

    assert mine == {person.id for person in everyone if person.owner_id == me}


def test_changed_people_come_oldest_first(
    practice: PracticeProcess, gateway: OrgGateway, everyone: list[Person]
) -> None:
    since = gateway.server_now() - timedelta(seconds=1)
    lead = next(person for person in everyone if person.kind is PersonKind.LEAD)
    practice.control("/edit", {"sobject": "Lead", "id": lead.id, "fields": {"Title": "Director"}})

    found = [person for page in gateway.people_pages(PeopleScope.ALL, since) for person in page]

    assert [person.title for person in found if person.id == lead.id] == ["Director"]
    leads = [person.modified for person in found if person.kind is PersonKind.LEAD]
    assert leads == sorted(leads, key=lambda moment: moment or since)


def test_people_by_id_with_deleted_ones(
    practice: PracticeProcess, gateway: OrgGateway, everyone: list[Person]
) -> None:
    since = gateway.server_now() - timedelta(minutes=1)
    ids = [person.id for person in everyone[:150]]
    practice.control("/edit", {"sobject": "Lead", "id": ids[3], "delete": True})

    found = {person.id: person for person in gateway.read_people([*ids, RecordId("00Q000000000000AAA")])}

    assert found.keys() == set(ids)
    assert found[ids[3]].is_deleted
    assert gateway.deleted_since("Lead", since) == [ids[3]]


def test_person_accounts_by_account(gateway: OrgGateway, everyone: list[Person]) -> None:
    person = next(person for person in everyone if person.kind is PersonKind.PERSON_ACCOUNT)
    contact = next(p for p in everyone if p.kind is PersonKind.CONTACT and p.account_id)

    found = gateway.read_accounts_as_people([RecordId(person.account_id), RecordId(contact.account_id)])

    assert [each.id for each in found] == [person.id]


def test_trackers_and_steps(gateway: OrgGateway) -> None:
    active = [tracker for page in gateway.tracker_pages(active_only=True) for tracker in page]
    everything = [tracker for page in gateway.tracker_pages() for tracker in page]

    assert active
    assert all(tracker.is_active and tracker.cadence_name and tracker.owner_name for tracker in active)
    assert all(tracker.target_name and tracker.target_type in {"Lead", "Contact"} for tracker in active)
    assert {t.id for t in active} == {t.id for t in everything if t.is_active}
    one = next(tracker for tracker in active if tracker.current_step_id)
    assert one in gateway.trackers_of([one.target_id], active_only=True)
    assert gateway.read_trackers([one.id]) == [one]
    steps = gateway.steps_of([one.id])
    assert one.current_step_id in {step.id for step in steps}
    assert gateway.read_steps([steps[0].id]) == [steps[0]]
    still_open = [step for page in gateway.step_pages(open_only=True) for step in page]
    assert still_open
    assert all(step.is_open for step in still_open)


def test_cadences(gateway: OrgGateway) -> None:
    found = gateway.cadences()

    assert [cadence.name for cadence in found] == sorted(cadence.name for cadence in found)
    active = [cadence for cadence in found if cadence.is_active]
    assert active
    assert all(cadence.steps for cadence in active)
    steps = [step for cadence in active for step in cadence.steps]
    assert any(step.rules for step in steps)
    assert any(rule.resource == "CallDispositionCategory" for step in steps for rule in step.rules)
    assert any(step.variants for step in steps)


def test_what_calls_need(gateway: OrgGateway) -> None:
    results = gateway.call_results()
    statuses = gateway.task_statuses()

    assert "Meaningful Connect" in {result.outcome for result in results}
    assert any(status.is_closed for status in statuses)
    assert [status.value for status in statuses if status.is_default]


def test_reps_know_who_can_work(gateway: OrgGateway) -> None:
    reps = {rep.id: rep for rep in gateway.reps()}

    assert reps[gateway.identity().user_id].can_work is True
    assert {rep.can_work for rep in reps.values()} == {True, False}


def test_list_views(gateway: OrgGateway) -> None:
    views = gateway.list_views()

    assert {view.entity for view in views} == {"Lead", "Contact"}
    filled = [gateway.people_of_view(view) for view in views]
    assert any(filled)
    for view, ids in zip(views, filled, strict=True):
        assert all(each.startswith("00Q" if view.entity == "Lead" else "003") for each in ids)


def test_script_of_a_call_step(gateway: OrgGateway) -> None:
    steps = [step for page in gateway.step_pages(open_only=True) for step in page]
    call = next(step for step in steps if step.type == "MakeACall")
    mail = next(step for step in steps if step.type != "MakeACall")

    script = gateway.call_script(call.id)

    assert script is not None
    assert script.text
    assert "<" not in script.text
    assert gateway.call_script(mail.id) is None


def test_the_meter_counts_by_purpose(gateway: OrgGateway) -> None:
    gateway.task_statuses()
    usage = gateway.usage()

    assert usage.limit == 100_000
    assert usage.used > 0
    assert usage.by_purpose["calls"] >= 1


def test_unchanged_describes_cost_no_body(practice: PracticeProcess) -> None:
    cache = DescribeCache()
    first = connect(practice, describes=cache).org.gateway.capabilities()
    saved = DescribeCache(cache.saved())
    after = practice.history()[-1]["n"]

    assert connect(practice, describes=saved).org.gateway.capabilities() == first
    replies = [entry for entry in practice.history(after) if entry["kind"] == "reply"]
    assert sum(reply["status"] == 304 for reply in replies) == 1 + len(first.actions) + len(first.objects)


def test_a_very_long_query_goes_by_composite(gateway: OrgGateway, everyone: list[Person]) -> None:
    assert isinstance(gateway, SalesforceGateway)
    leads = [person.id for person in everyone if person.kind is PersonKind.LEAD][:600]
    query = SoqlQuery("Lead", ("Id",)).where_in("Id", leads)

    assert {row["Id"] for row in gateway._org.rest.rows(query, "test", deleted=True)} == set(leads)
    with pytest.raises(NotAvailable, match="No such column"):
        gateway._org.rest.rows(SoqlQuery("Lead", ("Nonsense",)).where_in("Id", leads), "test")


def test_an_unknown_authority_is_not_trusted(practice: PracticeProcess, client: Client) -> None:
    profile = replace(client.profile, extra_ca="")
    org = open_org(profile, client.secrets, SystemClock(), SystemEntropy())
    sink = Sink()
    feed = client.org.feed
    assert isinstance(feed, PubSubStream)
    doubting = Transport(profile, UsageMeter(SystemClock()))
    handle = PubSubStream(profile, feed.session, feed.identify, doubting, feed.clock).open(
        "/data/x", None, sink
    )
    sink.wait(lambda: sink.ended)
    handle.stop(5)

    with pytest.raises(Untrusted, match="Practice org authority") as caught:
        org.gateway.renew()
    assert "Extra certificate authority" in caught.value.hint
    ended = sink.ended[0][0]
    assert isinstance(ended, Untrusted)
    assert "Practice org authority" in ended.message
