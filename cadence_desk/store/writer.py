"""The threads of the files: jobs are closures, results are concurrent futures, stops are bounded.

Imports domain errors; called by OutboxFile and CacheFile only. No asyncio: the engine wraps the futures.
"""

from __future__ import annotations

import contextlib
import sqlite3
import threading
from concurrent.futures import Future
from queue import SimpleQueue
from typing import TYPE_CHECKING, TypeVar

from cadence_desk.domain.errors import StoreError
from cadence_desk.store.connections import UncertainCommit, in_transaction, translated

if TYPE_CHECKING:
    from collections.abc import Callable

    from cadence_desk.store.commit_log import CommitLog

T = TypeVar("T")


class Worker:
    """One daemon thread that runs jobs in the order they came.

    A job that was handed in is run even when nobody waits for it any more: canceling its future does not
    recall it. The thread starts with the first job.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._jobs: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._guard = threading.Lock()
        self._thread: threading.Thread | None = None
        self._closed = False
        self._abandoned = threading.Event()

    def submit(self, job: Callable[[], T]) -> Future[T]:
        """Queue a job; its future fails with StoreError when the thread is closed."""
        future: Future[T] = Future()
        future.set_running_or_notify_cancel()
        with self._guard:
            if self._closed:
                future.set_exception(_closed_error())
                return future
            self._jobs.put(lambda: self._fulfill(job, future))
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
                self._thread.start()
        return future

    def close(self, timeout: float) -> bool:
        """Finish what is queued and stop; return False when that took longer than `timeout` seconds.

        Jobs still queued then fail with StoreError; the one that runs is left to end by itself.
        """
        with self._guard:
            if not self._closed:
                self._closed = True
                self._jobs.put(None)
            thread = self._thread
        if thread is None:
            return True
        thread.join(timeout)
        if thread.is_alive():
            self._abandoned.set()
            return False
        return True

    def _run(self) -> None:
        while (step := self._jobs.get()) is not None:
            step()

    def _fulfill(self, job: Callable[[], T], future: Future[T]) -> None:
        if self._abandoned.is_set():
            future.set_exception(_closed_error())
            return
        try:
            result = job()
        except BaseException as error:  # noqa: BLE001 - whatever happened belongs to the one who waits
            future.set_exception(error)
        else:
            future.set_result(result)


class Writer:
    """The only write connection of one file, on its own thread.

    The connection is opened by the first job that needs it, and again after a failure that left it unusable.
    With a log every commit is counted, and one that failed is overwritten before anything else is.
    """

    def __init__(
        self, name: str, connect: Callable[[], sqlite3.Connection], log: CommitLog | None = None
    ) -> None:
        self._worker = Worker(name)
        self._connect = connect
        self._log = log
        self._connection: sqlite3.Connection | None = None

    def run(self, job: Callable[[sqlite3.Connection], T]) -> Future[T]:
        """Run a job on the connection, outside any transaction."""
        return self._worker.submit(lambda: self._guarded(job))

    def commit(self, job: Callable[[sqlite3.Connection], T]) -> Future[T]:
        """Run a job in one transaction; the future is done only after the commit returned.

        Raises (through the future): DiskFull or StoreError after a rollback when anything could not be written.
        """
        return self._worker.submit(lambda: self._guarded(lambda link: self._transaction(link, job)))

    def apart(self, job: Callable[[], T]) -> Future[T]:
        """Run a job on the thread with the connection closed, for work on the file itself."""

        def closed_first() -> T:
            self._drop()
            with translated():
                return job()

        return self._worker.submit(closed_first)

    def barrier(self) -> Future[None]:
        """Return a future that is done when everything queued so far is."""
        return self._worker.submit(lambda: None)

    def close(self, timeout: float) -> bool:
        """Commit what is queued, fold the write-ahead log into the file, close; at most `timeout` seconds."""
        self._worker.submit(self._checkpoint_and_drop)
        return self._worker.close(timeout)

    def _guarded(self, job: Callable[[sqlite3.Connection], T]) -> T:
        with translated():
            if self._connection is None:
                self._connection = self._connect()
            try:
                return job(self._connection)
            finally:
                if self._connection.in_transaction:  # even the rollback failed: closing rolls back
                    self._drop()

    def _transaction(self, link: sqlite3.Connection, job: Callable[[sqlite3.Connection], T]) -> T:
        log = self._log
        if log is None:
            return in_transaction(link, job)
        log.settle(link)

        def counted(connection: sqlite3.Connection) -> T:
            log.began(connection)
            return job(connection)

        try:
            result = in_transaction(link, counted)
        except UncertainCommit:
            log.failed()
            with contextlib.suppress(sqlite3.Error):  # else the next job tries, and nothing is done before
                log.settle(link)
            raise
        log.done()
        return result

    def _checkpoint_and_drop(self) -> None:
        if self._connection is not None:
            with contextlib.suppress(sqlite3.Error):
                if self._log is not None:
                    self._log.settle(self._connection)
                self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        self._drop()

    def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(sqlite3.Error):
                connection.close()


def _closed_error() -> StoreError:
    return StoreError("The files of this profile are already closed.")
