"""What answers and broken lines mean, and above all what they say about execution."""

from __future__ import annotations

import socket
import ssl
from typing import Any

import pytest
import requests
import urllib3

from cadence_desk.domain.errors import (
    AnswerLost,
    AnswerUnreadable,
    DeskError,
    Executed,
    NotAllowed,
    NotAvailable,
    OrgBusy,
    OrgRefused,
    ProxyProblem,
    Retry,
    ShutOut,
    SignedOut,
    Unreachable,
    Untrusted,
)
from cadence_desk.salesforce.error_table import HTTP_TABLE, OAUTH_TABLE
from cadence_desk.salesforce.errors import is_cured_by_refresh, translate_answer, translate_exception
from cadence_desk.salesforce.exchange import Exchange, Phase

WRITE = Exchange("tasks", write=True, phase=Phase.COMPLETE)
READ = Exchange("tasks", write=False, phase=Phase.COMPLETE)


def rest(code: str, message: str = "no") -> list[dict[str, str]]:
    return [{"errorCode": code, "message": message}]


@pytest.mark.parametrize(
    ("status", "body", "error", "executed"),
    [
        (401, rest("INVALID_SESSION_ID"), SignedOut, Executed.NO),
        (401, "<html>", SignedOut, Executed.NO),
        (403, rest("REQUEST_LIMIT_EXCEEDED"), OrgBusy, Executed.NO),
        (403, rest("INSUFFICIENT_ACCESS"), ShutOut, Executed.NO),
        (403, rest("API_DISABLED_FOR_ORG"), ShutOut, Executed.NO),
        (400, rest("FUNCTIONALITY_NOT_ENABLED"), ShutOut, Executed.NO),
        (403, rest("INSUFFICIENT_ACCESS_OR_READONLY"), NotAllowed, Executed.NO),
        (403, "<html>blocked</html>", AnswerUnreadable, Executed.UNKNOWN),
        (403, {"error": "blocked by policy"}, AnswerUnreadable, Executed.UNKNOWN),
        (400, rest("FIELD_CUSTOM_VALIDATION_EXCEPTION"), OrgRefused, Executed.NO),
        (400, rest("MALFORMED_QUERY"), OrgRefused, Executed.NO),
        (400, rest("INVALID_TYPE"), NotAvailable, Executed.NO),
        (400, "nonsense", AnswerUnreadable, Executed.UNKNOWN),
        (404, rest("NOT_FOUND"), NotAvailable, Executed.NO),
        (404, "<html>", AnswerUnreadable, Executed.UNKNOWN),
        (400, rest("UNABLE_TO_LOCK_ROW"), OrgBusy, Executed.NO),
        (500, rest("UNABLE_TO_LOCK_ROW"), OrgBusy, Executed.NO),
        (429, rest("TOO_MANY_REQUESTS"), OrgBusy, Executed.NO),
        (429, "slow down", OrgBusy, Executed.UNKNOWN),
        (407, "proxy", ProxyProblem, Executed.NO),
        (410, "", NotAvailable, Executed.NO),
        (413, "", OrgRefused, Executed.NO),
        (302, "", AnswerUnreadable, Executed.UNKNOWN),
        (300, ["/services/data/a"], AnswerUnreadable, Executed.UNKNOWN),
        (500, rest("UNKNOWN_EXCEPTION"), OrgBusy, Executed.UNKNOWN),
        (503, rest("SERVER_UNAVAILABLE"), OrgBusy, Executed.UNKNOWN),
        (503, "<html>", AnswerLost, Executed.UNKNOWN),
        (502, "", AnswerLost, Executed.UNKNOWN),
        (500, "", AnswerUnreadable, Executed.UNKNOWN),
        (204, None, AnswerUnreadable, Executed.UNKNOWN),
    ],
)
def test_answers(status: int, body: Any, error: type[DeskError], executed: Executed) -> None:
    told = translate_answer(status, body, WRITE)
    assert type(told) is error
    assert told.executed is executed
    assert translate_answer(status, body, READ).executed is Executed.NO


def test_the_words_of_the_org_are_kept() -> None:
    told = translate_answer(400, rest("MALFORMED_QUERY", "\nSELECT x\n ^\nunexpected token: 'FRM'"), READ)
    assert told.server_code == "MALFORMED_QUERY"
    assert "ERROR" not in told.message
    assert told.message.endswith("unexpected token: 'FRM'")
    assert told.server_text.startswith("\nSELECT x")


@pytest.mark.parametrize(
    ("status", "code", "error"),
    [
        (400, "invalid_grant", SignedOut),
        (400, "inactive_user", SignedOut),
        (400, "invalid_client", NotAllowed),
        (400, "invalid_client_id", NotAllowed),
        (400, "redirect_uri_mismatch", NotAvailable),
        (400, "something_new", OrgRefused),
        (429, "", OrgBusy),
        (503, "", AnswerLost),
    ],
)
def test_oauth_answers(status: int, code: str, error: type[DeskError]) -> None:
    body = {"error": code, "error_description": "expired access/refresh token"} if code else "<html>"
    assert type(translate_answer(status, body, READ, OAUTH_TABLE)) is error


def test_every_status_has_a_row() -> None:
    for table in (HTTP_TABLE, OAUTH_TABLE):
        for status in range(100, 600):
            for code in ("", "SOMETHING_ELSE"):
                assert any(row.fits(status, code) for row in table)


def test_which_401_a_new_token_cures() -> None:
    assert is_cured_by_refresh(401, rest("INVALID_SESSION_ID", "Session expired or invalid"))
    assert is_cured_by_refresh(401, "")
    assert not is_cured_by_refresh(403, rest("INVALID_SESSION_ID"))
    assert not is_cured_by_refresh(
        401, rest("INVALID_SESSION_ID", "This session is not valid for use with the REST API")
    )
    assert not is_cured_by_refresh(401, rest("X", "Connected app is not attached to Agent"))


def certificate_error() -> ssl.SSLCertVerificationError:
    error = ssl.SSLCertVerificationError(1, "certificate verify failed")
    error.verify_message = "self-signed certificate"
    return error


def name_error() -> Exception:
    pool = urllib3.HTTPConnectionPool("nowhere")
    inner = urllib3.exceptions.NameResolutionError("nowhere", None, socket.gaierror(-2, "x"))  # type: ignore[arg-type]
    return requests.ConnectionError(urllib3.exceptions.MaxRetryError(pool, "/", inner))


@pytest.mark.parametrize(
    ("phase", "raised", "error", "executed"),
    [
        (Phase.CONNECTING, requests.ConnectionError("refused"), Unreachable, Executed.NO),
        (Phase.CONNECTING, requests.ConnectTimeout("slow"), Unreachable, Executed.NO),
        (Phase.CONNECTING, name_error(), Unreachable, Executed.NO),
        (Phase.CONNECTING, requests.exceptions.SSLError(certificate_error()), Untrusted, Executed.NO),
        (Phase.CONNECTING, requests.exceptions.SSLError("handshake"), Untrusted, Executed.NO),
        (
            Phase.CONNECTING,
            requests.exceptions.ProxyError("Tunnel connection failed: 407"),
            ProxyProblem,
            Executed.NO,
        ),
        (Phase.PREPARING, requests.exceptions.InvalidSchema("SOCKS"), ProxyProblem, Executed.NO),
        (Phase.CONNECTED, requests.ConnectionError("aborted"), Unreachable, Executed.NO),
        (Phase.SENT, requests.ConnectionError("aborted"), AnswerLost, Executed.UNKNOWN),
        (Phase.SENT, requests.ReadTimeout("slow"), AnswerLost, Executed.UNKNOWN),
        (
            Phase.SENT,
            requests.exceptions.SSLError("EOF in violation of protocol"),
            AnswerLost,
            Executed.UNKNOWN,
        ),
        (Phase.ANSWERED, requests.exceptions.ChunkedEncodingError("cut"), AnswerLost, Executed.UNKNOWN),
        (Phase.ANSWERED, requests.exceptions.ContentDecodingError("gzip"), AnswerLost, Executed.UNKNOWN),
        (
            Phase.COMPLETE,
            requests.exceptions.JSONDecodeError("x", "y", 0),
            AnswerUnreadable,
            Executed.UNKNOWN,
        ),
        (Phase.COMPLETE, RecursionError(), AnswerUnreadable, Executed.UNKNOWN),
    ],
)
def test_broken_lines(phase: Phase, raised: Exception, error: type[DeskError], executed: Executed) -> None:
    told = translate_exception(raised, Exchange("x", write=True, phase=phase))
    assert type(told) is error
    assert told.executed is executed
    assert translate_exception(raised, Exchange("x", write=False, phase=phase)).executed is Executed.NO


def test_a_certificate_problem_names_its_cause() -> None:
    raised = requests.exceptions.SSLError(certificate_error())
    told = translate_exception(raised, Exchange(phase=Phase.CONNECTING))
    assert "self-signed certificate" in told.message
    assert told.retry is Retry.NEVER
    assert told.hint


def test_an_error_of_ours_stays_itself() -> None:
    error = SignedOut()
    assert translate_exception(error, WRITE) is error
