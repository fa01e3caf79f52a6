"""OpenID identity tokens: an RS256 key made on first use, the signed token, and the public key document.

May import cryptography. Used by the token endpoint and by the key document at /id/keys.
"""

import base64
import functools
import json
from collections.abc import Mapping

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from cadence_desk.practice.auth.tokens import Grant

_LIFE_SECONDS = 120
_KEY_ID = "practice"


class IdTokenSigner:
    """Signs with a key of this run; RSA, because the discovery document of the platform names RS256 only."""

    @functools.cached_property
    def _key(self) -> rsa.RSAPrivateKey:
        return rsa.generate_private_key(public_exponent=65537, key_size=2048)

    def sign(self, issuer: str, subject: str, grant: Grant) -> str:
        """A compact JWS that names user and app."""
        issued = grant.issued_ms // 1000
        head = {"alg": "RS256", "typ": "JWT", "kid": _KEY_ID}
        claims = {
            "iss": issuer,
            "sub": subject,
            "aud": grant.client_id,
            "iat": issued,
            "exp": issued + _LIFE_SECONDS,
        }
        text = f"{_json_part(head)}.{_json_part(claims)}"
        signature = self._key.sign(text.encode("ascii"), padding.PKCS1v15(), hashes.SHA256())
        return f"{text}.{_part(signature)}"

    def key_document(self) -> dict[str, object]:
        """The JSON Web Key Set with the public key."""
        numbers = self._key.public_key().public_numbers()
        return {
            "keys": [
                {
                    "kid": _KEY_ID,
                    "kty": "RSA",
                    "alg": "RS256",
                    "use": "sig",
                    "n": _number(numbers.n),
                    "e": _number(numbers.e),
                }
            ]
        }


def _json_part(value: Mapping[str, object]) -> str:
    return _part(json.dumps(value, separators=(",", ":")).encode("utf-8"))


def _part(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode("ascii")


def _number(value: int) -> str:
    return _part(value.to_bytes((value.bit_length() + 7) // 8, "big"))
