"""Several reads, and finding, writing and looking after a step's task, cost one call where the org takes composites."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from cadence_desk.domain.errors import AnswerLost, AnswerUnreadable, Executed, NotAllowed, OrgRefused
from cadence_desk.domain.lookups import LookUp
from cadence_desk.domain.record_ids import RecordId
from tests.contract.client_org import Client, PracticeProcess, connect, running

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cadence_desk.domain.trackers import StepTracker
    from cadence_desk.salesforce.gateway import SalesforceGateway

pytestmark = pytest.mark.whole
COMPOSITE = {"purpose": "composite"}


@pytest.fixture(scope="module")
def practice() -> Iterator[PracticeProcess]:
    for practice in running("--people", "300", "--seed", "11"):
        practice.control("/settings", {"colleagues": False})
        yield practice


@pytest.fixture(scope="module")
def client(practice: PracticeProcess) -> Client:
    return connect(practice)


@pytest.fixture
def gateway(client: Client) -> SalesforceGateway:
    gateway: Any = client.org.gateway
    gateway._org.rest.composites.taken = True
    gateway.capabilities()
    return gateway  # type: ignore[no-any-return]


@pytest.fixture
def step(gateway: SalesforceGateway) -> StepTracker:
    """A call step whose task is open."""
    steps = [one for page in gateway.step_pages(open_only=True) for one in page if one.type == "MakeACall"]
    tasks = gateway.look_up(LookUp(tasks_of_steps=tuple(one.id for one in steps))).tasks_of_steps or ()
    still_open = {task.step_tracker_id for task in tasks if not task.is_closed}
    return next(one for one in steps if one.state == "Active" and one.id in still_open)


def asked(practice: PracticeProcess, after: int) -> list[str]:
    """Return the last words of the addresses that were asked for since then."""
    entries = [one for one in practice.history(after) if one["kind"] == "invocation"]
    return [one["path"].rpartition("/")[2] for one in entries]


def now(practice: PracticeProcess) -> int:
    history = practice.history()
    return int(history[-1]["n"]) if history else 0


def values(gateway: SalesforceGateway, notes: str) -> dict[str, object]:
    closed = next(one.value for one in gateway.task_statuses() if one.is_closed)
    return {"Status": closed, "Description": notes, "CallDurationInSeconds": 61}


@pytest.mark.parametrize("composites", [True, False], ids=["one call", "one by one"])
def test_a_look_up_finds_what_single_reads_find(
    composites: bool, practice: PracticeProcess, gateway: SalesforceGateway, step: StepTracker
) -> None:
    gateway._org.rest.composites.taken = composites
    target = RecordId(step.target_id)
    wanted = LookUp(
        tasks_of_steps=(step.id,), steps=(step.id,), trackers=(step.tracker_id,), targets=(target,)
    )
    at = now(practice)
    found = gateway.look_up(wanted)
    assert len(asked(practice, at)) == (1 if composites else 4)
    assert found.tasks_of_steps == gateway.tasks_of_step(step.id)
    assert found.steps == gateway.read_steps([step.id])
    assert found.trackers == gateway.read_trackers([step.tracker_id])
    assert found.targets == gateway.trackers_of(list(wanted.targets), active_only=False)
    assert found.tasks is None
    assert gateway.expects_step_tasks is composites


@pytest.mark.parametrize("composites", [True, False], ids=["one call", "one by one"])
@pytest.mark.parametrize("damage", [{"Id": "none"}, {"OwnerId": "?"}, None], ids=["id", "field", "no row"])
def test_an_odd_row_spoils_its_own_list_only(
    composites: bool, damage: Any, gateway: SalesforceGateway, step: StepTracker, monkeypatch: Any
) -> None:
    rest = gateway._org.rest
    rest.composites.taken = composites
    pages_from = rest.pages_from

    def damaged(page: Any, purpose: str) -> Iterator[Any]:
        for rows in pages_from(page, purpose):
            ours = rows and rows[0]["attributes"]["type"] == "Task"
            if ours and damage is None:
                raise AnswerUnreadable
            yield [row | damage for row in rows] if ours else rows

    monkeypatch.setattr(rest, "pages_from", damaged)
    found = gateway.look_up(LookUp(tasks_of_steps=(step.id,), steps=(step.id,)))
    assert found.tasks_of_steps is None, "whoever wants them asks by itself"
    assert found.steps is not None
    assert [one.id for one in found.steps] == [step.id]
    with pytest.raises(AnswerUnreadable):
        gateway.tasks_of_step(step.id)


def test_an_answer_of_several_that_cannot_be_read_is_asked_for_one_by_one(
    practice: PracticeProcess, gateway: SalesforceGateway, step: StepTracker
) -> None:
    practice.control("/fates", {"fate": "status", "status": 200, "body": "<html>", "match": COMPOSITE})
    found = gateway.look_up(LookUp(tasks_of_steps=(step.id,), steps=(step.id,)))
    assert found.steps == gateway.read_steps([step.id])
    assert found.tasks_of_steps == gateway.tasks_of_step(step.id)
    assert gateway._org.rest.composites.taken


@pytest.mark.parametrize("composites", [True, False], ids=["one call", "one by one"])
def test_the_steps_task_is_found_and_written(
    composites: bool, practice: PracticeProcess, gateway: SalesforceGateway, step: StepTracker
) -> None:
    gateway._org.rest.composites.taken = composites
    told, at = values(gateway, f"found {composites}"), now(practice)
    written = gateway.update_step_task(step.id, None, told)
    assert asked(practice, at)[:1] == (["composite"] if composites else ["query"])
    assert len(asked(practice, at)) == (1 if composites else 2)
    (task,) = gateway.tasks_of_step(step.id)
    assert (written.step_id, written.task_id) == (step.id, task.id)
    assert (task.is_closed, task.notes) == (True, f"found {composites}")
    assert (written.step is not None) is composites
    again = gateway.update_step_task(step.id, None, values(gateway, "a second time"))
    assert again.task_id == "", "a closed task is not written again"
    assert gateway.tasks_of_step(step.id) == [task]


def test_what_the_org_refuses_of_a_part_is_refused(gateway: SalesforceGateway, step: StepTracker) -> None:
    with pytest.raises(OrgRefused) as told:
        gateway.update_step_task(step.id, None, {"Status": "No such status", "Description": "x" * 40_000})
    assert told.value.executed is Executed.NO
    assert not gateway.tasks_of_step(step.id)[0].is_closed


def test_a_lost_answer_may_have_been_carried_out(
    practice: PracticeProcess, gateway: SalesforceGateway, step: StepTracker
) -> None:
    practice.control("/fates", {"fate": "commit_then_drop", "match": COMPOSITE})
    with pytest.raises(AnswerLost) as told:
        gateway.update_step_task(step.id, None, values(gateway, "lost"))
    assert told.value.executed is Executed.UNKNOWN
    assert gateway.tasks_of_step(step.id)[0].notes == "lost"


def test_an_org_that_takes_no_composites_is_asked_one_by_one(
    practice: PracticeProcess, gateway: SalesforceGateway, step: StepTracker
) -> None:
    refusal = json.dumps([{"errorCode": "NOT_FOUND", "message": "no such resource"}])
    practice.control("/fates", {"fate": "status", "status": 404, "body": refusal, "match": COMPOSITE})
    written = gateway.update_step_task(step.id, None, values(gateway, "plain"))
    assert gateway.read_task(written.task_id).notes == "plain"  # type: ignore[arg-type, union-attr]
    assert not gateway._org.rest.composites.taken
    assert not gateway.expects_step_tasks


def test_a_composite_that_is_forbidden_wrote_nothing(
    practice: PracticeProcess, gateway: SalesforceGateway, step: StepTracker
) -> None:
    refusal = json.dumps([{"errorCode": "FORBIDDEN", "message": "no"}])
    practice.control("/fates", {"fate": "status", "status": 403, "body": refusal, "match": COMPOSITE})
    with pytest.raises(NotAllowed) as told:
        gateway.update_step_task(step.id, None, values(gateway, "forbidden"))
    assert told.value.executed is Executed.NO


def test_statuses_are_remembered(practice: PracticeProcess, gateway: SalesforceGateway) -> None:
    known, at = gateway.task_statuses(anew=True), now(practice)
    assert gateway.task_statuses() == known
    assert asked(practice, at) == []
