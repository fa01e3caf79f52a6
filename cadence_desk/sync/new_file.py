"""A cache file that was made anew is empty: it gets every row again, and no mark before them.

Called by the follower and the engine on the loop thread.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cadence_desk.store.cache import CacheFile
    from cadence_desk.sync.board import Board
    from cadence_desk.sync.marks import Marks


def save_everything_again(board: Board, marks: Marks, cache: CacheFile) -> None:
    """Note all that is shown as not saved yet, marks included."""
    cache.emptied = False
    board.unsaved.begin_again((board.people, board.trackers, board.steps))
    marks.file_lost()
