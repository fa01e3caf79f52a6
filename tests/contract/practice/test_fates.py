"""Fates over a real connection: what the client sees, what the org did, what the history says."""

import http.client
import json
import socket
import ssl
from collections.abc import Iterator
from typing import Any

import pytest

TASKS = "/services/data/v67.0/sobjects/Task"
LIMITS = "/services/data/v67.0/limits"


class Wire:
    """One https connection that shows a broken answer as it is."""

    def __init__(self, org: Any) -> None:
        self._org = org
        host = org.ready["rest_url"].removeprefix("https://")
        context = ssl.create_default_context(cafile=org.ready["ca_file"])
        self.connection = http.client.HTTPSConnection(host, context=context, timeout=20)

    def send(self, method: str, path: str, shape: Any = None) -> http.client.HTTPResponse:
        headers = {
            "Authorization": f"Bearer {self._org.ready['access_token']}",
            "Content-Type": "application/json",
        }
        self.connection.request(method, path, json.dumps(shape) if shape is not None else None, headers)
        return self.connection.getresponse()

    def task(self, subject: str) -> http.client.HTTPResponse:
        return self.send("POST", TASKS, {"Subject": subject, "Status": "Not Started", "Priority": "Normal"})


@pytest.fixture
def wire(org: Any) -> Iterator[Wire]:
    made = Wire(org)
    yield made
    made.connection.close()


def arm(org: Any, fate: str, **more: Any) -> dict[str, Any]:
    status, answer = org.control("/fates", {"fate": fate, **more})
    assert status == 201, answer
    return dict(answer)


def tasks(org: Any, subject: str) -> int:
    query = 'SELECT count(*) AS n FROM "Task" WHERE "Subject" = ?'
    return int(org.do(lambda served: served.org.store.rows(query, (subject,))[0]["n"]))


def history(org: Any, after: int) -> list[dict[str, Any]]:
    return list(org.control(f"/history?after={after}")[1]["entries"])


def of_task(org: Any, after: int) -> list[dict[str, Any]]:
    """The entries of the one request that made a Task."""
    entries = history(org, after)
    request = next(entry["request"] for entry in entries if entry.get("path") == TASKS)
    return [entry for entry in entries if entry["request"] == request]


def newest(org: Any) -> int:
    return int(org.control("/state")[1]["history"]["newest"])


TO_TASK = {"method": "POST", "purpose": "record"}


def test_drop_before_commit_does_nothing(org: Any, wire: Wire) -> None:
    arm(org, "drop_before_commit", match=TO_TASK)
    start = newest(org)
    with pytest.raises((http.client.RemoteDisconnected, ConnectionError, ssl.SSLError)):
        wire.task("dropped")
    assert tasks(org, "dropped") == 0
    kinds = [(entry["kind"], entry.get("delivered")) for entry in of_task(org, start)]
    assert kinds == [("invocation", None), ("reply", False)]


def test_commit_then_drop_does_it_and_tells_nobody(org: Any, wire: Wire) -> None:
    arm(org, "commit_then_drop", match=TO_TASK)
    start = newest(org)
    with pytest.raises((http.client.RemoteDisconnected, ConnectionError, ssl.SSLError)):
        wire.task("silent")
    assert tasks(org, "silent") == 1
    entries = of_task(org, start)
    assert [entry["kind"] for entry in entries] == ["invocation", "commit", "reply"]
    assert (entries[2]["status"], entries[2]["delivered"], entries[2]["fate"]) == (
        201,
        False,
        "commit_then_drop",
    )


def test_commit_late_happens_after_the_connection_is_gone(org: Any, wire: Wire) -> None:
    arm(org, "commit_late", match=TO_TASK, virtual_ms=600_000)
    start = newest(org)
    with pytest.raises((http.client.RemoteDisconnected, ConnectionError, ssl.SSLError)):
        wire.task("late")
    assert tasks(org, "late") == 0
    org.control("/clock", {"jump_ms": 600_000})
    while (told := of_task(org, start))[-1]["kind"] != "reply":
        pass
    assert [entry["kind"] for entry in told] == ["invocation", "commit", "reply"]
    assert tasks(org, "late") == 1


def test_reset_ends_with_a_tcp_reset(org: Any) -> None:
    arm(org, "reset", match={"purpose": "limits"})
    host, _, port = org.ready["rest_http_url"].removeprefix("http://").partition(":")
    with socket.create_connection(("127.0.0.1", int(port)), timeout=20) as raw:
        raw.sendall(f"GET {LIMITS} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
        with pytest.raises(ConnectionResetError):
            raw.recv(100)


def test_truncate_announces_more_than_it_sends(org: Any, wire: Wire) -> None:
    arm(org, "truncate", match={"purpose": "limits"}, count=10)
    response = wire.send("GET", LIMITS)
    with pytest.raises(http.client.IncompleteRead) as caught:
        response.read()
    assert (response.status, len(caught.value.partial)) == (200, 10)


def test_slow_body_arrives_whole(org: Any, wire: Wire) -> None:
    plain = json.loads(wire.send("GET", LIMITS).read())
    arm(org, "slow_body", match={"purpose": "limits"}, count=1_000_000)
    assert json.loads(wire.send("GET", LIMITS).read()).keys() == plain.keys()


def test_status_answers_without_doing_it(org: Any, wire: Wire) -> None:
    arm(org, "status", match=TO_TASK, status=503, headers={"Retry-After": "7"})
    response = wire.task("refused")
    assert (response.status, response.headers["Retry-After"]) == (503, "7")
    assert json.loads(response.read())[0]["errorCode"] == "SERVER_UNAVAILABLE"
    assert tasks(org, "refused") == 0


def test_status_may_do_it_and_answer_html(org: Any, wire: Wire) -> None:
    arm(
        org,
        "status",
        match=TO_TASK,
        status=502,
        body="<h1>no</h1>",
        headers={"Content-Type": "text/html"},
        commit=True,
    )
    response = wire.task("behind a gateway")
    assert (response.status, response.read()) == (502, b"<h1>no</h1>")
    assert tasks(org, "behind a gateway") == 1


def test_a_duplicate_reply_is_the_one_before(org: Any, wire: Wire) -> None:
    first = json.loads(wire.task("one").read())
    arm(org, "duplicate_reply", match=TO_TASK)
    second = json.loads(wire.task("two").read())
    assert first["id"] == second["id"]
    assert tasks(org, "two") == 1


def test_reorder_turns_result_rows_round(org: Any, wire: Wire) -> None:
    records = [
        {"attributes": {"type": "Task"}, "Subject": "row 0", "Status": "Not Started", "Priority": "Normal"},
        {
            "attributes": {"type": "Task"},
            "Subject": "row 1",
            "Status": "No Such Thing" * 100,
            "Priority": "Normal",
        },
    ]
    arm(org, "reorder", match={"purpose": "composite"})
    path = "/services/data/v67.0/composite/sobjects"
    results = json.loads(wire.send("POST", path, {"allOrNone": False, "records": records}).read())
    assert [row["success"] for row in results] == [False, True]


def test_bad_payload_is_json_that_does_not_end(org: Any, wire: Wire) -> None:
    arm(org, "bad_payload", match={"purpose": "limits"})
    response = wire.send("GET", LIMITS)
    with pytest.raises(json.JSONDecodeError):
        json.loads(response.read())
    assert response.status == 200


def test_rules_wait_and_wear_out(org: Any, wire: Wire) -> None:
    arm(org, "status", match={"purpose": "limits"}, status=500, after=1, times=2)
    statuses = []
    for _ in range(4):
        response = wire.send("GET", LIMITS)
        response.read()
        statuses.append(response.status)
    assert statuses == [200, 500, 500, 200]


def test_delay_holds_the_answer_back_until_org_time_has_passed(org: Any, wire: Wire) -> None:
    arm(org, "delay", match={"purpose": "limits"}, seconds=0.01)
    assert wire.send("GET", LIMITS).status == 200


def test_expired_tokens_answer_401_and_open_streams_go_on(org: Any, wire: Wire) -> None:
    token = org.do(lambda served: served.tokens.issue_session(served.org.default_user_id))
    assert org.rest("/limits", token=token)[0] == 200
    status, answer = org.control("/fates", {"fate": "expire_tokens", "now": True})
    assert (status, answer["expired"] > 0) == (200, True)
    refused, body = org.rest("/limits", token=token)
    assert (refused, body[0]["errorCode"]) == (401, "INVALID_SESSION_ID")
    fresh = org.do(lambda served: served.tokens.issue_session(served.org.default_user_id))
    org.ready["access_token"] = fresh
    arm(org, "expire_tokens", match={"purpose": "limits"})
    assert wire.send("GET", LIMITS).status == 401
    org.ready["access_token"] = org.do(lambda served: served.tokens.issue_session(served.org.default_user_id))
