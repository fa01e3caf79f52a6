"""A thousand ids cost one call where the org takes composites; what is too long for it is refused, and then asked in short."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from cadence_desk.domain.errors import OrgRefused
from cadence_desk.domain.lookups import LookUp
from cadence_desk.domain.ports import PeopleScope
from cadence_desk.salesforce import several_queries
from cadence_desk.salesforce.composite import query_part
from cadence_desk.salesforce.several_queries import parts_together
from tests.contract.client_org import PracticeProcess, connect, running
from tests.engine.model_world import lead

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cadence_desk.domain.record_ids import RecordId
    from cadence_desk.salesforce.composite import PartAnswer
    from cadence_desk.salesforce.gateway import SalesforceGateway
    from cadence_desk.salesforce.rest import RestClient

pytestmark = pytest.mark.whole
PEOPLE = 1_100


@pytest.fixture(scope="module")
def practice() -> Iterator[PracticeProcess]:
    for practice in running("--people", str(PEOPLE), "--seed", "12"):
        practice.control("/settings", {"colleagues": False})
        yield practice


@pytest.fixture(scope="module")
def gateway(practice: PracticeProcess) -> SalesforceGateway:
    gateway: Any = connect(practice).org.gateway
    gateway.capabilities()
    return gateway  # type: ignore[no-any-return]


@pytest.fixture(scope="module")
def targets(gateway: SalesforceGateway) -> tuple[RecordId, ...]:
    trackers = [one.target_id for page in gateway.tracker_pages() for one in page]
    people = [one.id for page in gateway.people_pages(PeopleScope.ALL) for one in page]
    return tuple(dict.fromkeys([*trackers, *people]))[:1_000]


def calls(practice: PracticeProcess, after: int) -> list[str]:
    entries = [one for one in practice.history(after) if one["kind"] == "invocation"]
    return [one["path"].rpartition("/")[2] for one in entries]


def newest(practice: PracticeProcess) -> int:
    return int(practice.history()[-1]["n"])


def asked_by_body(rest: RestClient, soql: str) -> PartAnswer:
    answers = parts_together(rest, [query_part("q", soql)], "test")
    assert answers is not None
    return answers[0]


@pytest.mark.parametrize(("composites", "asked"), [(True, ["composite"]), (False, ["query"] * 10)])
def test_a_thousand_people_are_one_call(
    composites: bool,
    asked: list[str],
    practice: PracticeProcess,
    gateway: SalesforceGateway,
    targets: tuple[RecordId, ...],
) -> None:
    gateway._org.rest.composites.taken = composites
    assert gateway.ids_at_once == (1_000 if composites else 100)
    assert len(targets) == 1_000
    one_by_one = {one.id: one for page in gateway.tracker_pages() for one in page if one.target_id in targets}
    at = newest(practice)
    found = gateway.look_up(LookUp(targets=targets)).targets
    assert found is not None
    assert calls(practice, at) == asked
    assert {one.id: one for one in found} == one_by_one
    at = newest(practice)
    assert len(gateway.trackers_of(targets, active_only=False)) == len(found)
    assert calls(practice, at) == asked


def test_an_org_that_has_no_composites_is_found_out_on_the_way(
    practice: PracticeProcess, gateway: SalesforceGateway, targets: tuple[RecordId, ...]
) -> None:
    gateway._org.rest.composites.taken = True
    known = gateway.look_up(LookUp(targets=targets)).targets
    body = '[{"errorCode":"NOT_FOUND","message":"The requested resource does not exist"}]'
    practice.control(
        "/fates",
        {"fate": "status", "match": {"purpose": "composite"}, "status": 404, "body": body, "times": 1},
    )
    at = newest(practice)
    found = gateway.look_up(LookUp(targets=targets)).targets
    assert found is not None
    assert known is not None
    assert {one.id for one in found} == {one.id for one in known}
    assert calls(practice, at) == ["composite", *["query"] * 10]
    gateway._org.rest.composites.taken = True


def test_the_org_takes_100_000_characters_and_no_more(
    practice: PracticeProcess,
    gateway: SalesforceGateway,
    targets: tuple[RecordId, ...],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rest = gateway._org.rest
    rest.composites.taken = True
    soql = "SELECT Id FROM Lead WHERE Id IN ({})"
    fits = ",".join([f"'{targets[0]}'"] * 4_700)
    answer = asked_by_body(rest, soql.format(fits))
    assert answer.status == 200
    answer = asked_by_body(rest, soql.format(f"{fits},{fits}"))
    with pytest.raises(OrgRefused):
        answer.value()
    assert answer.body[0]["errorCode"] == "MALFORMED_QUERY"
    # Where one query would be too long after all, short ones are asked.
    monkeypatch.setattr(several_queries, "IDS_TOGETHER", 6_000)
    many = tuple(lead(500_000 + number) for number in range(5_000))
    found = gateway.look_up(LookUp(targets=(*targets, *many))).targets
    assert found is not None
    assert {one.target_id for one in found} <= set(targets)
    assert found
