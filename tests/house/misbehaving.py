"""Tests that break a rule each; run by test_guards.py, which expects the guards to stop all but the decent ones."""

import asyncio
import contextlib
import logging
import socket
import threading

import pytest

kept: list[asyncio.Task[None]] = []


def test_leaves_a_thread() -> None:
    threading.Thread(target=threading.Event().wait, args=(3,), name="stray thread").start()


def test_leaves_a_task() -> None:
    loop = asyncio.new_event_loop()
    kept.append(loop.create_task(asyncio.sleep(9), name="stray task"))
    loop.run_until_complete(asyncio.sleep(0))
    loop.close()


def test_logs_an_error() -> None:
    logging.getLogger("somewhere").error("went wrong")


def test_leaves_the_machine() -> None:
    with contextlib.suppress(Exception):
        socket.create_connection(("198.51.100.7", 80), timeout=0.1)


def test_looks_up_a_foreign_name() -> None:
    with contextlib.suppress(Exception):
        socket.getaddrinfo("login.salesforce.com", 443)


@pytest.mark.logs_errors
def test_gives_no_reason() -> None:
    pass


@pytest.mark.logs_errors("the point of this test")
def test_decent_expected_error() -> None:
    logging.getLogger("somewhere").error("expected")


def test_decent_loopback() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname()).close()


def test_decent_wrong_name() -> None:
    with pytest.raises(socket.gaierror):
        socket.getaddrinfo("no-such-org.invalid", 443)


def test_decent_thread_and_task() -> None:
    thread = threading.Thread(target=asyncio.run, args=(asyncio.sleep(0),))
    thread.start()
    thread.join()
