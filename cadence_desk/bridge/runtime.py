"""check_runtime: refuses a Python and PySide6 pair that loses references to None. Called by launch.

PySide6 6.12.0 on Python 3.10 and 3.11 drops one reference per void call and aborts after some thousand calls
(decisions: Python and Qt pins). From 3.12 on None is immortal and the count says nothing.
"""

from __future__ import annotations

import sys

from PySide6 import __version__ as pyside_version
from PySide6.QtCore import QObject

_CALLS = 64
_ALLOWED_DRIFT = 16


def none_drift(calls: int) -> int:
    """Return how far the reference count of None moves over some void calls."""
    probe = QObject()
    before = sys.getrefcount(None)
    for _ in range(calls):
        probe.setObjectName("probe")
    return abs(sys.getrefcount(None) - before)


def check_runtime() -> str:
    """Return why this Python and PySide6 cannot be used together; empty when they can."""
    if sys.version_info >= (3, 12) or none_drift(_CALLS) <= _ALLOWED_DRIFT:
        return ""
    return (
        f"PySide6 {pyside_version} does not work with Python {sys.version_info.major}.{sys.version_info.minor}: "
        "it would stop without warning after a few minutes. Install PySide6-Essentials 6.11.3."
    )
