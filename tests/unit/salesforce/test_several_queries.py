"""Which refusals of a composite request mean that the org takes none, and that it is asked again after an hour."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from cadence_desk.domain.errors import AnswerUnreadable, DeskError, ShutOut
from cadence_desk.salesforce.composite import AGAIN_SECONDS, Composites, query_part
from cadence_desk.salesforce.errors import translate_answer
from cadence_desk.salesforce.exchange import Exchange
from cadence_desk.salesforce.rest import RestClient
from cadence_desk.salesforce.several_queries import parts_together

if TYPE_CHECKING:
    from collections.abc import Sequence

PARTS = [query_part("one", "SELECT Id FROM Task"), query_part("two", "SELECT Id FROM Lead")]


class OneOrg:
    """Refuses composite requests as it is told."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.composites = Composites(lambda: self.seconds)
        self.refusal: DeskError | None = None
        self.asked = 0

    def together(self, parts: Sequence[Any], purpose: str) -> list[Any]:
        self.asked += 1
        if self.refusal is not None:
            raise self.refusal
        return list(parts)


def refused(status: int, code: str) -> DeskError:
    return translate_answer(status, [{"errorCode": code, "message": "no"}], Exchange(write=False))


@pytest.fixture
def org() -> OneOrg:
    return OneOrg()


def ask(org: Any) -> object:
    return parts_together(org, PARTS, "test")


@pytest.mark.parametrize(("status", "code"), [(404, "NOT_FOUND"), (405, "METHOD_NOT_ALLOWED")])
def test_an_org_without_composites_is_asked_again_after_an_hour(status: int, code: str, org: OneOrg) -> None:
    org.refusal = refused(status, code)
    assert ask(org) is None
    assert ask(org) is None
    assert org.asked == 1, "what the org does not have is not asked for each time"
    org.seconds += AGAIN_SECONDS - 1
    assert ask(org) is None
    assert org.asked == 1
    org.seconds, org.refusal = AGAIN_SECONDS, None
    assert ask(org) == PARTS
    assert org.composites.taken


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (403, "INSUFFICIENT_ACCESS"),
        (403, "FORBIDDEN"),
        (403, "API_DISABLED_FOR_ORG"),
        (400, "INSUFFICIENT_ACCESS_OR_READONLY"),
        (400, "INVALID_FIELD"),
        (400, "JSON_PARSER_ERROR"),
        (400, "LIMIT_EXCEEDED"),
        (410, "GONE"),
        (414, "URI_TOO_LONG"),
    ],
)
def test_a_refusal_of_this_request_says_nothing_about_the_next(status: int, code: str, org: OneOrg) -> None:
    org.refusal = refused(status, code)
    assert ask(org) is None, "each is asked by itself this time"
    org.refusal = None
    assert ask(org) == PARTS


@pytest.mark.parametrize(("status", "code"), [(503, "SERVER_UNAVAILABLE"), (403, "REQUEST_LIMIT_EXCEEDED")])
def test_a_temporary_fault_is_told_and_nothing_is_remembered(status: int, code: str, org: OneOrg) -> None:
    org.refusal = refused(status, code)
    with pytest.raises(DeskError):
        ask(org)
    assert org.composites.taken


def test_a_shut_door_is_none_of_them() -> None:
    composites = Composites(lambda: 0.0)
    assert not composites.note(ShutOut(server_code="FORBIDDEN"))
    assert composites.taken


def test_an_answer_that_is_not_whole_and_names_no_next_page_is_not_taken_for_all_there_is(org: Any) -> None:
    page = {"totalSize": 2, "done": False, "records": [{"Id": "1"}]}
    with pytest.raises(AnswerUnreadable):
        list(RestClient.pages_from(org, page, "test"))
    assert list(RestClient.pages_from(org, {**page, "done": True}, "test")) == [page["records"]]
