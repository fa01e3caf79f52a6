"""Fetches and checks the notice of a newer version from where an IT department put it. Nothing else is fetched, ever.

Here because this room owns HTTP, trust and signatures; no org is asked. Called by bootstrap. Everything is late: one
small read a start.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from typing_extensions import override

from cadence_desk.domain.errors import BadFile, BadValue, Unreachable
from cadence_desk.domain.updates import (
    NOTICE_LIMIT,
    SIGNATURE_SUFFIX,
    check_source,
    is_newer,
    parse_notice,
    raw_key,
    raw_signature,
)
from cadence_desk.salesforce.trust import TrustRoots

if TYPE_CHECKING:
    import ssl

    from cadence_desk.domain.updates import UpdateNotice, UpdatePlan

SECONDS = 10.0


def read_update(plan: UpdatePlan, own: str, context: ssl.SSLContext | None = None) -> UpdateNotice | None:
    """Return the notice of a version newer than `own`; None when there is none. Blocks for some seconds at most.

    Raises:
        BadValue: source or key cannot be used, or the signature is not of that key.
        BadFile: what lies there is no notice.
        Unreachable: nothing could be read.
    """
    if not plan.wanted:
        return None
    check_source(plan.source)
    key = raw_key(plan.key)
    raw = _read(plan.source, context)
    signature = raw_signature(
        _read(plan.source + SIGNATURE_SUFFIX, context).decode("ascii", errors="replace")
    )
    _check(raw, signature, key)
    notice = parse_notice(raw)
    return notice if is_newer(notice.version, own) else None


def _check(raw: bytes, signature: bytes, key: bytes) -> None:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, raw)
    except InvalidSignature:
        raise BadValue("The notice of an update is not signed with the key that your admin set.") from None


def _read(source: str, context: ssl.SSLContext | None) -> bytes:
    raw = _read_web(source, context) if "://" in source else _read_file(source)
    if len(raw) > NOTICE_LIMIT:
        raise BadFile("The notice of an update is too large.")
    return raw


def _read_file(source: str) -> bytes:
    try:
        with Path(source).open("rb") as file:
            return file.read(NOTICE_LIMIT + 1)
    except OSError as error:
        raise Unreachable("The notice of updates cannot be read.", hint=f"{error.strerror}") from error


def _read_web(source: str, context: ssl.SSLContext | None) -> bytes:
    import urllib.request
    from http.client import HTTPException

    class Straight(urllib.request.HTTPRedirectHandler):
        """Goes nowhere but where the admin said."""

        @override
        def redirect_request(self, *_request: Any) -> None:
            return None

    secure = urllib.request.HTTPSHandler(context=context or TrustRoots().context())
    opener = urllib.request.build_opener(Straight, secure)
    opener.addheaders = [("User-Agent", "CadenceDesk")]
    try:
        with opener.open(source, timeout=SECONDS) as answer:
            return bytes(answer.read(NOTICE_LIMIT + 1))
    except (OSError, HTTPException) as error:
        raise Unreachable("The notice of updates cannot be read.", hint=f"{type(error).__name__}") from error
