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
    for shelf in (board.people, board.trackers, board.steps):
        for record in shelf:
            board.unsaved.note(shelf.entity, record.id, record)
    marks.file_lost()
