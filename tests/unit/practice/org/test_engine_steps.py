"""How a target moves through a cadence: steps, waits, branches, chains, ends."""

from __future__ import annotations

from typing import Any

import pytest

from cadence_desk.practice.org.seeding.plans import CadencePlan, StepPlan

SECOND = 1000
DAY = 86_400_000


def test_enrollment_starts_in_the_background(stage: Any) -> None:
    lead = stage.lead()
    result = stage.act("assignTargetToSalesCadence", salesCadenceNameOrId="Inbound Follow-Up", targetId=lead)
    assert result.as_json() == {"actionName": "assignTargetToSalesCadence", "isSuccess": True}
    tracker = stage.newest(lead)
    assert (tracker["State"], tracker["IsTrackerActive"], tracker["CurrentStepId"]) == (
        "Initializing",
        1,
        None,
    )
    assert tracker["OwnerId"] == stage.user
    stage.jump()
    assert stage.tracker(tracker)["State"] == "Running"
    assert stage.commits[-1].user_id == stage.org.cast.automated
    assert stage.step(tracker)["StepTitle"] == "First call"


def test_a_call_step_has_a_task_and_a_due_date(stage: Any) -> None:
    tracker = stage.enroll("Inbound Follow-Up")
    step = stage.step(tracker)
    task = stage.task(step)
    assert (step["State"], step["StepType"], step["ActionCadenceName"]) == (
        "Active",
        "MakeACall",
        "Inbound Follow-Up",
    )
    assert step["DueDateTime"] == step["CreatedDate"] + DAY
    assert (task["Subject"], task["TaskSubtype"], task["IsClosed"]) == ("First call", "Call", 0)
    assert (task["WhoId"], task["OwnerId"]) == (tracker["TargetId"], stage.user)


def test_without_task_logging_there_is_no_task(stage: Any) -> None:
    stage.org.settings.task_logging = False
    assert stage.task(stage.step(stage.enroll("Inbound Follow-Up"))) is None


def test_completing_a_step_goes_on_soon(stage: Any) -> None:
    tracker = stage.enroll("Inbound Follow-Up")
    step = stage.step(tracker)
    assert stage.act("sendSalesCadenceEvent", recordId=step["Id"], eventType="ManualComplete").is_success
    row = stage.tracker(tracker)
    assert (row["State"], row["LastCompletedStepId"]) == ("Processing", step["Id"])
    done = stage.org.store.read("ActionCadenceStepTracker", step["Id"])
    assert (done["State"], done["CompletionReason"], done["CompletedById"]) == (
        "Completed",
        "ManuallyCompleted",
        stage.user,
    )
    assert done["ActionTakenDateTime"] == done["CompletionDate"]
    assert stage.task(step)["IsClosed"] == 1
    stage.jump()
    assert stage.tracker(tracker)["State"] == "Running"
    assert stage.step(tracker)["StepType"] == "Wait"
    assert stage.org.store.read("Lead", tracker["TargetId"])["FirstCallDateTime"] is not None


def test_a_wait_ends_at_its_moment(stage: Any) -> None:
    tracker = stage.enroll("Inbound Follow-Up")
    stage.finish(stage.step(tracker))
    wait = stage.step(tracker)
    stage.org.clock.jump(DAY - 2 * SECOND)
    stage.org.advance()
    assert stage.step(tracker)["Id"] == wait["Id"]
    stage.jump(3 * SECOND)
    assert stage.step(tracker)["StepTitle"] == "Second call"
    ended = stage.org.store.read("ActionCadenceStepTracker", wait["Id"])
    assert ended["CompletionReason"] == "AutomaticallyCompleted"
    assert ended["CompletionDate"] == ended["DueDateTime"]


def test_a_long_jump_does_everything_at_its_own_moment(stage: Any) -> None:
    tracker = stage.enroll("Call Blitz")
    stage.finish(stage.step(tracker))
    stage.jump(10 * DAY)
    step = stage.step(tracker)
    assert step["StepTitle"] == "Afternoon call"
    assert step["CreatedDate"] < stage.org.clock.now_ms() - 9 * DAY
    overdue = stage.org.catalog.require("ActionCadenceStepTracker")
    sql = stage.org.store.expression(overdue, overdue.fields["SecondsOverdue"], "s")
    late = stage.org.store.value(
        f'SELECT {sql} FROM "ActionCadenceStepTracker" s WHERE "Id" = ?', (step["Id"],)
    )
    assert late == (stage.org.clock.now_ms() - step["DueDateTime"]) // 1000


@pytest.mark.parametrize(
    ("disposition", "title"),
    [
        ("Meaningful Connect", "Send what we agreed"),
        ("Left Voicemail", "Follow the voicemail"),
        ("Call Back Later", "Wait two days"),
        ("Not Interested", "Close out politely"),
        (None, "Sorry I missed you"),
        ("something else", "Sorry I missed you"),
    ],
)
def test_a_branch_follows_the_call_outcome(stage: Any, disposition: str | None, title: str) -> None:
    tracker = stage.enroll("Inbound Follow-Up", startStepNameOrId="Second call")
    stage.call(tracker, disposition)
    branch = stage.steps(tracker)[-2]
    assert (branch["StepType"], branch["State"]) == ("Branch", "Completed")
    assert stage.step(tracker)["StepTitle"] == title


def test_a_call_logged_apart_counts_when_there_is_no_step_task(stage: Any) -> None:
    stage.org.settings.task_logging = False
    tracker = stage.enroll("Inbound Follow-Up", startStepNameOrId="Second call")
    with stage.org.transaction(stage.user) as work:
        outcome = {"Status": "Completed", "CallDisposition": "Left Voicemail", "TaskSubtype": "Call"}
        work.insert("Task", {"WhoId": tracker["TargetId"], "Subject": "Call", **outcome})
    stage.finish(stage.step(tracker))
    assert stage.step(tracker)["StepTitle"] == "Follow the voicemail"


def test_without_disposition_branching_the_default_is_taken(stage: Any) -> None:
    stage.org.settings.disposition_branching = False
    tracker = stage.enroll("Inbound Follow-Up", startStepNameOrId="Second call")
    stage.call(tracker, "Left Voicemail")
    assert stage.step(tracker)["StepTitle"] == "Sorry I missed you"


def test_a_global_exit_ends_the_run(stage: Any) -> None:
    tracker = stage.enroll("Inbound Follow-Up")
    stage.call(tracker, "Unqualified")
    row = stage.tracker(tracker)
    assert (row["State"], row["CompletionReason"], row["IsTrackerActive"]) == (
        "Complete",
        "AutomaticallyExited",
        0,
    )
    rule = stage.org.store.read("ActionCadenceRule", row["ExitGlobalRuleId"])
    assert rule["GlobalEventType"] == "CallUnqualified"
    lead = stage.org.store.read("Lead", tracker["TargetId"])
    assert (lead["ActionCadenceId"], lead["ActionCadenceState"], lead["ActiveTrackerCount"]) == (
        None,
        "Complete",
        0,
    )


def test_the_last_step_ends_the_run(stage: Any) -> None:
    tracker = stage.enroll("Quick Check-In")
    stage.call(tracker, "Meaningful Connect")
    row = stage.tracker(tracker)
    assert (row["State"], row["CompletionReason"], row["CurrentStepId"]) == ("Complete", "NoMoreSteps", None)
    assert len(stage.steps(tracker)) == 1


def test_skipping_leaves_the_call_out(stage: Any) -> None:
    tracker = stage.enroll("Inbound Follow-Up")
    step = stage.step(tracker)
    stage.finish(step, "Skip")
    assert (
        stage.org.store.read("ActionCadenceStepTracker", step["Id"])["CompletionReason"] == "ManuallySkipped"
    )
    assert stage.task(step) is None
    assert stage.step(tracker)["StepType"] == "Wait"
    stage.finish(stage.step(tracker), "Skip")
    assert stage.step(tracker)["StepTitle"] == "Second call"
    stage.jump(2 * DAY)
    assert stage.step(tracker)["StepTitle"] == "Second call"


def test_a_wait_cannot_be_completed_by_hand(stage: Any) -> None:
    tracker = stage.enroll("Inbound Follow-Up")
    stage.finish(stage.step(tracker))
    result = stage.finish(stage.step(tracker))
    assert not result.is_success
    assert result.errors[0].message == "The step can't be completed by hand."


def test_closing_the_task_completes_the_step_only_by_setting(stage: Any) -> None:
    tracker = stage.enroll("Inbound Follow-Up")
    step = stage.step(tracker)
    stage.org.edit("Task", stage.task(step)["Id"], {"Status": "Completed"})
    stage.jump()
    assert stage.step(tracker)["Id"] == step["Id"]
    stage.org.settings.complete_step_on_task_close = True
    stage.org.edit("Task", stage.task(step)["Id"], {"Status": "In Progress"})
    stage.org.edit("Task", stage.task(step)["Id"], {"Status": "Completed"})
    stage.jump()
    assert stage.step(tracker)["StepType"] == "Wait"


def test_a_daisy_chain_goes_on_in_the_next_cadence(stage: Any) -> None:
    tracker = stage.enroll("Event Warm-Up", startStepNameOrId="Wait until the event")
    stage.jump(DAY + SECOND)
    first = stage.tracker(tracker)
    assert (first["State"], first["CompletionReason"]) == ("Complete", "DaisyChained")
    stage.jump(10 * SECOND)
    following = stage.newest(tracker["TargetId"])
    assert (following["State"], following["DaisyChainIteration"]) == ("Running", 2)
    assert following["OwnerId"] == tracker["OwnerId"]
    assert (
        stage.org.store.read("Lead", tracker["TargetId"])["ActionCadenceId"] == following["ActionCadenceId"]
    )


def test_a_chain_has_at_most_ten_links(stage: Any) -> None:
    for number in range(12, 0, -1):
        steps = [StepPlan("wait", "Wait", "Wait", wait=60)]
        if number < 12:
            steps.append(StepPlan("chain", "DaisyChain", "Go on", chained=f"Link {number + 1}"))
        stage.sow(CadencePlan(f"Link {number}", "One of many.", tuple(steps)))
    lead = stage.lead()
    stage.enroll("Link 1", lead)
    stage.jump(DAY)
    last = stage.newest(lead)
    assert (last["DaisyChainIteration"], last["State"]) == (10, "Error")
    assert "at most 10" in last["ErrorMessage"]


def test_a_chain_to_an_inactive_cadence_is_an_error(stage: Any) -> None:
    tracker = stage.enroll("Event Warm-Up", startStepNameOrId="Wait until the event")
    stage.org.edit("ActionCadence", stage.org.cast.cadences["Event Follow-Through"], {"State": "Inactive"})
    stage.jump(DAY + SECOND)
    row = stage.tracker(tracker)
    assert (row["State"], row["IsTrackerActive"]) == ("Error", 0)
    assert stage.step(tracker)["ErrorCode"] == "NON_EMAIL_UNKNOWN_ERROR"


def test_without_delays_everything_happens_in_one_transaction(stage: Any) -> None:
    stage.org.settings.initializing_ms = 0
    stage.org.settings.processing_ms = 0
    lead = stage.lead()
    stage.act("assignTargetToSalesCadence", salesCadenceNameOrId="Quick Check-In", targetId=lead)
    kinds = [(one.entity, one.change_type) for one in stage.commits[0].changes]
    assert kinds == [
        ("ActionCadenceTracker", "CREATE"),
        ("ActionCadenceStepTracker", "CREATE"),
        ("Task", "CREATE"),
        ("Lead", "UPDATE"),
    ]
    assert stage.newest(lead)["State"] == "Running"


def test_conversion_ends_the_run(stage: Any) -> None:
    tracker = stage.enroll("Inbound Follow-Up")
    step = stage.step(tracker)
    contact = stage.org.convert_lead(tracker["TargetId"])
    row = stage.tracker(tracker)
    assert (row["State"], row["CompletionReason"]) == ("Complete", "LeadConverted")
    ended = stage.org.store.read("ActionCadenceStepTracker", step["Id"])
    assert (ended["State"], ended["CompletionReason"]) == ("Cancelled", "AutomaticallyExited")
    lead = stage.org.store.read("Lead", tracker["TargetId"])
    assert (lead["IsConverted"], lead["ConvertedContactId"], lead["Status"]) == (
        1,
        contact,
        "Closed - Converted",
    )
    assert stage.task(step) is None


def test_deleting_the_person_takes_the_run_along(stage: Any) -> None:
    tracker = stage.enroll("Inbound Follow-Up")
    with stage.org.transaction(stage.user) as work:
        work.delete("Lead", tracker["TargetId"])
    assert stage.tracker(tracker) == {}
    kinds = {(one.entity, one.change_type) for one in stage.commits[-1].changes}
    assert {
        ("ActionCadenceTracker", "DELETE"),
        ("ActionCadenceStepTracker", "DELETE"),
        ("Lead", "DELETE"),
    } <= kinds
    stage.jump(5 * DAY)


def test_a_step_taken_out_of_the_cadence_ends_the_run(stage: Any) -> None:
    tracker = stage.enroll("Quick Check-In")
    step = stage.step(tracker)
    stage.org.edit("ActionCadenceStep", step["ActionCadenceStepId"], {"GraphState": "Retired"})
    stage.finish(step)
    assert stage.tracker(tracker)["CompletionReason"] == "AutomaticallyExitedDeletedStep"


def test_steps_count_what_happened(stage: Any) -> None:
    tracker = stage.enroll("Quick Check-In")
    step = stage.step(tracker)
    before = stage.org.store.read("ActionCadenceStep", step["ActionCadenceStepId"])
    stage.call(tracker, "Left Voicemail")
    after = stage.org.store.read("ActionCadenceStep", step["ActionCadenceStepId"])
    risen = {name for name in after if after[name] != before[name]}
    assert risen == {
        "AllTotalCallsCount",
        "AllCallsLeftVoicemailCount",
        "AllManuallyCompletedCount",
        "AllOnTimeCompletedCount",
    }
