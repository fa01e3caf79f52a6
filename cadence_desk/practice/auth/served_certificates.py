"""Which certificate the servers present now: their own, or one that clients must refuse.

Both TLS stacks follow the switch from the next handshake on. May import grpc; made by serving.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import grpc

from cadence_desk.practice.auth.certificates import Certificates

if TYPE_CHECKING:
    from collections.abc import Callable

    from cadence_desk.practice.auth.certificates import CertificateFiles


class ServedCertificates:
    """The certificates of one org by the word of the switch `certificate`."""

    def __init__(self, own: CertificateFiles) -> None:
        self._folder = own.ca_pem.parent
        self._shown = own
        self._known: dict[str, CertificateFiles] = {"own": own}
        self._makers: dict[str, Callable[..., CertificateFiles]] = {
            "expired": Certificates().expired,
            "other_host": Certificates().for_another_host,
            "unknown": Certificates().unknown,
        }
        self.context = own.server_context()

    def show(self, word: str) -> None:
        """Present this certificate from now on; connections that stand go on."""
        if word not in self._known:
            self._known[word] = self._makers[word](self._folder)
        self._shown = self._known[word]
        self.context.load_cert_chain(self._shown.leaf_pem, self._shown.leaf_key)

    def grpc_credentials(self) -> Any:
        """Server credentials for one port, which ask at every handshake whether the certificate is another one."""
        return grpc.dynamic_ssl_server_credentials(self._configuration(), self.changes())

    def changes(self) -> Callable[[], Any]:
        """Return what tells one port the certificate to present from now on, or None while it is the one it has.

        Handing it out at every handshake has gRPC make everything anew under the handshakes that run beside it, which
        ended the process with a segmentation fault now and then (seen with grpcio 1.85.1).
        """
        given = self._shown

        def changed() -> Any:
            nonlocal given
            if given is self._shown:
                return None
            given = self._shown
            return self._configuration()

        return changed

    def _configuration(self) -> Any:
        return grpc.ssl_server_certificate_configuration([self._shown.grpc_pair()])
