"""Requests and answers that are cut in the middle: what the org does then, and what a client sees."""

import http.client
import socket
import ssl
import time
from typing import Any

import pytest

TASKS = "/services/data/v67.0/sobjects/Task"
BODY = '{"Subject": "cut", "Status": "Not Started", "Priority": "Normal"}'


def secure(org: Any) -> ssl.SSLSocket:
    host, _, port = org.ready["rest_url"].removeprefix("https://").partition(":")
    context = ssl.create_default_context(cafile=org.ready["ca_file"])
    return context.wrap_socket(socket.create_connection((host, int(port)), 20), server_hostname=host)


def head(org: Any, options: str = "") -> bytes:
    lines = [
        f"POST {TASKS} HTTP/1.1",
        "Host: localhost",
        f"Authorization: Bearer {org.ready['access_token']}",
        "Content-Type: application/json",
        f"Content-Length: {len(BODY)}",
        *([f"Sforce-Call-Options: {options}"] if options else []),
    ]
    return "\r\n".join([*lines, "", ""]).encode()


def tasks(org: Any) -> int:
    return int(
        org.do(
            lambda served: served.org.store.rows(
                'SELECT count(*) AS n FROM "Task" WHERE "Subject" = \'cut\''
            )[0]["n"]
        )
    )


def newest(org: Any) -> int:
    return int(org.control("/state")[1]["history"]["newest"])


def replies(org: Any, after: int) -> list[dict[str, Any]]:
    entries = org.control(f"/history?after={after}")[1]["entries"]
    return [entry for entry in entries if entry["kind"] == "reply"]


@pytest.mark.parametrize("sent", [0, 10, len(BODY) - 1])
def test_a_client_that_dies_before_its_request_is_whole_changes_nothing(org: Any, sent: int) -> None:
    before, start = tasks(org), newest(org)
    with secure(org) as wire:
        wire.sendall(head(org) + BODY[:sent].encode())
    end = time.monotonic() + 20
    while not replies(org, start):
        assert time.monotonic() < end, "the org never noticed that the client is gone"
    assert [(one["status"], one["delivered"]) for one in replies(org, start)] == [(None, False)]
    assert tasks(org) == before


@pytest.mark.parametrize("coding", ["", "chunked", "gzip"])
def test_an_answer_that_is_cut_was_carried_out(org: Any, coding: str) -> None:
    shape = {"fate": "truncate", "count": 5, "coding": coding, "match": {"client": "Me"}}
    assert org.control("/fates", shape)[0] == 201
    before = tasks(org)
    with secure(org) as wire:
        wire.sendall(head(org, "client=Me") + BODY.encode())
        answer = http.client.HTTPResponse(wire, method="POST")
        answer.begin()
        assert answer.status == 201
        assert answer.getheader("Content-Encoding", "") == ("gzip" if coding == "gzip" else "")
        with pytest.raises(http.client.IncompleteRead) as cut:
            answer.read()
    assert len(cut.value.partial) == 5
    assert tasks(org) == before + 1


def test_an_unknown_coding_is_refused(org: Any) -> None:
    status, answer = org.control("/fates", {"fate": "truncate", "coding": "brotli"})
    assert status == 400
    assert "chunked, gzip" in answer["error"]


@pytest.mark.parametrize("shape", [{"fate": "slow_body", "count": 40}, {"fate": "truncate", "count": 60}])
def test_a_client_that_does_not_wait_for_the_answer_is_no_error(org: Any, shape: dict[str, Any]) -> None:
    assert org.control("/fates", {**shape, "match": {"client": "Me"}})[0] == 201
    before, start = tasks(org), newest(org)
    with secure(org) as wire:
        wire.sendall(head(org, "client=Me") + BODY.encode())
    end = time.monotonic() + 20
    while not replies(org, start):
        assert time.monotonic() < end, "the org never noticed that the client is gone"
    assert [(one["status"], one["delivered"]) for one in replies(org, start)] == [(201, False)]
    assert tasks(org) == before + 1
