"""All that changed and was deleted since a time costs one call where the org takes composites, and the same rows come."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from cadence_desk.domain.ports import PeopleScope
from tests.contract.client_org import PracticeProcess, connect, running

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cadence_desk.salesforce.gateway import SalesforceGateway

pytestmark = pytest.mark.whole
OBJECTS = ("ActionCadenceTracker", "ActionCadenceStepTracker", "Lead", "Contact")


@pytest.fixture(scope="module")
def practice() -> Iterator[PracticeProcess]:
    for practice in running("--people", "300", "--seed", "11"):
        practice.control("/settings", {"colleagues": False})
        yield practice


@pytest.fixture
def gateway(practice: PracticeProcess) -> SalesforceGateway:
    gateway: Any = connect(practice).org.gateway
    gateway.capabilities()
    return gateway  # type: ignore[no-any-return]


def asked(practice: PracticeProcess, after: int) -> list[str]:
    entries = [one for one in practice.history(after) if one["kind"] == "invocation"]
    return [one["path"].rpartition("/")[2] for one in entries]


def now(practice: PracticeProcess) -> int:
    history = practice.history()
    return int(history[-1]["n"]) if history else 0


def changes(gateway: SalesforceGateway, *, ahead: bool) -> list[Any]:
    """Return what a delta of the last thousand days reads."""
    since = gateway.server_now() - timedelta(days=1000)
    deleted_since = gateway.server_now() - timedelta(minutes=30)
    if ahead:
        gateway.read_ahead(PeopleScope.ALL, since, OBJECTS, deleted_since)
    found: list[Any] = [gateway.deleted_since(entity, deleted_since) for entity in OBJECTS]
    found += [row for page in gateway.tracker_pages(since) for row in page]
    found += [row for page in gateway.step_pages(since) for row in page]
    found += [row for page in gateway.people_pages(PeopleScope.ALL, since) for row in page]
    gateway.forget_ahead()
    return found


def test_one_call_brings_what_eight_bring(practice: PracticeProcess, gateway: SalesforceGateway) -> None:
    victim = next(row for page in gateway.people_pages(PeopleScope.ALL) for row in page)
    gateway._org.rest.delete(f"sobjects/Lead/{victim.id}", "test")
    at = now(practice)
    one_by_one = changes(gateway, ahead=False)
    middle = now(practice)
    together = changes(gateway, ahead=True)
    assert together == one_by_one
    assert victim.id in together[OBJECTS.index("Lead")]
    assert len(together) > 500
    assert len(asked(practice, at)) - len(asked(practice, middle)) == 8
    assert asked(practice, middle) == ["composite"]


def test_a_part_that_fails_is_asked_for_by_itself(
    practice: PracticeProcess, gateway: SalesforceGateway
) -> None:
    since = gateway.server_now() - timedelta(days=1000)
    gateway.read_ahead(PeopleScope.ALL, since, (), since)
    rest = gateway._org.rest
    assert len(rest.ahead) == 4
    rest.ahead.pop(next(iter(rest.ahead)))  # as after an answer that was none
    at = now(practice)
    assert [row for page in gateway.people_pages(PeopleScope.ALL, since) for row in page]
    assert len(asked(practice, at)) == 1


def test_what_was_read_ahead_is_used_once_and_for_one_reading_only(
    practice: PracticeProcess, gateway: SalesforceGateway
) -> None:
    since = gateway.server_now() - timedelta(days=1000)
    gateway.read_ahead(PeopleScope.ALL, since, (), since)
    at = now(practice)
    first = list(gateway.tracker_pages(since))
    assert asked(practice, at) == []
    assert list(gateway.tracker_pages(since)) == first
    assert asked(practice, at) != []
    gateway.forget_ahead()
    at = now(practice)
    assert list(gateway.step_pages(since))
    assert asked(practice, at) != []


def test_answers_of_a_reading_that_was_given_up_are_not_used(
    practice: PracticeProcess, gateway: SalesforceGateway
) -> None:
    since = gateway.server_now() - timedelta(days=1000)
    gateway.read_ahead(PeopleScope.ALL, since, (), since)
    gateway._org.rest.composites.taken = False
    gateway.read_ahead(PeopleScope.ALL, since, (), since)
    at = now(practice)
    assert list(gateway.tracker_pages(since))
    assert asked(practice, at) != []


def test_an_org_without_composites_is_asked_one_by_one(
    practice: PracticeProcess, gateway: SalesforceGateway
) -> None:
    gateway._org.rest.composites.taken = False
    at = now(practice)
    assert changes(gateway, ahead=True)
    assert "composite" not in asked(practice, at)
