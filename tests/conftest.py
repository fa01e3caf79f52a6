"""Guards around every test: offscreen Qt, loopback sockets only, no logged error, no thread or task left behind."""

import asyncio
import ipaddress
import logging
import os
import socket
import sys
import threading
import time
import traceback
from collections.abc import Coroutine, Generator, Iterator
from typing import Any
from weakref import WeakKeyDictionary

import pytest
from hypothesis import HealthCheck, settings
from typing_extensions import override

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

# a shared machine stalls now and then; a seed that a person cannot repeat is worth nothing in CI
settings.register_profile("desk", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile(
    "ci", settings.get_profile("desk"), derandomize=True, database=None, print_blob=True
)
settings.load_profile("ci" if os.environ.get("CI") else "desk")

THREAD_GRACE_SECONDS = 2.0
# our own threads are daemons with a bounded stop, so they count as left behind like any other
OWN_THREADS = ("outbox-", "cache-", "lane-", "feed-", "stall-monitor")
NO_SUCH_NAME = (".invalid", ".test", ".example")

_thread_starts: WeakKeyDictionary[threading.Thread, traceback.StackSummary] = WeakKeyDictionary()
_task_starts: WeakKeyDictionary[asyncio.Task[Any], traceback.StackSummary] = WeakKeyDictionary()
_outside_calls: list[str] = []

_thread_start = threading.Thread.start
_create_task = asyncio.BaseEventLoop.create_task
_connect = socket.socket.connect
_connect_ex = socket.socket.connect_ex
_getaddrinfo = socket.getaddrinfo


class OutsideNetworkError(AssertionError):
    """A test tried to leave the machine."""


def pytest_configure() -> None:
    """Put the recorders in place before the first test module is imported."""
    threading.Thread.start = _recording_start  # type: ignore[method-assign, assignment]
    asyncio.BaseEventLoop.create_task = _recording_create_task  # type: ignore[method-assign, assignment]
    socket.socket.connect = _guarded_connect  # type: ignore[method-assign, assignment]
    socket.socket.connect_ex = _guarded_connect_ex  # type: ignore[method-assign, assignment]
    socket.getaddrinfo = _guarded_getaddrinfo


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Look through all that the tests wrote for the marks of secrets and personal fields; one found fails the run."""
    if hasattr(session.config, "workerinput"):
        return  # the process that started the workers looks below their folders too
    factory = getattr(session.config, "_tmp_path_factory", None)
    root = getattr(factory, "_basetemp", None)
    if root is None or not root.is_dir():
        return  # no test asked for a folder
    from tests.access.canary import files_with_marks

    found = files_with_marks(root)
    if found:
        told = "".join(f"  {name}: {', '.join(marks)}\n" for name, marks in sorted(found.items()))
        sys.stderr.write(f"\nmarks of secrets or personal data were left in files of this run:\n{told}")
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


# ---------------------------------------------------------------- recorders


def _here() -> traceback.StackSummary:
    """Return the caller's stack without reading source files: that happens only when a leak is reported."""
    frame = sys._getframe(2)
    return traceback.StackSummary.extract(traceback.walk_stack(frame), limit=14, lookup_lines=False)


def _recording_start(thread: threading.Thread) -> None:
    _thread_starts[thread] = _here()
    _thread_start(thread)


def _recording_create_task(
    loop: asyncio.BaseEventLoop, coro: Coroutine[Any, Any, Any], **options: Any
) -> asyncio.Task[Any]:
    task = _create_task(loop, coro, **options)
    _task_starts[task] = _here()
    return task


def _told(stack: traceback.StackSummary | None) -> str:
    if stack is None:
        return "  (started before the guards)\n"
    stack.reverse()
    return "".join(stack.format()[-6:])


# ---------------------------------------------------------------- network


def _is_loopback(host: str) -> bool:
    if host in {"", "localhost"} or host.endswith(".localhost"):
        return True
    try:
        address = ipaddress.ip_address(host.split("%", 1)[0])
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return address.is_loopback or address.is_unspecified or bool(mapped and mapped.is_loopback)


def _refuse_outside(address: object) -> None:
    if isinstance(address, tuple) and not _is_loopback(str(address[0])):
        _outside_calls.append(f"connect to {address[0]}")
        raise OutsideNetworkError(f"tests may only use loopback addresses, this one connects to {address[0]}")


def _guarded_connect(self: socket.socket, address: Any) -> None:
    _refuse_outside(address)
    _connect(self, address)


def _guarded_connect_ex(self: socket.socket, address: Any) -> int:
    _refuse_outside(address)
    return _connect_ex(self, address)


def _guarded_getaddrinfo(host: Any, *arguments: Any, **options: Any) -> Any:
    name = host.decode() if isinstance(host, bytes) else host
    if name is None or _is_loopback(name):
        return _getaddrinfo(host, *arguments, **options)
    if name.endswith(NO_SUCH_NAME):  # reserved names that never resolve: what a test of a wrong address needs
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
    if _is_address(name):
        return _getaddrinfo(host, *arguments, **options)
    _outside_calls.append(f"look-up of {name}")
    raise OutsideNetworkError(f"tests may only use loopback names, this one looks up {name}")


def _is_address(name: str) -> bool:
    """Say whether this is a numeric address: looking that up asks nobody, only the connect would leave."""
    try:
        ipaddress.ip_address(name.split("%", 1)[0])
    except ValueError:
        return False
    return True


@pytest.fixture(autouse=True)
def loopback_only() -> Iterator[None]:
    """Fail a test that tried to leave the machine, even when the code under test swallowed the refusal."""
    _outside_calls.clear()
    yield
    if _outside_calls:
        pytest.fail("left the machine: " + ", ".join(_outside_calls), pytrace=False)


# ---------------------------------------------------------------- logged errors


class _ErrorKeeper(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.lines: list[str] = []

    @override
    def emit(self, record: logging.LogRecord) -> None:
        text = f"{record.name}: {record.getMessage()}"
        if record.exc_info and record.exc_info[0] is not None:
            text += "\n" + "".join(traceback.format_exception(*record.exc_info))
        self.lines.append(text)


@pytest.fixture(autouse=True)
def no_logged_errors(request: pytest.FixtureRequest) -> Generator[None]:
    """Fail a test in which something logged an ERROR, unless `@pytest.mark.logs_errors("reason")` expects it."""
    marker = request.node.get_closest_marker("logs_errors")
    if marker is not None and not (marker.args and str(marker.args[0]).strip()):
        pytest.fail("the marker logs_errors needs a reason", pytrace=False)
    keeper = _ErrorKeeper()
    logging.getLogger().addHandler(keeper)
    try:
        yield
    finally:
        logging.getLogger().removeHandler(keeper)
    if marker is None and keeper.lines:
        pytest.fail("logged errors:\n" + "\n".join(keeper.lines), pytrace=False)


# ---------------------------------------------------------------- leaks


@pytest.fixture(autouse=True)
def nothing_left_running() -> Iterator[None]:
    """Fail a test that leaves a thread, or a task pending on a closed loop, and say where it began."""
    threads_before = set(threading.enumerate())
    tasks_before = set(_pending_tasks())
    yield
    left = [
        f"thread {one.name}, started at\n{_told(_thread_starts.get(one))}" for one in _left(threads_before)
    ]
    left += [
        f"task {task.get_name()}, started at\n{_told(_task_starts.get(task))}"
        for task in _pending_tasks()
        if task not in tasks_before and task.get_loop().is_closed()
    ]
    if left:
        pytest.fail("left running: " + "\n".join(left), pytrace=False)


def _left(before: set[threading.Thread]) -> list[threading.Thread]:
    """Return the new threads of our own, and non-daemon ones, that are still alive after a moment of grace."""
    deadline = time.monotonic() + THREAD_GRACE_SECONDS
    new = [one for one in threading.enumerate() if one not in before]
    left = [one for one in new if not one.daemon or one.name.startswith(OWN_THREADS)]
    for thread in left:
        thread.join(max(0.0, deadline - time.monotonic()))
    return [thread for thread in left if thread.is_alive()]


def _pending_tasks() -> list[asyncio.Task[Any]]:
    return [task for task in list(_task_starts) if not task.done()]
