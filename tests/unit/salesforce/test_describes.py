"""Describes are parsed leniently and kept for conditional requests."""

from __future__ import annotations

from cadence_desk.salesforce.describes import DescribeCache, parse_action, parse_object

BODY = {
    "name": "Task",
    "label": "Task",
    "keyPrefix": "00T",
    "urls": {"describe": "x"},
    "fields": [
        {
            "name": "Status",
            "label": "Status",
            "type": "picklist",
            "createable": True,
            "updateable": True,
            "picklistValues": [
                {"active": True, "value": "Done", "label": "Fertig"},
                {"active": False, "value": "Old", "label": "Alt"},
                {"value": "New", "label": None},
                None,
            ],
        },
        {"name": "CD_Op_Id__c", "externalId": True, "unique": True, "createable": True, "filterable": True},
        {"name": "Description", "filterable": False},
        {"label": "nameless"},
        "odd",
    ],
}


def test_an_object() -> None:
    found = parse_object(BODY)
    assert (found.name, found.key_prefix) == ("Task", "00T")
    assert set(found.fields) == {"Status", "CD_Op_Id__c", "Description"}
    status = found.fields["Status"]
    assert status.picklist == (("Done", "Fertig"), ("New", "New"))
    assert status.updateable
    key = found.fields["CD_Op_Id__c"]
    assert (key.external_id, key.unique, key.createable, key.updateable) == (True, True, True, False)
    assert not found.fields["Description"].filterable


def test_nothing_at_all() -> None:
    assert parse_object({}).fields == {}
    assert parse_action({}, set()).inputs == ()


def test_the_cache_keeps_what_the_desk_reads() -> None:
    cache = DescribeCache()
    cache.keep("Task", "Tue, 24 Nov 2026 08:00:00 GMT", BODY)
    cache.keep("Lead", "", BODY)
    again = DescribeCache(cache.saved())
    assert again.date("Task") == "Tue, 24 Nov 2026 08:00:00 GMT"
    assert again.date("Lead") == ""
    assert again.get("Lead") is None
    kept = again.get("Task")
    assert kept is not None
    assert "urls" not in kept
    assert parse_object(kept) == parse_object(BODY)
    assert DescribeCache({"Task": "odd", "Lead": [1, 2]}).get("Task") is None
