"""What a server's certificate says of itself, to tell in words why it is not trusted. May import domain.

The look takes one handshake in which nothing is verified and after which nothing is sent; no data ever goes over such
a connection. Called by the HTTP adapter and the event channel once a verified handshake has failed.
"""

from __future__ import annotations

import base64
import socket
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from cadence_desk.domain.errors import Untrusted

if TYPE_CHECKING:
    from collections.abc import Sequence

LOOK_SECONDS = 5.0
_TUNNEL_LIMIT = 16 * 1024

SETTING_HINT = (
    "If your company inspects secure connections, give its authority's PEM file to this org: "
    "setting “Extra certificate authority” (extra_ca in an org file, CADENCE_DESK_EXTRA_CA in the environment)."
)
OLD_TLS = "The server offers no secure connection newer than TLS 1.1."
OLD_TLS_HINT = "Cadence Desk speaks TLS 1.2 or newer only, and that cannot be switched off."
_OLD_TLS_SIGNS = ("PROTOCOL_VERSION", "UNSUPPORTED_PROTOCOL", "NO_PROTOCOLS_AVAILABLE")


@dataclass(frozen=True, slots=True)
class Presented:
    """A server's own certificate, as it was presented.

    Attributes:
        issuer: common name, else organization, of who signed it.
        names: host names and addresses it is for.
    """

    issuer: str
    names: tuple[str, ...]
    begins: datetime
    ends: datetime

    def is_for(self, host: str) -> bool:
        """Return True when the certificate covers a host; a star stands for one label."""
        wanted = host.strip("[]").rstrip(".").lower()
        parent = wanted.partition(".")[2]
        return any(name in {wanted, f"*.{parent}"} for name in self.names)


def distrust(host: str, presented: Presented | None, told: str, now: datetime) -> Untrusted:
    """Return why a certificate is not trusted, in one sentence with what to do.

    Args:
        host: whom the connection was meant for.
        presented: what the server presented; None when it could not be looked at.
        told: what the TLS library said.
        now: the time of this computer, which the validity is compared with.
    """
    if presented is None:
        why = told or "unknown authority"
        return Untrusted(f"The certificate of {host} is not trusted: {why}.", hint=SETTING_HINT)
    if presented.ends < now:
        return Untrusted(
            f"The certificate of {host} expired on {presented.ends:%Y-%m-%d}.",
            hint="Check this computer's date; else whoever runs that server has to renew it.",
        )
    if presented.begins > now:
        return Untrusted(
            f"The certificate of {host} is valid from {presented.begins:%Y-%m-%d} on only.",
            hint="Check this computer's date.",
        )
    if not presented.is_for(host):
        names = ", ".join(presented.names[:3]) or "nobody"
        return Untrusted(
            f"The server that answered for {host} has a certificate for {names}.",
            hint="Check the address; if it is right, something stands between this computer and the server.",
        )
    return Untrusted(
        f"The certificate of {host} was issued by “{presented.issuer}”, which this computer does not trust.",
        hint=SETTING_HINT,
    )


def speaks_old_tls(told: str) -> bool:
    """Return True when a TLS library's words mean that the two sides share no protocol version."""
    return any(sign in told.upper().replace(" ", "_") for sign in _OLD_TLS_SIGNS)


def look(host: str, port: int, proxy: str = "") -> Presented | None:
    """Return what a server presents, or None when it cannot be looked at; sends nothing but a handshake."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return handshake(host, port, proxy, context)[1]


def handshake(host: str, port: int, proxy: str, context: ssl.SSLContext) -> tuple[str, Presented | None]:
    """Shake hands as a context demands and hang up; return protocol version and certificate, empty when it fails."""
    try:
        with (
            _line(host, port, proxy) as line,
            context.wrap_socket(line, server_hostname=host) as secure,
        ):
            version, der = secure.version() or "", secure.getpeercert(binary_form=True)
        return version, read_certificate(der) if der else None
    except (OSError, ValueError):
        return "", None


def read_certificate(der: bytes) -> Presented:
    """Return what a certificate says. Raises ValueError when it cannot be read."""
    from cryptography import x509
    from cryptography.x509.oid import NameOID

    found = x509.load_der_x509_certificate(der)
    known: Sequence[x509.NameAttribute[str | bytes]] = [
        *found.issuer.get_attributes_for_oid(NameOID.COMMON_NAME),
        *found.issuer.get_attributes_for_oid(NameOID.ORGANIZATION_NAME),
    ]
    issuer = str(known[0].value) if known else found.issuer.rfc4514_string()
    try:
        names = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        told: list[str] = []
    else:
        told = [*names.get_values_for_type(x509.DNSName)]
        told += [str(one) for one in names.get_values_for_type(x509.IPAddress)]
    printable = "".join(char for char in issuer if char.isprintable())[:100]
    return Presented(
        printable,
        tuple(name.lower() for name in told),
        found.not_valid_before_utc,
        found.not_valid_after_utc,
    )


def _line(host: str, port: int, proxy: str) -> socket.socket:
    """Return a connection to the server, through the proxy when there is one. Raises OSError."""
    if not proxy:
        return socket.create_connection((host, port), LOOK_SECONDS)
    parts = urlsplit(proxy)
    line = socket.create_connection((parts.hostname or "", parts.port or 80), LOOK_SECONDS)
    try:
        _open_tunnel(line, f"{host}:{port}", parts.username, parts.password)
    except BaseException:
        line.close()
        raise
    return line


def _open_tunnel(line: socket.socket, place: str, user: str | None, password: str | None) -> None:
    ask = f"CONNECT {place} HTTP/1.1\r\nHost: {place}\r\n"
    if user is not None:
        login = base64.b64encode(f"{unquote(user)}:{unquote(password or '')}".encode()).decode("ascii")
        ask += f"Proxy-Authorization: Basic {login}\r\n"
    line.sendall(f"{ask}\r\n".encode("ascii"))
    answer = b""
    while b"\r\n\r\n" not in answer:
        part = line.recv(1)  # byte by byte: what follows the headers belongs to the handshake
        if not part or len(answer) > _TUNNEL_LIMIT:
            raise ConnectionError("the proxy opened no tunnel")
        answer += part
    if answer.split(b" ", 2)[1:2] != [b"200"]:
        raise ConnectionError("the proxy opened no tunnel")


def utc_now() -> datetime:
    """Return this computer's time."""
    return datetime.now(UTC)
