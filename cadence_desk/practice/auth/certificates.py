"""The practice org's own certificate authority and the server certificate it signs.

Both TLS stacks (OpenSSL for REST, BoringSSL for gRPC) serve the same leaf. Loopback names, and those that are given.
May import cryptography; called by serving and by tests.
"""

import contextlib
import datetime as dt
import ipaddress
import os
import ssl
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

AUTHORITY_DAYS = 3650
LEAF_DAYS = 397
RENEW_BEFORE = dt.timedelta(days=30)
LOCK = "making.lock"
"""Held while keys are made or read; of no meaning afterwards."""
_START_EARLIER = dt.timedelta(
    days=1
)  # a client clock a little behind ours must not refuse a fresh certificate

_LOOPBACK_NAMES: tuple[x509.GeneralName, ...] = (
    x509.DNSName("localhost"),
    x509.IPAddress(ipaddress.ip_address("127.0.0.1")),
    x509.IPAddress(ipaddress.ip_address("::1")),
)
# BoringSSL, and so every gRPC client, refuses a chain with IP constraints ("unsupported name constraint type"),
# so the authority is held to the one host name; the addresses stand in the leaf only
_PERMITTED_TREES: tuple[x509.GeneralName, ...] = (x509.DNSName("localhost"),)


@dataclass(frozen=True, slots=True)
class CertificateFiles:
    """Where the PEM files lie; `ca_pem` is the one to hand to clients."""

    ca_pem: Path
    leaf_pem: Path
    leaf_key: Path

    def server_context(self) -> ssl.SSLContext:
        """A server context for HTTP/1.1 over TLS 1.2 or newer."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.load_cert_chain(self.leaf_pem, self.leaf_key)
        context.set_alpn_protocols(["http/1.1"])
        return context

    def grpc_pair(self) -> tuple[bytes, bytes]:
        """Private key and certificate chain, in the order that grpc.ssl_server_credentials takes them."""
        return self.leaf_key.read_bytes(), self.leaf_pem.read_bytes()


@dataclass(frozen=True, slots=True)
class _Pair:
    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey


def _wall_clock() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


class Certificates:
    """Makes the authority and the leaf once, reuses them, and renews each one when it nears its end.

    `names` are host names beside the loopback ones; without them the authority can vouch for loopback only.
    """

    def __init__(self, now: Callable[[], dt.datetime] = _wall_clock, names: Sequence[str] = ()) -> None:
        self._now = now
        self._names = tuple(x509.DNSName(name) for name in names)

    def ensure(self, folder: Path) -> CertificateFiles:
        """Return usable files in `folder`, making or renewing what is missing, broken or near expiry.

        A new authority always brings a new leaf. Several orgs that start at once in one folder get the same files: one
        makes them, the others wait for it. Raises OSError when the folder cannot be written.
        """
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        _restrict(folder, 0o700)
        with alone_in(folder):
            return self._ensured(folder)

    def _ensured(self, folder: Path) -> CertificateFiles:
        authority = self._usable(folder / "ca.pem", folder / "ca_key.pem")
        if authority is None or _permitted(authority.certificate) != {*_PERMITTED_TREES, *self._names}:
            authority = self._make_authority()
            _save(authority, folder / "ca.pem", folder / "ca_key.pem")
        leaf = self._usable(folder / "leaf.pem", folder / "leaf_key.pem")
        if leaf is None or not _signed_by(leaf.certificate, authority.certificate):
            leaf = self._make_leaf(authority)
            _save(leaf, folder / "leaf.pem", folder / "leaf_key.pem")
        return CertificateFiles(folder / "ca.pem", folder / "leaf.pem", folder / "leaf_key.pem")

    def expired(self, folder: Path) -> CertificateFiles:
        """Return files whose leaf ended a week ago, signed by the authority of `folder`, which must be there."""
        earlier = Certificates(lambda: self._now() - dt.timedelta(days=LEAF_DAYS + 7))
        return self._odd(folder, "expired", earlier, _LOOPBACK_NAMES)

    def for_another_host(self, folder: Path) -> CertificateFiles:
        """Return files whose leaf is for a host that nobody asks for, signed by the authority of `folder`."""
        return self._odd(folder, "other_host", self, (x509.DNSName("elsewhere.localhost"),))

    def unknown(self, folder: Path) -> CertificateFiles:
        """Return files of an authority that nobody was told of."""
        return self.ensure(folder / "unknown")

    def _odd(
        self, folder: Path, name: str, maker: "Certificates", names: Sequence[x509.GeneralName]
    ) -> CertificateFiles:
        authority = self._usable(folder / "ca.pem", folder / "ca_key.pem")
        if authority is None:
            raise OSError(f"{folder} holds no usable authority")
        pem, key_file = folder / f"{name}.pem", folder / f"{name}_key.pem"
        _save(maker._make_leaf(authority, names), pem, key_file)  # noqa: SLF001  another clock, the same class
        return CertificateFiles(folder / "ca.pem", pem, key_file)

    def _usable(self, pem: Path, key_file: Path) -> _Pair | None:
        try:
            certificate = x509.load_pem_x509_certificate(pem.read_bytes())
            key = serialization.load_pem_private_key(key_file.read_bytes(), password=None)
        except (OSError, ValueError, TypeError):
            return None
        if not isinstance(key, ec.EllipticCurvePrivateKey) or certificate.public_key() != key.public_key():
            return None
        near_end = certificate.not_valid_after_utc - RENEW_BEFORE
        if not certificate.not_valid_before_utc <= self._now() < near_end:
            return None
        _restrict(key_file, 0o600)
        return _Pair(certificate, key)

    def _builder(self, subject: str, key: ec.EllipticCurvePrivateKey, days: int) -> x509.CertificateBuilder:
        now = self._now()
        return (
            x509.CertificateBuilder()
            .subject_name(_name(subject))
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - _START_EARLIER)
            .not_valid_after(now + dt.timedelta(days=days))
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        )

    def _make_authority(self) -> _Pair:
        key = ec.generate_private_key(ec.SECP256R1())
        # the serial in the name keeps two generations apart in a client's trust store
        subject = f"Practice org authority {os.urandom(4).hex()}"
        builder = (
            self._builder(subject, key, AUTHORITY_DAYS)
            .issuer_name(_name(subject))
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_usage(signs_certificates=True), critical=True)
            .add_extension(x509.NameConstraints([*_PERMITTED_TREES, *self._names], None), critical=True)
        )
        return _Pair(builder.sign(key, hashes.SHA256()), key)

    def _make_leaf(self, authority: _Pair, names: Sequence[x509.GeneralName] = ()) -> _Pair:
        key = ec.generate_private_key(ec.SECP256R1())
        issuer_key = authority.certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier)
        builder = (
            self._builder("localhost", key, LEAF_DAYS)
            .issuer_name(authority.certificate.subject)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(signs_certificates=False), critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .add_extension(
                x509.SubjectAlternativeName(names or [*_LOOPBACK_NAMES, *self._names]), critical=False
            )
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(issuer_key.value),
                critical=False,
            )
        )
        return _Pair(builder.sign(authority.key, hashes.SHA256()), key)


def _name(common_name: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Cadence Desk practice org"),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
        ]
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _permitted(authority: x509.Certificate) -> set[x509.GeneralName]:
    try:
        found = authority.extensions.get_extension_for_class(x509.NameConstraints).value
    except x509.ExtensionNotFound:
        return set()
    return set(found.permitted_subtrees or ())


def _signed_by(leaf: x509.Certificate, authority: x509.Certificate) -> bool:
    try:
        leaf.verify_directly_issued_by(authority)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def _save(pair: _Pair, pem: Path, key_file: Path) -> None:
    key_text = pair.key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    _write(key_file, key_text)
    _write(pem, pair.certificate.public_bytes(serialization.Encoding.PEM))


def _write(path: Path, content: bytes) -> None:
    """Replace the file in one step; mkstemp makes it readable by the owner only from its first byte."""
    handle, temporary = tempfile.mkstemp(dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


@contextlib.contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Hold a folder against other processes and threads that make keys in it; the system frees it at their death."""
    handle = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _lock(handle)
        yield
    finally:
        os.close(handle)


def _lock(handle: int) -> None:
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(handle, msvcrt.LK_LOCK, 1)  # waits ten seconds, then raises OSError
    else:
        import fcntl

        fcntl.flock(handle, fcntl.LOCK_EX)


def _restrict(path: Path, mode: int) -> None:
    # file systems without POSIX modes (Windows, some mounts) guard the profile folder themselves
    with contextlib.suppress(OSError):
        path.chmod(mode)
