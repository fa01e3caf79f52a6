"""`cadence-desk diagnostics`: writes a bundle for support to a folder and says what is in it. Called by launch.

Exit code 0; what goes wrong is raised as DeskError. Works beside an open window.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cadence_desk.bootstrap.diagnosis import write_pages

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from cadence_desk.domain.diagnosis import Page


def diagnostics(collect: Callable[[], Sequence[Page]], folder: Path) -> int:
    """Collect, write and print the names; nothing is sent. Raises BadFile when the folder cannot be written."""
    pages = collect()
    target = write_pages(folder, pages)
    for one in pages:
        print(f"{len(one.text.encode()):>9,}  {one.name}")
    print(f"Written to {target}. Nothing was sent: read the files before you give them to anybody.")
    return 0
