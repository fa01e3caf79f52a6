"""Access tokens for runs without a person: a statement signed with the app's key, made anew for each. May import domain.

Source: Salesforce help, OAuth 2.0 JWT Bearer Flow; RFC 7523. There is no refresh token: a refused access token is
answered with a new statement. cryptography is loaded with the first one.
"""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from cadence_desk.domain.errors import BadFile, DeskError, SignedOut
from cadence_desk.salesforce.token_source import over
from cadence_desk.salesforce.tokens import TokenEndpoint

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

    from cadence_desk.domain.orgs import OrgProfile
    from cadence_desk.domain.ports import Clock
    from cadence_desk.salesforce.tokens import TokenGrant
    from cadence_desk.salesforce.transport import Transport

LIFE_SECONDS = 180
"""Short, and within what the platform accepts for a statement (help: 3 to 5 minutes)."""
KEY_LIMIT = 64 * 1024
_PRODUCTION, _SANDBOX = "https://login.salesforce.com", "https://test.salesforce.com"


class SignedStatement:
    """Trades a signed statement for an access token; implements TokenSource."""

    def __init__(self, profile: OrgProfile, key_file: str, transport: Transport, clock: Clock) -> None:
        self.endpoint = TokenEndpoint(profile, transport)
        self._profile = profile
        self._key_file = Path(key_file)
        self._clock = clock
        self._key: RSAPrivateKey | None = None
        self._over = False

    def present(self) -> bool:
        """Return True: a key was named."""
        return True

    def next_grant(self) -> TokenGrant:
        """Return a new access token.

        Raises:
            SignedOut: the org does not accept the statement.
            BadFile: the key cannot be read.
            DeskError: the sign-in server cannot be reached just now.
        """
        refusal: DeskError = SignedOut()
        for audience in audiences(self._profile.login_url):
            try:
                return self.endpoint.exchange_statement(self._statement(audience))
            except DeskError as error:
                refusal = error
                if "audience" not in error.server_text.casefold():
                    break
        raise over(refusal) from None

    def forget(self) -> bool:
        """Do nothing: nothing is stored, and the access token ends by itself."""
        return True

    def _statement(self, audience: str) -> str:
        claims = {
            "iss": self._profile.client_id,
            "sub": self._profile.username,
            "aud": audience,
            "exp": int(self._clock.wall()) + LIFE_SECONDS,
        }
        from cryptography.hazmat.primitives import hashes
        from cryptography.hazmat.primitives.asymmetric import padding

        text = f"{_part({'alg': 'RS256', 'typ': 'JWT'})}.{_part(claims)}"
        signature = self._signing_key().sign(text.encode("ascii"), padding.PKCS1v15(), hashes.SHA256())
        return f"{text}.{_encoded(signature)}"

    def _signing_key(self) -> RSAPrivateKey:
        if self._key is None:
            self._key = read_key(self._key_file)
        return self._key


def audiences(login_url: str) -> tuple[str, ...]:
    """Return for whom a statement may be made out, likeliest first (help: login or test host, or the site's own address)."""
    parts = urlsplit(login_url)
    own = f"https://{parts.netloc}"
    host = (parts.hostname or "").lower()
    if host.endswith((".sandbox.my.salesforce.com", ".scratch.my.salesforce.com")):
        return _SANDBOX, own
    if host.endswith(".my.salesforce.com"):
        return _PRODUCTION, own
    return (own,)


def read_key(path: Path) -> RSAPrivateKey:
    """Return the private key of a PEM file. Raises BadFile; never tells what is in it."""
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        with path.open("rb") as stream:
            key = load_pem_private_key(stream.read(KEY_LIMIT), password=None)
    except OSError as error:
        raise BadFile(f"The key file {path.name} cannot be read ({error.strerror}).") from None
    except (ValueError, TypeError):
        raise BadFile(f"The key file {path.name} is no PEM private key without a password.") from None
    if not isinstance(key, RSAPrivateKey) or key.key_size < 2048:
        raise BadFile(f"The key file {path.name} holds no RSA key of 2,048 bits or more.")
    return key


def _part(value: dict[str, object]) -> str:
    return _encoded(json.dumps(value, separators=(",", ":")).encode())


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")
