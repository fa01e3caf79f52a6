"""May a call be repeated, after how long, how often: the whole table, and no write in it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from cadence_desk.domain import errors
from cadence_desk.domain.errors import AnswerLost, DeskError, OrgBusy, Retry, Unreachable
from cadence_desk.salesforce.errors import translate_answer
from cadence_desk.salesforce.exchange import begin
from cadence_desk.salesforce.retry import LONGEST_ASKED, RetryRules, asked_seconds
from cadence_desk.salesforce.transport import Transport
from cadence_desk.salesforce.usage import UsageMeter
from tests.unit.salesforce.org_fakes import FakeClock, Reply, profile, serving

RULES = RetryRules()
ALL = [one for one in vars(errors).values() if isinstance(one, type) and issubclass(one, DeskError)]
LOCKED = OrgBusy(server_code="UNABLE_TO_LOCK_ROW")


def asking(error: DeskError, seconds: float) -> DeskError:
    error.retry_after = seconds
    return error


@pytest.mark.parametrize("kind", ALL)
@pytest.mark.parametrize("retry", list(Retry))
def test_a_write_is_never_repeated(kind: type[DeskError], retry: Retry) -> None:
    assert not RULES.may(kind(retry=retry), write=True)
    assert not RULES.may(kind(server_code="UNABLE_TO_LOCK_ROW", retry=retry), write=True)


@pytest.mark.parametrize(
    ("error", "may", "often"),
    [
        (AnswerLost(), True, 2),
        (LOCKED, True, 1),
        (OrgBusy(server_code="REQUEST_LIMIT_EXCEEDED"), False, 0),
        (OrgBusy(server_code="QUERY_TIMEOUT"), False, 0),
        (Unreachable(), False, 0),
        (errors.SignedOut(), False, 0),
        (errors.NotAllowed(), False, 0),
        (errors.NotAvailable(), False, 0),
        (errors.OrgRefused(), False, 0),
        (errors.AnswerUnreadable(), False, 0),
        (errors.Untrusted(), False, 0),
        (errors.ProxyProblem(), False, 0),
        (asking(AnswerLost(), 1.5), True, 2),
        (asking(AnswerLost(), 30.0), False, 2),
    ],
)
def test_which_reads_are_repeated(error: DeskError, may: bool, often: int) -> None:
    assert RULES.may(error, write=False) is may
    assert RULES.often(error) == often


@pytest.mark.parametrize(
    ("repeats", "error", "seconds"),
    [
        (0, AnswerLost(), 0.0),
        (1, AnswerLost(), 0.5),
        (2, AnswerLost(), 1.0),
        (9, AnswerLost(), 2.0),
        (0, LOCKED, 0.25),
        (0, asking(AnswerLost(), 1.5), 1.5),
        (1, asking(AnswerLost(), 0.1), 0.5),
        (0, asking(AnswerLost(), 60.0), 2.0),
        (0, asking(AnswerLost(), -5.0), 0.0),
    ],
)
def test_how_long(repeats: int, error: DeskError, seconds: float) -> None:
    assert RULES.long(repeats, error) == seconds


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("", 0.0),
        ("7", 7.0),
        (" 120 ", 120.0),
        ("99999", LONGEST_ASKED),
        ("9" * 400, LONGEST_ASKED),
        ("-3", 0.0),
        ("soon", 0.0),
        ("Tue, 24 Nov 2026 08:00:30 GMT", 30.0),
        ("Tue, 24 Nov 2026 07:00:00 GMT", 0.0),
        ("Tue, 24 Nov 2027 08:00:00 GMT", LONGEST_ASKED),
        ("Tue, 24 Nov 2026 08:00:30", 0.0),
    ],
)
def test_what_a_server_asks_for(header: str, seconds: float) -> None:
    assert asked_seconds(header, datetime(2026, 11, 24, 8, tzinfo=UTC)) == seconds


def test_what_was_asked_for_comes_with_the_error() -> None:
    with serving(lambda _: Reply(503, headers={"Retry-After": "30"})) as server:
        session = Transport(profile(server.origin), UsageMeter(FakeClock())).session(server.origin)
        exchange = begin("x", write=True)
        answer = session.post(server.origin, json={})
    assert translate_answer(answer.status_code, None, exchange).retry_after == 30.0
