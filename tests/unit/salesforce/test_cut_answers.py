"""An answer to a write that is cut at any byte is doubt: never a success, never a refusal."""

from __future__ import annotations

import gzip
import json
import socket
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from cadence_desk.domain.errors import Executed
from cadence_desk.salesforce.errors import translate_exception
from cadence_desk.salesforce.exchange import Phase, begin
from cadence_desk.salesforce.transport import Transport
from cadence_desk.salesforce.usage import UsageMeter
from tests.unit.salesforce.org_fakes import FakeClock, profile

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cadence_desk.salesforce.http_adapter import OrgHTTP

MADE = {"id": "00T000000000001AAA", "success": True, "errors": []}
BODY = json.dumps(MADE).encode()
PACKED = gzip.compress(BODY, mtime=0)
HEAD = b"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nConnection: close\r\n"


def chunked(body: bytes) -> bytes:
    parts = [body[start : start + 20] for start in range(0, len(body), 20)]
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"


ANSWERS = {
    "length": HEAD + b"Content-Length: %d\r\n\r\n" % len(BODY) + BODY,
    "chunks": HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + chunked(BODY),
    "gzip": HEAD + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(PACKED) + PACKED,
    "until it closes": HEAD + b"\r\n" + BODY,
}


@contextmanager
def answering(answers: list[bytes]) -> Iterator[str]:
    """Serve each connection the next of some answers and close."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            for answer in answers:
                connection, _ = server.accept()
                with connection:
                    asked = b""
                    while not asked.endswith(b"{}"):
                        asked += connection.recv(65536)
                    connection.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}"
        thread.join(20)


def sent(session: OrgHTTP, address: str) -> object:
    """Return what a write brought: its answer, or whether it may have been carried out."""
    exchange = begin("tasks", write=True)
    try:
        return session.post(address, json={}).json()
    except Exception as error:  # noqa: BLE001 - any of them has to mean doubt
        assert exchange.phase >= Phase.SENT
        return translate_exception(error, exchange).executed


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)
def test_a_cut_at_any_byte_is_doubt(answer: bytes) -> None:
    cuts = [answer[:length] for length in range(len(answer))]
    with answering([*cuts, answer]) as origin:
        session = Transport(profile(origin), UsageMeter(FakeClock())).session(origin)
        found = [sent(session, f"{origin}/tasks") for _ in cuts]
        assert sent(session, f"{origin}/tasks") == MADE
    made = [one for one in found if one is not Executed.UNKNOWN]
    assert made == [MADE] * len(made)
    assert len(made) <= len(b"0\r\n\r\n"), "only the end mark of chunks may be missing"
