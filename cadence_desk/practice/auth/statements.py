"""Signed statements in exchange for access tokens: the JWT bearer grant, with a certificate that was uploaded beforehand.

May import cryptography; used by the token endpoint. Sources: help pages on the JWT bearer flow and on flow errors, RFC 7523.
"""

import base64
import binascii
import datetime as dt
import json
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID

from cadence_desk.practice.auth.certificates import alone_in
from cadence_desk.practice.auth.errors import OAuthError

GRANT_TYPE: Final = "urn:ietf:params:oauth:grant-type:jwt-bearer"
PLATFORM_HOSTS: Final = ("https://login.salesforce.com",)
"""For whom a statement may be made out besides the org's own address: this org is no sandbox."""
LONGEST_SECONDS = 300
SKEW_SECONDS = 60
_DAYS = 397
_NOBODY = OAuthError("invalid_grant", "user hasn't approved this consumer")


@dataclass(frozen=True, slots=True)
class UploadedCertificate:
    """The certificate of an app, and the file in which its owner keeps the key."""

    certificate: x509.Certificate
    key_file: Path

    @classmethod
    def made_in(cls, folder: Path) -> "UploadedCertificate":
        """Make a certificate for the key in a folder, which is made when there is none. Raises OSError.

        The key stays what it was: another org that was started in this folder has told it, too.
        """
        file = folder / "jwt_key.pem"
        with alone_in(folder):
            key = _kept_key(file) or _new_key(file)
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "unattended runs")])
        now = dt.datetime.now(dt.UTC)
        certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - dt.timedelta(days=1))
            .not_valid_after(now + dt.timedelta(days=_DAYS))
            .sign(key, hashes.SHA256())
        )
        return cls(certificate, file)


def _kept_key(file: Path) -> rsa.RSAPrivateKey | None:
    try:
        key = serialization.load_pem_private_key(file.read_bytes(), password=None)
    except (OSError, ValueError, TypeError):
        return None
    return key if isinstance(key, rsa.RSAPrivateKey) else None


def _new_key(file: Path) -> rsa.RSAPrivateKey:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    text = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    _write_private(file, text)
    return key


@dataclass(frozen=True, slots=True)
class Statement:
    """Who asks for whom."""

    client_id: str
    username: str


class StatementReader:
    """Reads statements and holds them to the certificate of the app that made them.

    Its time is the wall clock, not the org's: the client that dates a statement has no other.
    """

    def __init__(self, now: Callable[[], float] = time.time) -> None:
        self._now = now

    def claims(self, assertion: str) -> dict[str, Any]:
        """Return what a statement claims, not yet believed. Raises OAuthError."""
        parts = assertion.split(".")
        if len(parts) != 3:
            raise OAuthError("invalid_grant", "invalid assertion")
        head, claims = _json_part(parts[0]), _json_part(parts[1])
        if head.get("alg") != "RS256":
            raise OAuthError("invalid_grant", "algorithm type not supported")
        return claims

    def check(
        self, assertion: str, claims: dict[str, Any], certificate: x509.Certificate, own_address: str
    ) -> Statement:
        """Return the statement once signature, audience and time are right. Raises OAuthError."""
        _check_signature(assertion, certificate)
        if claims.get("aud") not in {own_address, f"{own_address}/", *PLATFORM_HOSTS}:
            raise OAuthError("invalid_grant", "Audience validation failed")
        expires = claims.get("exp")
        now = self._now()
        if not isinstance(expires, int | float) or isinstance(expires, bool):
            raise OAuthError("invalid_grant", "invalid assertion")
        if not now - SKEW_SECONDS < expires <= now + LONGEST_SECONDS + SKEW_SECONDS:
            raise OAuthError("invalid_grant", "expired assertion")
        return Statement(str(claims.get("iss") or ""), str(claims.get("sub") or claims.get("prn") or ""))


def not_approved() -> OAuthError:
    """Return the refusal for a user whom no admin has approved for the app, or who is not known at all."""
    return OAuthError(_NOBODY.error, _NOBODY.description)


def _check_signature(assertion: str, certificate: x509.Certificate) -> None:
    text, _, signature = assertion.rpartition(".")
    key = certificate.public_key()
    if not isinstance(key, rsa.RSAPublicKey):
        raise OAuthError("invalid_grant", "invalid assertion")
    try:
        key.verify(_decoded(signature), text.encode("ascii"), padding.PKCS1v15(), hashes.SHA256())
    except (InvalidSignature, UnicodeEncodeError) as error:
        raise OAuthError("invalid_grant", "invalid assertion") from error


def _json_part(text: str) -> dict[str, Any]:
    try:
        found = json.loads(_decoded(text))
    except (ValueError, RecursionError) as error:
        raise OAuthError("invalid_grant", "invalid assertion") from error
    if not isinstance(found, dict):
        raise OAuthError("invalid_grant", "invalid assertion")
    return found


def _decoded(text: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError) as error:
        raise OAuthError("invalid_grant", "invalid assertion") from error


def _write_private(path: Path, content: bytes) -> None:
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
