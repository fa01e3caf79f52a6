"""Which certificates are trusted: the operating system's, plus the profile's extra authority for that profile only.

Loads truststore late; called by transport (Python TLS) and by the event channel (gRPC brings its own TLS).
"""

from __future__ import annotations

import ssl
from pathlib import Path

from cadence_desk.domain.errors import Untrusted


class TrustRoots:
    """The roots of one profile, in the two forms that the two TLS stacks take."""

    def __init__(self, extra_ca: str = "") -> None:
        self._extra_ca = extra_ca

    def context(self) -> ssl.SSLContext:
        """Return a verifying client context, TLS 1.2 or newer.

        Raises:
            Untrusted: the extra authority's file cannot be read.
        """
        import truststore

        context = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        if self._extra_ca:
            try:
                context.load_verify_locations(cafile=self._extra_ca)
            except (OSError, ssl.SSLError) as error:
                raise self._unreadable() from error
        return context

    def pem(self) -> bytes:
        """Return one PEM with public roots, the system's roots and the extra authority, each once.

        Raises:
            Untrusted: the extra authority's file cannot be read.
        """
        import certifi

        found = {ssl.DER_cert_to_PEM_cert(der): None for der in self._system_roots()}
        parts = [Path(certifi.where()).read_text(encoding="ascii", errors="ignore"), *found]
        if self._extra_ca:
            try:
                parts.append(Path(self._extra_ca).read_text(encoding="ascii"))
            except (OSError, UnicodeDecodeError) as error:
                raise self._unreadable() from error
        return "\n".join(parts).encode("ascii")

    @staticmethod
    def _system_roots() -> list[bytes]:
        return ssl.create_default_context().get_ca_certs(binary_form=True)

    def _unreadable(self) -> Untrusted:
        return Untrusted(
            "The extra certificate authority of this profile cannot be read.",
            hint="Choose a PEM file that exists and can be read, or leave the field empty.",
        )
