"""A newer version is announced only by whoever the admin named, from where the admin said; and never an older one."""

import base64
import json
import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from typing_extensions import override

from cadence_desk.bootstrap.updates import update_words
from cadence_desk.domain.errors import BadFile, BadValue, DeskError, Unreachable
from cadence_desk.domain.updates import UpdateNotice, UpdatePlan, check_source, is_newer, parse_notice
from cadence_desk.practice.auth.certificates import Certificates
from cadence_desk.salesforce.trust import TrustRoots
from cadence_desk.salesforce.update_source import read_update

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = base64.b64encode(KEY.public_key().public_bytes_raw()).decode()
NOTICE = json.dumps(
    {"product": "cadence-desk", "version": "0.2.0", "words": "Install it from Self Service."}
).encode()


def announced(folder: Path, raw: bytes = NOTICE, signed: bytes | None = None) -> UpdatePlan:
    """Lay a notice and its signature into a folder."""
    file = folder / "desk.json"
    file.write_bytes(raw)
    signature = KEY.sign(raw if signed is None else signed)
    file.with_name("desk.json.sig").write_bytes(base64.encodebytes(signature))
    return UpdatePlan(str(file), PUBLIC)


def test_signed_notice_of_a_newer_version_is_told(tmp_path: Path) -> None:
    plan = announced(tmp_path)
    assert read_update(plan, "0.1.0") == UpdateNotice("0.2.0", "Install it from Self Service.")
    assert (
        update_words(plan, "0.1.0") == "Version 0.2.0 of Cadence Desk is there. Install it from Self Service."
    )


@pytest.mark.parametrize("own", ["0.2.0", "0.2", "0.2.1", "0.10.0", "1.0"])
def test_same_or_older_version_is_not_offered(tmp_path: Path, own: str) -> None:
    assert read_update(announced(tmp_path), own) is None


def test_nothing_is_read_unless_both_are_set(tmp_path: Path) -> None:
    there = announced(tmp_path)
    assert read_update(UpdatePlan(), "0.1.0") is None
    assert read_update(UpdatePlan(there.source, ""), "0.1.0") is None
    assert read_update(UpdatePlan("", there.key), "0.1.0") is None


def test_changed_notice_is_refused(tmp_path: Path) -> None:
    plan = announced(tmp_path, NOTICE.replace(b"0.2.0", b"9.9.9"), signed=NOTICE)
    with pytest.raises(BadValue, match="not signed with the key"):
        read_update(plan, "0.1.0")
    assert update_words(plan, "0.1.0") == ""


def test_another_ones_signature_is_refused(tmp_path: Path) -> None:
    other = base64.b64encode(Ed25519PrivateKey.generate().public_key().public_bytes_raw()).decode()
    with pytest.raises(BadValue, match="not signed with the key"):
        read_update(UpdatePlan(announced(tmp_path).source, other), "0.1.0")


@pytest.mark.parametrize("signature", [b"", b"AAAA", b"\xff\xfe", base64.b64encode(bytes(63))])
def test_damaged_signature_is_refused(tmp_path: Path, signature: bytes) -> None:
    plan = announced(tmp_path)
    (tmp_path / "desk.json.sig").write_bytes(signature)
    with pytest.raises(BadValue, match="no usable signature"):
        read_update(plan, "0.1.0")


def test_missing_and_oversized_notices_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(Unreachable):
        read_update(UpdatePlan(str(tmp_path / "none.json"), PUBLIC), "0.1.0")
    with pytest.raises(BadFile, match="too large"):
        read_update(announced(tmp_path, b" " * 20_000), "0.1.0")


@pytest.mark.parametrize(
    "raw",
    [
        b"no json",
        b"[]",
        b'{"product": "other", "version": "1"}',
        b'{"product": "cadence-desk", "version": 2}',
        b'{"product": "cadence-desk", "version": "2; rm"}',
        b'{"product": "cadence-desk", "version": "2", "words": "a\\u202eb"}',
        json.dumps({"product": "cadence-desk", "version": "2", "words": "x" * 201}).encode(),
    ],
)
def test_signed_nonsense_is_no_notice(raw: bytes) -> None:
    with pytest.raises(BadFile):
        parse_notice(raw)


@pytest.mark.parametrize(
    "source",
    [
        "http://it.example/desk.json",
        "https://",
        "https://u:p@it.example/x",
        "https://it.example/x?y=1",
        "desk.json",
        "",
    ],
)
def test_only_plain_https_and_whole_paths_are_sources(source: str) -> None:
    with pytest.raises(BadValue):
        check_source(source)


@pytest.mark.parametrize(
    "source", ["https://it.example/desk.json", "/srv/desk.json", "\\\\it\\share\\desk.json", "Z:\\desk.json"]
)
def test_sources_an_it_department_has(source: str) -> None:
    check_source(source)


def test_versions_are_compared_as_numbers() -> None:
    assert is_newer("0.10.0", "0.9.9")
    assert not is_newer("1.0", "1.0.0")


class Shelf(BaseHTTPRequestHandler):
    """Serves the notice, its signature and a redirect."""

    def do_GET(self) -> None:
        answers = {"/desk.json": NOTICE, "/desk.json.sig": base64.b64encode(KEY.sign(NOTICE))}
        found = answers.get(self.path)
        self.send_response(200 if found else 302)
        if not found:
            self.send_header("Location", "/desk.json")
        self.end_headers()
        self.wfile.write(found or b"")

    @override
    def log_message(self, *_words: object) -> None:
        """Say nothing."""


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[tuple[str, ssl.SSLContext]]:
    files = Certificates().ensure(tmp_path / "authority")
    server = HTTPServer(("127.0.0.1", 0), Shelf)
    server.socket = files.server_context().wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, name="shelf")
    thread.start()
    yield f"https://localhost:{server.server_port}", TrustRoots(str(files.ca_pem)).context()
    server.shutdown()
    server.server_close()
    thread.join()


def test_notice_is_read_over_https(shelf: tuple[str, ssl.SSLContext]) -> None:
    origin, context = shelf
    assert read_update(UpdatePlan(f"{origin}/desk.json", PUBLIC), "0.1.0", context) is not None


def test_redirects_are_not_followed(shelf: tuple[str, ssl.SSLContext]) -> None:
    origin, context = shelf
    with pytest.raises(Unreachable):
        read_update(UpdatePlan(f"{origin}/elsewhere", PUBLIC), "0.1.0", context)


def test_unknown_authority_is_not_trusted(shelf: tuple[str, ssl.SSLContext]) -> None:
    origin, _ = shelf
    with pytest.raises(DeskError):
        read_update(UpdatePlan(f"{origin}/desk.json", PUBLIC), "0.1.0")
