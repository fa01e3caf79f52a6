"""Queries are built from checked names and escaped values only."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cadence_desk.domain.errors import BadValue
from cadence_desk.domain.orgs import FieldDescription, ObjectDescription
from cadence_desk.salesforce.soql import SoqlQuery, chunks, keep_described, literal, moment, quoted


def described(name: str, *fields: str) -> ObjectDescription:
    return ObjectDescription(
        name, name, "", {field: FieldDescription(field, field, "string") for field in fields}
    )


def test_a_whole_query() -> None:
    query = (
        SoqlQuery("ActionCadenceTracker", ("Id", "CurrentStep.StepTitle"))
        .where("IsTrackerActive", "=", value=True)
        .where_in("TargetId", ["00Q1", "003'"])
        .where_in("State", ["Complete"], negate=True)
        .order_by("CreatedDate DESC", "Id")
        .limit(5)
    )
    assert query.text() == (
        "SELECT Id, CurrentStep.StepTitle FROM ActionCadenceTracker WHERE IsTrackerActive = true"
        " AND TargetId IN ('00Q1','003\\'') AND State NOT IN ('Complete')"
        " ORDER BY CreatedDate DESC, Id LIMIT 5"
    )


def test_since_rounds_down_and_orders() -> None:
    at = datetime(2026, 11, 24, 9, 0, 0, 999_999, tzinfo=timezone(timedelta(hours=1)))
    query = SoqlQuery("Lead", ("Id",)).since("SystemModstamp", at)
    assert query.text().endswith("SystemModstamp >= 2026-11-24T08:00:00.999Z ORDER BY SystemModstamp, Id")
    assert SoqlQuery("Lead", ("Id",)).since("SystemModstamp", None).text() == "SELECT Id FROM Lead"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "null"),
        (True, "true"),
        (5, "5"),
        (1.5, "1.5"),
        ("O'Hara\\", "'O\\'Hara\\\\'"),
        (date(2026, 1, 2), "2026-01-02"),
        (datetime(2026, 1, 2, tzinfo=UTC), "2026-01-02T00:00:00.000Z"),
    ],
)
def test_literals(value: object, text: str) -> None:
    assert literal(value) == text


def test_what_is_refused() -> None:
    query = SoqlQuery("Lead", ("Id",))
    for bad in ("a\nb", "a\0b", "\x7f"):
        with pytest.raises(BadValue):
            quoted(bad)
    with pytest.raises(BadValue):
        literal(object())
    with pytest.raises(BadValue):
        moment(datetime(2026, 1, 1))  # noqa: DTZ001 - a time without zone is what is refused
    with pytest.raises(BadValue):
        query.where("Name = 'x' OR Name", "=", "y")
    with pytest.raises(BadValue):
        query.where("Name", "OR", "y")
    with pytest.raises(BadValue):
        query.where_in("Id", [])
    with pytest.raises(BadValue):
        query.order_by("Id; DROP")
    with pytest.raises(BadValue):
        SoqlQuery("Lead", ()).text()
    with pytest.raises(BadValue):
        SoqlQuery("Lead WHERE", ("Id",)).text()


@given(st.text())
def test_no_text_leaves_its_quotes(text: str) -> None:
    try:
        made = quoted(text)
    except BadValue:
        return
    inner = made[1:-1].replace("\\\\", "").replace("\\'", "")
    assert "'" not in inner
    assert "\\" not in inner
    assert made[0] == made[-1] == "'"


def test_only_described_fields_are_kept() -> None:
    tracker = described("ActionCadenceTracker", "Id", "CurrentStepId", "TargetId")
    step = described("ActionCadenceStepTracker", "StepTitle")
    paths = ("Id", "State", "CurrentStep.StepTitle", "CurrentStep.StepType", "Target.Name", "Owner.Name")
    assert keep_described(paths, tracker, {"CurrentStep": step}) == (
        "Id",
        "CurrentStep.StepTitle",
        "Target.Name",
    )


def test_chunks() -> None:
    assert [len(part) for part in chunks(list(range(250)))] == [100, 100, 50]
    assert list(chunks([])) == []
