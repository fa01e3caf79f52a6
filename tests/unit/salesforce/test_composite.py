"""Several questions in one request: how they are asked, and that every answer is for the question it stands under."""

from __future__ import annotations

from typing import Any

import pytest

from cadence_desk.domain.errors import AnswerUnreadable, Executed, OrgBusy, OrgRefused
from cadence_desk.salesforce.composite import Part, query_part, unwrapped, wrapped

QUERY = query_part("query", "SELECT Id FROM Task WHERE Subject = 'a&b'")


def answer(status: Any = 200, body: Any = None, name: str = "query") -> Any:
    return {"compositeResponse": [{"httpStatusCode": status, "body": body, "referenceId": name}]}


def test_parts_stand_in_order_and_none_stops_another() -> None:
    told = wrapped(
        [QUERY, Part("written", "sobjects/Task/@{query.records[0].Id}", "PATCH", {"a": 1})], "66.0"
    )
    first, second = told["compositeRequest"]
    assert told["allOrNone"] is False
    assert first == {
        "method": "GET",
        "url": "/services/data/v66.0/query?q=SELECT%20Id%20FROM%20Task%20WHERE%20Subject%20%3D%20%27a%26b%27",
        "referenceId": "query",
    }
    assert second["url"] == "/services/data/v66.0/sobjects/Task/@{query.records[0].Id}"
    assert second["body"] == {"a": 1}
    assert query_part("all", "SELECT Id FROM Task", deleted=True).path.startswith("queryAll?")


def test_the_answer_of_a_part() -> None:
    (fine,) = unwrapped(answer(body={"records": []}), [QUERY])
    assert fine.value() == {"records": []}
    (refused,) = unwrapped(answer(400, [{"errorCode": "MALFORMED_QUERY", "message": "x"}]), [QUERY])
    with pytest.raises(OrgRefused):
        refused.value()


@pytest.mark.parametrize(("write", "executed"), [(True, Executed.UNKNOWN), (False, Executed.NO)])
def test_a_part_that_may_have_been_carried_out_says_so(write: bool, executed: Executed) -> None:
    (busy,) = unwrapped(answer(500, [{"errorCode": "SERVER_ERROR", "message": "x"}]), [QUERY])
    with pytest.raises(OrgBusy) as caught:
        busy.value(write=write)
    assert caught.value.executed is executed


@pytest.mark.parametrize(
    "odd",
    [
        None, {}, [], {"compositeResponse": []}, {"compositeResponse": [{}]}, {"compositeResponse": [None]},
        {"compositeResponse": "x"}, answer(name="another"), {"compositeResponse": [*answer()["compositeResponse"]] * 2},
    ],
)  # fmt: skip
def test_what_is_no_answer_to_what_was_asked(odd: Any) -> None:
    with pytest.raises(AnswerUnreadable):
        unwrapped(odd, [QUERY])


@pytest.mark.parametrize("status", [-1, 0, 1000, 1e308, float("inf"), None, "x", [], True])
def test_a_part_whose_status_is_none_cannot_be_read(status: Any) -> None:
    with pytest.raises(AnswerUnreadable):
        unwrapped(answer(status, {}), [QUERY])
