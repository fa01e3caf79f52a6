"""`cadence-desk check --json` names each thing that is switched off in the org by its code."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import pytest

from cadence_desk.bootstrap.opening import OpenProfile, look_into_profile
from cadence_desk.commands import check
from cadence_desk.domain.orgs import GivenAccess, WayIn
from cadence_desk.domain.readiness.checks import CheckCode
from cadence_desk.settings.paths import Paths
from tests.contract.client_org import PracticeProcess

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

pytestmark = pytest.mark.whole

KEYS = {"code", "title", "result", "seen", "why", "fix"}


@dataclass
class Checked:
    """One run of the command."""

    exit_code: int
    lines: dict[str, dict[str, str]] = field(default_factory=dict)
    error: dict[str, str] = field(default_factory=dict)

    def result(self, code: str) -> str:
        return self.lines[code]["result"]

    @property
    def not_passed(self) -> dict[str, str]:
        return {code: one["result"] for code, one in self.lines.items() if one["result"] in {"warn", "fail"}}


@dataclass
class Org:
    """A practice org whose switches a test may turn; they go back at its end."""

    practice: PracticeProcess
    folder: Path
    read_text: Callable[[], str]

    def settings(self, **changes: object) -> None:
        self.practice.control("/settings", changes)

    def edit(self, *edits: dict[str, Any]) -> None:
        self.practice.control("/edit", {"edits": list(edits)})

    def ids(self, soql: str) -> list[str]:
        return [row["Id"] for row in self.practice.rows(soql)]

    def check(self, **profile: object) -> Checked:
        reached: Any = replace(self.practice.profile(), way_in=WayIn.TOKEN, **profile)  # type: ignore[arg-type]
        access = GivenAccess(token=self.practice.ready["access_token"])

        def open_now() -> OpenProfile:
            return look_into_profile(reached, Paths(self.folder), None, access)

        code = check.check(open_now, as_json=True)
        told = json.loads(self.read_text())
        return Checked(code, {one["code"]: one for one in told["checks"]}, told.get("error", {}))


@pytest.fixture(scope="module")
def practice(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PracticeProcess]:
    made = started(tmp_path_factory.mktemp("authority"))
    yield made
    made.stop()


def started(home: Path) -> PracticeProcess:
    made = PracticeProcess.start("--people", "60", "--home", str(home))
    made.control("/settings", {"colleagues": False})
    return made


@pytest.fixture
def org(practice: PracticeProcess, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[Org]:
    before = practice.control("/settings")
    yield Org(practice, tmp_path, lambda: capsys.readouterr().out)
    practice.control("/settings", before)


def test_an_org_with_everything_on_passes(org: Org) -> None:
    found = org.check()
    assert set(found.lines) == {one.value for one in CheckCode}
    assert all(set(line) == KEYS and all(line.values()) for line in found.lines.values())
    assert found.not_passed == {}
    assert found.exit_code == 0
    assert "Practice org authority" in found.lines["TLS"]["seen"]
    assert "68.0 is used" in found.lines["API_VERSION"]["seen"]


SWITCHES: dict[str, tuple[dict[str, Any], dict[str, str]]] = {
    "the sign of a cadence user is hidden": (
        {"hidden_fields": ["Lead.ActionCadenceId"]},
        {"CADENCE_USER": "fail"},
    ),
    "the link from tasks to steps is hidden": (
        {"hidden_fields": ["Task.ActionCadenceStepTrackerId"]},
        {"CALL_PATH": "warn"},
    ),
    "a key field is hidden": (
        {"hidden_fields": ["ActionCadenceStepTracker.ActionCadenceTrackerId"]},
        {"CADENCE_FIELDS": "fail"},
    ),
    "a column is hidden": (
        {"hidden_fields": ["ActionCadenceTracker.ErrorMessage"]},
        {"CADENCE_FIELDS": "warn"},
    ),
    "consent is hidden": ({"hidden_fields": ["Contact.DoNotCall"]}, {"PEOPLE_FIELDS": "warn"}),
    "the call result is hidden": ({"hidden_fields": ["Task.CallDisposition"]}, {"TASK_FIELDS": "fail"}),
    "trackers are hidden": (
        {"hidden_objects": ["ActionCadenceTracker"]},
        {"CADENCE_OBJECTS": "fail"},
    ),
    "scripts are hidden": ({"hidden_objects": ["CallTemplate"]}, {"CALL_SCRIPTS": "warn"}),
    "call results are hidden": (
        {"hidden_objects": ["CallDisposition"]},
        {"CALL_RESULTS": "unknown", "CALL_OUTCOMES": "unknown"},
    ),
    "leads are hidden": ({"hidden_objects": ["Lead"]}, {"PEOPLE_FIELDS": "warn", "CADENCE_USER": "unknown"}),
    "tasks are read only": ({"read_only_objects": ["Task"]}, {"TASK_CREATE": "fail"}),
    "the key of calls may repeat": ({"operation_key": "external"}, {"CALL_PROTECTION": "warn"}),
    "there is no key of calls": ({"operation_key": "absent"}, {"CALL_PROTECTION": "warn"}),
    "a lesser action is missing": (
        {"unavailable_actions": ["pauseSalesCadenceTracker"]},
        {"CADENCE_ACTIONS": "warn"},
    ),
    "no step can be completed": (
        {"unavailable_actions": ["sendSalesCadenceEvent"]},
        {"CADENCE_ACTIONS": "fail", "CALL_PATH": "warn"},
    ),
    "trackers are not selected": (
        {"selected_entities": ["ActionCadenceStepTracker", "Task", "Lead", "Contact"]},
        {"EVENTS_TRACKER": "fail"},
    ),
    "contacts are not selected": (
        {"selected_entities": ["ActionCadenceTracker", "ActionCadenceStepTracker", "Task", "Lead"]},
        {"EVENTS_CONTACT": "warn"},
    ),
    "not all records are visible": ({"view_all_users": []}, {"EVENT_PERMISSION": "fail"}),
    "sessions are locked to an address": ({"events_ip_locked": True}, {"EVENT_BUS": "fail"}),
    "deliveries are used up": ({"event_delivery_limit": 0}, {"EVENT_ALLOWANCE": "fail"}),
    "an older release": ({"newest_api": 63}, {"API_VERSION": "warn"}),
    "a much older release": ({"newest_api": 59}, {"API_VERSION": "fail"}),
    "the API is off": ({"api_enabled": False}, {"API_ACCESS": "fail"}),
    "calls are used up": ({"api_daily_limit": 1}, {"API_LIMIT": "fail"}),
    "there is no setup to see": ({"setup_visible": False}, {"EVENT_ALLOWANCE": "unknown"}),
}


@pytest.mark.parametrize("name", SWITCHES)
def test_what_is_switched_off_is_named(org: Org, name: str) -> None:
    changes, wanted = SWITCHES[name]
    org.settings(**changes)
    found = org.check()
    assert {code: found.result(code) for code in wanted} == wanted
    assert found.exit_code == int("fail" in {line["result"] for line in found.lines.values()})
    harmless = {"fail"} - set(wanted.values())
    others = {code: one for code, one in found.not_passed.items() if code not in wanted and one in harmless}
    assert not others, "one switch, one line"


def test_a_user_without_license_and_sets(org: Org) -> None:
    user = org.practice.ready["user_id"]
    org.settings(unlicensed_users=[user], hidden_fields=["Lead.ActionCadenceId"])
    rows = [
        {"sobject": sobject, "id": one}
        for sobject in ("PermissionSetAssignment", "PermissionSetLicenseAssign")
        for one in org.ids(f"SELECT Id FROM {sobject} WHERE AssigneeId = '{user}'")
    ]
    org.edit(*({**row, "delete": True} for row in rows))
    try:
        found = org.check()
    finally:
        org.edit(*({**row, "undelete": True} for row in rows))
    wanted = ("LICENSE", "PERMISSION_SET", "CADENCE_USER", "CADENCE_ACTIONS")
    assert [found.result(code) for code in wanted] == ["fail"] * len(wanted)


def test_permissions_that_may_not_be_read_are_no_verdict(org: Org) -> None:
    org.settings(hidden_objects=["PermissionSetAssignment", "PermissionSetLicenseAssign"])
    found = org.check()
    assert [found.result(code) for code in ("LICENSE", "PERMISSION_SET")] == ["pass", "pass"]
    assert "only its holders see" in found.lines["LICENSE"]["seen"]
    hidden = ["Lead.ActionCadenceId"]
    org.settings(hidden_fields=hidden)
    found = org.check()
    assert [found.result(code) for code in ("LICENSE", "PERMISSION_SET")] == ["unknown", "unknown"]


def test_no_status_is_closed_and_no_result_is_mapped(org: Org) -> None:
    status = org.ids("SELECT Id FROM TaskStatus WHERE IsClosed = true")
    loose = org.practice.rows("SELECT Id, DispositionCategoryId FROM CallDisposition LIMIT 1")[0]
    org.edit(
        *({"sobject": "TaskStatus", "id": one, "fields": {"IsClosed": False}} for one in status),
        {"sobject": "CallDisposition", "id": loose["Id"], "fields": {"DispositionCategoryId": None}},
    )
    try:
        found = org.check()
    finally:
        mapped = {"DispositionCategoryId": loose["DispositionCategoryId"]}
        org.edit(
            *({"sobject": "TaskStatus", "id": one, "fields": {"IsClosed": True}} for one in status),
            {"sobject": "CallDisposition", "id": loose["Id"], "fields": mapped},
        )
    assert found.not_passed == {"TASK_STATUS": "fail", "CALL_OUTCOMES": "warn"}


def test_a_change_that_sends_no_event_is_noticed_without_setup(org: Org) -> None:
    org.settings(setup_visible=False, selected_entities=["ActionCadenceStepTracker", "Task", "Contact"])
    lead = org.ids("SELECT Id FROM Lead WHERE IsConverted = false LIMIT 1")[0]
    over = threading.Event()

    def work() -> None:
        number = 0
        while not over.wait(0.5):
            number += 1
            org.edit({"sobject": "Lead", "id": lead, "fields": {"Title": f"Title {number}"}})

    colleague = threading.Thread(target=work)
    colleague.start()
    try:
        found = org.check()
    finally:
        over.set()
        colleague.join()
    assert found.result("EVENTS_LEAD") == "warn"
    assert "no event came" in found.lines["EVENTS_LEAD"]["seen"]
    assert found.result("EVENTS_TRACKER") in {"unknown", "fail"}, "whether one moved just then"


def test_most_calls_are_used(org: Org) -> None:
    before, now = used_calls(org), used_calls(org)
    after_one_more = now + (now - before)
    org.settings(api_daily_limit=round(after_one_more / 0.88))
    assert org.check().result("API_LIMIT") == "warn", "about 12 % are left"


def used_calls(org: Org) -> int:
    left = org.check().lines["API_LIMIT"]["seen"].split()[0]
    return 100_000 - int(left.replace(",", ""))


def test_the_older_contract_completes_calls_in_one_action(org: Org) -> None:
    org.settings(contract="brief")
    found = org.check()
    assert "one action" in found.lines["CADENCE_ACTIONS"]["seen"]
    assert found.result("CALL_PATH") == "pass"


def test_person_accounts_are_on_or_off(org: Org) -> None:
    org.settings(person_accounts=False)
    assert org.check().lines["PERSON_ACCOUNTS"]["seen"] == "They are off."


def test_a_dead_line_and_a_dead_session_are_told_apart(org: Org) -> None:
    found = org.check(login_url="https://localhost:9")
    assert (found.exit_code, found.lines) == (4, {})
    assert found.error["code"] == "CD-1201"
    good, org.practice.ready["access_token"] = org.practice.ready["access_token"], "00D!no"
    try:
        assert org.check().error["code"] == "CD-1101"
    finally:
        org.practice.ready["access_token"] = good


def test_a_clock_that_is_off(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    practice = started(tmp_path)
    org = Org(practice, tmp_path, lambda: capsys.readouterr().out)
    try:
        practice.control("/clock", {"jump_ms": 120_000})
        assert org.check().result("CLOCK") == "warn"
        practice.control("/clock", {"jump_ms": 3_600_000})
        found = org.check()
    finally:
        practice.stop()
    assert found.result("CLOCK") == "fail"
    assert "behind Salesforce" in found.lines["CLOCK"]["seen"]
