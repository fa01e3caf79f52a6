"""What the ends of an event stream mean."""

from __future__ import annotations

import pytest

from cadence_desk.domain.errors import (
    DeskError,
    Executed,
    NotAllowed,
    NotAvailable,
    OrgBusy,
    OrgRefused,
    Retry,
    SignedOut,
    Unreachable,
    Untrusted,
)
from cadence_desk.salesforce.stream_errors import BY_CODE, PREFIX, Cure, problem_of


@pytest.mark.parametrize(
    ("status", "code", "error", "retry", "cure"),
    [
        ("UNAUTHENTICATED", "service.auth.error", SignedOut, Retry.AFTER_SIGN_IN, Cure.RENEW),
        ("UNAUTHENTICATED", "", SignedOut, Retry.AFTER_SIGN_IN, Cure.RENEW),
        ("UNAVAILABLE", "service.unavailable", Unreachable, Retry.LATER, Cure.NONE),
        ("INTERNAL", "service.unavailable", Unreachable, Retry.LATER, Cure.NONE),
        ("INTERNAL", "", Unreachable, Retry.LATER, Cure.NONE),
        ("CANCELLED", "", Unreachable, Retry.LATER, Cure.NONE),
        ("PERMISSION_DENIED", "subscription.topic.cannot.subscribe", NotAllowed, Retry.NEVER, Cure.NONE),
        ("NOT_FOUND", "topic.not.found", NotAvailable, Retry.NEVER, Cure.NONE),
        (
            "INVALID_ARGUMENT",
            "subscription.fetch.replayid.corrupted",
            NotAvailable,
            Retry.AT_ONCE,
            Cure.FORGET_MARK,
        ),
        (
            "INVALID_ARGUMENT",
            "subscription.fetch.requested.events.invalid",
            OrgRefused,
            Retry.NEVER,
            Cure.NONE,
        ),
        ("RESOURCE_EXHAUSTED", "subscription.limit.exceeded", NotAllowed, Retry.LATER, Cure.NONE),
        ("RESOURCE_EXHAUSTED", "", OrgBusy, Retry.LATER, Cure.NONE),
        ("UNIMPLEMENTED", "", NotAvailable, Retry.NEVER, Cure.NONE),
    ],
)
def test_the_table(status: str, code: str, error: type[DeskError], retry: Retry, cure: Cure) -> None:
    problem = problem_of(status, PREFIX + code if code else "", "No. rpcId: 12-34")
    assert type(problem.error) is error
    assert problem.error.retry is retry
    assert problem.cure is cure
    assert problem.error.server_text == "No."
    assert problem.error.server_code == (code or status)
    assert problem.error.executed is Executed.NO


def test_a_certificate_that_is_not_trusted() -> None:
    told = "failed to connect: Ssl handshake failed: CERTIFICATE_VERIFY_FAILED: self signed certificate"
    problem = problem_of("UNAVAILABLE", "", told)
    assert isinstance(problem.error, Untrusted)
    assert problem.error.retry is Retry.NEVER


def test_every_code_decides_without_a_status() -> None:
    for code in BY_CODE:
        assert problem_of("UNKNOWN", PREFIX + code, "").error.server_code == code
