"""Pausing, resuming, handing over, removing."""

from __future__ import annotations

from typing import Any

SECOND = 1000
HOUR = 3_600_000
DAY = 86_400_000


def test_a_pause_holds_the_wait_and_a_resume_lets_it_run_on(stage: Any) -> None:
    tracker = stage.enroll("Inbound Follow-Up")
    stage.finish(stage.step(tracker))
    stage.jump(20 * HOUR)
    assert stage.act("pauseSalesCadenceTracker", targetId=tracker["TargetId"]).is_success
    row, step = stage.tracker(tracker), stage.step(tracker)
    assert (row["State"], row["IsTrackerActive"], step["State"], step["WasEverPaused"]) == (
        "Paused",
        1,
        "Paused",
        1,
    )
    assert stage.org.store.read("Lead", tracker["TargetId"])["ActionCadenceState"] == "Paused"
    stage.jump(30 * DAY)
    assert stage.step(tracker)["Id"] == step["Id"]
    assert stage.act("resumeSalesCadenceTracker", targetId=tracker["TargetId"]).is_success
    assert stage.step(tracker)["State"] == "Active"
    assert 3 * HOUR < stage.step(tracker)["DueDateTime"] - stage.org.clock.now_ms() < 5 * HOUR
    stage.jump(5 * HOUR)
    assert stage.step(tracker)["StepTitle"] == "Second call"


def test_a_scheduled_resume_comes_by_itself(stage: Any) -> None:
    tracker = stage.enroll("Inbound Follow-Up")
    until = "2026-12-01T08:00:00Z"
    assert stage.act("pauseSalesCadenceTracker", targetId=tracker["TargetId"], resumeTime=until).is_success
    row = stage.tracker(tracker)
    assert row["ScheduledResumeDateTime"] == 1_796_112_000_000
    assert stage.org.store.read("Lead", tracker["TargetId"])["ScheduledResumeDateTime"] == 1_796_112_000_000
    stage.jump(row["ScheduledResumeDateTime"] - stage.org.clock.now_ms() - SECOND)
    assert stage.tracker(tracker)["State"] == "Paused"
    stage.jump(2 * SECOND)
    again = stage.tracker(tracker)
    assert (again["State"], again["ScheduledResumeDateTime"]) == ("Running", None)


def test_a_run_paused_while_starting_starts_after_the_resume(stage: Any) -> None:
    lead = stage.lead()
    stage.act("assignTargetToSalesCadence", salesCadenceNameOrId="Quick Check-In", targetId=lead)
    stage.act("pauseSalesCadenceTracker", targetId=lead)
    stage.jump(DAY)
    assert stage.newest(lead)["State"] == "Paused"
    stage.act("resumeSalesCadenceTracker", targetId=lead)
    assert stage.newest(lead)["State"] == "Initializing"
    stage.jump()
    assert stage.newest(lead)["State"] == "Running"


def test_a_run_paused_between_steps_goes_on_after_the_resume(stage: Any) -> None:
    tracker = stage.enroll("Inbound Follow-Up")
    stage.act("sendSalesCadenceEvent", recordId=stage.step(tracker)["Id"], eventType="ManualComplete")
    stage.act("pauseSalesCadenceTracker", targetId=tracker["TargetId"])
    stage.jump(DAY)
    stage.act("resumeSalesCadenceTracker", targetId=tracker["TargetId"])
    stage.jump()
    assert stage.step(tracker)["StepType"] == "Wait"


def test_a_paused_step_cannot_be_finished(stage: Any) -> None:
    tracker = stage.enroll("Inbound Follow-Up")
    step = stage.step(tracker)
    stage.act("pauseSalesCadenceTracker", targetId=tracker["TargetId"])
    assert not stage.finish(step).is_success
    assert not stage.finish(step, "Skip").is_success


def test_handing_over_keeps_the_step_and_moves_its_task(stage: Any) -> None:
    tracker = stage.enroll("Inbound Follow-Up")
    step = stage.step(tracker)
    other = stage.org.cast.reps[1]
    result = stage.act("changeSalesCadenceTargetAssignee", targetId=tracker["TargetId"], userId=other)
    assert result.is_success
    assert stage.tracker(tracker)["OwnerId"] == other
    assert stage.step(tracker)["Id"] == step["Id"]
    assert stage.task(step)["OwnerId"] == other
    assert stage.org.store.read("Lead", tracker["TargetId"])["ActionCadenceAssigneeId"] == other


def test_a_queue_may_be_assignee(stage: Any) -> None:
    tracker = stage.enroll("Inbound Follow-Up", userId=stage.org.cast.queue)
    assert stage.tracker(tracker)["OwnerId"] == stage.org.cast.queue
    assert stage.task(stage.step(tracker))["OwnerId"] == stage.org.cast.queue


def test_removal_cancels_the_step_and_its_timers(stage: Any) -> None:
    tracker = stage.enroll("Inbound Follow-Up")
    stage.finish(stage.step(tracker))
    wait = stage.step(tracker)
    result = stage.act(
        "removeTargetFromSalesCadence",
        actionCadenceTrackerId=tracker["Id"],
        completionReasonCode="ManuallyRemoved",
        completionDisposition="Contact Later",
    )
    assert result.is_success
    row = stage.tracker(tracker)
    assert (row["State"], row["CompletionReason"], row["CompletionDisposition"]) == (
        "Complete",
        "ManuallyRemoved",
        "Contact Later",
    )
    assert stage.org.store.read("ActionCadenceStepTracker", wait["Id"])["State"] == "Cancelled"
    stage.jump(5 * DAY)
    assert len(stage.steps(tracker)) == 2


def test_someone_removed_can_be_added_again(stage: Any) -> None:
    tracker = stage.enroll("Inbound Follow-Up")
    stage.act(
        "removeTargetFromSalesCadence", targetId=tracker["TargetId"], completionReasonCode="ManuallyRemoved"
    )
    again = stage.enroll("Inbound Follow-Up", tracker["TargetId"])
    assert again["Id"] != tracker["Id"]
    assert stage.step(again)["StepTitle"] == "First call"


def test_the_person_shows_the_newest_of_several_runs(stage: Any) -> None:
    first = stage.enroll("Inbound Follow-Up")
    second = stage.enroll("Call Blitz", first["TargetId"])
    lead = stage.org.store.read("Lead", first["TargetId"])
    assert (lead["ActiveTrackerCount"], lead["ActionCadenceId"]) == (2, second["ActionCadenceId"])
    stage.act(
        "removeTargetFromSalesCadence",
        actionCadenceTrackerId=second["Id"],
        completionReasonCode="ManuallyRemoved",
    )
    lead = stage.org.store.read("Lead", first["TargetId"])
    assert (lead["ActiveTrackerCount"], lead["ActionCadenceId"]) == (1, first["ActionCadenceId"])
