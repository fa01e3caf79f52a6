"""Every switch of the practice org is written down, and the ones for org shapes do what CONTROL.md says."""

from __future__ import annotations

import re
import ssl
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, Any

import grpc
import pytest

from cadence_desk.wire import pubsub_api_pb2 as pb
from tests.contract.practice.conftest import PubSub

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.contract.practice.conftest import OrgThread

CONTROL = Path(__file__).parents[3] / "cadence_desk" / "practice" / "CONTROL.md"


@pytest.fixture
def switched(org: OrgThread) -> Iterator[OrgThread]:
    before = org.control("/settings")[1]
    yield org
    assert org.control("/settings", before)[0] == 200


def switch(org: OrgThread, **changes: Any) -> None:
    status, told = org.control("/settings", changes)
    assert status == 200, told


def key(org: OrgThread) -> dict[str, Any] | None:
    fields = org.rest("/sobjects/Task/describe")[1]["fields"]
    return next((one for one in fields if one["name"] == "CD_Op_Id__c"), None)


def test_every_switch_is_in_the_table(org: OrgThread) -> None:
    table = CONTROL.read_text(encoding="utf-8").partition("## POST /settings")[2].partition("\n## ")[0]
    rows = [line for line in table.splitlines() if line.startswith("| `")]
    told = {name for row in rows for name in re.findall(r"`(\w+)`", row.split("|")[1])}
    assert told == set(org.control("/settings")[1])


def test_api_versions(switched: OrgThread) -> None:
    switch(switched, oldest_api=60, newest_api=64)
    url = f"{switched.ready['rest_http_url']}/services/data/"
    with urllib.request.urlopen(url) as answer:
        assert re.findall(rb'"v?(6\d)\.0"', answer.read()) == [b"60", b"61", b"62", b"63", b"64"]
    assert switched.rest("/limits")[0] == 404


def test_rest_can_be_switched_off(switched: OrgThread) -> None:
    switch(switched, api_enabled=False)
    status, told = switched.rest("/limits")
    assert (status, told[0]["errorCode"]) == (403, "API_DISABLED_FOR_ORG")


def test_limits_need_a_permission_and_tell_event_deliveries(switched: OrgThread) -> None:
    switch(switched, event_delivery_limit=1234)
    told = switched.rest("/limits")[1]["DailyDeliveredPlatformEvents"]
    assert told["Max"] == 1234
    switch(switched, setup_visible=False)
    assert switched.rest("/limits")[0] == 403


def test_hidden_and_read_only_objects(switched: OrgThread) -> None:
    switch(switched, hidden_objects=["CallTemplate"], read_only_objects=["Task"])
    assert switched.rest("/sobjects/CallTemplate/describe")[0] == 404
    status, told = switched.rest("/query?" + urllib.parse.urlencode({"q": "SELECT Id FROM CallTemplate"}))
    assert (status, told[0]["errorCode"]) == (400, "INVALID_TYPE")
    assert switched.rest("/sobjects/Task/describe")[1]["createable"] is False
    status, told = switched.rest("/sobjects/Task", {"Subject": "x"})
    assert (status, told[0]["errorCode"]) == (400, "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY")


def test_missing_actions_and_licenses(switched: OrgThread) -> None:
    switch(switched, unavailable_actions=["pauseSalesCadenceTracker"])
    names = [one["name"] for one in switched.rest("/actions/standard")[1]["actions"]]
    assert "pauseSalesCadenceTracker" not in names
    assert "resumeSalesCadenceTracker" in names
    switch(switched, unlicensed_users=[switched.ready["user_id"]])
    assert switched.rest("/actions/standard")[1]["actions"] == []


def test_no_person_accounts(switched: OrgThread) -> None:
    def names(sobject: str) -> set[str]:
        return {one["name"] for one in switched.rest(f"/sobjects/{sobject}/describe")[1]["fields"]}

    assert "PersonContactId" in names("Account")
    switch(switched, person_accounts=False)
    assert not {name for name in names("Account") if name.startswith("Person") or name == "LastName"}
    assert "IsPersonAccount" not in names("Contact")


def test_the_key_of_operations(switched: OrgThread) -> None:
    def create(value: str) -> int:
        return switched.rest("/sobjects/Task", {"Subject": "x", "CD_Op_Id__c": value})[0]

    assert key(switched) is not None
    assert [create("one"), create("one")] == [201, 400]
    switch(switched, operation_key="external")
    described = key(switched)
    assert described is not None
    assert (described["externalId"], described["unique"]) == (True, False)
    assert create("one") == 201
    switch(switched, operation_key="plain")
    described = key(switched)
    assert described is not None
    assert not described["externalId"]
    switch(switched, operation_key="absent")
    assert key(switched) is None
    assert create("two") == 400
    switch(switched, operation_key="unique")
    assert create("one") == 400


def test_an_app_that_is_not_installed(switched: OrgThread) -> None:
    switch(switched, app_installed=False)
    form = urllib.parse.urlencode(
        {"grant_type": "refresh_token", "refresh_token": "x", "client_id": "PracticeDesk"}
    )
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(f"{switched.ready['rest_http_url']}/services/oauth2/token", form.encode())
    with caught.value as refusal:
        assert b"app must be installed into org" in refusal.read()


def test_sessions_locked_to_an_address(switched: OrgThread) -> None:
    switch(switched, events_ip_locked=True)
    pubsub = PubSub(switched.ready)
    with pytest.raises(grpc.RpcError) as caught:
        pubsub.stub.GetTopic(pb.TopicRequest(topic_name="/data/LeadChangeEvent"), metadata=pubsub.metadata)
    pubsub.close()
    assert caught.value.code() is grpc.StatusCode.UNAUTHENTICATED
    assert switched.rest("/limits")[0] == 200


@pytest.mark.parametrize(
    ("word", "told"),
    [("expired", "expired"), ("unknown", "unable to get local issuer"), ("other_host", "mismatch")],
)
def test_certificates_that_must_be_refused(switched: OrgThread, word: str, told: str) -> None:
    switch(switched, certificate=word)
    with pytest.raises(urllib.error.URLError) as caught:
        switched.rest("/limits")
    assert isinstance(caught.value.reason, ssl.SSLCertVerificationError)
    assert told in str(caught.value.reason)
    pubsub = PubSub(switched.ready)
    with pytest.raises(grpc.RpcError, match="failed to connect"):
        pubsub.stub.GetTopic(pb.TopicRequest(topic_name="/data/LeadChangeEvent"), metadata=pubsub.metadata)
    pubsub.close()
    switch(switched, certificate="own")
    assert switched.rest("/limits")[0] == 200


def test_wrong_words_change_nothing(switched: OrgThread) -> None:
    for wrong in ({"certificate": "pretty"}, {"operation_key": "none"}, {"contract": "third"}):
        status, told = switched.control("/settings", {"newest_api": 61, **wrong})
        assert status == 400
        assert "is one of" in told["error"]
    assert switched.control("/settings")[1]["newest_api"] == 68
