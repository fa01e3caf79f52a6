"""The client runs actions under both contracts and logs calls; against practice orgs."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from cadence_desk.domain.errors import AnswerLost, Executed, NotAvailable, OrgBusy, OrgRefused
from cadence_desk.domain.ports import PeopleScope
from tests.contract.client_org import Client, PracticeProcess, connect, running

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cadence_desk.domain.cadences import Cadence
    from cadence_desk.domain.ports import OrgGateway
    from cadence_desk.domain.record_ids import RecordId
    from cadence_desk.domain.trackers import StepTracker

pytestmark = pytest.mark.whole

ASSIGN = "assignTargetToSalesCadence"


@pytest.fixture(scope="module", params=["documented", "brief"])
def practice(request: pytest.FixtureRequest) -> Iterator[PracticeProcess]:
    for practice in running("--people", "300", "--seed", "11", "--contract", request.param):
        practice.control("/settings", {"colleagues": False})
        yield practice


@pytest.fixture(scope="module")
def client(practice: PracticeProcess) -> Client:
    return connect(practice)


@pytest.fixture(scope="module")
def gateway(client: Client) -> OrgGateway:
    return client.org.gateway


@pytest.fixture(scope="module")
def cadence(gateway: OrgGateway) -> Cadence:
    return next(c for c in gateway.cadences() if c.is_active and "MakeACall" in c.step_types())


@pytest.fixture
def free(gateway: OrgGateway) -> list[RecordId]:
    """People who are in no cadence."""
    people = [person.id for page in gateway.people_pages(PeopleScope.ALL) for person in page]
    taken = {tracker.target_id for tracker in gateway.trackers_of(people, active_only=True)}
    return [each for each in people if each not in taken]


def wish(gateway: OrgGateway, cadence: Cadence, target: str) -> dict[str, Any]:
    return {"salesCadenceNameOrId": cadence.id, "targetId": target, "userId": gateway.identity().user_id}


def call_step(gateway: OrgGateway) -> StepTracker:
    steps = [step for page in gateway.step_pages(open_only=True) for step in page]
    return next(step for step in steps if step.type == "MakeACall" and step.state == "Active")


def test_enrolling_and_the_second_time(gateway: OrgGateway, cadence: Cadence, free: list[RecordId]) -> None:
    inputs = [wish(gateway, cadence, target) for target in free[:3]]

    first = gateway.run_action(ASSIGN, inputs)
    second = gateway.run_action(ASSIGN, [*inputs, wish(gateway, cadence, free[3])])

    assert [outcome.ok for outcome in first.outcomes] == [True, True, True]
    assert first.server_date is not None
    assert [outcome.ok for outcome in second.outcomes] == [False, False, False, True]
    assert second.mixed
    assert second.outcomes[0].message
    trackers = gateway.trackers_of(free[:4], active_only=True)
    assert {tracker.cadence_id for tracker in trackers} == {cadence.id}
    assert len(trackers) == 4


def test_many_go_in_chunks(gateway: OrgGateway, cadence: Cadence, free: list[RecordId]) -> None:
    targets = free[10:100]
    before = gateway.usage().by_purpose.get(f"action {ASSIGN}", 0)

    answer = gateway.run_action(ASSIGN, [wish(gateway, cadence, target) for target in targets])

    assert all(outcome.ok for outcome in answer.outcomes)
    assert len(answer.outcomes) == len(targets)
    assert gateway.usage().by_purpose[f"action {ASSIGN}"] - before >= 2


def test_other_actions(gateway: OrgGateway, cadence: Cadence, free: list[RecordId]) -> None:
    gateway.run_action(ASSIGN, [wish(gateway, cadence, free[0])])
    tracker = gateway.trackers_of([free[0]], active_only=True)[0]
    someone = next(rep for rep in gateway.reps() if rep.can_work and rep.id != tracker.owner_id)

    for name, given in (
        ("changeSalesCadenceTargetAssignee", {"targetId": free[0], "userId": someone.id}),
        ("pauseSalesCadenceTracker", {"targetId": free[0]}),
        ("resumeSalesCadenceTracker", {"targetId": free[0]}),
        (
            "modifyCadenceTrackerAttributes",
            {"actionCadenceTrackerId": tracker.id, "completionDisposition": "Success"},
        ),
        (
            "removeTargetFromSalesCadence",
            {"actionCadenceTrackerId": tracker.id, "completionReasonCode": "ManuallyRemoved"},
        ),
    ):
        answer = gateway.run_action(name, [given])
        assert answer.outcomes[0].ok, (name, answer)

    gone = gateway.read_trackers([tracker.id])[0]
    assert not gone.is_active
    assert gone.owner_id == someone.id
    assert gone.completion_disposition == "Success"


def test_logging_a_call_completes_the_step(gateway: OrgGateway) -> None:
    step = call_step(gateway)
    result = gateway.call_results()[0].text
    if gateway.capabilities().offers("completeActionCadenceStep"):
        given = {
            "ActionCadenceStepTrackerId": step.id,
            "callResult": result,
            "callDisposition": result,
            "notes": "Said yes",
            "callDurationInSeconds": 61,
        }
        answer = gateway.run_action("completeActionCadenceStep", [given])
    else:
        closed = next(status.value for status in gateway.task_statuses() if status.is_closed)
        task = gateway.tasks_of_step(step.id)[0]
        gateway.update_step_task(
            step.id,
            task.id,
            {
                "Status": closed,
                "CallDisposition": result,
                "Description": "Said yes",
                "CallDurationInSeconds": 61,
                "TaskSubtype": "Call",
            },
        )
        written = gateway.read_task(task.id)
        assert written is not None
        assert (written.is_closed, written.call_result, written.notes) == (True, result, "Said yes")
        given = {"recordId": step.id, "eventType": "ManualComplete"}
        answer = gateway.run_action("sendSalesCadenceEvent", [given])

    assert answer.outcomes[0].ok, answer
    assert gateway.read_steps([step.id])[0].state == "Completed"


def test_a_task_under_a_key_is_made_once(gateway: OrgGateway, free: list[RecordId]) -> None:
    since = gateway.server_now() - timedelta(minutes=1)
    values = {
        "WhoId": free[0],
        "Subject": "Call",
        "Status": "Completed",
        "TaskSubtype": "Call",
        "CompletedDateTime": "2026-01-01T00:00:00Z",
    }

    first = gateway.create_task(values, "op-1")
    second = gateway.create_task(values, "op-1")

    assert first == second
    found = gateway.find_task("op-1", free[0], since)
    assert found is not None
    assert (found.id, found.subject, found.op_key) == (first, "Call", "op-1")
    assert gateway.find_task("op-2", free[0], since) is None


def test_a_task_is_deleted_and_a_missing_one_is_refused_by_name(
    gateway: OrgGateway, free: list[RecordId]
) -> None:
    made = gateway.create_task({"WhoId": free[1], "Subject": "Call", "Status": "Completed"}, "op-deleted")
    gateway.delete_task(made)
    assert gateway.read_task(made) is None
    with pytest.raises((NotAvailable, OrgRefused)) as told:
        gateway.delete_task(made)
    assert told.value.server_code in {"ENTITY_IS_DELETED", "NOT_FOUND"}
    assert told.value.executed is Executed.NO


def test_without_the_key_field_a_marker_is_found(practice: PracticeProcess, free: list[RecordId]) -> None:
    practice.control("/settings", {"hidden_fields": ["Task.CD_Op_Id__c"]})
    try:
        gateway = connect(practice).org.gateway
        since = gateway.server_now() - timedelta(minutes=1)
        made = gateway.create_task({"WhoId": free[0], "Subject": "Call", "Status": "Completed"}, "op-9")
        found = gateway.find_task("op-9", free[0], since)
    finally:
        practice.control("/settings", {"hidden_fields": []})
    assert found is not None
    assert (found.id, found.op_key) == (made, "op-9")


def test_an_input_the_org_does_not_take_is_refused(practice: PracticeProcess, gateway: OrgGateway) -> None:
    with pytest.raises(NotAvailable, match="eventType"):
        gateway.run_action(ASSIGN, [{"salesCadenceNameOrId": "X", "targetId": "00Q", "eventType": "Skip"}])
    with pytest.raises(NotAvailable, match="noSuchAction"):
        gateway.run_action("noSuchAction", [])


@pytest.mark.parametrize(
    ("fate", "error", "executed"),
    [
        ({"fate": "commit_then_drop"}, AnswerLost, Executed.UNKNOWN),
        ({"fate": "drop_before_commit"}, AnswerLost, Executed.UNKNOWN),
        ({"fate": "reset", "commit": True}, AnswerLost, Executed.UNKNOWN),
        ({"fate": "truncate", "count": 5}, AnswerLost, Executed.UNKNOWN),
        ({"fate": "status", "status": 503}, OrgBusy, Executed.UNKNOWN),
        (
            {
                "fate": "status",
                "status": 503,
                "body": "<html>later</html>",
                "headers": {"Content-Type": "text/html"},
            },
            AnswerLost,
            Executed.UNKNOWN,
        ),
        (
            {
                "fate": "status",
                "status": 403,
                "body": '[{"errorCode": "REQUEST_LIMIT_EXCEEDED", "message": "TotalRequests Limit exceeded."}]',
            },
            OrgBusy,
            Executed.NO,
        ),
    ],
)
def test_doubt_is_told(
    practice: PracticeProcess,
    gateway: OrgGateway,
    fate: dict[str, Any],
    error: type[Exception],
    executed: Executed,
) -> None:
    step = call_step(gateway)
    practice.control("/fates", {**fate, "match": {"purpose": "action", "method": "POST"}})

    with pytest.raises(error) as caught:
        gateway.run_action("sendSalesCadenceEvent", [{"recordId": step.id, "eventType": "Skip"}])

    assert caught.value.executed is executed  # type: ignore[attr-defined]


def test_a_read_that_was_lost_is_read_again(practice: PracticeProcess, gateway: OrgGateway) -> None:
    practice.control("/fates", {"fate": "drop_before_commit", "match": {"purpose": "query"}})

    assert gateway.task_statuses(anew=True)


def test_an_ended_token_does_not_cost_the_write(practice: PracticeProcess, gateway: OrgGateway) -> None:
    step = call_step(gateway)
    practice.control("/tokens", {"action": "expire"})

    answer = gateway.run_action("sendSalesCadenceEvent", [{"recordId": step.id, "eventType": "Skip"}])

    assert answer.outcomes[0].ok
