"""The token endpoint: codes and refresh tokens in exchange for access tokens, and revoking. May import domain.

Source: Salesforce help, OAuth 2.0 web server flow and refresh token flow. A public client: no secret is ever sent.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from cadence_desk.domain.errors import AnswerUnreadable, DeskError, Retry
from cadence_desk.salesforce.error_table import OAUTH_TABLE
from cadence_desk.salesforce.errors import translate_answer, translate_exception
from cadence_desk.salesforce.exchange import begin, current, restore
from cadence_desk.salesforce.hosts import may_go
from cadence_desk.salesforce.secret import Secret

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cadence_desk.domain.orgs import OrgProfile
    from cadence_desk.salesforce.transport import Transport

SCOPE = "api refresh_token id"
"""The least that works: data, staying signed in, and who am I (REST guide, OAuth scopes)."""


@dataclass(frozen=True, slots=True)
class TokenGrant:
    """What the token endpoint gave."""

    access_token: Secret
    instance_url: str
    identity_url: str = ""
    refresh_token: Secret | None = None


class TokenEndpoint:
    """The OAuth endpoints of one profile's login host."""

    def __init__(self, profile: OrgProfile, transport: Transport) -> None:
        self._profile = profile
        self._transport = transport

    def exchange_code(self, code: Secret, verifier: Secret, redirect_uri: str) -> TokenGrant:
        """Trade an authorization code for tokens. Raises DeskError."""
        return self._grant(
            {
                "grant_type": "authorization_code",
                "code": code.reveal(),
                "client_id": self._profile.client_id,
                "redirect_uri": redirect_uri,
                "code_verifier": verifier.reveal(),
            }
        )

    def refresh(self, token: Secret) -> TokenGrant:
        """Trade a refresh token for an access token. Raises SignedOut when the token is over."""
        return self._grant(
            {
                "grant_type": "refresh_token",
                "refresh_token": token.reveal(),
                "client_id": self._profile.client_id,
            }
        )

    def exchange_statement(self, statement: str) -> TokenGrant:
        """Trade a signed statement for an access token (RFC 7523). Raises DeskError."""
        return self._grant(
            {"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion": statement}
        )

    def revoke(self, token: Secret) -> bool:
        """Revoke a refresh token and its access tokens; return False when the org did not confirm."""
        try:
            self._post("revoke", {"token": token.reveal()})
        except DeskError:
            return False
        return True

    def _grant(self, form: Mapping[str, str]) -> TokenGrant:
        body = self._post("token", form)
        if not isinstance(body, dict) or not isinstance(body.get("access_token"), str):
            raise AnswerUnreadable("The sign-in server's answer holds no token.", retry=Retry.AFTER_SIGN_IN)
        refresh = body.get("refresh_token")
        return TokenGrant(
            Secret(body["access_token"]),
            self.checked_instance(str(body.get("instance_url") or self._profile.login_url)),
            str(body.get("id") or ""),
            Secret(refresh) if isinstance(refresh, str) and refresh else None,
        )

    def _post(self, endpoint: str, form: Mapping[str, str]) -> Any:
        """Post a form and return the JSON body; raises DeskError for anything but 200."""
        url = f"{self._profile.login_url.rstrip('/')}/services/oauth2/{endpoint}"
        outer = current()
        exchange = begin("sign in")
        try:
            answer = self._transport.session(url).post(url, data=dict(form))
            body = _json(answer)
        except Exception as error:  # noqa: BLE001 - the gate sorts them all
            raise translate_exception(error, exchange) from None
        finally:
            restore(outer)
        if answer.status_code != 200:
            raise translate_answer(answer.status_code, body, exchange, OAUTH_TABLE)
        return body

    def checked_instance(self, url: str) -> str:
        """Return the origin of an instance URL when a token may go there.

        Raises:
            AnswerUnreadable: not https, or a host that is neither Salesforce's nor the profile's.
        """
        parts = urlsplit(url)
        if parts.scheme != "https" or not may_go(self._profile, url):
            raise AnswerUnreadable(
                "The sign-in server names a server that does not belong to Salesforce or to this profile.",
                retry=Retry.NEVER,
            )
        return f"https://{parts.netloc.rpartition('@')[2]}"


def ids_in(identity_url: str) -> tuple[str, str]:
    """Return organization and user id of an id URL. Raises AnswerUnreadable when it holds none."""
    parts = urlsplit(identity_url).path.strip("/").split("/")
    if len(parts) != 3 or parts[0] != "id":
        raise AnswerUnreadable("The sign-in server did not say who signed in.", retry=Retry.NEVER)
    return parts[1], parts[2]


def _json(answer: Any) -> Any:
    """Return a JSON body, or None when there is none."""
    if "json" not in answer.headers.get("Content-Type", ""):
        return None
    try:
        return answer.json()
    except (ValueError, RecursionError):
        return None
