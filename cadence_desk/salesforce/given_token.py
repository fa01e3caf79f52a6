"""An access token from outside: used as it is, never renewed, never stored. May import domain."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cadence_desk.domain.errors import SignedOut
from cadence_desk.salesforce.errors import translate_answer, translate_exception
from cadence_desk.salesforce.exchange import begin, current, restore
from cadence_desk.salesforce.tokens import TokenGrant

if TYPE_CHECKING:
    from cadence_desk.salesforce.secret import Secret
    from cadence_desk.salesforce.transport import Transport


_RESOURCES = "/services/data/v60.0/"


class GivenToken:
    """Hands out the one token there is; implements TokenSource."""

    def __init__(self, token: Secret, instance_url: str, transport: Transport) -> None:
        self._token = token
        self._instance = instance_url.rstrip("/")
        self._transport = transport
        self._over = False

    def present(self) -> bool:
        """Return True: the token is there."""
        return True

    def next_grant(self) -> TokenGrant:
        """Return the token, asked again the same one while the org takes it: only the event bus may have refused it.

        Raises:
            SignedOut: the org does not accept the token.
            DeskError: the org cannot be reached just now.
        """
        if self._over:
            raise self._refused()
        return TokenGrant(self._token, self._instance, self._whose())

    def forget(self) -> bool:
        """Do nothing: whoever made the token ends it. Nothing is stored here."""
        self._over = True
        return True

    def _whose(self) -> str:
        """Return the id URL of the token's user, from userinfo; empty when the token may not ask for it."""
        return whose(self._token, self._instance, self._transport, self._refused())

    @staticmethod
    def _refused() -> SignedOut:
        return SignedOut(
            "Salesforce does not accept the access token from the environment (any more).",
            hint="Set CADENCE_DESK_ACCESS_TOKEN anew and start again. Work that waits is kept.",
        )


def whose(token: Secret, instance: str, transport: Transport, refused: SignedOut) -> str:
    """Return the id URL of a token's user; empty when the token's scope does not cover the question.

    Asks userinfo (OpenID Connect guide: 403 with Bad_OAuth_Token for a token that is over), else the list of
    resources, which names the caller, too (REST guide, Resources by Version).

    Raises:
        SignedOut: `refused`, when the org does not accept the token.
        DeskError: the org cannot be reached or answers with something else.
    """
    outer = current()
    try:
        for path, name in (("/services/oauth2/userinfo", "sub"), (_RESOURCES, "identity")):
            body = _read(instance + path, token, transport, refused)
            if isinstance(body, dict) and body.get(name):
                return str(body[name])
    finally:
        restore(outer)
    return ""


def _read(url: str, token: Secret, transport: Transport, refused: SignedOut) -> Any:
    """Return the JSON at a URL; None when this token may not see it."""
    exchange = begin("sign in")
    try:
        signed = {"Authorization": f"Bearer {token.reveal()}"}
        answer = transport.session(url).get(url, headers=signed)
        if answer.status_code == 200:
            return answer.json()
    except Exception as error:  # noqa: BLE001 - the gate sorts them all
        raise translate_exception(error, exchange) from None
    if answer.status_code == 401 or "Bad_OAuth_Token" in answer.text[:200]:
        raise refused
    if answer.status_code in {403, 404}:
        return None
    raise translate_answer(answer.status_code, None, exchange)
