"""What is kept of an unexpected error: where it happened, never what it said. Called by hooks and tasks.

Messages of exceptions may quote data, so they are left out (reliability notes, logs and diagnostics).
"""

from __future__ import annotations

import traceback
import zlib
from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import FrameType, TracebackType

_FRAMES = 12


@dataclass(frozen=True, slots=True)
class Fault:
    """One unexpected error, told without its message."""

    code: str
    kind: str
    where: str

    @property
    def text(self) -> str:
        """The fault in lines that are safe to copy and to log."""
        return f"{self.code} {self.kind}\n{self.where}"


def fault_of(kind: type[BaseException], trace: TracebackType | None) -> Fault:
    """Return the fault of an exception: same kind at the same place gives the same code."""
    where = _lines(list(traceback.walk_tb(trace)))
    # a mark, not a secret: the large hash library would be loaded before the first paint for nothing else
    mark = zlib.crc32(f"{kind.__qualname__}\n{where}".encode()) & 0xFFFF
    return Fault(code=f"CD-1900-{mark:04X}", kind=kind.__qualname__, where=where)


def fault_of_error(error: BaseException) -> Fault:
    """Return the fault of a caught exception."""
    return fault_of(type(error), error.__traceback__)


def where_is(frame: FrameType | None) -> str:
    """Return where a thread is now, the innermost call last: functions and lines only."""
    return _lines(list(traceback.walk_stack(frame))[::-1])


def _lines(stack: list[tuple[FrameType, int]]) -> str:
    """Return the innermost calls of a stack. Reads no source files: this also runs when the disk hangs."""
    return "\n".join(
        f"  {PurePath(frame.f_code.co_filename).name}:{line} in {frame.f_code.co_name}"
        for frame, line in stack[-_FRAMES:]
    )
