"""Signing in through the system's browser: authorization code with PKCE, answered on localhost. May import domain.

Source: Salesforce help, OAuth 2.0 web server flow; RFC 7636 and RFC 8252. Called by the desk in a lane.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from cadence_desk.domain.errors import NotAllowed, OrgRefused, SignedOut
from cadence_desk.salesforce.loopback import LoopbackListener
from cadence_desk.salesforce.secret import Secret
from cadence_desk.salesforce.token_source import told
from cadence_desk.salesforce.tokens import SCOPE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cadence_desk.domain.orgs import Identity, OrgProfile
    from cadence_desk.domain.ports import Clock, Entropy
    from cadence_desk.salesforce.session import OrgSession
    from cadence_desk.salesforce.stored_token import StoredToken

LIFE_SECONDS = 300.0


class BrowserSignIn:
    """Gets a session for the profile it was opened with."""

    def __init__(
        self,
        session: OrgSession,
        stored: StoredToken,
        identify: Callable[[], Identity],
        clock: Clock,
        entropy: Entropy,
    ) -> None:
        self._session = session
        self._stored = stored
        self._identify = identify
        self._clock = clock
        self._entropy = entropy

    def resume(self, profile: OrgProfile) -> Identity | None:
        """Renew from a stored refresh token; None when there is none.

        Raises:
            SignedOut: the stored token is over.
            SecretError: the key store cannot be used.
            DeskError: the org cannot be reached just now.
        """
        self._check(profile)
        if not self._stored.present():
            return None
        self._session.renew()
        return self._identify()

    def sign_in(
        self, profile: OrgProfile, open_page: Callable[[str], None], cancelled: Callable[[], bool]
    ) -> Identity:
        """Open the authorize page and wait for the browser to come back, at most five minutes.

        Raises:
            NotAvailable: no registered port is free.
            NotAllowed: the person, or the org, denied it.
            SignedOut: canceled or too late.
            DeskError: the code could not be exchanged.
        """
        self._check(profile)
        verifier = Secret(_text(self._entropy.token(48)))
        state = _text(self._entropy.token(32))
        with LoopbackListener(profile.redirect_uris) as listener:
            open_page(authorize_url(profile, listener.redirect_uri, state, verifier))
            answer = self._wait(listener, cancelled)
            redirect_uri = listener.redirect_uri
        code = read_answer(answer, state)
        grant = self._stored.endpoint.exchange_code(code, verifier, redirect_uri)
        self._stored.adopt(grant)
        self._session.use(grant)
        return self._identify()

    def _wait(self, listener: LoopbackListener, cancelled: Callable[[], bool]) -> Mapping[str, str]:
        end = self._clock.monotonic() + LIFE_SECONDS
        answer = listener.wait(lambda: cancelled() or self._clock.monotonic() >= end)
        if answer is None:
            raise SignedOut("The sign-in was canceled." if cancelled() else "The sign-in took too long.")
        return answer

    def _check(self, profile: OrgProfile) -> None:
        if profile.key != self._session.profile.key:
            raise OrgRefused("This sign-in belongs to another profile.")


def authorize_url(profile: OrgProfile, redirect_uri: str, state: str, verifier: Secret) -> str:
    """Return the address of the authorize page (help: OAuth 2.0 web server flow)."""
    challenge = _text(hashlib.sha256(verifier.reveal().encode("ascii")).digest())
    query = urlencode(
        {
            "response_type": "code",
            "client_id": profile.client_id,
            "redirect_uri": redirect_uri,
            "scope": SCOPE,
            "state": state,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
    )
    return f"{profile.login_url.rstrip('/')}/services/oauth2/authorize?{query}"


def read_answer(answer: Mapping[str, str], state: str) -> Secret:
    """Return the code that the browser brought.

    Raises:
        OrgRefused: the answer belongs to another sign-in, or holds no code.
        NotAllowed: it says that access was denied.
    """
    if not hmac.compare_digest(answer.get("state", "").encode(), state.encode()):
        raise OrgRefused(
            "The browser's answer does not belong to this sign-in.", hint="Start the sign-in again."
        )
    if "error" in answer:
        denied = NotAllowed(
            "Salesforce did not let you in.",
            hint="Allow the access, or ask your admin whether the app is open to you.",
            server_code=answer["error"][:80],
            server_text=answer.get("error_description", "")[:300],
        )
        raise told(denied)
    if not answer.get("code"):
        raise OrgRefused("The browser's answer holds no code.", hint="Start the sign-in again.")
    return Secret(answer["code"])


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")
