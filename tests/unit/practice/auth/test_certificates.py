"""The org's own authority and server certificate: files, reuse, renewal, and both TLS stacks."""

import datetime as dt
import stat
import sys
from pathlib import Path

import grpc
import pytest
import requests
from cryptography import x509

from cadence_desk.practice.auth.certificates import Certificates
from cadence_desk.practice.auth.served_certificates import ServedCertificates
from tests.unit.practice.rest.served import served_org


class _Calendar:
    def __init__(self) -> None:
        self.now = dt.datetime(2026, 11, 24, tzinfo=dt.UTC)

    def __call__(self) -> dt.datetime:
        return self.now


def _serial(pem: Path) -> int:
    return x509.load_pem_x509_certificate(pem.read_bytes()).serial_number


def test_files_are_made_once_and_reused(tmp_path: Path) -> None:
    files = Certificates().ensure(tmp_path / "tls")
    before = (files.ca_pem.read_bytes(), files.leaf_pem.read_bytes(), files.leaf_key.read_bytes())
    again = Certificates().ensure(tmp_path / "tls")
    assert again == files
    assert before == (files.ca_pem.read_bytes(), files.leaf_pem.read_bytes(), files.leaf_key.read_bytes())


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no POSIX file modes")
def test_only_the_user_can_read_them(tmp_path: Path) -> None:
    Certificates().ensure(tmp_path / "tls")
    assert stat.S_IMODE((tmp_path / "tls").stat().st_mode) == 0o700
    modes = {stat.S_IMODE(one.stat().st_mode) for one in (tmp_path / "tls").iterdir()}
    assert modes == {0o600}


def test_the_leaf_names_loopback_and_nothing_else(tmp_path: Path) -> None:
    files = Certificates().ensure(tmp_path)
    leaf = x509.load_pem_x509_certificate(files.leaf_pem.read_bytes())
    names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["localhost"]
    assert [str(one) for one in names.get_values_for_type(x509.IPAddress)] == ["127.0.0.1", "::1"]
    authority = x509.load_pem_x509_certificate(files.ca_pem.read_bytes())
    limits = authority.extensions.get_extension_for_class(x509.NameConstraints)
    assert limits.critical
    assert limits.value.permitted_subtrees == [x509.DNSName("localhost")]


def test_what_nears_its_end_is_renewed(tmp_path: Path) -> None:
    calendar = _Calendar()
    book = Certificates(calendar)
    files = book.ensure(tmp_path)
    authority, leaf = _serial(files.ca_pem), _serial(files.leaf_pem)
    calendar.now += dt.timedelta(days=380)
    book.ensure(tmp_path)
    assert _serial(files.ca_pem) == authority
    assert _serial(files.leaf_pem) != leaf
    calendar.now += dt.timedelta(days=3300)
    book.ensure(tmp_path)
    assert _serial(files.ca_pem) != authority


def test_broken_or_foreign_files_are_replaced(tmp_path: Path) -> None:
    files = Certificates().ensure(tmp_path / "a")
    other = Certificates().ensure(tmp_path / "b")
    files.leaf_key.write_bytes(other.leaf_key.read_bytes())
    leaf = _serial(files.leaf_pem)
    Certificates().ensure(tmp_path / "a")
    assert _serial(files.leaf_pem) != leaf
    files.ca_pem.write_text("no certificate")
    Certificates().ensure(tmp_path / "a")
    authority = x509.load_pem_x509_certificate(files.ca_pem.read_bytes())
    x509.load_pem_x509_certificate(files.leaf_pem.read_bytes()).verify_directly_issued_by(authority)


def test_requests_trusts_the_authority_and_only_that(tmp_path: Path) -> None:
    files = Certificates().ensure(tmp_path)
    with served_org(files.server_context()) as served:
        served.session.verify = str(files.ca_pem)
        for host in ("127.0.0.1", "localhost"):
            served.base = served.base.replace("127.0.0.1", host)
            answer = served.ask("GET", "/services/data")
            assert answer.status_code == 200
        identity = served.ask("GET", f"/id/{served.org.organization_id}/{served.user_id}").json()["id"]
        assert identity.startswith("https://localhost:")
        served.session.verify = True
        with pytest.raises(requests.exceptions.SSLError):
            served.ask("GET", "/services/data")


def test_grpc_trusts_the_authority(tmp_path: Path) -> None:
    from concurrent import futures

    files = Certificates().ensure(tmp_path)
    with futures.ThreadPoolExecutor(1) as pool:
        server = grpc.server(pool)
        port = server.add_secure_port("127.0.0.1:0", grpc.ssl_server_credentials([files.grpc_pair()]))
        server.start()
        trust = grpc.ssl_channel_credentials(files.ca_pem.read_bytes())
        for host in ("127.0.0.1", "localhost"):
            with grpc.secure_channel(f"{host}:{port}", trust) as channel:
                grpc.channel_ready_future(channel).result(20)
        server.stop(None).wait()


def test_each_port_is_handed_a_certificate_only_when_it_is_another_one(tmp_path: Path) -> None:
    served = ServedCertificates(Certificates().ensure(tmp_path))
    ports = served.changes(), served.changes()
    assert [changed() for changed in ports] == [None, None]
    served.show("expired")
    assert all(changed() is not None for changed in ports)
    assert [changed() for changed in ports] == [None, None]
    served.show("own")
    assert all(changed() is not None for changed in ports)
