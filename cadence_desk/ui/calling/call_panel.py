"""CallPanel: log a call with a few keys: result, notes, duration, follow-up. Called by the shell.

What is typed is kept by the desk 400 ms after the last key and at every way of leaving; nothing closes over words
that are not on the disk.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSize, QTimer, Signal

from cadence_desk.domain.errors import StoreError
from cadence_desk.domain.overriding import override
from cadence_desk.domain.protection import PROTECTION_WORDS
from cadence_desk.ui.calling.call_facts import CallFacts, call_facts
from cadence_desk.ui.calling.call_fields import CallFields
from cadence_desk.ui.calling.draft_keeper import DraftKeeper, Typed
from cadence_desk.ui.kit.plain_label import PlainLabel
from cadence_desk.ui.kit.sheet import Sheet
from cadence_desk.ui.kit.theme import Tone

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from cadence_desk.domain.calls import CallScript
    from cadence_desk.domain.errors import DeskError
    from cadence_desk.ui.kit.desk_face import DraftFace
    from cadence_desk.ui.kit.workplace import Workplace

AUTOSAVE_MS = 400


class CallPanel(Sheet):
    """One call."""

    saved = Signal(str, list)
    """The call is queued: words about it, and its intent."""

    def __init__(
        self, place: Workplace, target_id: str, tracker_id: str, parent: QWidget | None = None
    ) -> None:
        self._facts: CallFacts = call_facts(place.desk, target_id, tracker_id)
        super().__init__(f"Log a call: {self._facts.name}", parent, QSize(820, 560))
        self.setObjectName("callPanel")
        self._place = place
        self._target_id = target_id
        self._timer_wanted = False
        self._dirty = False
        self._over = False
        self._keeper = self._make_keeper(self._facts.step_id)
        self.show_sub(self._facts.where)
        self.fields = CallFields(self._facts, place.desk.call_results())
        self.results, self.notes = self.fields.results, self.fields.notes
        self.duration, self.follow_up = self.fields.duration, self.fields.follow_up
        self.unsaved = PlainLabel(wrap=True, bold=True)
        self.unsaved.setObjectName("unsavedLine")
        self.unsaved.set_tone(Tone.BAD)
        self.unsaved.hide()
        self.protection = PlainLabel(PROTECTION_WORDS[place.desk.outbox.protection], muted=True, wrap=True)
        self.protection.setObjectName("protectionLine")
        self._autosave = QTimer(self)
        self._autosave.setSingleShot(True)
        self._autosave.setInterval(AUTOSAVE_MS)
        self._autosave.timeout.connect(self.keep_now)
        self.fields.changed.connect(self._touched)
        self._lay_out()

    def _make_keeper(self, step_id: str) -> DraftKeeper:
        # the last words may have to be stored when this panel is gone
        keeper = DraftKeeper(self._place, self._target_id, step_id, self.parentWidget() or self)
        keeper.begun.connect(self.begun)
        keeper.trouble_told.connect(self._show_trouble)
        return keeper

    def _lay_out(self) -> None:
        self.content.addWidget(self.fields, 1)
        self.content.addWidget(self.unsaved)
        self.content.addWidget(self.protection)
        self.discard = self.add_button("Discard", "discardCallButton", self._discard)
        self.buttons.addStretch(1)
        self.add_button("Keep for later", "keepCallButton", self.reject)
        words = "Save and complete step" if self._facts.step_id else "Log call"
        self.save = self.add_button(words, "saveCallButton", self._save, primary=True)

    # ------------------------------------------------------------ opening

    def open_with(self, *, timer: bool = False, draft: DraftFace | None = None) -> None:
        """Open; with `timer` the clock runs from now on; with `draft` that one goes on."""
        self._timer_wanted = timer
        self.save.setEnabled(False)
        self.open()
        self.results.setFocus()
        self._keeper.begin(draft)
        step = self._facts.step_id
        if step:
            self._place.tasks.start(
                self,
                self._place.desk.calls.script(step),
                name="call script",
                then="script_read",
                failed="script_missing",
            )

    def begun(self, draft: DraftFace) -> None:
        """Take the draft and what it held from before; what was typed meanwhile is stored."""
        typed_already, self._dirty = self._dirty, False
        self.save.setEnabled(True)
        self.fields.show_draft(draft)
        if draft.was_refused:
            words = f"Your text was kept. Salesforce said: “{draft.was_refused}”"
            self.bar.tell("NOTICE-REFUSED", "This call was refused before", words, tone=Tone.WARN)
        if draft.doubt:
            self.bar.tell(
                "NOTICE-DOUBT", "This takes the place of an unclear call", draft.doubt, tone=Tone.WARN
            )
        self._dirty = typed_already
        if self._timer_wanted and not self.duration.is_running:
            self.duration.toggle()
        elif typed_already:
            self._autosave.start()
        else:
            self._autosave.stop()

    def script_read(self, script: CallScript | None) -> None:
        """Show the script, if the step has one."""
        self.fields.show_script(script)

    def script_missing(self, _error: DeskError) -> None:
        """A call can be logged without its script."""

    # ------------------------------------------------------------ typing

    def keep_now(self) -> None:
        """Hand the text to the desk, which saves it."""
        self._autosave.stop()
        if self._dirty and not self._over:
            self._dirty = False
            self._keeper.keep(self.fields.typed())

    def keep_at_once(self) -> bool:
        """Store the text before returning: for the moment the computer shuts down. True when it is stored."""
        self._autosave.stop()
        return self._over or self._keeper.keep_at_once(self.fields.typed())

    def _touched(self) -> None:
        self._dirty = True
        self._autosave.start()

    def _show_trouble(self, why: str) -> None:
        self.unsaved.setText(
            f"Not saved: {why[:1].lower()}{why[1:].rstrip('.')}. Your text is only in this window; leave it open. "
            "It is saved by itself as soon as that is possible."
            if why
            else ""
        )
        self.unsaved.setVisible(bool(why))

    # ------------------------------------------------------------ ending

    def _save(self) -> None:
        draft = self._keeper.draft
        if draft is None or self._over:
            return
        self.duration.stop()
        if self.duration.seconds() is None:
            self.bar.tell(
                "NOTICE-DURATION",
                "The duration cannot be read",
                "Write it as 90, 1:30 or 1:02:03.",
                tone=Tone.BAD,
            )
            self.duration.field.setFocus()
            return
        self._autosave.stop()
        self._dirty = False
        self._keeper.hand_over()
        self.fields.typed().put_into(draft)
        # what is typed while the commit runs would belong to no draft
        self.fields.setEnabled(False)
        self._place.tasks.start(
            self,
            self._place.desk.calls.save(draft),
            name="save a call",
            then="save_done",
            failed="save_failed",
            sender=self.save,
        )

    def save_done(self, intent: str) -> None:
        """The call is in the outbox: close and go on."""
        self._over = True
        self._keeper.close()
        self.saved.emit(f"Call with {self._facts.name[:60]}", [intent])
        self.accept()

    def save_failed(self, error: DeskError) -> None:
        """Nothing was queued; the text stays, and is tried to be kept."""
        self.fields.setEnabled(True)
        self.notes.setFocus()
        if isinstance(error, StoreError):
            self._show_trouble(error.message)
            self._keeper.keep(self.fields.typed())
        else:
            self.bar.show_error(error)

    def _discard(self) -> None:
        self._leave(None)

    def _leave(self, typed: Typed | None) -> None:
        self._autosave.stop()
        self._over = True
        self._keeper.end(typed)
        super().reject()

    @override
    def reject(self) -> None:
        """Close; what was typed is kept, an empty draft is dropped. Stays open while the disk takes nothing."""
        if self._over:
            super().reject()
            return
        typed = self.fields.typed()
        if self._keeper.disk_fails and not typed.is_empty:
            self._show_trouble(self._keeper.trouble)
            return
        self._leave(typed)

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.ActivationChange and not self.isActiveWindow():
            self.keep_now()
