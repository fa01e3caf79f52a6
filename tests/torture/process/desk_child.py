"""The test entry point of the whole-process tier: builds the real desk through bootstrap on steered time.

Run as ``python -m tests.torture.process.desk_child SOCKET``: imports everything once, then forks one desk for each
connection, so that a start costs what the desk costs. Ends with its standard input. The shipped app has none of this.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import select
import selectors
import signal
import socket
import sys
import threading
import traceback

from tests.torture.process.boundaries import hook_exchanges
from tests.torture.process.orders import DeskOrders
from tests.torture.process.planted import VARIABLE, plant
from tests.torture.process.steered_time import SteeredClock, SteeredLoop


class Line:
    """JSON lines to the parent, each whole: the reader of a killed desk drops what has no end."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._one_line = threading.Lock()

    def say(self, **words: object) -> None:
        """Tell the parent; blocks until the kernel has it, so what was said outlives the process."""
        left = memoryview(json.dumps(words).encode() + b"\n")
        with self._one_line:
            while left:
                try:
                    left = left[self._sock.send(left) :]
                except (
                    BlockingIOError
                ):  # the loop reads the same line and has made it one that does not block
                    select.select([], [self._sock], [])


def serve_one(sock: socket.socket) -> None:
    """Be one desk until the parent hangs up or the desk is told to stop."""
    clock = SteeredClock()
    loop = SteeredLoop(clock)
    asyncio.set_event_loop(loop)
    line = Line(sock)
    line.say(pid=os.getpid())
    loop.run_until_complete(_obey(DeskOrders(line.say, clock), sock.dup(), line))


async def _obey(orders: DeskOrders, sock: socket.socket, line: Line) -> None:
    reader, writer = await asyncio.open_connection(sock=sock, limit=16 * 1024 * 1024)
    loop = asyncio.get_running_loop()
    running: set[asyncio.Task[None]] = set()
    while raw := await reader.readline():
        order = json.loads(raw)
        task = loop.create_task(_carry_out(orders, order, line))
        running.add(task)
        task.add_done_callback(running.discard)
        if order["do"] == "stop":
            await task
            break
    writer.close()


async def _carry_out(orders: DeskOrders, order: dict[str, object], line: Line) -> None:
    from cadence_desk.domain.errors import DeskError

    number, what = order.pop("n"), str(order.pop("do"))
    try:
        result = await getattr(orders, f"do_{what}")(**order)
    except DeskError as error:
        line.say(n=number, error=error.code, message=error.message)
    except Exception:  # noqa: BLE001 - the parent must hear of everything that broke
        line.say(n=number, crash=traceback.format_exc())
    else:
        line.say(n=number, result=result)


def _preload() -> None:
    """Load what a desk needs, so that a fork has it: no thread may run yet."""
    import grpc
    import simple_salesforce
    import truststore

    from cadence_desk.bootstrap import compose
    from cadence_desk.salesforce import connect, events, stream

    assert all((grpc, simple_salesforce, truststore, compose, connect, events, stream))
    hook_exchanges()
    plant(os.environ.get(VARIABLE, ""))


def main(path: str) -> None:
    """Fork a desk for each connection until standard input ends."""
    _preload()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for a desk that was killed
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(path)
    listener.listen(8)
    gc.freeze()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    with selectors.DefaultSelector() as selector:
        selector.register(listener, selectors.EVENT_READ)
        selector.register(sys.stdin, selectors.EVENT_READ)
        while True:
            for key, _ in selector.select():
                if key.fileobj is not listener:
                    return
                sock, _ = listener.accept()
                if os.fork() == 0:
                    listener.close()
                    _be_a_desk(sock)
                sock.close()


def _be_a_desk(sock: socket.socket) -> None:
    status = 0
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    try:
        serve_one(sock)
    except BaseException:  # noqa: BLE001 - a fork must never go on as its parent
        traceback.print_exc()
        status = 1
    finally:
        os._exit(status)


if __name__ == "__main__":
    main(sys.argv[1])
