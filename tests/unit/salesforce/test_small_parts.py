"""Small parts: proxies, plain text, rows, tasks, scripts, the meter."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cadence_desk.domain.errors import AnswerUnreadable
from cadence_desk.domain.orgs import FieldDescription, ObjectDescription
from cadence_desk.salesforce import rows
from cadence_desk.salesforce.call_reader import template_in
from cadence_desk.salesforce.plain_text import plain_text
from cadence_desk.salesforce.proxies import is_loopback
from cadence_desk.salesforce.tasks import has_key_field, parse_task, sendable
from cadence_desk.salesforce.usage import UsageMeter
from tests.unit.salesforce.org_fakes import FakeClock


@pytest.mark.parametrize(
    "host", ["localhost", "LOCALHOST.", "a.localhost", "127.0.0.1", "127.9.9.9", "::1", "[::1]"]
)
def test_loopback(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["localhost.example", "10.0.0.1", "salesforce.com", ""])
def test_not_loopback(host: str) -> None:
    assert not is_loopback(host)


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>Hello <b>you</b></p><p>Second</p>", "Hello you\n\nSecond"),
        ("a<br>b<br/>c", "a\nb\nc"),
        ("<ul><li>one</li><li>two</li></ul>", "- one\n- two"),
        ("<script>alert(1)</script><style>p{}</style>text", "text"),
        ("Tom &amp; Jerry &lt;3&nbsp;!", "Tom & Jerry <3 !"),
        ("<table><tr><td>a</td><td>b</td></tr></table>", "a b"),
        ("plain\n  text", "plain text"),
        ("<img src=file:///etc/passwd onerror=x>", ""),
        ("<table>" * 5000 + "deep", "deep"),
        ("", ""),
    ],
)
def test_scripts_become_plain_text(html: str, text: str) -> None:
    assert plain_text(html) == text


@given(st.text(alphabet="<>/&;ab! -\n\"'=", max_size=200))
def test_no_html_breaks_it(html: str) -> None:
    assert "\n\n\n" not in plain_text(html)


def test_rows_are_read_leniently() -> None:
    row: dict[str, Any] = {
        "Id": "00Q7Q00000HV0Wo",
        "Owner": {"Name": "Ann"},
        "Gone": None,
        "When": "2026-11-24T08:00:00.000+0100",
        "Odd": "yesterday",
        "Day": "2026-11-24",
        "Count": 5.0,
        "Yes": True,
    }
    assert rows.record_id(row) == "00Q7Q00000HV0WoUAL"
    assert rows.text(row, "Owner.Name") == "Ann"
    assert rows.text(row, "Gone.Name") == rows.text(row, "Gone") == rows.text(row, "None") == ""
    assert rows.moment(row, "When") == datetime(2026, 11, 24, 7, tzinfo=UTC)
    assert rows.moment(row, "Odd") is rows.moment(row, "Gone") is rows.day(row, "Odd") is None
    assert rows.day(row, "Day") == date(2026, 11, 24)
    assert rows.number(row, "Count") == 5
    assert rows.number(row, "Yes") is rows.number(row, "Odd") is None
    assert rows.flag(row, "Yes")
    assert not rows.flag(row, "Count")
    assert rows.id_or_empty(row, "Gone") == ""
    for bad in ({}, {"Id": 5}, {"Id": "short"}):
        with pytest.raises(AnswerUnreadable):
            rows.record_id(bad)


def task_object(**fields: FieldDescription) -> ObjectDescription:
    return ObjectDescription("Task", "Task", "00T", fields)


def test_only_what_may_be_set_is_sent() -> None:
    described = task_object(
        Subject=FieldDescription("Subject", "", "string", createable=True, updateable=True),
        TaskSubtype=FieldDescription("TaskSubtype", "", "string", createable=True),
        ActivityDate=FieldDescription("ActivityDate", "", "date", createable=True, updateable=True),
        IsClosed=FieldDescription("IsClosed", "", "boolean"),
    )
    values = {
        "Subject": "Call",
        "TaskSubtype": "Call",
        "ActivityDate": date(2026, 1, 2),
        "IsClosed": True,
        "X": 1,
    }
    assert sendable(values, described, new=True) == {
        "Subject": "Call",
        "TaskSubtype": "Call",
        "ActivityDate": "2026-01-02",
    }
    assert sendable(values, described, new=False) == {"Subject": "Call", "ActivityDate": "2026-01-02"}


@pytest.mark.parametrize("missing", ["external_id", "unique", "createable", "filterable"])
def test_the_key_field_must_protect(missing: str) -> None:
    flags: dict[str, Any] = dict.fromkeys(("external_id", "unique", "createable", "filterable"), True)
    assert has_key_field(task_object(CD_Op_Id__c=FieldDescription("CD_Op_Id__c", "", "string", **flags)))
    flags[missing] = False
    assert not has_key_field(task_object(CD_Op_Id__c=FieldDescription("CD_Op_Id__c", "", "string", **flags)))
    assert not has_key_field(task_object())


def test_a_task_knows_its_key_by_field_or_marker() -> None:
    one = {"Id": "00T7Q00000HV0WoUAL", "CD_Op_Id__c": "op", "CallObject": "cti-5"}
    other = {"Id": "00T7Q00000HV0WoUAL", "CallObject": "cadencedesk:op"}
    assert parse_task(one).op_key == parse_task(other).op_key == "op"
    assert parse_task({"Id": "00T7Q00000HV0WoUAL", "CallObject": "cti-5"}).op_key == ""


def test_the_template_an_action_selects() -> None:
    assert template_in({"TemplateId": "0SC", "SplitPercentage": 10.0}) == "0SC"
    assert template_in('{"TemplateId": "0SC"}') == "0SC"
    for odd in (None, "", "[1", "[]", 5, {"TemplateId": 5}):
        assert template_in(odd) == ""


def test_the_org_time_grows_old() -> None:
    clock = FakeClock()
    meter = UsageMeter(clock)
    assert meter.server_now() is None
    meter.answered(
        {"Date": "Tue, 24 Nov 2026 08:00:00 GMT", "Sforce-Limit-Info": "per-app-api-usage=1/2(appName=x)"}
    )
    clock.now += 2
    assert meter.server_now() == datetime(2026, 11, 24, 8, 0, 2, tzinfo=UTC)
    clock.now += 10
    assert meter.server_now() is None
    assert meter.usage().limit == 0
    meter.answered({"Date": "nonsense", "Sforce-Limit-Info": "api-usage=7/9; api-bursts=1/750"})
    assert meter.server_now() is None
    assert (meter.usage().used, meter.usage().limit) == (7, 9)
