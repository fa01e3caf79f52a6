"""Simulated email: sending, what keeps it from being sent, what readers do, listeners and exits."""

from __future__ import annotations

from typing import Any

import pytest

from cadence_desk.practice.org.seeding.plans import CadencePlan, StepPlan

MINUTE = 60_000
DAY = 86_400_000


def _engage(stage: Any, step: dict[str, Any], event: str) -> None:
    with stage.org.transaction(stage.org.cast.automated) as work:
        stage.org.engine.emails.engage(work, step["Id"], event)
    stage.jump()


def _sent(stage: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """Enroll someone whose email goes out, and forget what chance has planned for its reader."""
    tracker = stage.enroll("Nurture by Email")
    email = stage.step(tracker)
    assert (email["StepType"], email["State"]) == ("AutoSendAnEmail", "Queued")
    stage.jump(5 * MINUTE)
    stage.org.engine.timers.cancel(email["Id"])
    assert stage.org.store.read("ActionCadenceStepTracker", email["Id"])["State"] == "Completed"
    return tracker, email


def test_an_automated_email_goes_out_by_itself(stage: Any) -> None:
    tracker, email = _sent(stage)
    done = stage.org.store.read("ActionCadenceStepTracker", email["Id"])
    assert done["CompletionReason"] == "AutomaticallyCompleted"
    assert stage.step(tracker)["StepType"] == "ListenerBranch"
    assert stage.org.store.read("Lead", tracker["TargetId"])["FirstEmailDateTime"] is not None


@pytest.mark.parametrize(
    ("event", "title"), [("EmailOpen", "Send the checklist"), ("EmailLinkClick", "Offer a talk")]
)
def test_a_listener_goes_on_when_it_hears_something(stage: Any, event: str, title: str) -> None:
    tracker, email = _sent(stage)
    _engage(stage, email, event)
    assert stage.step(tracker)["StepTitle"] == title


def test_a_listener_that_hears_nothing_takes_its_default(stage: Any) -> None:
    tracker, _email = _sent(stage)
    stage.jump(3 * DAY)
    assert stage.step(tracker)["StepTitle"] == "Wait two days"


def test_a_paused_listener_hears_after_the_resume(stage: Any) -> None:
    tracker, email = _sent(stage)
    stage.act("pauseSalesCadenceTracker", targetId=tracker["TargetId"])
    _engage(stage, email, "EmailOpen")
    assert stage.step(tracker)["StepType"] == "ListenerBranch"
    stage.act("resumeSalesCadenceTracker", targetId=tracker["TargetId"])
    stage.jump()
    assert stage.step(tracker)["StepTitle"] == "Send the checklist"


def test_a_reply_ends_the_run(stage: Any) -> None:
    tracker, email = _sent(stage)
    _engage(stage, email, "EmailReply")
    row = stage.tracker(tracker)
    assert (row["State"], row["CompletionReason"]) == ("Complete", "AutomaticallyExited")


def test_a_hard_bounce_marks_the_person(stage: Any) -> None:
    tracker, email = _sent(stage)
    _engage(stage, email, "EmailHardBounce")
    lead = stage.org.store.read("Lead", tracker["TargetId"])
    assert lead["EmailBouncedDate"] is not None
    assert "550" in lead["EmailBouncedReason"]


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"Email": None}, "TARGET_EMAIL_EMPTY"),
        ({"HasOptedOutOfEmail": True}, "TARGET_DO_NOT_CONTACT_ON"),
        ({"EmailBouncedDate": "2026-01-01T00:00:00Z"}, "TARGET_EMAIL_BOUNCED"),
    ],
)
def test_what_keeps_an_email_from_its_reader(stage: Any, fields: dict[str, object], code: str) -> None:
    tracker = stage.enroll("Nurture by Email")
    stage.org.edit("Lead", tracker["TargetId"], fields)
    stage.jump(5 * MINUTE)
    row, step = stage.tracker(tracker), stage.step(tracker)
    assert (row["State"], row["IsTrackerActive"], step["State"], step["ErrorCode"]) == (
        "Error",
        0,
        "Error",
        code,
    )
    assert code in row["ErrorMessage"]


def test_what_keeps_an_email_from_its_sender(stage: Any) -> None:
    rep = stage.org.cast.reps[2]
    tracker = stage.enroll("Nurture by Email", userId=rep)
    stage.org.edit("User", rep, {"IsActive": False})
    stage.jump(5 * MINUTE)
    assert stage.step(tracker)["ErrorCode"] == "USER_IS_INACTIVE"


def test_a_step_in_error_can_be_skipped(stage: Any) -> None:
    tracker = stage.enroll("Nurture by Email")
    stage.org.edit("Lead", tracker["TargetId"], {"Email": None})
    stage.jump(5 * MINUTE)
    assert stage.finish(stage.step(tracker), "Skip").is_success
    row = stage.tracker(tracker)
    assert (row["State"], row["ErrorMessage"]) == ("Running", None)
    assert stage.step(tracker)["StepType"] == "ListenerBranch"


def test_a_step_in_error_stays_when_the_person_is_in_the_cadence_again(stage: Any) -> None:
    tracker = stage.enroll("Nurture by Email")
    stage.org.edit("Lead", tracker["TargetId"], {"Email": None})
    stage.jump(5 * MINUTE)
    failed = stage.step(tracker)
    stage.enroll("Nurture by Email", tracker["TargetId"])
    result = stage.finish(failed, "Skip")
    assert result.errors[0].message == "The target is already in this cadence."


def test_a_branch_looks_at_email_events_too(stage: Any) -> None:
    stage.sow(
        CadencePlan(
            "Email Branch",
            "Asks once.",
            (
                StepPlan("email", "SendAnEmail", "Write", template="Intro"),
                StepPlan("wait", "Wait", "Wait", wait=3600),
                StepPlan("branch", "Branch", "Read?", outcomes=(("EmailOpen", "call"),), default="task"),
                StepPlan("call", "MakeACall", "Call the reader", parent="branch"),
                StepPlan("task", "CreateTask", "Try otherwise", parent="branch"),
            ),
        )
    )
    for opened, title in ((True, "Call the reader"), (False, "Try otherwise")):
        tracker = stage.enroll("Email Branch")
        email = stage.step(tracker)
        stage.finish(email)
        stage.org.engine.timers.cancel(email["Id"])
        if opened:
            _engage(stage, email, "EmailOpen")
        stage.jump(2 * 3_600_000)
        assert stage.step(tracker)["StepTitle"] == title


def test_readers_do_something_by_chance(stage: Any) -> None:
    plans = [stage.org.engine.emails._plan(f"8HF{number}") for number in range(400)]
    events = [event for plan in plans for event, _delay in plan]
    assert plans == [stage.org.engine.emails._plan(f"8HF{number}") for number in range(400)]
    for event in ("EmailOpen", "EmailLinkClick", "EmailReply", "EmailHardBounce", "EmailSoftBounce"):
        assert event in events
    assert 120 < events.count("EmailOpen") < 260
