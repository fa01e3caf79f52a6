"""Jobs run in order on one daemon thread; stops are bounded; a broken connection is replaced."""

from __future__ import annotations

import sqlite3
import threading
from functools import partial
from typing import TYPE_CHECKING

import pytest

from cadence_desk.domain.errors import StoreError
from cadence_desk.store.writer import Worker, Writer
from tests.unit.store.desk_files import done

if TYPE_CHECKING:
    from pathlib import Path


def test_jobs_run_in_order_on_one_daemon_thread() -> None:
    worker = Worker("in order")
    seen: list[int] = []

    def noting(number: int) -> threading.Thread:
        seen.append(number)
        return threading.current_thread()

    futures = [worker.submit(partial(noting, number)) for number in range(100)]
    found = {done(future) for future in futures}
    assert seen == list(range(100))
    assert [(one.name, one.daemon) for one in found] == [("in order", True)]
    assert worker.close(30)


def test_a_failed_job_fails_its_future_only() -> None:
    worker = Worker("failing")
    failed = worker.submit(lambda: 1 / 0)
    fine = worker.submit(lambda: 2)
    with pytest.raises(ZeroDivisionError):
        done(failed)
    assert done(fine) == 2
    assert worker.close(30)


def test_a_worker_that_never_worked_has_no_thread() -> None:
    worker = Worker("idle")
    assert worker.close(0)
    with pytest.raises(StoreError):
        done(worker.submit(lambda: 1))


def test_a_stop_waits_no_longer_than_told() -> None:
    worker = Worker("stuck")
    going_on = threading.Event()
    stuck = worker.submit(going_on.wait)
    behind = worker.submit(lambda: "not run")
    assert not worker.close(0.01)
    going_on.set()
    assert done(stuck)
    with pytest.raises(StoreError):
        done(behind)
    assert worker.close(30)


def test_what_was_queued_before_the_stop_is_done() -> None:
    worker = Worker("flushing")
    futures = [worker.submit(partial(abs, number)) for number in range(20)]
    assert worker.close(30)
    assert [future.result(0) for future in futures] == list(range(20))


def test_a_failed_job_is_rolled_back_and_the_next_one_works(tmp_path: Path) -> None:
    opened: list[sqlite3.Connection] = []

    def connect() -> sqlite3.Connection:
        opened.append(sqlite3.connect(tmp_path / "a.db", isolation_level=None))
        return opened[-1]

    def fails(connection: sqlite3.Connection) -> None:
        connection.execute("INSERT INTO t VALUES (1)")
        raise KeyError("a reason")

    writer = Writer("writer", connect)
    done(writer.commit(lambda link: link.execute("CREATE TABLE t (n)").fetchall()))
    with pytest.raises(KeyError):
        done(writer.commit(fails))
    assert done(writer.run(lambda link: link.execute("SELECT count(*) FROM t").fetchone())) == (0,)
    assert done(writer.apart(lambda: "the file is free")) == "the file is free"
    done(writer.commit(lambda link: link.execute("INSERT INTO t VALUES (2)").fetchall()))
    assert len(opened) == 2
    assert writer.close(30)


def test_a_connection_left_in_a_transaction_is_replaced(tmp_path: Path) -> None:
    writer = Writer("writer", lambda: sqlite3.connect(tmp_path / "a.db", isolation_level=None))
    done(writer.run(lambda link: link.execute("CREATE TABLE t (n)").fetchall()))
    done(writer.run(lambda link: link.execute("BEGIN IMMEDIATE").fetchall()))
    done(writer.commit(lambda link: link.execute("INSERT INTO t VALUES (1)").fetchall()))
    assert writer.close(30)
