"""No image of the memory is left behind by a crash: it would hold names, notes and tokens in clear. Called by main."""

from __future__ import annotations

import contextlib
import sys


def keep_none() -> None:
    """Ask the system for no core file, for this process and those it starts; Windows has no such files by itself."""
    if sys.platform == "win32":
        return
    import resource

    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
