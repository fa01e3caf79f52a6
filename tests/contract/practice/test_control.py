"""The control surface: who may use it, what it refuses, what each part does."""

import urllib.request
from typing import Any

import pytest


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
