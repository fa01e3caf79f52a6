"""What the end of an event stream means: a table from error code and gRPC status. Pure; imports domain only.

Source: Pub/Sub API guide, Handle Errors. The code comes in the trailer ``error-code``; where the status that goes with
a code is not documented, the code alone decides.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

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
from cadence_desk.salesforce.certificates import OLD_TLS, OLD_TLS_HINT, SETTING_HINT, speaks_old_tls
from cadence_desk.salesforce.errors import proxy_problem

PREFIX = "sfdc.platform.eventbus.grpc."


class Cure(Enum):
    """What the stream itself can do about an end."""

    NONE = "none"
    RENEW = "renew"
    FORGET_MARK = "forget_mark"


class StreamProblem(Exception):
    """Why a call to the event bus ended."""

    def __init__(self, error: DeskError, cure: Cure = Cure.NONE) -> None:
        super().__init__(error, cure)
        self.error = error
        self.cure = cure


@dataclass(frozen=True, slots=True)
class _Meaning:
    error: type[DeskError]
    retry: Retry
    hint: str = ""
    cure: Cure = Cure.NONE


_POLL = "Changes are read by polling instead."
_SILENT = _Meaning(Unreachable, Retry.LATER)

BY_CODE = {
    "service.auth.error": _Meaning(SignedOut, Retry.AFTER_SIGN_IN, "", Cure.RENEW),
    "service.auth.headers.invalid": _Meaning(SignedOut, Retry.AFTER_SIGN_IN),
    "service.auth.refresh.invalid": _Meaning(SignedOut, Retry.AFTER_SIGN_IN),
    "service.unavailable": _SILENT,
    "service.protection.triggered": _Meaning(OrgBusy, Retry.LATER, _POLL),
    "service.protection.stream.limit.triggered": _Meaning(OrgBusy, Retry.LATER, _POLL),
    "service.tenant.license": _Meaning(NotAllowed, Retry.NEVER, _POLL),
    "concurrent.client.limit.exceeded": _Meaning(OrgBusy, Retry.LATER, _POLL),
    "topic.not.found": _Meaning(NotAvailable, Retry.NEVER, _POLL),
    "topic.validation.empty": _Meaning(NotAvailable, Retry.NEVER, _POLL),
    "topic.meta.permission": _Meaning(NotAllowed, Retry.NEVER, _POLL),
    "topic.api.unavailable": _SILENT,
    "schema.validation.failed": _Meaning(NotAvailable, Retry.NEVER),
    "schema.meta.permission": _Meaning(NotAllowed, Retry.NEVER, _POLL),
    "schema.api.unavailable": _SILENT,
    "subscription.topic.cannot.subscribe": _Meaning(NotAllowed, Retry.NEVER, _POLL),
    "subscription.fetch.replayid.corrupted": _Meaning(NotAvailable, Retry.AT_ONCE, "", Cure.FORGET_MARK),
    "subscription.fetch.replayid.validation.failed": _Meaning(
        NotAvailable, Retry.AT_ONCE, "", Cure.FORGET_MARK
    ),
    "subscription.fetch.replay.repeated": _Meaning(OrgBusy, Retry.LATER),
    "subscription.fetch.overflow": _Meaning(OrgBusy, Retry.LATER),
    "subscription.limit.exceeded": _Meaning(
        NotAllowed, Retry.LATER, f"The org's daily allowance of events is used up. {_POLL}"
    ),
    "subscription.internal.error": _SILENT,
}

BY_STATUS = {
    "UNAUTHENTICATED": _Meaning(SignedOut, Retry.AFTER_SIGN_IN, "", Cure.RENEW),
    "PERMISSION_DENIED": _Meaning(NotAllowed, Retry.NEVER, _POLL),
    "NOT_FOUND": _Meaning(NotAvailable, Retry.NEVER, _POLL),
    "UNIMPLEMENTED": _Meaning(NotAvailable, Retry.NEVER, _POLL),
    "INVALID_ARGUMENT": _Meaning(OrgRefused, Retry.NEVER, _POLL),
    "FAILED_PRECONDITION": _Meaning(OrgRefused, Retry.NEVER, _POLL),
    "RESOURCE_EXHAUSTED": _Meaning(OrgBusy, Retry.LATER, _POLL),
}
"""Every other status is a broken line."""

NO_TRUST = "CERTIFICATE"
"""Code of a certificate that was not trusted, while nobody has looked at it yet."""
_NO_TRUST_SIGNS = ("CERTIFICATE_VERIFY_FAILED", "Hostname Verification Check failed")
_PROXY_REFUSAL = re.compile(r"HTTP proxy returned response code (\d{3})")
_RPC_ID = re.compile(r"\s*rpcId:\s*\S+\s*\Z")


def problem_of(status: str, code: str, told: str) -> StreamProblem:
    """Return what a status name, an error code and a text mean; code and text may be empty."""
    short = code.removeprefix(PREFIX)
    meaning = BY_CODE.get(short) or BY_STATUS.get(status, _SILENT)
    if meaning is _SILENT and not code:
        broken = _broken_line(told)
        if broken is not None:
            return StreamProblem(broken)
    error = meaning.error(
        f"The event stream ended: {meaning.error.title.lower()}.",
        hint=meaning.hint,
        server_text=_RPC_ID.sub("", told)[:1000],
        server_code=short or status,
        retry=meaning.retry,
        executed=Executed.NO,
    )
    return StreamProblem(error, meaning.cure)


def _broken_line(told: str) -> DeskError | None:
    """Return why no connection was made, where gRPC's own words tell (as of grpcio 1.85)."""
    refusal = _PROXY_REFUSAL.search(told)
    if refusal is not None:
        return proxy_problem(int(refusal[1]), answered=True)
    if any(sign in told for sign in _NO_TRUST_SIGNS):
        return Untrusted(hint=SETTING_HINT, server_code=NO_TRUST)
    return Untrusted(OLD_TLS, hint=OLD_TLS_HINT) if speaks_old_tls(told) else None
