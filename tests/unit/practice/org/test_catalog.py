"""The catalog tells what the platform's object pages tell."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cadence_desk.practice.org.catalog.cadence import ERROR_CODES
from cadence_desk.practice.org.catalog.model import FieldDef
from cadence_desk.practice.org.catalog.objects import build_catalog

if TYPE_CHECKING:
    from cadence_desk.practice.org.world import PracticeOrg


@pytest.mark.parametrize(
    ("name", "prefix"),
    [
        ("Lead", "00Q"),
        ("Contact", "003"),
        ("Account", "001"),
        ("User", "005"),
        ("Group", "00G"),
        ("Task", "00T"),
        ("Opportunity", "006"),
        ("EmailTemplate", "00X"),
        ("PermissionSet", "0PS"),
        ("ActionCadence", "77C"),
        ("ActionCadenceTracker", "0qB"),
        ("ActionCadenceStepTracker", "8HF"),
    ],
)
def test_known_prefixes(name: str, prefix: str) -> None:
    catalog = build_catalog()
    found = catalog.find(name.lower())
    assert found is not None
    assert found.key_prefix == prefix
    assert catalog.by_prefix(prefix + "000000000000") is found


def test_every_prefix_is_used_once() -> None:
    prefixes = [one.key_prefix for one in build_catalog().objects]
    assert len(set(prefixes)) == len(prefixes)


def _field(name: str) -> FieldDef:
    sobject, field = name.split(".")
    found = build_catalog().require(sobject).field(field)
    assert found is not None
    return found


def test_task_flags_follow_the_object_reference() -> None:
    assert _field("Task.TaskSubtype").createable
    assert not _field("Task.TaskSubtype").updateable
    assert not _field("Task.CompletedDateTime").createable
    assert not _field("Task.ActionCadenceStepTrackerId").createable
    assert not _field("Task.Description").filterable
    assert _field("Task.CD_Op_Id__c").external_id
    assert _field("Task.CD_Op_Id__c").unique
    assert _field("Task.WhoId").reference_to == ("Contact", "Lead")
    assert [one.value for one in _field("Task.Status").picklist if one.default] == ["Not Started"]


def test_tracker_states_have_no_active() -> None:
    states = [one.value for one in _field("ActionCadenceTracker.State").picklist]
    assert states == ["Complete", "Error", "Initializing", "Paused", "Processing", "Running"]
    assert not _field("ActionCadenceTracker.CompletionDisposition").restricted
    assert len(ERROR_CODES.split(",")) == 41


def test_addresses_are_compound_and_their_parts_stored() -> None:
    whole = _field("Contact.MailingAddress")
    assert whole.type == "address"
    assert whole.compound_of[:2] == ("MailingStreet", "MailingCity")
    assert not whole.stored
    assert _field("Lead.Address").compound_of[0] == "Street"
    assert _field("Lead.Street").filterable


def test_trackers_are_children_by_their_platform_name() -> None:
    found = build_catalog().require("ActionCadenceTracker").child_relationships
    assert [one.name for one in found] == ["ActionCadenceStepTrackers"]
    assert found[0].field == "ActionCadenceTrackerId"


def test_the_cadence_family_is_read_only() -> None:
    for one in build_catalog().objects:
        if one.name.startswith("ActionCadence"):
            assert (one.createable, one.updateable, one.deletable) == (False, False, False)


def test_a_field_can_be_added_while_the_org_runs(org: PracticeOrg) -> None:
    version = org.catalog.version
    org.catalog.add_field(
        "Lead", FieldDef("Score__c", "Score", "double", createable=True, updateable=True), 5
    )
    assert org.catalog.version == version + 1
    assert org.catalog.modified_ms == 5
    with org.transaction(org.default_user_id) as work:
        made = work.insert("Lead", {"LastName": "X", "Company": "Y", "Score__c": "4.5"})
    assert (org.store.read("Lead", made) or {})["Score__c"] == 4.5
    with pytest.raises(ValueError, match="already"):
        org.catalog.add_field("Lead", FieldDef("score__c", "Score", "double"))


def test_every_object_can_be_read_and_every_field_has_sql(org: PracticeOrg) -> None:
    for one in org.catalog.objects:
        for field in one.fields.values():
            org.store.value(f'SELECT {org.store.expression(one, field, "t")} FROM "{one.name}" t LIMIT 1')
