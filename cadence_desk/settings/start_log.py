"""How the last starts of a profile ended: two in a row that died young call for safe mode. Imports no other room.

Called by the launcher, which tells how long the window has lived. A file that cannot be used counts as no file.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from cadence_desk.settings.whole_files import replace_file

if TYPE_CHECKING:
    from pathlib import Path

NAME = "starts.json"
YOUNG_SECONDS = 30
"""A start that dies within so many seconds died young."""
SAFE_SECONDS = 60
"""A start that lives so long is fine, whatever came before."""
ENOUGH = 2


class StartLog:
    """The small file that counts; one process at a time writes it, under the profile's lock."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / NAME
        self.died = 0
        """How many starts in a row died young, before this one."""

    def begin(self) -> bool:
        """A start begins; return True when it should be a safe one."""
        found = self._read()
        self.died = found.get("died", 0)
        if found.get("running") and found.get("young"):
            self.died += 1
        self._write(running=True, young=True)
        return self.died >= ENOUGH

    def grown(self) -> None:
        """The start has lived longer than the young ones."""
        self._write(running=True, young=False)

    def lasted(self) -> None:
        """The start has lived long enough: what came before is forgotten."""
        self.forget()

    def forget(self) -> None:
        """Count anew: nothing speaks against a normal start."""
        self.died = 0
        self._write(running=True, young=False)

    def end(self) -> None:
        """The start ended in order."""
        self._write(running=False, young=False)

    def _read(self) -> dict[str, int]:
        try:
            content = json.loads(self._path.read_bytes())
        except (OSError, ValueError, RecursionError):
            return {}
        if not isinstance(content, dict):
            return {}
        return {
            name: value for name, value in content.items() if isinstance(value, int) and 0 <= value < 1_000
        }

    def _write(self, *, running: bool, young: bool) -> None:
        content = {"died": self.died, "running": running, "young": young}
        try:
            replace_file(self._path, json.dumps(content).encode())
        except OSError:
            return
