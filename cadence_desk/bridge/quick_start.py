"""What holds only until the window is painted first. Called by launch, before the window's modules are imported.

Imports Qt late: whoever imports this has not decided yet to show a window.
"""

from __future__ import annotations

import builtins
import gc


def begin_quickly() -> None:
    """Load Qt's binding, and keep two things out of the many imports and objects of a start.

    The binding wraps every import of the program to look whether the importing module asks for snake_case names
    (`from __feature__ import ...`), and reads the source of every imported module for that. Nobody here asks. The
    garbage collector looks through all that was made so far, again and again, and everything made now stays.
    """
    gc.disable()
    import PySide6.QtCore  # noqa: F401  # puts its own import in place, and remembers the one before

    builtins.__import__ = getattr(builtins, "__orig_import__", builtins.__import__)


def be_painted() -> None:
    """Collect garbage from now on, but never again among what a start made: it lives as long as the program."""
    if not gc.isenabled():
        gc.freeze()
        gc.enable()


def end_quickly() -> None:
    """Collect garbage again, however the start went."""
    gc.enable()
