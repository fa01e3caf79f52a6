"""Finds the files that are delivered with the desk: in a checkout, an installed wheel or a frozen app.

Imports no other room. Called by the launcher, which hands paths on.
"""

from __future__ import annotations

import sys
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent.parent


def resource_path(*parts: str) -> Path:
    """Return the path of a delivered file or folder.

    A frozen app names the folder it was unpacked to in ``sys._MEIPASS`` (PyInstaller manual, Run-time Information).

    Raises:
        FileNotFoundError: it was not delivered.
    """
    for folder in _folders():
        path = folder.joinpath(*parts)
        if path.exists():
            return path
    raise FileNotFoundError(f"resource {'/'.join(parts)} was not delivered with this build")


def _folders() -> list[Path]:
    folders = []
    frozen = getattr(sys, "_MEIPASS", None)
    if frozen is not None:
        folders += [Path(frozen) / "cadence_desk" / "resources", Path(frozen) / "resources"]
    return [*folders, _PACKAGE / "resources", _PACKAGE.parent / "resources"]
