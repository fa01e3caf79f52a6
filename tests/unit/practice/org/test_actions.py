"""The actions as a client sees them: describe, results, refusals, both contracts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from cadence_desk.practice.org.actions.texts import INVALID_ENTITY, TEXTS

if TYPE_CHECKING:
    from cadence_desk.practice.org.world import PracticeOrg

ASSIGN = "assignTargetToSalesCadence"
REMOVE = "removeTargetFromSalesCadence"
TEMPLATE = "selectTemplateForSalesCadenceStepTracker"


def _refused(result: Any) -> str:
    assert not result.is_success
    assert result.errors[0].status_code == "UNKNOWN_EXCEPTION"
    assert result.outputs == {"error": result.errors[0].message}
    return str(result.errors[0].message)


def _assign(stage: Any, **inputs: Any) -> Any:
    given = {"salesCadenceNameOrId": "Inbound Follow-Up", "targetId": stage.lead()} | inputs
    return stage.act(ASSIGN, **given)


def test_the_eight_actions_are_described_to_those_who_may_run_them(org: PracticeOrg) -> None:
    names = [one.name for one in org.describe_actions(org.default_user_id)]
    assert len(names) == 8
    assert "completeActionCadenceStep" not in names
    assert org.describe_actions(org.cast.unlicensed) == ()


def test_a_describe_has_the_documented_keys(org: PracticeOrg) -> None:
    assign = org.describe_actions(org.default_user_id)[0].as_json()
    assert {
        "description",
        "inputs",
        "outputs",
        "label",
        "name",
        "standard",
        "targetEntityName",
        "type",
    } == set(assign)
    inputs: Any = assign["inputs"]
    assert [one["name"] for one in inputs] == [
        "salesCadenceNameOrId",
        "targetId",
        "userId",
        "startStepNameOrId",
        "relatedToId",
    ]
    assert set(inputs[0]) == {
        "byteLength",
        "description",
        "label",
        "maxOccurs",
        "name",
        "picklistValues",
        "required",
        "sobjectType",
        "type",
    }
    assert [one["required"] for one in inputs] == [True, True, False, False, False]


def test_a_failure_is_shaped_as_published(stage: Any) -> None:
    assert _assign(stage, salesCadenceNameOrId="No Such Cadence").as_json() == {
        "actionName": ASSIGN,
        "errors": [{"statusCode": "UNKNOWN_EXCEPTION", "message": INVALID_ENTITY, "fields": []}],
        "isSuccess": False,
        "outputValues": {"error": INVALID_ENTITY},
    }


@pytest.mark.parametrize(
    ("inputs", "code"),
    [
        ({"salesCadenceNameOrId": "Partner Referrals"}, "CADENCE_NOT_ACTIVE"),
        ({"salesCadenceNameOrId": "Trade Show Last Year"}, "CADENCE_NOT_ACTIVE"),
        ({"targetId": "nonsense"}, "TARGET_ID_MALFORMED"),
        ({"targetId": "00Q000000000001"}, "TARGET_NOT_FOUND"),
        ({"targetId": "500000000000001"}, "UNSUPPORTED_OBJECT"),
        ({"startStepNameOrId": "No such step"}, "START_STEP_INVALID"),
        ({"startStepNameOrId": "Old opening call"}, "START_STEP_ORPHAN"),
        ({"userId": "005000000000001"}, "ASSIGNEE_NOT_FOUND"),
        ({"relatedToId": "006000000000001"}, "RELATED_RECORD_NOT_FOUND"),
    ],
)
def test_why_an_enrollment_is_refused(stage: Any, inputs: dict[str, str], code: str) -> None:
    assert _refused(_assign(stage, **inputs)) == TEXTS[code]
    assert stage.commits == []


def test_refusals_that_depend_on_the_world(stage: Any) -> None:
    org = stage.org
    business = org.store.value('SELECT "Id" FROM "Account" WHERE "IsPersonAccount" = 0')
    converted = org.store.value('SELECT "Id" FROM "Lead" WHERE "IsConverted" = 1')
    assert _refused(_assign(stage, targetId=business)) == TEXTS["UNSUPPORTED_OBJECT"]
    assert _refused(_assign(stage, targetId=converted)) == TEXTS["LEAD_CONVERTED"]
    assert _refused(_assign(stage, userId=org.cast.inactive)) == TEXTS["ASSIGNEE_INACTIVE"]
    assert _refused(_assign(stage, userId=org.cast.unlicensed)) == TEXTS["ASSIGNEE_NO_LICENCE"]
    lead = stage.lead()
    with org.transaction(stage.user) as work:
        work.delete("Lead", lead)
    assert _refused(_assign(stage, targetId=lead)) == TEXTS["TARGET_DELETED"]
    org.settings.related_records = False
    opportunity = org.store.value('SELECT "Id" FROM "Opportunity"')
    assert _refused(_assign(stage, relatedToId=opportunity)) == TEXTS["RELATED_RECORD_NOT_ENABLED"]


def test_nobody_is_twice_in_a_cadence(stage: Any) -> None:
    lead = stage.lead()
    one = {"salesCadenceNameOrId": "Inbound Follow-Up", "targetId": lead}
    results = stage.org.run_action(ASSIGN, [one, one], stage.user)
    assert [each.is_success for each in results] == [True, False]
    assert _refused(results[1]) == TEXTS["ALREADY_IN_THIS_CADENCE"]
    assert _assign(stage, targetId=lead, salesCadenceNameOrId="Call Blitz").is_success
    stage.org.settings.multiple_cadences = False
    other = _assign(stage, targetId=lead, salesCadenceNameOrId="Quick Check-In")
    assert _refused(other) == TEXTS["ALREADY_IN_OTHER_CADENCE"]


def test_the_org_has_a_limit_of_active_trackers(stage: Any) -> None:
    stage.org.settings.tracker_limit = 1
    assert _refused(_assign(stage)) == TEXTS["ORG_TRACKER_LIMIT"]


def test_ids_and_names_both_work_and_a_person_account_becomes_its_contact(stage: Any) -> None:
    account = stage.person_account()
    cadence = stage.org.cast.cadences["Quick Check-In"]
    assert _assign(stage, salesCadenceNameOrId=cadence[:15], targetId=account["Id"]).is_success
    assert stage.newest(account["PersonContactId"])["ActionCadenceId"] == cadence


def test_inputs_that_no_describe_lists_are_refused(stage: Any) -> None:
    result = stage.act(ASSIGN, sObjectName="Lead", targetId=stage.lead(), cadenceName="Inbound Follow-Up")
    assert result.errors[0].status_code == "INVALID_API_INPUT"
    assert "targetId" in _refused(stage.act(ASSIGN, salesCadenceNameOrId="Inbound Follow-Up"))


def test_an_unknown_action_is_no_result(stage: Any) -> None:
    with pytest.raises(KeyError):
        stage.act("completeActionCadenceStep", ActionCadenceStepTrackerId="x")


def test_a_user_without_the_feature_is_refused(stage: Any) -> None:
    result = stage.act(
        ASSIGN, stage.org.cast.unlicensed, salesCadenceNameOrId="Inbound Follow-Up", targetId=stage.lead()
    )
    assert _refused(result) == TEXTS["NO_FEATURE"]


def test_texts_can_be_replaced(stage: Any) -> None:
    stage.org.settings.action_texts["CADENCE_NAME_UNKNOWN"] = "Kadenz unbekannt"
    assert _refused(_assign(stage, salesCadenceNameOrId="?")) == "Kadenz unbekannt"


def test_good_inputs_survive_bad_ones(stage: Any) -> None:
    inputs = [
        {"salesCadenceNameOrId": name, "targetId": stage.lead()} for name in ("Inbound Follow-Up", "Nope")
    ]
    results = stage.org.run_action(ASSIGN, inputs, stage.user)
    assert [one.is_success for one in results] == [True, False]
    assert len(stage.commits) == 1


def test_without_partial_save_one_failure_undoes_all(stage: Any) -> None:
    stage.org.settings.partial_save = False
    lead = stage.lead()
    inputs = [{"salesCadenceNameOrId": name, "targetId": lead} for name in ("Inbound Follow-Up", "Nope")]
    results = stage.org.run_action(ASSIGN, inputs, stage.user)
    assert [one.is_success for one in results] == [True, False]
    assert stage.commits == []
    assert (
        stage.org.store.value('SELECT COUNT(*) FROM "ActionCadenceTracker" WHERE "TargetId" = ?', (lead,))
        == 0
    )


def test_removal_wants_its_reason_and_something_to_remove(stage: Any) -> None:
    tracker = stage.enroll("Inbound Follow-Up")
    removed = {"completionReasonCode": "ManuallyRemoved"}
    wrong = stage.act(REMOVE, targetId=tracker["TargetId"], completionReasonCode="Bored")
    assert _refused(wrong) == TEXTS["REASON_INVALID"]
    assert _refused(stage.act(REMOVE, **removed)) == TEXTS["TRACKER_OR_TARGET_MISSING"]
    assert _refused(stage.act(REMOVE, targetId=stage.lead(), **removed)) == TEXTS["NO_ACTIVE_TRACKER"]
    stage.act(REMOVE, actionCadenceTrackerId=tracker["Id"], **removed)
    again = stage.act(REMOVE, actionCadenceTrackerId=tracker["Id"], **removed)
    assert _refused(again) == TEXTS["TRACKER_NOT_ACTIVE"]


def test_user_context_spares_the_runs_of_others(stage: Any) -> None:
    tracker = stage.enroll("Inbound Follow-Up", userId=stage.org.cast.reps[1])
    inputs = {
        "targetId": tracker["TargetId"],
        "completionReasonCode": "ManuallyRemoved",
        "shouldApplyUserContext": True,
    }
    assert _refused(stage.act(REMOVE, **inputs)) == TEXTS["NO_ACTIVE_TRACKER"]
    assert stage.act(REMOVE, stage.org.cast.reps[1], **inputs).is_success


def test_holding_wants_something_to_hold_and_a_real_moment(stage: Any) -> None:
    lead = stage.lead()
    assert _refused(stage.act("pauseSalesCadenceTracker", targetId=lead)) == TEXTS["NO_ACTIVE_TRACKER"]
    assert _refused(stage.act("resumeSalesCadenceTracker", targetId=lead)) == TEXTS["TRACKER_NOT_PAUSED"]
    stage.enroll("Inbound Follow-Up", lead)
    for given, code in (("soon", "RESUME_TIME_INVALID"), ("2020-01-01T00:00:00Z", "RESUME_TIME_PAST")):
        assert _refused(stage.act("pauseSalesCadenceTracker", targetId=lead, resumeTime=given)) == TEXTS[code]
    assert stage.act("pauseSalesCadenceTracker", targetId=lead).is_success
    assert _refused(stage.act("pauseSalesCadenceTracker", targetId=lead)) == TEXTS["TRACKER_NOT_RUNNING"]


def test_reassigning_wants_someone_who_can_work(stage: Any) -> None:
    name = "changeSalesCadenceTargetAssignee"
    tracker = stage.enroll("Inbound Follow-Up")
    target = tracker["TargetId"]
    assert _refused(stage.act(name, targetId=target)) == TEXTS["ASSIGNEE_MISSING"]
    assert (
        _refused(stage.act(name, targetId=target, userId=stage.org.cast.inactive))
        == TEXTS["ASSIGNEE_INACTIVE"]
    )
    other = stage.org.cast.reps[1]
    assert _refused(stage.act(name, targetId=stage.lead(), userId=other)) == TEXTS["NO_ACTIVE_TRACKER"]


def test_attributes_can_be_changed_also_after_the_end(stage: Any) -> None:
    tracker = stage.enroll("Quick Check-In")
    stage.call(tracker, None)
    opportunity = stage.org.store.value('SELECT "Id" FROM "Opportunity"')
    given = {
        "actionCadenceTrackerId": tracker["Id"],
        "completionDisposition": "Customer Engaged",
        "relatedToId": opportunity,
        "relatedToAttributionType": "Activation",
    }
    assert stage.act("modifyCadenceTrackerAttributes", **given).is_success
    row = stage.tracker(tracker)
    assert (row["CompletionDisposition"], row["RelatedToId"]) == ("Customer Engaged", opportunity)
    assert row["RelatedToAttributionType"] == "Activation"
    wrong = stage.act("modifyCadenceTrackerAttributes", **(given | {"relatedToAttributionType": "Luck"}))
    assert _refused(wrong) == TEXTS["ATTRIBUTION_INVALID"]


def test_step_events_are_checked(stage: Any) -> None:
    tracker = stage.enroll("Quick Check-In")
    step = stage.step(tracker)
    assert _refused(stage.finish(step, "Manual Complete")) == TEXTS["EVENT_INVALID"]
    assert _refused(stage.finish({"Id": "8HF000000000001"})) == TEXTS["STEP_NOT_FOUND"]
    assert stage.finish(step).is_success
    assert _refused(stage.finish(step)) == TEXTS["STEP_NOT_ACTIVE"]


def test_a_template_is_chosen_by_share_and_stays_chosen(stage: Any) -> None:
    step = stage.step(stage.enroll("Pricing Script Test"))
    chosen = stage.act(TEMPLATE, stepTrackerId=step["Id"])
    assert chosen.as_json()["errors"] is None
    assert chosen.outputs["output"]["SplitPercentage"] in {60.0, 40.0}
    assert stage.act(TEMPLATE, stepTrackerId=step["Id"]) == chosen
    plain = stage.act(TEMPLATE, stepTrackerId=stage.step(stage.enroll("Quick Check-In"))["Id"])
    assert plain.outputs["output"]["TemplateId"] == stage.org.cast.calls["Second Call"]


def test_a_step_without_a_template_says_so(stage: Any) -> None:
    tracker = stage.enroll("Inbound Follow-Up")
    stage.finish(stage.step(tracker))
    assert _refused(stage.act(TEMPLATE, stepTrackerId=stage.step(tracker)["Id"])) == "No template was found."
