"""The practice org as a program: alone for other tools, or as the app's child process.

May import serving only. Alone it prints one JSON line when ready; as a child it reports to the socket that the
environment names and uses no standard stream.
"""

from __future__ import annotations

import argparse
import asyncio
import datetime as dt
import json
import os
import shutil
import signal
import stat
import sys
import tempfile
import threading
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

from cadence_desk.practice.org.world import WorldPlan
from cadence_desk.practice.serving import PortBusyError, ServedOrg, ServingPlan

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

_N = TypeVar("_N", int, float)
PARENT = "CADENCE_DESK_PRACTICE_PARENT"
TOKEN = "CADENCE_DESK_PRACTICE_TOKEN"  # noqa: S105  the name of a variable
EXIT_PORT_BUSY = 3
EXIT_NO_PARENT = 4


def main(argv: Sequence[str] | None = None) -> int:
    """Runs a practice org until it is told to end; the exit code is 3 for a busy port, 4 for a parent that is gone."""
    arguments = _parser().parse_args(argv)
    parent, token = os.environ.pop(PARENT, ""), os.environ.pop(TOKEN, "")
    with _home(arguments.home) as home:
        program = _Program(_plan(arguments, home))
        try:
            return program.run(_Parent(parent, token) if parent else _Console(as_json=arguments.json))
        except PortBusyError as busy:
            if not parent:
                print(f"practice org: {busy}", file=sys.stderr)
            return EXIT_PORT_BUSY
        except ConnectionError:
            return EXIT_NO_PARENT


class _Console:
    """Announces on standard output; ends with standard input when that is a pipe."""

    def __init__(self, *, as_json: bool) -> None:
        self._as_json = as_json

    async def announce(self, ready: dict[str, Any], stop: Callable[[], None]) -> None:
        """Prints the ready line, then watches for the end of input."""
        print(json.dumps(ready) if self._as_json else _words(ready), flush=True)
        if _is_pipe():
            threading.Thread(target=_wait_for_end_of_input, args=(stop,), daemon=True, name="input").start()


class _Parent:
    """Announces to the socket of the process that started this one; ends when that connection closes."""

    def __init__(self, address: str, token: str) -> None:
        host, _, port = address.rpartition(":")
        self._host, self._port = host.strip("[]"), int(port)
        self._token = token
        self._watch: asyncio.Task[None] | None = None

    async def announce(self, ready: dict[str, Any], stop: Callable[[], None]) -> None:
        """Sends the ready line. Raises ConnectionError when nobody listens."""
        reader, writer = await asyncio.open_connection(self._host, self._port)
        writer.write(json.dumps({"token": self._token, **ready}).encode() + b"\n")
        await writer.drain()
        self._watch = asyncio.get_running_loop().create_task(_until_closed(reader, writer, stop))


class _Program:
    """One run: serves, announces, waits for the end, stops."""

    def __init__(self, plan: ServingPlan) -> None:
        self._plan = plan
        self._loop: asyncio.AbstractEventLoop | None = None
        self._ended = asyncio.Event()

    def run(self, listener: _Console | _Parent) -> int:
        """Blocks until a signal or the listener ends the run."""
        for name in ("SIGINT", "SIGTERM", "SIGBREAK"):
            if hasattr(signal, name):
                signal.signal(getattr(signal, name), self._on_signal)
        asyncio.run(self._serve(listener))
        return 0

    async def _serve(self, listener: _Console | _Parent) -> None:
        served = await ServedOrg.start(self._plan)
        self._loop = asyncio.get_running_loop()
        try:
            await listener.announce(served.ready, self.stop)
            await self._ended.wait()
        finally:
            await served.stop()

    def stop(self) -> None:
        """Ends the run; may be called from any thread."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._ended.set)

    def _on_signal(self, number: int, frame: object) -> None:  # noqa: ARG002  the shape of a signal handler
        if self._loop is None:
            raise SystemExit(0)
        self.stop()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="cadence-desk practice-org",
        description="A whole small Salesforce org on this machine's loopback address, for practice and for tests.",
    )
    parser.add_argument(
        "--people", type=_people, default=200, metavar="N", help="people in the org (default 200)"
    )
    parser.add_argument("--seed", type=int, default=7, metavar="S", help="the same seed makes the same world")
    parser.add_argument(
        "--contract", choices=("documented", "brief"), default="documented", help="shape of the actions"
    )
    parser.add_argument(
        "--speed", type=_speed, default=1.0, metavar="X", help="how fast the org's clock runs"
    )
    parser.add_argument(
        "--port", type=_port, default=0, metavar="P", help="port of REST over https (default any)"
    )
    parser.add_argument(
        "--events-port", type=_port, default=0, metavar="P", help="port of Pub/Sub (default any)"
    )
    parser.add_argument(
        "--start", type=_moment, default=None, metavar="ISO", help="the org's time at start (default now)"
    )
    parser.add_argument(
        "--home", type=Path, default=None, metavar="DIR", help="where the certificate authority is kept"
    )
    parser.add_argument(
        "--name",
        action="append",
        default=[],
        metavar="HOST",
        help="a host name beside localhost that it answers to; only its own proxy leads there",
    )
    parser.add_argument("--proxy", action="store_true", help="start a proxy (CONNECT) in front of it, too")
    parser.add_argument("--json", action="store_true", help="print one JSON line when ready")
    return parser


def _number(text: str, kind: type[_N]) -> _N:
    try:
        return kind(text)
    except ValueError as problem:
        raise argparse.ArgumentTypeError(f"“{text}” is no number") from problem


def _people(text: str) -> int:
    number = _number(text, int)
    if not 1 <= number <= 1_000_000:
        raise argparse.ArgumentTypeError("between 1 and 1,000,000 people")
    return number


def _speed(text: str) -> float:
    number = _number(text, float)
    if not 0 <= number <= 100_000:
        raise argparse.ArgumentTypeError("a speed from 0 to 100000")
    return number


def _port(text: str) -> int:
    number = _number(text, int)
    if not 0 <= number <= 65_535:
        raise argparse.ArgumentTypeError("a port from 0 to 65535")
    return number


def _moment(text: str) -> int:
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError as problem:
        raise argparse.ArgumentTypeError("a moment such as 2026-11-24T08:00:00Z") from problem
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=dt.UTC)
    return int(moment.timestamp() * 1000)


def _plan(arguments: argparse.Namespace, home: Path) -> ServingPlan:
    world = WorldPlan(
        people=arguments.people,
        seed=arguments.seed,
        start_ms=arguments.start,
        speed=arguments.speed,
        contract=arguments.contract,
    )
    return ServingPlan(
        home,
        world,
        rest_port=arguments.port,
        events_port=arguments.events_port,
        names=tuple(arguments.name),
        proxy=arguments.proxy,
    )


@contextmanager
def _home(given: Path | None) -> Iterator[Path]:
    """The given folder, or one that is gone afterwards."""
    if given is not None:
        yield given
        return
    folder = Path(tempfile.mkdtemp(prefix="practice-org-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _is_pipe() -> bool:
    """Whether standard input is a pipe or socket; a terminal, a file, the null device and no input at all are not."""
    try:
        mode = os.fstat(0).st_mode
    except OSError:
        return False
    return stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode)


def _wait_for_end_of_input(stop: Callable[[], None]) -> None:
    """Reads the raw descriptor: a thread blocked in the buffered reader would disturb the interpreter's end."""
    try:
        while os.read(0, 4096):
            pass
    except OSError:
        pass
    stop()


async def _until_closed(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, stop: Callable[[], None]
) -> None:
    try:
        while await reader.read(4096):
            pass
    except ConnectionError:
        pass
    finally:
        writer.close()
        stop()


def _words(ready: dict[str, Any]) -> str:
    lines = ["The practice org is ready. It ends with Ctrl+C."]
    lines += [f"  {name}: {value}" for name, value in ready.items()]
    return "\n".join(lines)


def run_and_leave(argv: Sequence[str] | None = None) -> NoReturn:
    """Runs a practice org and ends the process without the interpreter's own end.

    gRPC's event engine has threads of its own (seen with grpcio 1.85.1); one that still ran while modules were torn down
    ended the process with a segmentation fault. By now everything is stopped, closed and removed.
    """
    status = main(argv)
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            with suppress(OSError, ValueError):
                stream.flush()
    os._exit(status)


if __name__ == "__main__":
    run_and_leave()
