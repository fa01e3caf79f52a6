"""simple-salesforce, unedited, over https: what its users do every day.

Its attributes are made up at run time, so it is Any here.
"""

from collections.abc import Iterator
from typing import Any

import pytest
import requests
from simple_salesforce.api import Salesforce
from simple_salesforce.exceptions import (
    SalesforceExpiredSession,
    SalesforceMalformedRequest,
    SalesforceResourceNotFound,
)

from tests.interop.conftest import StandAloneOrg

pytestmark = pytest.mark.interop


@pytest.fixture
def client(org: StandAloneOrg) -> Iterator[Any]:
    with requests.Session() as session:
        session.trust_env = False
        session.verify = org["ca_file"]
        yield Salesforce(
            session_id=org["access_token"], instance_url=org["rest_url"], version="66.0", session=session
        )


def _free_lead(client: Any) -> str:
    created = client.Lead.create({"LastName": "Kim", "Company": "A", "Email": "k@a.example", "Phone": "1"})
    return str(created["id"])


def test_queries_page_through(client: Any) -> None:
    headers = {"Sforce-Query-Options": "batchSize=200"}
    first = client.query("SELECT Id, Name FROM Contact ORDER BY Id", headers=headers)
    rows = list(first["records"])
    page = first
    while not page["done"]:
        page = client.query_more(page["nextRecordsUrl"], identifier_is_url=True)
        rows += page["records"]
    assert len(rows) == first["totalSize"] == len({row["Id"] for row in rows})
    assert len(list(client.query_all_iter("SELECT Id FROM Lead"))) > 0
    assert client.query("SELECT COUNT() FROM Lead", include_deleted=True)["totalSize"] > 0


def test_metadata_and_limits(client: Any) -> None:
    described = client.describe()
    assert described is not None
    names = {one["name"] for one in described["sobjects"]}
    assert {"Task", "ActionCadence", "ActionCadenceTracker"} <= names
    assert client.Task.describe()["keyPrefix"] == "00T"
    assert client.Task.metadata()["objectDescribe"]["name"] == "Task"
    assert client.limits()["DailyApiRequests"]["Max"] == 100_000
    assert client.api_usage["api-usage"].total == 100_000
    assert client.oauth2("userinfo")["preferred_username"]


def test_a_task_is_created_changed_and_deleted(client: Any) -> None:
    lead = _free_lead(client)
    created = client.Task.create({"Subject": "Call", "WhoId": lead, "TaskSubtype": "Call"})
    assert created["success"] is True
    task = created["id"]
    assert client.Task.update(task, {"Status": "Completed", "CallDisposition": "Left voicemail"}) == 204
    assert client.Task.get(task)["IsClosed"] is True
    assert client.Task.upsert("CD_Op_Id__c/key-7", {"Subject": "once"}) == 201
    assert client.Task.upsert("CD_Op_Id__c/key-7", {"Subject": "twice"}) == 200
    assert client.Task.get_by_custom_id("CD_Op_Id__c", "key-7")["Subject"] == "twice"
    assert client.Task.delete(task) == 204
    with pytest.raises(SalesforceResourceNotFound):
        client.Task.get(task)


def test_actions_run_through_restful(client: Any) -> None:
    listed = client.restful("actions/standard")
    assert "assignTargetToSalesCadence" in {one["name"] for one in listed["actions"]}
    cadence = client.query(
        "SELECT Id FROM ActionCadence WHERE State = 'Active' AND Type = 'Standard' LIMIT 1"
    )
    good: dict[str, Any] = {
        "salesCadenceNameOrId": cadence["records"][0]["Id"],
        "targetId": _free_lead(client),
    }
    path = "actions/standard/assignTargetToSalesCadence"
    done = client.restful(path, method="POST", json={"inputs": [good]})
    assert done == [{"actionName": "assignTargetToSalesCadence", "isSuccess": True}]
    inputs = [{**good, "targetId": _free_lead(client)}, {**good, "salesCadenceNameOrId": "none"}]
    with pytest.raises(SalesforceMalformedRequest) as caught:
        client.restful(path, method="POST", json={"inputs": inputs})
    results: Any = caught.value.content
    assert [one["isSuccess"] for one in results] == [True, False]
    tracker = client.query(
        f"SELECT IsTrackerActive FROM ActionCadenceTracker WHERE TargetId = '{good['targetId']}'"
    )
    assert tracker["records"][0]["IsTrackerActive"] is True


def test_errors_become_its_exceptions(client: Any, org: StandAloneOrg) -> None:
    with pytest.raises(SalesforceMalformedRequest) as caught:
        client.query("SELECT Id FROM ScratchOrgInfo LIMIT 1")
    errors: Any = caught.value.content
    assert errors[0]["errorCode"] == "INVALID_TYPE"
    stale: Any = Salesforce(
        session_id="00Dxx!stale", instance_url=org["rest_url"], version="66.0", session=client.session
    )
    with pytest.raises(SalesforceExpiredSession):
        stale.limits()


def test_search_and_composites(client: Any) -> None:
    client.Lead.create({"LastName": "Zimmerwald", "Company": "A"})
    found = client.search("FIND {Zimmerwald} RETURNING Lead(Id, Name)")
    assert [one["Name"] for one in found["searchRecords"]] == ["Zimmerwald"]
    body = {
        "compositeRequest": [
            {"method": "GET", "url": "/services/data/v66.0/limits", "referenceId": "one"},
            {
                "method": "GET",
                "url": "/services/data/v66.0/query?q=SELECT+Id+FROM+Task",
                "referenceId": "two",
            },
        ]
    }
    answers = client.restful("composite", method="POST", json=body)["compositeResponse"]
    assert [one["httpStatusCode"] for one in answers] == [200, 200]
