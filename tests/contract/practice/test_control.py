"""The control surface: who may use it, what it refuses, what each part does."""

import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from cadence_desk.practice import control
from cadence_desk.practice.faults.fates import PURPOSES, FateKind


def test_the_secret_is_needed(org: Any) -> None:
    status, answer = org.control("/state", secret="wrong")
    assert (status, "control_secret" in answer["error"]) == (401, True)


def test_the_page_lists_drills_and_keeps_the_secret_out(org: Any) -> None:
    with urllib.request.urlopen(org.ready["control_url"] + "/") as answer:
        page = answer.read().decode()
    assert "Drop every stream once" in page
    assert org.ready["control_secret"] not in page


def test_a_foreign_host_name_is_turned_away(org: Any) -> None:
    request = urllib.request.Request(org.ready["control_url"] + "/", headers={"Host": "rebound.example"})
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(request)
    with caught.value as refusal:
        assert refusal.code == 421


@pytest.mark.parametrize(
    ("path", "shape", "words"),
    [
        ("/settings", {"no_such": 1}, "settings: action_failure_status"),
        ("/settings", {"keepalive_seconds": "soon"}, "keepalive_seconds"),
        ("/settings", {"event_delivery_limit": -1}, "event_delivery_limit"),
        ("/fates", {"fate": "curse"}, "delay, drop_before_commit"),
        ("/fates", {"fate": "delay", "seconds": -1}, "seconds"),
        ("/fates", {"fate": "delay", "match": {"purpose": "tea"}}, "query_more"),
        ("/fates", {"fate": "delay", "often": 3}, "often"),
        ("/stream", {"action": "sing"}, "close_door"),
        ("/stream", {"action": "gap", "entity": "User", "ids": ["005"]}, "ActionCadenceTracker"),
        ("/stream", {"action": "drop", "status": "MAYBE"}, "UNAVAILABLE"),
        ("/clock", {"jump_ms": -5}, "jump_ms"),
        ("/clock", {}, "jump_ms"),
        ("/edit", {"verb": "dance"}, "verb"),
        ("/edit", {"sobject": "Lead", "id": "00Q000000000000AAA", "fields": {}}, "_"),
        ("/edit", {"edits": []}, "edits"),
        ("/tokens", {"action": "lend"}, "expire, revoke"),
        ("/edit", [1], "object"),
    ],
)
def test_a_bad_request_is_told_in_words(org: Any, path: str, shape: Any, words: str) -> None:
    status, answer = org.control(path, shape)
    assert (status, words in answer["error"]) == (400, True), answer


def test_settings_are_changed_all_or_nothing(org: Any) -> None:
    assert org.control("/settings", {"keepalive_seconds": 5, "no_such": 1})[0] == 400
    assert org.control("/settings")[1]["keepalive_seconds"] == 60
    shown = org.control("/settings", {"keepalive_seconds": 5, "event_delivery_limit": 9})[1]
    assert (shown["keepalive_seconds"], shown["event_delivery_limit"]) == (5, 9)


def test_the_clock_jumps_and_stands_still(org: Any) -> None:
    before = org.control("/clock", {"paused": True})[1]["now_ms"]
    after = org.control("/clock", {"jump_ms": 3_600_000})[1]
    assert (after["now_ms"] - before, after["paused"]) == (3_600_000, True)
    assert org.control("/clock", {"paused": False, "speed": 2})[1]["speed"] == 2
    org.control("/clock", {"speed": 1})


def test_edits_create_change_delete_and_bring_back_in_one_transaction(org: Any) -> None:
    lead = org.lead_ids(1)[0]
    task = {"sobject": "Task", "fields": {"Subject": "from a colleague", "WhoId": lead}}
    status, answer = org.control("/edit", {"edits": [task, {"sobject": "Lead", "id": lead, "delete": True}]})
    assert (status, answer["ids"][1]) == (200, lead)
    assert org.control("/edit", {"sobject": "Lead", "id": lead, "undelete": True})[0] == 200
    commit = org.control(f"/history?after={org.control('/state')[1]['history']['newest'] - 1}")[1]["entries"][
        0
    ]
    assert (commit["kind"], commit["request"], commit["changes"][0]["type"]) == (
        "commit",
        "control",
        "UNDELETE",
    )


def test_a_colleague_may_be_named(org: Any) -> None:
    lead = org.lead_ids(1)[0]
    user = org.do(lambda served: served.org.users()[2])
    edit = {"sobject": "Lead", "id": lead, "fields": {"Title": "named"}, "user": user["Username"]}
    assert org.control("/edit", edit)[0] == 200
    modified = org.do(lambda served: served.org.store.read("Lead", lead)["LastModifiedById"])
    assert modified == user["Id"]


def test_history_pages(org: Any) -> None:
    org.retitle("paged", 3)
    first = org.control("/history?after=0&limit=2")[1]
    assert (len(first["entries"]), first["last"]) == (2, first["entries"][-1]["n"])
    rest = org.control(f"/history?after={first['last']}")[1]
    assert rest["entries"][0]["n"] == first["last"] + 1
    assert rest["last"] == rest["newest"]


def test_armed_fates_are_shown_and_taken_back(org: Any) -> None:
    number = org.control("/fates", {"fate": "delay", "match": {"path": "/nowhere*"}})[1]["number"]
    assert [fate["number"] for fate in org.control("/fates")[1]["fates"]] == [number]
    assert org.do(lambda served: served.board.clear(number)) == 1
    assert org.control("/fates")[1]["fates"] == []


def active_step(org: Any, kind: str) -> dict[str, Any]:
    query = """SELECT s."Id" AS step, s."ActionCadenceTrackerId" AS tracker, s."TargetId" AS target
        FROM "ActionCadenceStepTracker" s JOIN "ActionCadenceTracker" t ON t."Id" = s."ActionCadenceTrackerId"
        WHERE s."State" = 'Active' AND s."StepType" = ? AND t."State" = 'Running' AND s."IsDeleted" = 0 LIMIT 1"""
    return dict(org.do(lambda served: served.org.store.rows(query, (kind,))[0]))


def step(org: Any, step_id: str) -> dict[str, Any]:
    return dict(org.do(lambda served: served.org.store.read("ActionCadenceStepTracker", step_id)))


def test_a_colleague_logs_a_call_on_a_step(org: Any) -> None:
    before = active_step(org, "MakeACall")
    shape = {"verb": "log_call", "tracker": before["tracker"], "disposition": "Left Voicemail", "seconds": 42}
    status, answer = org.control("/edit", shape)
    assert (status, answer["step_tracker"]) == (200, before["step"])
    assert step(org, before["step"])["State"] == "Completed"
    task = org.do(lambda served: served.org.store.read("Task", answer["task"]))
    assert (task["CallDisposition"], task["CallDurationInSeconds"], task["WhoId"]) == (
        "Left Voicemail",
        42,
        before["target"],
    )


@pytest.mark.parametrize(
    ("verb", "reason"), [("complete_step", "ManuallyCompleted"), ("skip_step", "ManuallySkipped")]
)
def test_a_colleague_finishes_a_step(org: Any, verb: str, reason: str) -> None:
    before = active_step(org, "MakeACall")
    told = org.control("/edit", {"verb": verb, "step_tracker": before["step"]})
    assert told[0] == 200, told
    assert step(org, before["step"])["CompletionReason"] == reason
    status, answer = org.control("/edit", {"verb": verb, "step_tracker": before["step"]})
    assert (status, answer["error"].startswith("refused: ")) == (400, True)


def test_a_colleague_pauses_resumes_removes_and_enrolls(org: Any) -> None:
    before = active_step(org, "MakeACall")
    tracker = before["tracker"]

    def state() -> tuple[Any, Any]:
        row = org.do(lambda served: served.org.store.read("ActionCadenceTracker", tracker))
        return row["State"], row["ActionCadenceId"]

    assert org.control("/edit", {"verb": "pause", "tracker": tracker})[0] == 200
    assert state()[0] == "Paused"
    assert org.control("/edit", {"verb": "resume", "tracker": tracker})[0] == 200
    assert state()[0] == "Running"
    assert org.control("/edit", {"verb": "remove", "tracker": tracker, "disposition": "Success"})[0] == 200
    ended, cadence = state()
    assert ended == "Complete"
    status, answer = org.control("/edit", {"verb": "enroll", "target": before["target"], "cadence": cadence})
    assert (status, answer["tracker"][:3]) == (200, "0qB")


def test_a_colleague_converts_a_lead_and_logs_a_plain_call(org: Any) -> None:
    lead = org.lead_ids(1)[0]
    status, answer = org.control("/edit", {"verb": "convert_lead", "lead": lead})
    assert (status, answer["contact"][:3]) == (200, "003")
    assert org.do(lambda served: served.org.store.read("Lead", lead)["IsConverted"])
    status, answer = org.control("/edit", {"verb": "log_call", "person": answer["contact"]})
    assert (status, answer["task"][:3]) == (200, "00T")


def test_a_colleague_runs_an_action(org: Any) -> None:
    tracker = active_step(org, "MakeACall")["tracker"]
    shape = {"action": "pauseSalesCadenceTracker", "inputs": [{"trackerId": tracker}, {"trackerId": "0qB0"}]}
    status, answer = org.control("/edit", shape)
    assert status == 200, answer
    assert len(answer["results"]) == 2
    assert org.control("/edit", {"action": "sing", "inputs": []})[0] == 400


def test_an_email_event_needs_a_known_name(org: Any) -> None:
    tracker = active_step(org, "MakeACall")["tracker"]
    assert org.control("/edit", {"verb": "email_event", "tracker": tracker, "event": "Sneeze"})[0] == 400
    assert org.control("/edit", {"verb": "email_event", "tracker": tracker, "event": "EmailOpen"})[0] == 200


def test_the_document_tells_every_drill_and_setting(org: Any) -> None:
    text = (Path(control.__file__).parents[1] / "CONTROL.md").read_text(encoding="utf-8")
    state = org.control("/state")[1]
    names = {*state["drills"]["stream"], *state["drills"]["edit"], *state["settings"], *FateKind, *PURPOSES}
    assert sorted(name for name in names if f"`{name}`" not in text) == []
