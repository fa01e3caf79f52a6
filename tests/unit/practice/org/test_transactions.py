"""Units of work: stamps, net changes, undoing, refusals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from cadence_desk.practice.org.history import current_request
from cadence_desk.practice.org.values import DmlError

if TYPE_CHECKING:
    from cadence_desk.practice.org.world import PracticeOrg


def test_an_insert_is_told_with_all_values(stage: Any) -> None:
    lead = stage.lead()
    with stage.org.transaction(stage.user, "com/salesforce/api/rest/66.0;client=x") as work:
        made = work.insert("Task", {"Subject": "Call", "WhoId": lead[:15], "TaskSubtype": "Call"})
    commit = stage.commits[0]
    assert (commit.user_id, commit.origin) == (stage.user, "com/salesforce/api/rest/66.0;client=x")
    change = commit.changes[0]
    assert (change.entity, change.record_id, change.change_type, change.sequence) == (
        "Task",
        made,
        "CREATE",
        1,
    )
    assert change.values["WhoId"] == lead
    assert change.values["Status"] == "Not Started"
    assert change.values["OwnerId"] == stage.user
    assert change.values["CreatedDate"] == stage.org.clock.now_s()
    assert change.changed_fields == ()


def test_an_update_tells_changed_and_nulled_fields(stage: Any) -> None:
    lead = stage.lead('"Phone" IS NOT NULL AND "LastModifiedById" <> \'x\'')
    stage.jump()
    stage.org.edit("Lead", lead, {"Phone": None, "LastName": "New", "Rating": None}, stage.user)
    change = stage.commits[-1].changes[0]
    assert change.change_type == "UPDATE"
    assert {"Phone", "LastName", "LastModifiedDate", "SystemModstamp"} <= set(change.changed_fields)
    assert "Phone" in change.nulled_fields
    assert "LastName" not in change.nulled_fields
    assert "Name" not in change.changed_fields
    assert str(change.values["Name"]).endswith(" New")


def test_several_writes_to_a_record_are_one_change(stage: Any) -> None:
    with stage.org.transaction(stage.user) as work:
        made = work.insert("Task", {"Subject": "a"})
        work.update("Task", made, {"Subject": "b"})
        gone = work.insert("Task", {"Subject": "never seen"})
        work.delete("Task", gone)
    assert [(one.change_type, one.values["Subject"]) for one in stage.commits[0].changes] == [("CREATE", "b")]


def test_an_update_without_a_difference_is_still_stamped(stage: Any) -> None:
    lead = stage.lead()
    row = stage.org.store.read("Lead", lead)
    stage.org.edit("Lead", lead, {"Company": row["Company"]}, row["LastModifiedById"])
    assert stage.commits[0].changes[0].changed_fields == ("LastModifiedDate", "SystemModstamp")


def test_an_exception_undoes_everything(stage: Any) -> None:
    before = stage.org.store.value('SELECT COUNT(*) FROM "Task"')
    with pytest.raises(DmlError), stage.org.transaction(stage.user) as work:
        work.insert(
            "Task", {"Subject": "a", "Description": str(work.insert("Task", {"Subject": "b"})), "Nope": 1}
        )
    assert stage.org.store.value('SELECT COUNT(*) FROM "Task"') == before
    assert stage.commits == []
    assert stage.org.history.last == 0


def test_an_attempt_undoes_its_own_part_only(stage: Any) -> None:
    with stage.org.transaction(stage.user) as work:
        work.insert("Task", {"Subject": "kept"})
        with pytest.raises(DmlError), work.attempt():
            work.insert("Task", {"Subject": work.insert("Task", {"Subject": "gone"}), "Nonsense": 1})
    assert [one.values["Subject"] for one in stage.commits[0].changes] == ["kept"]


def test_delete_and_undelete_are_told(stage: Any) -> None:
    with stage.org.transaction(stage.user) as work:
        made = work.insert("Task", {"Subject": "a"})
    with stage.org.transaction(stage.user) as work:
        work.delete("Task", made)
    assert stage.org.store.read("Task", made) is None
    assert stage.org.store.read("Task", made, deleted=True) is not None
    with pytest.raises(DmlError, match="deleted"):
        stage.org.edit("Task", made, {"Subject": "b"})
    with stage.org.transaction(stage.user) as work:
        work.undelete("Task", made)
    assert [commit.changes[0].change_type for commit in stage.commits] == ["CREATE", "DELETE", "UNDELETE"]


def test_commits_are_numbered_and_in_the_history(stage: Any) -> None:
    token = current_request.set("request-1")
    try:
        stage.org.edit("Lead", stage.lead(), {"Rating": "Hot"})
    finally:
        current_request.reset(token)
    stage.org.edit("Lead", stage.lead(), {"Rating": "Cold"})
    first, second = stage.org.history.after()
    assert (first["kind"], first["request"], second["request"]) == ("commit", "request-1", "")
    assert first["commit_number"] < second["commit_number"]
    assert stage.org.history.after(first["n"]) == [second]
    assert stage.org.history.after(second["n"]) == []


def test_only_one_transaction_is_open_at_a_time(org: PracticeOrg) -> None:
    with (
        org.transaction(org.default_user_id),
        pytest.raises(RuntimeError),
        org.transaction(org.default_user_id),
    ):
        pass


def test_a_subscriber_can_leave(stage: Any) -> None:
    heard: list[object] = []
    leave = stage.org.changes.subscribe(heard.append)
    leave()
    leave()
    stage.org.edit("Lead", stage.lead(), {"Rating": "Hot"})
    assert heard == []


@pytest.mark.parametrize(
    ("sobject", "fields", "code"),
    [
        ("Nothing", {}, "INVALID_TYPE"),
        ("Task", {"Nope": 1}, "INVALID_FIELD"),
        ("Task", {"Id": "00T000000000000AAA"}, "INVALID_FIELD"),
        ("Task", {"WhoId": "x"}, "MALFORMED_ID"),
        ("Task", {"WhoId": "001000000000001AAA"}, "FIELD_INTEGRITY_EXCEPTION"),
        ("Task", {"WhoId": "00Q000000000001EAA"}, "INVALID_CROSS_REFERENCE_KEY"),
        ("Task", {"TaskSubtype": "Nap"}, "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"),
        ("Task", {"Subject": "x" * 256}, "STRING_TOO_LONG"),
        ("Task", {"ActivityDate": "soon"}, "JSON_PARSER_ERROR"),
        ("Task", {"CallDurationInSeconds": 1.5}, "JSON_PARSER_ERROR"),
        ("Task", {"Status": None}, "REQUIRED_FIELD_MISSING"),
        ("Lead", {"LastName": "x"}, "REQUIRED_FIELD_MISSING"),
        ("Lead", {"LastName": "x", "Company": "y", "Email": "nobody"}, "INVALID_EMAIL_ADDRESS"),
        ("Lead", {"LastName": "x", "Company": {"a": 1}}, "JSON_PARSER_ERROR"),
        ("Lead", {"LastName": "x", "Company": "y", "DoNotCall": "perhaps"}, "JSON_PARSER_ERROR"),
    ],
)
def test_refused_writes_say_why(stage: Any, sobject: str, fields: dict[str, object], code: str) -> None:
    with pytest.raises(DmlError) as refused, stage.org.transaction(stage.user) as work:
        work.insert(sobject, fields)
    assert refused.value.status_code == code
    assert stage.commits == []


def test_values_no_document_lists_can_be_let_in(stage: Any) -> None:
    tracker = stage.enroll("Quick Check-In")
    with pytest.raises(DmlError, match="restricted"):
        stage.org.edit("ActionCadenceTracker", tracker["Id"], {"State": "Hibernating"})
    stage.org.settings.patch({"unknown_picklists": {"ActionCadenceTracker.State": ["Hibernating"]}})
    stage.org.edit("ActionCadenceTracker", tracker["Id"], {"State": "Hibernating"})
    row = stage.tracker(tracker)
    assert (row["State"], row["IsTrackerActive"]) == ("Hibernating", 0)
    assert stage.org.store.read("Lead", tracker["TargetId"])["ActionCadenceState"] == "Hibernating"


def test_an_external_id_is_unique(stage: Any) -> None:
    with stage.org.transaction(stage.user) as work:
        work.insert("Task", {"Subject": "a", "CD_Op_Id__c": "op-1"})
        with pytest.raises(DmlError) as refused, work.attempt():
            work.insert("Task", {"Subject": "b", "CD_Op_Id__c": "OP-1"})
    assert refused.value.status_code == "DUPLICATE_VALUE"
    assert refused.value.fields == ("CD_Op_Id__c",)


def test_json_values_become_raw_ones(stage: Any) -> None:
    with stage.org.transaction(stage.user) as work:
        made = work.insert(
            "Task",
            {
                "ReminderDateTime": "2026-11-24T10:00:00.500+0000",
                "IsReminderSet": True,
                "ActivityDate": "2026-11-24",
                "CallDurationInSeconds": "42",
                "Priority": "High",
            },
        )
    row = stage.org.store.read("Task", made)
    assert (row["ReminderDateTime"], row["IsReminderSet"], row["CallDurationInSeconds"]) == (
        1795514400000,
        1,
        42,
    )
    assert (row["ActivityDate"], row["IsHighPriority"], row["IsClosed"]) == ("2026-11-24", 1, 0)


def test_a_closed_task_gets_its_moment_and_loses_it(stage: Any) -> None:
    with stage.org.transaction(stage.user) as work:
        made = work.insert("Task", {"Subject": "a", "Status": "Completed"})
    assert stage.org.store.read("Task", made)["CompletedDateTime"] == stage.org.clock.now_s()
    stage.org.edit("Task", made, {"Status": "In Progress"})
    row = stage.org.store.read("Task", made)
    assert (row["CompletedDateTime"], row["IsClosed"]) == (None, 0)


def test_a_lead_task_has_no_related_record(stage: Any) -> None:
    account = stage.org.store.value('SELECT "Id" FROM "Account"')
    contact = stage.org.store.rows('SELECT "Id", "AccountId" FROM "Contact"')[0]
    with stage.org.transaction(stage.user) as work:
        with pytest.raises(DmlError) as refused, work.attempt():
            work.insert("Task", {"Subject": "a", "WhoId": stage.lead(), "WhatId": account})
        made = work.insert("Task", {"Subject": "a", "WhoId": contact["Id"]})
    assert refused.value.status_code == "FIELD_INTEGRITY_EXCEPTION"
    assert stage.org.store.read("Task", made)["AccountId"] == contact["AccountId"]


def test_polymorphic_references_keep_their_type(stage: Any) -> None:
    with stage.org.transaction(stage.user) as work:
        made = work.insert("Task", {"Subject": "a", "WhoId": stage.lead(), "OwnerId": stage.org.cast.queue})
    row = stage.org.store.rows(
        'SELECT "WhoId__type", "OwnerId__type", "WhatId__type" FROM "Task" WHERE "Id" = ?', (made,)
    )[0]
    assert row == {"WhoId__type": "Lead", "OwnerId__type": "Group", "WhatId__type": None}
    stage.org.edit("Task", made, {"WhoId": None})
    assert stage.org.store.value('SELECT "WhoId__type" FROM "Task" WHERE "Id" = ?', (made,)) is None
