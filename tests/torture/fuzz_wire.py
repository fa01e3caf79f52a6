"""A wire without a network: real answers of a practice org, recorded once, come back mangled to the client's own sockets.

Below requests and urllib3 nothing is stood in for but the connecting: status line, headers, framing and body go through
the parsers that read a real org.
"""

from __future__ import annotations

import gzip
import socket
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from typing_extensions import override

from cadence_desk.domain.lookups import LookUp
from cadence_desk.domain.ports import PeopleScope
from cadence_desk.salesforce import http_adapter, rest
from cadence_desk.salesforce.connect import AccessPlan, OrgConnection, open_org
from cadence_desk.salesforce.soql import SoqlQuery
from cadence_desk.settings.environment import Environment
from tests.contract.client_org import MemorySecrets, PracticeProcess, SystemClock, SystemEntropy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from cadence_desk.domain.calls import CallTask
    from cadence_desk.domain.record_ids import RecordId

FRAMINGS = ("length", "chunked", "close", "gzip")
_NO_TIME = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Answer:
    """One answer as it was recorded."""

    status: int
    kind: str
    body: bytes

    def raw(self, framing: str = "length") -> bytes:
        """Return it as bytes on the wire."""
        head = [f"HTTP/1.1 {self.status} Told", "Date: Tue, 24 Nov 2026 08:00:00 GMT"]
        body = self.body
        if self.kind:
            head.append(f"Content-Type: {self.kind}")
        if framing == "gzip":
            body = gzip.compress(body, mtime=0)
            head.append("Content-Encoding: gzip")
        if self.status == 204:
            body = b""
        elif framing == "chunked":
            head.append("Transfer-Encoding: chunked")
            parts = [body[start : start + 700] for start in range(0, len(body), 700)]
            body = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"
        elif framing == "close":
            head.append("Connection: close")
        else:
            head.append(f"Content-Length: {len(body)}")
        return "\r\n".join(head).encode() + b"\r\n\r\n" + body


@dataclass(frozen=True)
class Call:
    """One call of the gateway, and the answers that it got."""

    name: str
    write: bool
    make: Callable[[OrgConnection], object]
    answers: tuple[Answer, ...] = ()

    @property
    def optional(self) -> bool:
        """True for what the desk does without when it cannot be had."""
        return self.name == "a script"


class Wire:
    """What the next connections will say."""

    def __init__(self) -> None:
        self.script: list[bytes] = []
        self._far: list[socket.socket] = []

    def join(self, connection: Any) -> None:
        if not self.script:
            raise ConnectionRefusedError("the script is over")
        near, far = socket.socketpair()
        near.settimeout(5)
        connection.sock, connection.is_verified = near, True
        raw = self.script.pop(0)
        self._far.append(far)
        if len(raw) < 100_000:
            _say(far, raw)
        else:
            threading.Thread(target=_say, args=(far, raw), daemon=True).start()

    def clear(self) -> None:
        self.script.clear()
        while self._far:
            self._far.pop().close()


def _say(far: socket.socket, raw: bytes) -> None:
    try:
        far.sendall(raw)
        far.shutdown(socket.SHUT_WR)
    except OSError:
        far.close()


class NeverAgain:
    """Retry rules of a client that tries once: what the first answer means is what is looked at."""

    def may(self, *_: Any, **__: Any) -> bool:
        return False


@contextmanager
def wired(wire: Wire) -> Iterator[None]:
    """Let every connection of the client be one of this wire's."""

    class Plain(http_adapter._PhasedConnection):
        @override
        def connect(self) -> None:
            http_adapter._connect(lambda: wire.join(self))

    class Secure(http_adapter._PhasedTLSConnection):
        @override
        def connect(self) -> None:
            http_adapter._connect(lambda: wire.join(self))

    plain, secure = http_adapter._PhasedPool.ConnectionCls, http_adapter._PhasedTLSPool.ConnectionCls
    rules, rest.RULES = rest.RULES, NeverAgain()  # type: ignore[assignment]
    http_adapter._PhasedPool.ConnectionCls = Plain
    http_adapter._PhasedTLSPool.ConnectionCls = Secure
    try:
        yield
    finally:
        http_adapter._PhasedPool.ConnectionCls = plain
        http_adapter._PhasedTLSPool.ConnectionCls = secure
        rest.RULES = rules
        wire.clear()


# ---------------------------------------------------------------- recording


def recorded() -> tuple[OrgConnection, list[Call]]:
    """Start a practice org, make every call once, and return the client with what it was told."""
    org = PracticeProcess.start("--people", "30", "--seed", "7", "--start", "2026-11-24T08:00:00Z")
    try:
        client = _client(org)
        found: list[Answer] = []
        read = http_adapter._read_bounded

        def keep(response: Any) -> None:
            read(response)
            found.append(
                Answer(response.status_code, response.headers.get("Content-Type", ""), response.content)
            )

        http_adapter._read_bounded = keep
        try:
            calls = []
            client.gateway.capabilities()
            for call in _calls(client):
                found.clear()
                call.make(client)
                calls.append(Call(call.name, call.write, call.make, tuple(found)))
        finally:
            http_adapter._read_bounded = read
        # The connections to that org are of no more use: what comes next begins new ones.
        transport: Any = client.gateway._org.rest._transport  # type: ignore[attr-defined]
        for session in transport._sessions.by_origin.values():
            session.close()
        transport._sessions.by_origin.clear()
        return client, calls
    finally:
        org.stop()


def _client(org: PracticeProcess) -> OrgConnection:
    given = Environment.taken_from({
        "CADENCE_DESK_ACCESS_TOKEN": org.ready["access_token"],
        "CADENCE_DESK_INSTANCE_URL": org.ready["rest_url"],
        "CADENCE_DESK_EXTRA_CA": org.ready["ca_file"],
        "CADENCE_DESK_EVENTS_ENDPOINT": org.ready["events_endpoint"],
    }).org()  # fmt: skip
    assert given is not None
    access = AccessPlan(given=given.access)
    return open_org(given.profile, MemorySecrets(), SystemClock(), SystemEntropy(), access=access)


def _task_of_a_step(gateway: Any) -> CallTask:
    """Return an open task that the org made for a step itself."""
    steps = tuple(one.id for page in gateway.step_pages(open_only=True) for one in page)
    found: Sequence[CallTask] = gateway.look_up(LookUp(tasks_of_steps=steps)).tasks_of_steps
    return next(task for task in found if not task.is_closed)


def _read(name: str, make: Callable[[Any], object]) -> Call:
    return Call(name, write=False, make=lambda one: make(one.gateway))


def _write(name: str, make: Callable[[Any], object]) -> Call:
    return Call(name, write=True, make=lambda one: make(one.gateway))


def _calls(client: OrgConnection) -> list[Call]:
    gateway: Any = client.gateway
    people = [one for page in gateway.people_pages(PeopleScope.ALL) for one in page]
    trackers = [one for page in gateway.tracker_pages(active_only=True) for one in page]
    steps = gateway.steps_of([trackers[0].id])
    ids, tracker, step = [one.id for one in people[:4]], trackers[0], steps[0]
    values = {"Subject": "Call", "Status": "Completed", "WhoId": ids[0]}
    made: list[RecordId] = []
    wanted = LookUp(tasks_of_steps=(step.id,), steps=(step.id,), trackers=(tracker.id,), targets=tuple(ids))
    own = _task_of_a_step(gateway)
    many = SoqlQuery("Lead", ("Id", "Name")).where_in("Id", ids * 120)  # too long for an address

    def identity(one: Any) -> object:
        one._identity = None
        return one.identity()

    def create(one: Any) -> object:
        task = one.create_task(values, "0190-key-of-this-operation")
        made.append(task)
        return task

    return [
        _read("query of people", lambda one: list(one.people_pages(PeopleScope.ALL, _NO_TIME))),
        _read("query of trackers", lambda one: list(one.tracker_pages(_NO_TIME))),
        _read("query of steps", lambda one: list(one.step_pages(open_only=True))),
        _read("ids and times", lambda one: list(one.stamp_pages("Lead", PeopleScope.ALL))),
        _read("some people", lambda one: one.read_people(ids)),
        _read("some trackers", lambda one: one.read_trackers([tracker.id])),
        _read("some steps", lambda one: one.read_steps([step.id])),
        _read("composite", lambda one: one._org.rest.rows(many, "people")),
        _read("deletions", lambda one: one.deleted_since("Lead", _NO_TIME)),
        _read("cadences", lambda one: one.cadences()),
        _read("call results", lambda one: one.call_results()),
        _read("task statuses", lambda one: one.task_statuses(anew=True)),
        _read("reps", lambda one: one.reps()),
        _read("list views", lambda one: one.list_views()),
        _read("a script", lambda one: one.call_script(step.id)),
        _read("tasks of a step", lambda one: one.tasks_of_step(step.id)),
        _read("several at once", lambda one: one.look_up(wanted)),
        _read("identity", identity),
        _read("describe", lambda one: one._org.rest.get("sobjects/ActionCadenceTracker/describe", "describe")),
        _read("versions", lambda one: one._org.rest.get_absolute("/services/data/", "versions")),
        _write("action", lambda one: one.run_action("pauseSalesCadenceTracker", [{"targetId": tracker.target_id}])),
        _write("a task", create),
        _write("task of a step", lambda one: one.update_step_task(own.step_tracker_id, None, {"Subject": "Call"})),
        _write("change of a task", lambda one: one.update_task(made[0], {"Subject": "Call back"})),
    ]  # fmt: skip
