"""Where access tokens come from: the port of this room, and what it means when a source refuses for good.

Imports domain. Implemented by stored_token, given_token, assertion and cli_login; asked by session.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from cadence_desk.domain.errors import (
    DeskError,
    NotAllowed,
    NotAvailable,
    OrgRefused,
    Retry,
    SignedOut,
)

if TYPE_CHECKING:
    from cadence_desk.salesforce.tokens import TokenGrant


class TokenSource(Protocol):
    """Gives access tokens, one after the other. Every method blocks; the session asks from one thread at a time."""

    def present(self) -> bool:
        """Return True when there is something to ask with, so that no person has to sign in. Raises SecretError."""

    def next_grant(self) -> TokenGrant:
        """Return a new access token.

        Raises:
            SignedOut: the source is over; a new sign-in is needed.
            DeskError: it cannot be asked just now.
        """

    def forget(self) -> bool:
        """Give up what is kept; return False when the org did not confirm that. Raises SecretError."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """What a refusal of the sign-in server means in plain words.

    Attributes:
        codes: OAuth error codes it comes with.
        text: a part of the description, in lower case; empty for any.
    """

    codes: frozenset[str]
    text: str
    words: str
    hint: str

    def fits(self, code: str, told: str) -> bool:
        """Return True when this is the refusal that was told."""
        return code in self.codes and self.text in told.casefold()


def _of(codes: str, text: str, words: str, hint: str) -> Refusal:
    return Refusal(frozenset(codes.split()), text, words, hint)


_ADMIN = "Ask a Salesforce admin. Work that waits is kept."

REFUSALS: tuple[Refusal, ...] = (
    _of(
        "invalid_grant inactive_user",
        "inactive",
        "Your Salesforce user is not active.",
        _ADMIN,
    ),
    _of("inactive_user", "", "Your Salesforce user is not active.", _ADMIN),
    _of("inactive_org", "", "This org is not active.", _ADMIN),
    _of(
        "invalid_grant access_denied",
        "ip restricted",
        "Salesforce does not let you in from this network.",
        "Connect to your company network or VPN, then sign in again. Work that waits is kept.",
    ),
    _of(
        "invalid_grant invalid_app_access",
        "approved this consumer",
        "An admin has not approved this user for the app.",
        "Admin: in the app's policies choose admin-approved users and add the user's permission set or profile.",
    ),
    _of(
        "invalid_grant",
        "audience",
        "The sign-in server does not accept the login address in the signed statement.",
        "Check the login address: login.salesforce.com, test.salesforce.com for a sandbox, or the org's own.",
    ),
    _of(
        "invalid_grant",
        "authentication failure",
        "Salesforce no longer accepts this user: it may be frozen or have a new password.",
        "Sign in again; if that does not work, ask an admin. Work that waits is kept.",
    ),
    _of(
        "invalid_client invalid_client_id OAUTH_APPROVAL_ERROR_GENERIC invalid_app_access unauthorized_client",
        "installed",
        "The app that lets Cadence Desk in is not installed in this org.",
        "Ask a Salesforce admin to install it or to approve it. Work that waits is kept.",
    ),
    _of(
        "invalid_client invalid_client_id invalid_app_access unauthorized_client OAUTH_APPROVAL_ERROR_GENERIC",
        "",
        "This org does not know the app, or has blocked it.",
        "Ask a Salesforce admin for the org file of the external client app. Work that waits is kept.",
    ),
    _of(
        "invalid_grant invalid_token expired_token",
        "",
        "Your sign-in has ended: it was revoked, or not used for a long time.",
        "Sign in again. Work that waits is kept.",
    ),
)
"""Sources: Salesforce help, OAuth 2.0 Authorization Errors and JWT Bearer Flow; several texts are known from reports only.

The first that fits is told; whatever else the server refuses is told in its own words.
"""


def over(error: DeskError) -> DeskError:
    """Return what a refused renewal means: SignedOut with plain words when asking again cannot help, else the error itself."""
    if not isinstance(error, SignedOut | NotAllowed | NotAvailable | OrgRefused):
        return error
    known = _plain(error)
    return SignedOut(
        known.words if known else error.message,
        hint=known.hint if known else "Sign in again. Work that waits is kept.",
        server_text=error.server_text,
        server_code=error.server_code,
        retry=Retry.AFTER_SIGN_IN,
    )


def told(error: DeskError) -> DeskError:
    """Return a refused sign-in with plain words in place of its own, where there are any."""
    known = _plain(error)
    if known is None:
        return error
    return type(error)(
        known.words, hint=known.hint, server_text=error.server_text, server_code=error.server_code
    )


def _plain(error: DeskError) -> Refusal | None:
    return next((one for one in REFUSALS if one.fits(error.server_code, error.server_text)), None)
