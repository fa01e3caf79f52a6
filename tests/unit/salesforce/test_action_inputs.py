"""One build speaks both contracts: inputs are named as the org describes them."""

from __future__ import annotations

from typing import Any

import pytest

from cadence_desk.domain.errors import BadValue, NotAvailable
from cadence_desk.domain.orgs import ActionDescription, ActionInput
from cadence_desk.salesforce.action_inputs import build_inputs
from cadence_desk.salesforce.describes import parse_action

LEAD = "00Q7Q00000HV0WoUAL"
CADENCE = "77C7Q00000HV0WoUAL"


def action(*names: str) -> ActionDescription:
    """An action whose inputs are required when they end in a star."""
    inputs = tuple(ActionInput(name.rstrip("*"), name.endswith("*")) for name in names)
    return ActionDescription("anAction", "An action", inputs)


def name_of(cadence_id: str) -> str:
    assert cadence_id == CADENCE
    return "Spring"


def build(described: ActionDescription, **given: Any) -> dict[str, Any]:
    return build_inputs(described, given, name_of)


def test_the_documented_contract() -> None:
    described = action("salesCadenceNameOrId*", "targetId*", "userId", "startStepNameOrId", "relatedToId")
    assert build(
        described,
        salesCadenceNameOrId=CADENCE,
        targetId=LEAD,
        userId="005",
        startStepNameOrId="",
        relatedToId=None,
    ) == {"salesCadenceNameOrId": CADENCE, "targetId": LEAD, "userId": "005"}


def test_the_brief_contract() -> None:
    described = action("sObjectName*", "targetId*", "cadenceName*", "userId")
    built = build(described, salesCadenceNameOrId=CADENCE, targetId=LEAD)
    assert built == {"sObjectName": "Lead", "targetId": LEAD, "cadenceName": "Spring"}
    assert build(described, cadenceName="By hand", targetId="001" + LEAD[3:]) == {
        "sObjectName": "Account",
        "targetId": "001" + LEAD[3:],
        "cadenceName": "By hand",
    }


def test_a_hint_for_the_other_contract_is_dropped() -> None:
    described = action("salesCadenceNameOrId*", "targetId*")
    built = build(
        described, salesCadenceNameOrId=CADENCE, cadenceName="Spring", targetId=LEAD, sObjectName="Lead"
    )
    assert built == {"salesCadenceNameOrId": CADENCE, "targetId": LEAD}


def test_completing_a_step_by_the_brief() -> None:
    described = action(
        "ActionCadenceStepTrackerId*", "callResult*", "callDisposition", "notes", "callDurationInSeconds"
    )
    assert build(
        described, recordId="8HF", callDisposition="Connected", notes="ok", callDurationInSeconds=5
    ) == {
        "ActionCadenceStepTrackerId": "8HF",
        "callResult": "Connected",
        "callDisposition": "Connected",
        "notes": "ok",
        "callDurationInSeconds": 5,
    }


def test_case_does_not_matter() -> None:
    assert build(action("TARGETID*", "Steptrackerid*"), targetid=LEAD, RecordId="8HF") == {
        "TARGETID": LEAD,
        "Steptrackerid": "8HF",
    }


def test_a_missing_required_input_is_named() -> None:
    with pytest.raises(BadValue, match="targetId"):
        build(action("targetId*"))


def test_an_empty_text_fills_a_required_input() -> None:
    assert build(action("notes*", "targetId"), notes="", targetId="") == {"notes": ""}


def test_another_object_is_refused_before_the_call() -> None:
    with pytest.raises(BadValue, match="leads, contacts"):
        build(action("sObjectName*", "targetId*"), targetId="0067Q00000HV0WoUAL")


def test_a_wish_the_org_cannot_take_is_not_dropped() -> None:
    with pytest.raises(NotAvailable, match="startStepNameOrId"):
        build(action("targetId*"), targetId=LEAD, startStepNameOrId="Step 2")
    assert build(action("targetId*"), targetId=LEAD, shouldApplyUserContext=False) == {"targetId": LEAD}


def test_unknown_required_inputs_are_named() -> None:
    body = {
        "name": "pauseSalesCadenceTracker",
        "label": "Pause",
        "inputs": [
            {"name": "targetId", "required": True},
            {"name": "moonPhase", "required": True},
            {"name": "mood", "required": False},
        ],
    }
    assert parse_action(body, {"targetid"}).unknown_required == ("moonPhase",)
