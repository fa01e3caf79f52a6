"""DraftKeeper: brings what is typed about a call to the disk, and says so while it cannot. Called by CallPanel.

It outlives its panel until the last words are stored: one save at a time, the newest words win, a failed save is
tried again until it succeeds or the text is discarded.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from cadence_desk.domain.errors import BadValue, StoreError

if TYPE_CHECKING:
    from cadence_desk.domain.calls import FollowUp
    from cadence_desk.domain.errors import DeskError
    from cadence_desk.ui.kit.desk_face import DraftFace
    from cadence_desk.ui.kit.workplace import Workplace

RETRY_MS = 2_000


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in the fields of a call."""

    result: str = ""
    notes: str = ""
    duration_seconds: int = 0
    follow_up: FollowUp | None = None

    @property
    def is_empty(self) -> bool:
        """True when nobody would miss it."""
        return not (self.result or self.notes or self.follow_up)

    def put_into(self, draft: DraftFace) -> None:
        """Write the fields into a draft."""
        draft.result, draft.notes = self.result, self.notes
        draft.duration_seconds, draft.follow_up = self.duration_seconds, self.follow_up


class DraftKeeper(QObject):
    """The draft of one call."""

    begun = Signal(object)
    """There is a durable draft."""
    trouble_told = Signal(str)
    """Why the words are not on the disk; empty once they are."""

    def __init__(self, place: Workplace, target_id: str, step_id: str, parent: QObject | None) -> None:
        super().__init__(parent)
        self.draft: DraftFace | None = None
        self.trouble = ""
        self.disk_fails = False
        """It is the disk that takes nothing; anything else may end while the panel is gone."""
        self._place = place
        self._key = (target_id, step_id or None)
        self._wanted: Typed | None = None
        self._writing: Typed | None = None
        self._running = False
        self._drop = False
        self._ending = False
        self._again = QTimer(self)
        self._again.setSingleShot(True)
        self._again.setInterval(RETRY_MS)
        self._again.timeout.connect(self._go)

    @property
    def unsaved(self) -> bool:
        """True while something typed is not on the disk."""
        return self._wanted is not None or self._writing is not None

    def begin(self, draft: DraftFace | None = None) -> None:
        """Make a durable draft, or go on with one."""
        self.draft = draft
        if draft is None:
            self._go()
        else:
            self.begun.emit(draft)

    def keep(self, typed: Typed) -> None:
        """Store these words as soon as possible."""
        self._wanted = typed
        self._go()

    def keep_at_once(self, typed: Typed) -> bool:
        """Store these words before returning, within a second: only for the moment the computer shuts down."""
        if self.draft is None:
            return False
        typed.put_into(self.draft)
        return bool(self._place.desk.calls.keep_at_once(self.draft))

    def hand_over(self) -> None:
        """The words are being saved as a call: nothing of them is a draft's any more."""
        self._wanted = None
        self._again.stop()

    def end(self, typed: Typed | None) -> None:
        """The panel is gone: store what was typed, or drop the draft when that is None or empty."""
        self._ending = True
        if typed is None or typed.is_empty:
            self._wanted, self._drop = None, True
        else:
            self._wanted = typed
        self._go()

    def close(self) -> None:
        """The call is saved: this keeper is not needed any more."""
        self.hand_over()
        self.deleteLater()

    def _go(self) -> None:
        if self._running:
            return
        self._again.stop()
        self._running = True
        self._place.tasks.start(
            self, self._work(), name="keep a call draft", then="worked", failed="not_worked"
        )

    async def _work(self) -> bool:
        """Bring everything to the disk; return True when the draft was begun just now."""
        calls = self._place.desk.calls
        began = self.draft is None
        try:
            if self.draft is None:
                self.draft = await calls.begin(*self._key)
            while self._wanted is not None:
                self._writing, self._wanted = self._wanted, None
                self._writing.put_into(self.draft)
                await calls.keep(self.draft)
                self._writing = None
            if self._drop:
                await calls.discard(self.draft)
        except BaseException:
            self._wanted, self._writing = self._wanted or self._writing, None
            raise
        finally:
            self._running = False
        return began

    def worked(self, began: object) -> None:
        """Everything is stored."""
        self._tell("")
        if began and not self._ending:
            self.begun.emit(self.draft)
        if self._wanted is not None:
            self._go()
        elif self._ending and not self._running:
            self._finished()

    def not_worked(self, error: DeskError) -> None:
        """Try again in a moment; a draft that is over takes no more words."""
        if not isinstance(error, BadValue):
            self.disk_fails = isinstance(error, StoreError)
            self._tell(error.message)
            self._again.start()
            return
        self._wanted = None
        self._tell("")
        if self._ending:
            self._finished()

    def _tell(self, words: str) -> None:
        self.disk_fails = self.disk_fails and bool(words)
        if words != self.trouble:
            self.trouble = words
            self.trouble_told.emit(words)

    def _finished(self) -> None:
        self._again.stop()
        self.deleteLater()
