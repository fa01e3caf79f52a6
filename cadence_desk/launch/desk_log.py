"""The log files: JSON lines from our own code, written by a thread, never a reason for anything to fail.

Called by launch.main and by the start of the window. What a record may hold is a list: fixed words, numbers, codes and
18-character ids; every other text goes through the scrubber, and what other libraries say is left out of theirs.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import queue
import threading
import time
from typing import TYPE_CHECKING, Any

from cadence_desk.bridge.faults import fault_of
from cadence_desk.domain.errors import FileBusy, StoreError
from cadence_desk.domain.overriding import override
from cadence_desk.store.profile_lock import ProfileLock

if TYPE_CHECKING:
    from pathlib import Path
    from typing import TextIO

LOG_NAME = "desk.jsonl"
MOST_WINDOWS = 9
FILE_BYTES = 2_000_000
FILES = 5
WAITING = 10_000
"""Records that may wait for the disk; more are dropped and counted."""

OWN = "cadence_desk"
FIELDS = ("op_id", "run_id", "status", "rpc_id", "task")
"""What a record may carry beside its words."""


def line_of(record: logging.LogRecord) -> str:
    """Return a record as one line of JSON with what may be kept of it."""
    from datetime import UTC, datetime

    told: dict[str, Any] = {
        "at": datetime.fromtimestamp(record.created, tz=UTC).isoformat(timespec="milliseconds"),
        "mono": round(time.monotonic(), 3),
        "level": record.levelname,
        "from": record.name,
        "words": _words(record),
    }
    told.update({name: _value(getattr(record, name)) for name in FIELDS if hasattr(record, name)})
    if record.exc_info and record.exc_info[0] is not None:
        told["fault"] = fault_of(record.exc_info[0], record.exc_info[2]).text
    return json.dumps(told, ensure_ascii=True)


def _words(record: logging.LogRecord) -> str:
    template = record.msg if isinstance(record.msg, str) else type(record.msg).__name__
    own = record.name.partition(".")[0] == OWN
    if not own and record.name != "py.warnings":
        # other libraries format texts of the org into their own: only the fixed words are known to be harmless
        return _scrubbed(template) if record.args else "(a message of this library)"
    values = record.args if isinstance(record.args, tuple) else (record.args,) if record.args else ()
    try:
        return _scrubbed(template % tuple(_value(one) for one in values) if values else template)
    except (TypeError, ValueError):
        return _scrubbed(template)


def _value(value: object) -> object:
    """Return what may be written of one value: numbers as they are, texts scrubbed, of objects only their kind."""
    if isinstance(value, (bool, int, float)) or value is None:
        return value
    return _scrubbed(value) if isinstance(value, str) else type(value).__name__


def _scrubbed(text: str) -> str:
    from cadence_desk.domain.scrubbing import scrubbed  # the first record comes after the first paint

    return scrubbed(text)


class _Files:
    """The newest file and the ones before it, for this user only; a full or missing disk costs lines, nothing else.

    Not the standard library's: its module brings sockets and pickles, which the first paint would wait for.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.lost = 0
        self._file: TextIO | None = None
        self._size = 0

    def write(self, line: str) -> None:
        """Append a line; turn the files over before one grows too large."""
        try:
            if self._file is None:
                self._open()
            if self._size + len(line) + 1 > FILE_BYTES:
                self._turn_over()
            if self._file is not None:
                self._file.write(line + "\n")
                self._file.flush()
                self._size += len(line) + 1
        except (OSError, ValueError):
            self.lost += 1
            self.close()

    def close(self) -> None:
        """Close the newest file; the next line opens it again."""
        file, self._file = self._file, None
        if file is not None:
            with contextlib.suppress(OSError, ValueError):
                file.close()

    def _open(self) -> None:
        descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self._file = os.fdopen(descriptor, "a", encoding="ascii")
        self._size = os.fstat(descriptor).st_size

    def _turn_over(self) -> None:
        self.close()
        for number in range(FILES - 1, 0, -1):
            older = self.path.with_name(f"{self.path.name}.{number - 1}") if number > 1 else self.path
            with contextlib.suppress(FileNotFoundError):
                older.replace(self.path.with_name(f"{self.path.name}.{number}"))
        self._open()


class _Waiting(logging.Handler):
    """Makes the line at once, in the thread that logs, and leaves the writing to another."""

    def __init__(self, waiting: queue.Queue[str | None]) -> None:
        super().__init__()
        self._waiting = waiting
        self.lost = 0

    @override
    def emit(self, record: logging.LogRecord) -> None:
        try:
            self._waiting.put_nowait(line_of(record))
        except Exception:  # noqa: BLE001  # a log that fails must not fail what it tells of
            self.lost += 1


class DeskLog:
    """The log of one process, from `begin` to `end`. Several windows of one user write to folders of their own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._waiting: queue.Queue[str | None] = queue.Queue(WAITING)
        self._handler = _Waiting(self._waiting)
        self._files: _Files | None = None
        self._writer: threading.Thread | None = None
        self._lock: ProfileLock | None = None
        self._was = logging.NOTSET

    def begin(self) -> None:
        """Write from now on; a folder that cannot be used means no log."""
        own = self._own_folder()
        if own is None or self._writer is not None:
            return
        self._files = _Files(own / LOG_NAME)
        self._writer = threading.Thread(target=self._write, name="log-writer", daemon=True)
        self._writer.start()
        self._was = logging.getLogger(OWN).level
        logging.getLogger(OWN).setLevel(logging.INFO)
        logging.getLogger().addHandler(self._handler)

    @property
    def own_folder(self) -> Path | None:
        """Where this process writes; None while it does not."""
        return self._files.path.parent if self._files is not None else None

    @property
    def lost(self) -> int:
        """How many records could not be written."""
        return self._handler.lost + (self._files.lost if self._files is not None else 0)

    def end(self) -> None:
        """Write what waits and close, within two seconds; a second call does nothing."""
        writer, self._writer = self._writer, None
        if writer is None:
            return
        logging.getLogger().removeHandler(self._handler)
        logging.getLogger(OWN).setLevel(self._was)
        with contextlib.suppress(queue.Full):
            self._waiting.put(None, timeout=0.5)
            writer.join(1.5)
        if self._lock is not None:
            self._lock.release()

    def _own_folder(self) -> Path | None:
        """Take the first folder that no other process writes to."""
        for number in range(1, MOST_WINDOWS + 1):
            lock = ProfileLock(self.folder / f"window-{number}")
            try:
                lock.acquire()
            except FileBusy:
                continue
            except StoreError:
                return None
            self._lock = lock
            return self.folder / f"window-{number}"
        return None

    def _write(self) -> None:
        files = self._files
        while files is not None:
            line = self._waiting.get()
            if line is None:
                files.close()
                return
            files.write(line)
