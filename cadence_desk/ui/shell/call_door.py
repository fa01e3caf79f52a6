"""CallDoor: opens the call panel for a person, and again for a call that was typed and not saved. Called by Doors.

The panel is imported when it is first opened.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from cadence_desk.ui.shell.subject import Subject, subject_of

if TYPE_CHECKING:
    from PySide6.QtWidgets import QMainWindow

    from cadence_desk.ui.calling.call_panel import CallPanel
    from cadence_desk.ui.kit.desk_face import DraftFace
    from cadence_desk.ui.shell.frame import WindowFrame


class CallDoor(QObject):
    """One call panel at a time."""

    saved = Signal(str, list)
    """A call is queued: words about it, and its intent."""

    def __init__(self, window: QMainWindow, frame: WindowFrame) -> None:
        super().__init__(window)
        self._window = window
        self._frame = frame
        self._panel: CallPanel | None = None

    # ------------------------------------------------------------ opening

    def log_call(self, *, timer: bool = False, subject: Subject | None = None) -> None:
        """Open the call panel for the selected person, or the given one; an open one comes to the front."""
        subject = subject or subject_of(self._frame)
        if self._frame.place is None or not subject.target_ids or self._came_forward():
            return
        target_id = subject.target_ids[0]
        self._open(target_id, self._tracker_for(subject, target_id)).open_with(timer=timer)

    def kept(self) -> list[DraftFace]:
        """Return the calls that were typed and not saved, the newest first; not the one that is open."""
        if self._frame.place is None or self._panel is not None:
            return []
        drafts = self._frame.place.desk.calls.drafts()
        return [one for one in reversed(drafts) if one.result or one.notes or one.follow_up]

    def go_on(self) -> None:
        """Open the newest call that was typed and not saved, as it was left."""
        if self._came_forward():
            return
        kept = self.kept()
        if kept:
            self._frame.open_person(kept[0].target_id)
            self.open_draft(kept[0])

    def open_draft(self, draft: DraftFace) -> None:
        """Open the call panel with a draft, as it was left."""
        if not self._came_forward():
            self._open(draft.target_id, self._tracker_at(draft)).open_with(draft=draft)

    def why_not_go_on(self) -> str:
        """Return why there is no call to go on with."""
        return "" if self._panel is not None or self.kept() else "No call was typed and left unsaved."

    def _came_forward(self) -> bool:
        if self._panel is not None:
            self._panel.raise_()
            self._panel.activateWindow()
        return self._panel is not None

    def _open(self, target_id: str, tracker_id: str) -> CallPanel:
        from cadence_desk.ui.calling.call_panel import CallPanel

        if self._frame.place is None:
            raise RuntimeError("a call needs a desk")
        self._panel = CallPanel(self._frame.place, target_id, tracker_id, self._window)
        self._panel.finished.connect(self._closed)
        self._panel.saved.connect(self.saved)
        return self._panel

    # ------------------------------------------------------------ leaving

    def flush(self) -> None:
        """Hand unsaved text to the desk."""
        if self._panel is not None:
            self._panel.keep_now()

    def keep_at_once(self) -> bool:
        """Store the open text before returning: for the moment the computer shuts down."""
        return self._panel is None or self._panel.keep_at_once()

    @property
    def has_unsaved(self) -> bool:
        """True while something typed cannot be stored, in an open panel or one that is gone."""
        from cadence_desk.ui.calling.draft_keeper import DraftKeeper

        return any(one.trouble and one.unsaved for one in self._window.findChildren(DraftKeeper))

    def _closed(self) -> None:
        if self._panel is not None:
            self._panel.deleteLater()
        self._panel = None
        screen = self._frame.list_screen()
        if screen is not None:
            screen.table.setFocus()

    # ------------------------------------------------------------ which tracker

    def _tracker_for(self, subject: Subject, target_id: str) -> str:
        if self._frame.place is None:
            return ""
        desk = self._frame.place.desk
        for tracker_id in subject.tracker_ids:
            tracker = desk.tracker(tracker_id)
            if tracker is not None and tracker.target_id == target_id and tracker.is_active:
                return tracker_id
        return ""

    def _tracker_at(self, draft: DraftFace) -> str:
        """Return the tracker whose current step the draft is about; empty when it has moved on."""
        if self._frame.place is None or not draft.step_tracker_id:
            return ""
        desk = self._frame.place.desk
        for tracker in desk.trackers_of(draft.target_id):
            step = desk.current_step(tracker.id)
            if step is not None and step.id == draft.step_tracker_id:
                return tracker.id
        return ""
