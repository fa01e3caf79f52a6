"""Watch: what is written down about one start while it runs: log, crash file, unexpected errors, silences.

Made before QApplication by launch.window; everything lies in the profile home's folder of logs, for this user only.
"""

from __future__ import annotations

import contextlib
import os
import sys
import time
from typing import TYPE_CHECKING

from cadence_desk.bridge.hooks import install_hooks
from cadence_desk.bridge.stall_meter import StallMeter
from cadence_desk.launch.desk_log import DeskLog
from cadence_desk.launch.version import VERSION

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import TextIO

    from cadence_desk.bridge.faults import Fault

CRASH_NAME = "crash.txt"
_CRASH_BYTES = 500_000


class Watch:
    """Begins when it is made; `end` puts everything back."""

    def __init__(self, logs: Path, tell: Callable[[Fault, int], None], *, release: bool) -> None:
        """Tell faults to `tell`, on the loop thread; without `release` the heart beats at the rate of tests."""
        self.log = DeskLog(logs)
        self.log.begin()
        self._crash_file = _crash_file(self.log.own_folder)
        self.hooks = install_hooks(tell, self._crash_file)
        self.meter = StallMeter(release=release, beating=self.hooks.expect_beat)

    def end(self) -> None:
        """Stop watching; what waits for the log is written."""
        self.hooks.remove()
        if self._crash_file is not None:
            with contextlib.suppress(OSError):
                self._crash_file.close()
        self.log.end()


def _crash_file(folder: Path | None) -> TextIO | None:
    """Return the file that stacks go to when nothing else can be written any more; a full one begins anew."""
    if folder is None:
        return None
    path = folder / CRASH_NAME
    try:
        if path.exists() and path.stat().st_size > _CRASH_BYTES:
            path.replace(path.with_suffix(".old.txt"))
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        file = os.fdopen(descriptor, "w", encoding="utf-8")
        now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        python = ".".join(str(part) for part in sys.version_info[:3])
        print(f"start {now} version {VERSION} Python {python} {sys.platform}", file=file, flush=True)
    except OSError:
        return None
    return file
