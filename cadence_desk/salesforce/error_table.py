"""What an answer means: rows of (status, code) to class, retry and executed. Pure; read by the gate in errors.

Whether the org may have carried out a request is decided here: only a refusal that is well-formed, or one that
never reaches the work (401, 407, 413), counts as not executed.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

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
)

if TYPE_CHECKING:
    from collections.abc import Collection


class Said(Enum):
    """What a body must hold when no code is named."""

    ANYTHING = "anything"
    FORMED = "formed"


ANYTHING, FORMED = Said.ANYTHING, Said.FORMED


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table; the first that fits decides.

    Attributes:
        statuses: HTTP statuses, lowest and highest; (0, 999) for any.
        said: the org's error codes; FORMED for any well-formed error body, ANYTHING for whatever came.
    """

    statuses: tuple[int, int]
    said: Collection[str] | Said
    error: type[DeskError]
    retry: Retry
    executed: Executed
    hint: str = ""

    def fits(self, status: int, code: str) -> bool:
        """Return True when this row describes the answer."""
        low, high = self.statuses
        if not low <= status <= high:
            return False
        if isinstance(self.said, Said):
            return self.said is ANYTHING or bool(code)
        return code in self.said


_NO, _MAYBE = Executed.NO, Executed.UNKNOWN
_ALL = (0, 999)
_ASK_ADMIN = "Ask a Salesforce admin for the permission."

HTTP_TABLE: tuple[Row, ...] = (
    Row((401, 401), ANYTHING, SignedOut, Retry.AFTER_SIGN_IN, _NO, "Sign in again."),
    Row((407, 407), ANYTHING, ProxyProblem, Retry.LATER, _NO, "Check the proxy's address and password."),
    Row(_ALL, {"REQUEST_LIMIT_EXCEEDED"}, OrgBusy, Retry.LATER, _NO, "The org's API limit is used up."),
    Row((429, 429), FORMED, OrgBusy, Retry.LATER, _NO),
    Row((429, 429), ANYTHING, OrgBusy, Retry.LATER, _MAYBE),
    Row(_ALL, {"UNABLE_TO_LOCK_ROW"}, OrgBusy, Retry.LATER, _NO),
    Row((400, 499), {"QUERY_TIMEOUT"}, OrgBusy, Retry.LATER, _NO, "Narrow what is asked for."),
    Row(
        (400, 499),
        {"API_DISABLED_FOR_ORG", "API_CURRENTLY_DISABLED", "FUNCTIONALITY_NOT_ENABLED", "FORBIDDEN"},
        ShutOut,
        Retry.NEVER,
        _NO,
        _ASK_ADMIN,
    ),
    Row((403, 403), {"INSUFFICIENT_ACCESS"}, ShutOut, Retry.NEVER, _NO, _ASK_ADMIN),
    Row(
        (400, 499),
        {
            "INSUFFICIENT_ACCESS",
            "INSUFFICIENT_ACCESS_OR_READONLY",
            "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY",
            "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY",
        },
        NotAllowed,
        Retry.NEVER,
        _NO,
        _ASK_ADMIN,
    ),
    Row(
        (400, 499),
        {"INVALID_TYPE", "INVALID_FIELD", "NOT_FOUND", "GONE"},
        NotAvailable,
        Retry.NEVER,
        _NO,
    ),
    Row((410, 410), ANYTHING, NotAvailable, Retry.NEVER, _NO, "This API version is retired."),
    Row((413, 414), ANYTHING, OrgRefused, Retry.NEVER, _NO, "The request was too large."),
    Row((431, 431), ANYTHING, OrgRefused, Retry.NEVER, _NO, "The request was too large."),
    Row((300, 399), FORMED, OrgRefused, Retry.NEVER, _NO),
    Row((300, 399), ANYTHING, AnswerUnreadable, Retry.NEVER, _MAYBE, "The server answers with a redirect."),
    Row((403, 403), FORMED, NotAllowed, Retry.NEVER, _NO, _ASK_ADMIN),
    Row((404, 405), FORMED, NotAvailable, Retry.NEVER, _NO),
    Row((400, 499), FORMED, OrgRefused, Retry.NEVER, _NO),
    Row((420, 420), ANYTHING, OrgBusy, Retry.LATER, _MAYBE, "The org may be moving or deleted."),
    Row((500, 599), FORMED, OrgBusy, Retry.LATER, _MAYBE),
    Row((502, 504), ANYTHING, AnswerLost, Retry.LATER, _MAYBE),
    Row(_ALL, ANYTHING, AnswerUnreadable, Retry.LATER, _MAYBE),
)
"""Sources: REST guide, Status Codes and Error Responses; what counts as executed is our own rule."""

OAUTH_TABLE: tuple[Row, ...] = (
    Row(
        (400, 403),
        {"invalid_grant", "inactive_user", "inactive_org", "invalid_token", "expired_token", "access_denied"},
        SignedOut,
        Retry.AFTER_SIGN_IN,
        _NO,
        "Sign in again.",
    ),
    Row(
        (400, 403),
        {"invalid_client", "invalid_client_id", "unauthorized_client", "invalid_app_access"},
        NotAllowed,
        Retry.NEVER,
        _NO,
        "Ask the admin who created the external client app whether it is installed and open to you.",
    ),
    Row(
        (400, 403),
        {"redirect_uri_mismatch", "invalid_scope", "unsupported_grant_type", "unsupported_response_type"},
        NotAvailable,
        Retry.NEVER,
        _NO,
        "The external client app is not set up as this profile says.",
    ),
    Row((429, 429), ANYTHING, OrgBusy, Retry.LATER, _NO),
    Row((400, 499), FORMED, OrgRefused, Retry.AFTER_SIGN_IN, _NO),
    *HTTP_TABLE[1:],
)
"""Source: Salesforce help, OAuth 2.0 Authorization Errors."""
