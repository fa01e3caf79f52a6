"""What is selected for Change Data Capture, as Setup tells it."""

from typing import Any

from tests.unit.practice.rest.served import ServedOrg

MEMBERS = "SELECT DeveloperName, SelectedEntity FROM PlatformEventChannelMember"


def _ask(api: ServedOrg, soql: str) -> Any:
    return api.get("/tooling/query", params={"q": soql})


def test_selected_entities_are_channel_members(api: ServedOrg) -> None:
    found = _ask(api, MEMBERS)
    assert found["entityTypeName"] == "PlatformEventChannelMember"
    names = {one["DeveloperName"] for one in found["records"]}
    assert names >= {"ChangeEvents_ActionCadenceTrackerChangeEvent", "ChangeEvents_LeadChangeEvent"}
    api.org.settings.selected_entities.discard("Lead")
    try:
        assert "LeadChangeEvent" not in {one["SelectedEntity"] for one in _ask(api, MEMBERS)["records"]}
    finally:
        api.org.settings.selected_entities.add("Lead")


def test_who_may_not_see_setup_has_no_such_object(api: ServedOrg) -> None:
    api.org.settings.setup_visible = False
    try:
        assert _ask(api, MEMBERS)[0]["errorCode"] == "INVALID_TYPE"
    finally:
        api.org.settings.setup_visible = True


def test_everything_else_is_refused(api: ServedOrg) -> None:
    assert _ask(api, "SELECT Id FROM ApexClass")[0]["errorCode"] == "INVALID_TYPE"
    assert _ask(api, "SELECT Nonsense FROM PlatformEventChannelMember")[0]["errorCode"] == "INVALID_FIELD"
    assert _ask(api, "DELETE")[0]["errorCode"] == "MALFORMED_QUERY"
