"""Sign-ins under way: requests waiting for a decision on the page, and single-use authorization codes.

Pure; time comes from a monotonic clock, because a code lives in the time of the browser, not of the org.
Used by the authorize page and the token endpoint.
"""

import base64
import hashlib
import hmac
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from cadence_desk.practice.auth.client_apps import ClientApp
from cadence_desk.practice.auth.errors import OAuthError

CODE_SECONDS = 120.0
DECISION_SECONDS = 900.0
_MOST_WAITING = 200  # a page left open a thousand times must not fill the memory
_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
# the standard ends at 128 characters, but the platform asks for 128 random bytes and so for the 171 of jsforce
_VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,256}")

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class SignInRequest:
    """A checked authorize request."""

    app: ClientApp
    redirect_uri: str
    scope: str
    state: str | None
    challenge: str | None


@dataclass(frozen=True, slots=True)
class Approval:
    """A request that a user said yes to."""

    request: SignInRequest
    user_id: str


class _ShortLived(Generic[T]):
    """Values under random names that can be taken once, within their time."""

    def __init__(self, seconds: float, now: Callable[[], float]) -> None:
        self._seconds = seconds
        self._now = now
        self._waiting: dict[str, tuple[float, T]] = {}

    def put(self, value: T) -> str:
        while len(self._waiting) >= _MOST_WAITING:
            del self._waiting[next(iter(self._waiting))]
        name = secrets.token_urlsafe(40)
        self._waiting[name] = (self._now() + self._seconds, value)
        return name

    def take(self, name: str) -> T | None:
        deadline, value = self._waiting.pop(name, (0.0, None))
        return value if value is not None and self._now() < deadline else None


class CodeBook:
    """Decision tickets of the page and authorization codes."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._tickets: _ShortLived[SignInRequest] = _ShortLived(DECISION_SECONDS, now)
        self._codes: _ShortLived[Approval] = _ShortLived(CODE_SECONDS, now)

    def open_ticket(self, request: SignInRequest) -> str:
        """A name for the request that only the page knows, so that no foreign page can approve it."""
        return self._tickets.put(request)

    def take_ticket(self, ticket: str) -> SignInRequest | None:
        """The request behind the ticket, once."""
        return self._tickets.take(ticket)

    def open_code(self, approval: Approval) -> str:
        """A new authorization code."""
        return self._codes.put(approval)

    def redeem(self, code: str, app: ClientApp, redirect_uri: str, verifier: str | None) -> Approval:
        """Spend a code. Any attempt spends it, also one that fails its checks.

        Raises OAuthError: invalid_grant for an unknown, spent, late or foreign code or a wrong verifier,
        redirect_uri_mismatch when the address differs from the one of the authorize request.
        """
        approval = self._codes.take(code)
        if approval is None or approval.request.app.client_id != app.client_id:
            raise OAuthError("invalid_grant", "expired authorization code")
        if approval.request.redirect_uri != redirect_uri:
            raise OAuthError("redirect_uri_mismatch", "redirect_uri must match configuration")
        if not _proves(verifier, approval.request.challenge):
            raise OAuthError("invalid_grant", "invalid code verifier")
        return approval


def check_challenge(challenge: str | None, method: str | None, app: ClientApp) -> str | None:
    """The S256 challenge of an authorize request; a missing method means S256, as jsforce sends none.

    Raises OAuthError(invalid_request) for another method, a malformed challenge, or a missing one where
    the app requires it.
    """
    if not challenge:
        if app.requires_challenge:
            raise OAuthError("invalid_request", "missing required code challenge")
        return None
    if (method or "S256") != "S256":
        raise OAuthError("invalid_request", "invalid code challenge method")
    if not _CHALLENGE.fullmatch(challenge.rstrip("=")):
        raise OAuthError("invalid_request", "invalid code challenge")
    return challenge.rstrip("=")


def _proves(verifier: str | None, challenge: str | None) -> bool:
    if challenge is None:
        return True
    if verifier is None or not _VERIFIER.fullmatch(verifier):
        return False
    digest = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode("ascii")).digest()).decode("ascii")
    return hmac.compare_digest(digest.rstrip("="), challenge)
