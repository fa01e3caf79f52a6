"""Describes are parsed leniently and kept for conditional requests."""

from __future__ import annotations

from cadence_desk.salesforce.describes import (
    DescribeCache,
    parse_action,
    parse_object,
    trim_action,
    trim_action_list,
    trim_describe,
)

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
    cache.use("67.0")
    cache.keep("Task", "Tue, 24 Nov 2026 08:00:00 GMT", trim_describe(BODY))
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


def test_what_was_described_under_another_version_is_forgotten() -> None:
    cache = DescribeCache()
    cache.use("67.0")
    cache.keep("Task", "Tue, 24 Nov 2026 08:00:00 GMT", trim_describe(BODY))
    cache.use("67.0")
    assert cache.date("Task")
    cache.use("68.0")
    assert not cache.date("Task")
    assert not cache.remembered()


def test_a_text_of_an_earlier_start_takes_the_place_of_what_is_kept() -> None:
    first, second = DescribeCache(), DescribeCache()
    first.use("67.0")
    first.keep("Task", "Tue, 24 Nov 2026 08:00:00 GMT", trim_describe(BODY))
    second.use("67.0")
    second.keep("Lead", "Tue, 24 Nov 2026 08:00:00 GMT", trim_describe(BODY))
    second.recall(first.remembered())
    second.use("67.0")
    assert second.date("Task")
    assert not second.date("Lead")
    for odd in ("", "{", "[1]", '{"Task": 1}'):
        second.recall(odd)
        assert second.saved() == {}


def test_actions_are_trimmed_to_what_is_read() -> None:
    body = {
        "name": "a",
        "label": "A",
        "outputs": [1],
        "inputs": [{"name": "x", "required": True, "picklistValues": [1]}, 3],
    }
    kept = trim_action(body)
    assert kept == {"label": "A", "inputs": [{"name": "x", "required": True, "type": None}]}
    assert parse_action({**kept, "name": "a"}, {"x"}) == parse_action(body, {"x"})
    assert trim_action_list({"actions": [{"name": "a", "url": "u"}, None]}) == {"actions": [{"name": "a"}]}
