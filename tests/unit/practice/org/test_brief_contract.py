"""The contract of the brief: its enrollment inputs and its step completion that logs the call."""

from __future__ import annotations

from typing import Any

import pytest

from cadence_desk.practice.org.actions.texts import TEXTS


@pytest.fixture
def brief(stage: Any) -> Any:
    stage.org.settings.patch({"contract": "brief"})
    return stage


def _enroll(brief: Any, **more: Any) -> Any:
    inputs = {"sObjectName": "Lead", "targetId": brief.lead(), "cadenceName": "Inbound Follow-Up"} | more
    result = brief.act("assignTargetToSalesCadence", **inputs)
    brief.jump()
    return result if not result.is_success else brief.newest(inputs["targetId"])


def _complete(brief: Any, step: dict[str, Any], **more: Any) -> Any:
    result = brief.act("completeActionCadenceStep", ActionCadenceStepTrackerId=step["Id"], **more)
    brief.jump()
    return result


def test_it_lists_one_more_action_and_other_inputs(brief: Any) -> None:
    actions = brief.org.describe_actions(brief.user)
    assert len(actions) == 9
    assert [one.name for one in actions[0].inputs] == ["sObjectName", "targetId", "cadenceName", "userId"]
    assert [one.name for one in actions[-1].inputs] == [
        "ActionCadenceStepTrackerId",
        "callResult",
        "callDisposition",
        "notes",
        "callDurationInSeconds",
    ]


def test_completing_logs_the_call_on_the_steps_own_task(brief: Any) -> None:
    tracker = _enroll(brief)
    step = brief.step(tracker)
    given = {"callDisposition": "Left Voicemail", "notes": "Nobody there.", "callDurationInSeconds": "31"}
    assert _complete(brief, step, callResult="Voicemail", **given).is_success
    task = brief.task(step)
    assert (task["CallDisposition"], task["Description"], task["CallDurationInSeconds"]) == (
        "Left Voicemail",
        "Nobody there.",
        31,
    )
    assert (task["IsClosed"], brief.step(tracker)["StepType"]) == (1, "Wait")


def test_without_a_task_it_makes_one(brief: Any) -> None:
    brief.org.settings.task_logging = False
    step = brief.step(_enroll(brief))
    assert _complete(brief, step, callResult="Meaningful Connect").is_success
    task = brief.task(step)
    assert (task["CallDisposition"], task["TaskSubtype"], task["IsClosed"]) == (
        "Meaningful Connect",
        "Call",
        1,
    )


def test_the_outcome_decides_the_branch(brief: Any) -> None:
    tracker = _enroll(brief)
    brief.finish(brief.step(tracker))
    brief.jump(86_400_000)
    _complete(brief, brief.step(tracker), callDisposition="Not Interested")
    assert brief.step(tracker)["StepTitle"] == "Close out politely"


def test_closing_tasks_may_complete_steps_too(brief: Any) -> None:
    brief.org.settings.complete_step_on_task_close = True
    tracker = _enroll(brief)
    assert _complete(brief, brief.step(tracker), callDisposition="Left Voicemail").is_success
    assert brief.step(tracker)["StepType"] == "Wait"


def test_what_it_refuses(brief: Any) -> None:
    assert _enroll(brief, sObjectName="Contact").errors[0].message == TEXTS["OBJECT_NAME_WRONG"]
    assert _enroll(brief, cadenceName="Nope").errors[0].message == TEXTS["CADENCE_NAME_UNKNOWN"]
    assert _enroll(brief, salesCadenceNameOrId="x").errors[0].status_code == "INVALID_API_INPUT"
    step = brief.step(_enroll(brief))
    assert _complete(brief, step).is_success
    assert _complete(brief, step).errors[0].message == TEXTS["STEP_NOT_ACTIVE"]


def test_the_documented_step_event_works_as_well(brief: Any) -> None:
    tracker = _enroll(brief)
    assert brief.finish(brief.step(tracker)).is_success
