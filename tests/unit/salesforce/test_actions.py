"""Actions go out in chunks, their answers are per element, and doubt is never repeated."""

from __future__ import annotations

from typing import Any, cast

import pytest

from cadence_desk.domain.errors import (
    AnswerLost,
    AnswerUnreadable,
    BadValue,
    Executed,
    NotAvailable,
    OrgRefused,
)
from cadence_desk.domain.orgs import ActionDescription, ActionInput, Capabilities
from cadence_desk.domain.ports import ActionOutcome
from cadence_desk.salesforce.actions import ActionsClient, next_chunk, parse_outcome
from cadence_desk.salesforce.context import OrgContext
from cadence_desk.salesforce.rest import ElementList, RestClient

PAUSE = ActionDescription("pauseSalesCadenceTracker", "Pause", (ActionInput("targetId", required=True),))


class FakeRest:
    """Answers from a script; an exception in it is raised, None means that all succeed."""

    def __init__(self, *script: Any) -> None:
        self.script = list(script)
        self.sizes: list[int] = []

    def send_elements(self, path: str, purpose: str, body: dict[str, Any]) -> ElementList:
        self.sizes.append(len(body["inputs"]))
        answer = self.script.pop(0) if self.script else None
        if isinstance(answer, Exception):
            raise answer
        return ElementList(200, answer if answer is not None else [{"isSuccess": True}] * len(body["inputs"]))


class FakeReader:
    def known(self) -> Capabilities:
        blocked = ActionDescription("x", "X", (), ("moonPhase",))
        return Capabilities("66.0", {PAUSE.name: PAUSE, "blocked": blocked})


def client(rest: FakeRest) -> ActionsClient:
    context = OrgContext(
        cast("RestClient", rest), cast("Any", FakeReader()), cast("Any", None), cast("Any", None)
    )
    return ActionsClient(context)


def targets(count: int) -> list[dict[str, object]]:
    return [{"targetId": f"00Q{number:012d}AAA"} for number in range(count)]


def test_chunks_of_fifty() -> None:
    rest = FakeRest()
    answer = client(rest).run_action(PAUSE.name, targets(120))
    assert rest.sizes == [50, 50, 20]
    assert answer.outcomes == (ActionOutcome(ok=True),) * 120
    assert not answer.mixed


def test_the_same_target_never_twice_in_a_chunk() -> None:
    one = {"targetId": "00Q000000000001"}
    assert next_chunk([0, 1, 2], [one, {"TargetID": "00Q000000000001AAA"}, {"targetId": "00Q2"}], 50) == [
        0,
        2,
    ]
    assert next_chunk([0, 1], [{}, {}], 50) == [0, 1]
    rest = FakeRest([{"isSuccess": True}], [{"isSuccess": False, "errors": []}])
    answer = client(rest).run_action(PAUSE.name, [one, one])
    assert [outcome.ok for outcome in answer.outcomes] == [True, False]


def test_a_mixed_answer_shrinks_the_next_chunks() -> None:
    mixed = [{"isSuccess": True}] * 49 + [{"isSuccess": False, "errors": [{"message": "no"}]}]
    rest = FakeRest(mixed)
    actions = client(rest)
    answer = actions.run_action(PAUSE.name, targets(100))
    assert rest.sizes == [50, 25, 25]
    assert answer.mixed
    assert answer.outcomes[49].message == "no"


def test_too_large_is_halved_because_nothing_was_executed() -> None:
    rest = FakeRest(OrgRefused(server_code="HTTP 413"), OrgRefused(server_code="HTTP 413"))
    answer = client(rest).run_action(PAUSE.name, targets(40))
    assert rest.sizes[:3] == [40, 20, 10]
    assert len(answer.outcomes) == 40


def test_doubt_is_not_repeated() -> None:
    rest = FakeRest(AnswerLost())
    with pytest.raises(AnswerLost):
        client(rest).run_action(PAUSE.name, targets(2))
    assert rest.sizes == [2]


def test_a_later_refusal_leaves_the_earlier_chunks_in_doubt() -> None:
    rest = FakeRest(None, OrgRefused())
    with pytest.raises(OrgRefused) as caught:
        client(rest).run_action(PAUSE.name, targets(60))
    assert caught.value.executed is Executed.UNKNOWN


def test_another_number_of_answers_is_unreadable() -> None:
    with pytest.raises(AnswerUnreadable) as caught:
        client(FakeRest([{"isSuccess": True}])).run_action(PAUSE.name, targets(2))
    assert caught.value.executed is Executed.UNKNOWN


def test_what_cannot_be_used_says_why() -> None:
    with pytest.raises(NotAvailable, match="moonPhase"):
        client(FakeRest()).run_action("blocked", [])
    with pytest.raises(NotAvailable, match="does not offer"):
        client(FakeRest()).run_action("absent", [])
    with pytest.raises(BadValue):
        client(FakeRest()).run_action(PAUSE.name, [{}])


@pytest.mark.parametrize(
    ("item", "outcome"),
    [
        ({"isSuccess": True}, ActionOutcome(ok=True)),
        (
            {"isSuccess": True, "errors": None, "outputValues": {"output": 1}},
            ActionOutcome(ok=True, outputs={"output": 1}),
        ),
        (
            {
                "isSuccess": False,
                "errors": [{"statusCode": "UNKNOWN_EXCEPTION", "message": "bad"}, {"message": "worse"}],
                "outputValues": {"error": "bad"},
            },
            ActionOutcome(ok=False, code="UNKNOWN_EXCEPTION", message="bad\nworse", outputs={"error": "bad"}),
        ),
        (
            {"isSuccess": False, "errors": None, "outputValues": {"error": "bad"}},
            ActionOutcome(ok=False, message="bad", outputs={"error": "bad"}),
        ),
        ({"isSuccess": False}, ActionOutcome(ok=False)),
    ],
)
def test_elements(item: dict[str, Any], outcome: ActionOutcome) -> None:
    assert parse_outcome(item) == outcome
