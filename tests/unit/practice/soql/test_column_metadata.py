"""The answer to columns=true, by which the Salesforce CLI heads its tables."""

from typing import Any

import pytest

from cadence_desk.practice.soql.problems import SoqlProblem
from tests.unit.practice.soql.small_org import ANA, Desk


def tree(columns: list[dict[str, Any]]) -> list[Any]:
    return [
        (one["columnName"], one["aggregate"], tree(one["joinColumns"]))
        if one["joinColumns"]
        else one["columnName"]
        for one in columns
    ]


def test_plain_columns(desk: Desk) -> None:
    found = desk.runner.columns("SELECT id, createddate, NumberOfEmployees FROM lead", user_id=ANA)
    assert found["entityName"] == "Lead"
    assert found["idSelected"] is True
    assert [one["displayName"] for one in found["columnMetadata"]] == [
        "Id",
        "CreatedDate",
        "NumberOfEmployees",
    ]
    assert [one["apexType"] for one in found["columnMetadata"]] == ["Id", "Datetime", "Integer"]


def test_parents_and_children_have_join_columns(desk: Desk) -> None:
    soql = "SELECT Name, Account.Owner.Name, Account.Name, (SELECT Subject, Status FROM Tasks) FROM Contact"
    found = desk.runner.columns(soql, user_id=ANA)["columnMetadata"]
    assert tree(found) == [
        "Name",
        ("Account", False, [("Owner", False, ["Name"]), "Name"]),
        ("Tasks", True, ["Subject", "Status"]),
    ]


def test_aggregates(desk: Desk) -> None:
    found = desk.runner.columns(
        "SELECT Rating r, COUNT(Id), MAX(CreatedDate) m FROM Lead GROUP BY Rating", user_id=ANA
    )
    assert found["groupBy"] is True
    shown = [(one["columnName"], one["aggregate"]) for one in found["columnMetadata"]]
    assert shown == [("r", False), ("expr0", True), ("m", True)]
    bare = desk.runner.columns("SELECT COUNT() FROM Lead", user_id=ANA)["columnMetadata"]
    assert [one["columnName"] for one in bare] == ["expr0"]


def test_a_wrong_query_is_refused(desk: Desk) -> None:
    with pytest.raises(SoqlProblem) as caught:
        desk.runner.columns("SELECT Foo FROM Lead", user_id=ANA)
    assert caught.value.code == "INVALID_FIELD"
