"""The client apps that the practice org knows, each with its redirect addresses and its token rules.

May import cryptography. Read by the OAuth handlers and the token book; the stand-alone practice org prints the tools app.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from cryptography import x509

DESK_PORTS = (56420, 58728, 59132, 61361, 62784)


@dataclass(frozen=True, slots=True)
class ClientApp:
    """One registered app. Redirect addresses match character by character, port and slash included."""

    client_id: str
    name: str
    redirect_uris: tuple[str, ...]
    rotates_refresh_tokens: bool
    requires_challenge: bool
    client_credentials: bool = False


DESK_APP = ClientApp(
    client_id="PracticeDesk",
    name="Cadence Desk",
    redirect_uris=tuple(f"http://localhost:{port}/OauthRedirect" for port in DESK_PORTS),
    rotates_refresh_tokens=True,
    requires_challenge=True,
)
TOOLS_APP = ClientApp(
    client_id="PracticeTools",
    name="Third-party tools",
    redirect_uris=("http://localhost:1717/OauthRedirect", "http://localhost:8080/callback"),
    rotates_refresh_tokens=False,
    requires_challenge=False,
    client_credentials=True,
)
UNATTENDED_APP = ClientApp(
    client_id="PracticeUnattended",
    name="Unattended runs",
    redirect_uris=(),
    rotates_refresh_tokens=False,
    requires_challenge=True,
)
"""Lets nobody in by a page: it signs statements with the key of its certificate."""


class ClientApps:
    """The registry, looked up by client id, with the certificates that were uploaded to apps."""

    def __init__(self, apps: Iterable[ClientApp] = (DESK_APP, TOOLS_APP, UNATTENDED_APP)) -> None:
        self._by_id = {app.client_id: app for app in apps}
        self._certificates: dict[str, x509.Certificate] = {}

    def upload(self, client_id: str, certificate: x509.Certificate) -> None:
        """Give an app the certificate that its statements are checked with."""
        self._certificates[client_id] = certificate

    def certificate(self, client_id: str) -> x509.Certificate | None:
        """The certificate of an app, or None."""
        return self._certificates.get(client_id)

    def find(self, client_id: str) -> ClientApp | None:
        """The app with exactly this id, or None."""
        return self._by_id.get(client_id)
