"""What each kind finds, sends and sees again, beyond what whole days show."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from cadence_desk.domain.calls import TaskStatus
from cadence_desk.domain.errors import OrgRefused
from cadence_desk.domain.operations import Kind, Operation, OperationState
from cadence_desk.domain.ports import ActionAnswer, ActionOutcome
from cadence_desk.sync.kinds.kind import Finding, number_of, sent_parts, text_of
from cadence_desk.sync.kinds.registry import KINDS
from tests.engine.fates import Fate
from tests.engine.model_org import ModelOrg
from tests.engine.model_world import CADENCE, ModelWorld, cadence, lead
from tests.engine.virtual_time import SteeredClock
from tests.unit.store.desk_files import operation

if TYPE_CHECKING:
    from cadence_desk.domain.trackers import Tracker

ANNA = lead(1)


@pytest.fixture
def org() -> ModelOrg:
    world = ModelWorld(SteeredClock())
    world.cadences[CADENCE] = cadence(CADENCE, "One", "Call", "Call again")
    world.add_lead(1)
    world.enroll(ANNA, CADENCE)
    return ModelOrg(world, contract="brief")


def run_of(org: ModelOrg) -> Tracker:
    (one,) = org.world.active(ANNA)
    return one


def asked(kind: Kind, subject: str = "", **values: Any) -> Operation:
    given = {
        "state": OperationState.QUEUED,
        "target_id": ANNA,
        "cadence_id": CADENCE,
        "subject_id": subject,
        **values,
    }
    return operation("01a0-op", kind=kind, **given)


def call(**values: Any) -> Operation:
    payload = {
        "result": "Connected",
        "notes": "Hello  there\r\n",
        "duration": 5,
        "day": "2026-07-01",
        "subject": "Call",
    }
    return asked(Kind.LOG_CALL, payload={**payload, **values.pop("more", {})}, **values)


# ---------------------------------------------------------------- calls


def test_a_note_is_the_same_when_a_reader_sees_the_same(org: ModelOrg) -> None:
    kind = KINDS[Kind.LOG_CALL]
    (sent,) = kind.send(org, [call()])
    task = org.world.tasks[sent.server_id]
    org.world.put_task(replace(task, notes="Hello there"))
    assert kind.verify(org, call(server_id=sent.server_id)).finding is Finding.PRESENT
    org.world.put_task(replace(task, notes="Somebody else's words"))
    assert kind.verify(org, call(server_id=sent.server_id)).finding is Finding.AMBIGUOUS
    org.world.delete("Task", task.id)
    assert kind.verify(org, call(server_id=sent.server_id)).finding is Finding.ABSENT


def test_a_task_under_our_key_is_never_written_over(org: ModelOrg) -> None:
    kind = KINDS[Kind.LOG_CALL]
    (sent,) = kind.send(org, [call()])
    org.world.put_task(replace(org.world.tasks[sent.server_id], notes="edited by a colleague"))
    assert kind.prepare(org, call(attempt=1)).done


def test_the_steps_own_task_that_a_colleague_closed_is_left_to_a_person(org: ModelOrg) -> None:
    org.world.makes_step_tasks = True
    org.world.finish_step(run_of(org).current_step_id, "x")
    step = run_of(org).current_step_id
    kind = KINDS[Kind.LOG_CALL]
    prepared = kind.prepare(org, call(more={"step_id": step}))
    ours = call(more={"step_id": step}, evidence=prepared.evidence, attempt=1)
    assert kind.verify(org, ours).finding is Finding.ABSENT
    assert kind.may_resend_at_once(ours, keyed=False)
    task = org.world.tasks[str(prepared.evidence["task_id"])]
    org.world.put_task(replace(task, is_closed=True, call_result="No answer"))
    assert kind.verify(org, ours).finding is Finding.AMBIGUOUS
    for again in (call(more={"step_id": step}), ours):
        fresh = kind.prepare(org, again)
        assert not fresh.done
        assert not fresh.evidence["task_id"], "a colleague's call is not written over"


def test_an_org_without_a_closed_status_is_told(org: ModelOrg, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(org, "task_statuses", lambda **_: [TaskStatus("Open", is_closed=False)])
    with pytest.raises(OrgRefused, match="no closed task status"):
        KINDS[Kind.LOG_CALL].send(org, [call()])


def test_the_orgs_default_closed_status_is_used(org: ModelOrg, monkeypatch: pytest.MonkeyPatch) -> None:
    statuses = [
        TaskStatus("Completado", is_closed=True),
        TaskStatus("Completed", is_closed=True, is_default=True),
    ]
    monkeypatch.setattr(org, "task_statuses", lambda **_: statuses)
    (sent,) = KINDS[Kind.LOG_CALL].send(org, [call()])
    assert org.world.tasks[sent.server_id].status == "Completed"


def test_refusals_are_parts_of_an_answer(org: ModelOrg) -> None:
    for kind in (Kind.LOG_CALL, Kind.ADD_TASK):
        org.fates.append(Fate.REFUSED)
        (sent,) = KINDS[kind].send(org, [replace(call(), kind=kind)])
        assert (sent.ok, sent.message) == (False, "No calls on Sundays.")


def test_the_briefs_action_is_checked_against_step_and_task(org: ModelOrg) -> None:
    kind, step = KINDS[Kind.COMPLETE_CALL], run_of(org).current_step_id
    ours = replace(call(subject_id=step), kind=Kind.COMPLETE_CALL)
    assert kind.verify(org, ours).finding is Finding.ABSENT
    assert not kind.prepare(org, ours).refusal
    kind.send(org, [ours])
    found = kind.verify(org, ours)
    assert (found.finding, found.evidence["next"]) == (Finding.PRESENT, "Call again")
    assert kind.prepare(org, ours).refusal_code == "STEP_CLOSED"
    other = replace(ours, payload={**ours.payload, "notes": "other words"})
    assert kind.verify(org, other).finding is Finding.AMBIGUOUS
    org.world.delete("ActionCadenceStepTracker", step)
    assert kind.verify(org, ours).finding is Finding.AMBIGUOUS
    assert kind.prepare(org, ours).refusal_code == "NOT_FOUND"


def test_a_follow_up_is_found_under_its_key(org: ModelOrg) -> None:
    kind = KINDS[Kind.ADD_TASK]
    ours = asked(Kind.ADD_TASK, payload={"subject": "Offer", "due": "2026-07-02"})
    assert not kind.prepare(org, ours).done
    (sent,) = kind.send(org, [ours])
    tried = replace(ours, attempt=1)
    assert kind.prepare(org, tried).done
    assert kind.verify(org, tried).evidence == {"task_id": sent.server_id}
    assert kind.may_resend_at_once(ours, keyed=True)
    assert not kind.may_resend_at_once(ours, keyed=False)


# ---------------------------------------------------------------- runs and steps


@pytest.mark.parametrize("kind", [Kind.PAUSE, Kind.RESUME, Kind.CHANGE_ASSIGNEE])
def test_a_run_that_is_over_is_refused_and_one_that_ends_is_for_a_person(kind: Kind, org: ModelOrg) -> None:
    one = run_of(org)
    org.world.change_tracker(one.id, state="Error")
    ours = asked(kind, one.id, payload={"assignee_id": "x"})
    assert KINDS[kind].prepare(org, ours).refusal_code == "ALREADY_ENDED"
    assert KINDS[kind].verify(org, ours).finding is Finding.AMBIGUOUS
    org.world.delete("ActionCadenceTracker", one.id)
    assert KINDS[kind].prepare(org, ours).refusal_code == "NOT_FOUND"
    assert KINDS[kind].verify(org, ours).finding is Finding.AMBIGUOUS


@pytest.mark.parametrize(
    ("kind", "state", "done"),
    [
        (Kind.PAUSE, "Paused", True), (Kind.PAUSE, "Processing", False), (Kind.RESUME, "Paused", False),
        (Kind.RESUME, "Running", True), (Kind.RESUME, "Initializing", True),
    ],
)  # fmt: skip
def test_what_counts_as_paused_and_resumed(*, kind: Kind, state: str, done: bool, org: ModelOrg) -> None:
    one = org.world.change_tracker(run_of(org).id, state=state)
    assert KINDS[kind].prepare(org, asked(kind, one.id)).done is done
    found = KINDS[kind].verify(org, asked(kind, one.id)).finding
    assert found is (Finding.PRESENT if done else Finding.ABSENT)


def test_removing_what_is_gone_is_done_and_a_disposition_may_follow_the_end(org: ModelOrg) -> None:
    one = run_of(org)
    removal, disposition = (
        asked(Kind.REMOVE, one.id),
        asked(Kind.SET_DISPOSITION, one.id, payload={"disposition": "x"}),
    )
    assert KINDS[Kind.REMOVE].verify(org, removal).finding is Finding.ABSENT
    org.world.change_tracker(one.id, state="Complete")
    assert KINDS[Kind.REMOVE].prepare(org, removal).done
    assert not KINDS[Kind.SET_DISPOSITION].prepare(org, disposition).refusal
    assert KINDS[Kind.SET_DISPOSITION].verify(org, disposition).finding is Finding.ABSENT
    org.world.delete("ActionCadenceTracker", one.id)
    assert KINDS[Kind.REMOVE].verify(org, removal).finding is Finding.PRESENT
    assert KINDS[Kind.REMOVE].prepare(org, removal).refusal_code == "NOT_FOUND"
    assert KINDS[Kind.SET_DISPOSITION].verify(org, disposition).finding is Finding.AMBIGUOUS
    assert KINDS[Kind.SET_DISPOSITION].may_resend_at_once(disposition, keyed=False)


def test_a_step_tells_where_the_target_went(org: ModelOrg) -> None:
    kind = KINDS[Kind.COMPLETE_STEP]
    first = run_of(org).current_step_id
    assert kind.verify(org, asked(Kind.COMPLETE_STEP, first)).finding is Finding.ABSENT
    org.world.finish_step(first, "x")
    assert kind.prepare(org, asked(Kind.COMPLETE_STEP, first)).evidence["next"] == "Call again"
    org.world.finish_step(run_of(org).current_step_id, "x")
    last = kind.verify(org, asked(Kind.COMPLETE_STEP, first))
    assert last.evidence["next"] == "the run ended: NoMoreSteps"
    assert not kind.may_resend_at_once(asked(Kind.COMPLETE_STEP, first), keyed=True)
    org.world.trackers.clear()
    assert "next" not in kind.verify(org, asked(Kind.COMPLETE_STEP, first)).evidence
    org.world.steps.clear()
    assert kind.verify(org, asked(Kind.COMPLETE_STEP, first)).finding is Finding.AMBIGUOUS
    assert kind.prepare(org, asked(Kind.SKIP_STEP, first)).refusal_code == "NOT_FOUND"


def test_parts_of_an_answer_keep_code_and_words() -> None:
    mixed = ActionAnswer((ActionOutcome(ok=True), ActionOutcome(ok=False, code="X", message="no")))
    first, second = sent_parts(mixed)
    assert (first.ok, first.rolled_back_maybe) == (True, True)
    assert (second.ok, second.code, second.message, second.rolled_back_maybe) == (False, "X", "no", False)
    assert not sent_parts(ActionAnswer((ActionOutcome(ok=True),)))[0].rolled_back_maybe


def test_payloads_are_read_without_guessing() -> None:
    odd = asked(Kind.LOG_CALL, payload={"a": None, "b": 7, "c": "7"})
    assert (text_of(odd, "a"), text_of(odd, "b"), text_of(odd, "z")) == ("", "7", "")
    assert (number_of(odd, "b"), number_of(odd, "c"), number_of(odd, "z")) == (7, 0, 0)
