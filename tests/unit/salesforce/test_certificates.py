"""Why a server is not trusted, told in words that say what to do."""

from __future__ import annotations

import socket
import ssl
import threading
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
import requests
from cryptography import x509

from cadence_desk.domain.errors import DeskError, Retry, Untrusted
from cadence_desk.practice.auth import certificates
from cadence_desk.practice.auth.certificates import Certificates
from cadence_desk.salesforce.certificates import Presented, distrust, look, read_certificate
from cadence_desk.salesforce.errors import translate_exception
from cadence_desk.salesforce.exchange import begin
from cadence_desk.salesforce.stream_errors import problem_of
from cadence_desk.salesforce.transport import Transport
from cadence_desk.salesforce.usage import UsageMeter
from tests.unit.salesforce.org_fakes import FakeClock, profile

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cadence_desk.practice.auth.certificates import CertificateFiles

NOW = datetime(2026, 11, 24, tzinfo=UTC)
GOOD = Presented("Corp Root", ("a.example", "*.b.example"), NOW - timedelta(days=9), NOW + timedelta(days=9))


def told(host: str = "a.example", **changes: object) -> Untrusted:
    return distrust(host, replace(GOOD, **changes), "", NOW)  # type: ignore[arg-type]  # names of its own


def test_an_unknown_authority_is_named_with_the_setting() -> None:
    error = told()
    assert "“Corp Root”" in error.message
    assert "Extra certificate authority" in error.hint
    assert error.retry is Retry.NEVER


def test_other_reasons_have_their_own_sentences() -> None:
    assert "expired on 2026-11-23" in told(ends=NOW - timedelta(days=1)).message
    assert "valid from 2026-11-25" in told(begins=NOW + timedelta(days=1)).message
    assert "answered for c.example has a certificate for a.example" in told("c.example").message
    assert "unknown authority" in distrust("a.example", None, "", NOW).message
    assert "self-signed" in distrust("a.example", None, "self-signed certificate", NOW).message


@pytest.mark.parametrize(
    ("host", "covered"),
    [
        ("a.example", True),
        ("A.Example.", True),
        ("x.b.example", True),
        ("b.example", False),
        ("x.y.b.example", False),
    ],
)
def test_whom_a_certificate_is_for(host: str, covered: bool) -> None:
    assert GOOD.is_for(host) is covered


class TLSServer:
    """Answers handshakes with one certificate; whatever comes after is written down and never answered."""

    def __init__(self, files: CertificateFiles, version: ssl.TLSVersion) -> None:
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(files.leaf_pem, files.leaf_key)
        if version < ssl.TLSVersion.TLSv1_2:
            self.context.set_ciphers("ALL:@SECLEVEL=0")
        self.context.minimum_version = self.context.maximum_version = version
        self.said: list[bytes] = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.thread = threading.Thread(target=self._serve, name="tls-server")
        self.thread.start()

    def _serve(self) -> None:
        while True:
            line, _ = self.listener.accept()
            with line:
                if not line.recv(1, socket.MSG_PEEK):
                    return
                try:
                    with self.context.wrap_socket(line, server_side=True) as secure:
                        self.said.append(secure.recv(1024))
                except OSError:
                    continue

    def stop(self) -> None:
        socket.create_connection(("127.0.0.1", self.port)).close()
        self.thread.join()
        self.listener.close()


@contextmanager
def serving(files: CertificateFiles, version: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3) -> Iterator[TLSServer]:
    server = TLSServer(files, version)
    try:
        yield server
    finally:
        server.stop()


def refused(port: int, extra_ca: str = "") -> DeskError:
    origin = f"https://localhost:{port}"
    session = Transport(replace(profile(origin), extra_ca=extra_ca), UsageMeter(FakeClock())).session(origin)
    exchange = begin("x", write=True)
    with pytest.raises(requests.RequestException) as caught:
        session.post(origin, data="a secret")
    return translate_exception(caught.value, exchange)


def test_the_issuer_is_read_and_nothing_is_said(tmp_path: Path) -> None:
    with serving(Certificates().ensure(tmp_path)) as server:
        error = refused(server.port)
    assert isinstance(error, Untrusted)
    assert "localhost was issued by “Practice org authority" in error.message
    assert not any(server.said)


def test_an_expired_certificate(tmp_path: Path) -> None:
    files = Certificates(lambda: datetime.now(UTC) - timedelta(days=400)).ensure(tmp_path)
    with serving(files) as server:
        assert "expired on" in refused(server.port, str(files.ca_pem)).message


def test_a_certificate_for_another_host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(certificates, "_LOOPBACK_NAMES", (x509.DNSName("desk.localhost"),))
    files = Certificates().ensure(tmp_path)
    with serving(files) as server:
        error = refused(server.port, str(files.ca_pem))
    assert "answered for localhost has a certificate for desk.localhost" in error.message


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
def test_old_tls_is_refused_and_cannot_be_allowed(tmp_path: Path) -> None:
    files = Certificates().ensure(tmp_path)
    with serving(files, ssl.TLSVersion.TLSv1_1) as server:
        error = refused(server.port, str(files.ca_pem))
        assert look("localhost", server.port) is None
    assert isinstance(error, Untrusted)
    assert "TLS 1.1" in error.message
    assert "cannot be switched off" in error.hint


def test_a_server_that_cannot_be_looked_at() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    assert look("127.0.0.1", port) is None
    with pytest.raises(ValueError):
        read_certificate(b"nonsense")


@pytest.mark.parametrize(
    ("told", "words"),
    [
        (
            "last error: UNKNOWN: ipv4:1.2.3.4:1: HTTP proxy returned response code 407",
            "user name and password",
        ),
        ("last error: UNKNOWN: ipv4:1.2.3.4:1: HTTP proxy returned response code 403", "did not let"),
        ("SSL_ERROR_SSL: CERTIFICATE_VERIFY_FAILED: unable to get local issuer", "not trusted"),
        ("UNAUTHENTICATED: Hostname Verification Check failed.", "not trusted"),
        (
            "SSL_ERROR_SSL: error:1000042e:SSL routines:OPENSSL_internal:TLSV1_ALERT_PROTOCOL_VERSION",
            "TLS 1.1",
        ),
        ("Failed to connect to remote host: Connection refused", "cannot be reached"),
    ],
)
def test_what_grpc_says_of_a_line_that_was_not_made(told: str, words: str) -> None:
    assert words in problem_of("UNAVAILABLE", "", told).error.message
