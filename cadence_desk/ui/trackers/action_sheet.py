"""ActionSheet: confirms an action on trackers and names everything it will touch first. Called by the shell."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from PySide6.QtCore import QDateTime, QSize, Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from cadence_desk.domain.name_order import name_key
from cadence_desk.domain.operations import KIND_WORDS, Kind
from cadence_desk.ui.kit.banner_bar import present_error
from cadence_desk.ui.kit.choice_box import ChoiceBox, MomentField, TickBox
from cadence_desk.ui.kit.line_list import Line, LineList
from cadence_desk.ui.kit.moments import count_word
from cadence_desk.ui.kit.pick_field import PickField
from cadence_desk.ui.kit.plain_label import PlainLabel
from cadence_desk.ui.kit.sheet import Sheet, field_label, stacked
from cadence_desk.ui.kit.state_badges import tracker_badge
from cadence_desk.ui.kit.theme import Tone

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Sequence
    from typing import Any

    from cadence_desk.domain.errors import DeskError
    from cadence_desk.domain.trackers import Tracker
    from cadence_desk.ui.kit.workplace import Workplace

_MOST_SHOWN = 6
_WHAT = {
    Kind.PAUSE: "paused",
    Kind.RESUME: "resumed",
    Kind.REMOVE: "removed from its cadence",
    Kind.CHANGE_ASSIGNEE: "handed over; the step is kept",
    Kind.COMPLETE_STEP: "moved on: the current step is completed",
    Kind.SKIP_STEP: "moved on: the current step is skipped",
    Kind.SET_DISPOSITION: "given the cadence disposition",
}
_DONE = {
    Kind.PAUSE: "Pause",
    Kind.RESUME: "Resume",
    Kind.REMOVE: "Removal",
    Kind.CHANGE_ASSIGNEE: "Hand-over",
    Kind.COMPLETE_STEP: "Completing the step",
    Kind.SKIP_STEP: "Skipping the step",
    Kind.SET_DISPOSITION: "Cadence disposition",
}


class ActionSheet(Sheet):
    """One action on one or more trackers."""

    queued = Signal(str, list)
    """What was queued, in a word or two, and its intents."""

    def __init__(
        self, place: Workplace, kind: Kind, tracker_ids: Sequence[str], parent: QWidget | None = None
    ) -> None:
        super().__init__(KIND_WORDS[kind], parent, QSize(620, 460))
        self.setObjectName("actionSheet")
        self._place = place
        self._kind = kind
        self._ids = list(tracker_ids)
        self._touched = self._all_touched()
        self.show_sub(f"{count_word(len(self._touched), 'tracker')} will be {_WHAT[kind]}:")
        self.list = LineList()
        self.list.setObjectName("touchedList")
        self.list.setAccessibleName("What this will touch")
        self.list.show_empty("Nothing of the selection is in a cadence any more.")
        self.list.show_lines([self._line(tracker) for tracker in self._touched])
        self.list.fit_height(_MOST_SHOWN)
        self.content.addWidget(self.list)
        self.when_wanted = TickBox("Resume by itself on")
        self.when = MomentField(QDateTime.currentDateTime().addDays(3))
        self.disposition = ChoiceBox()
        self.assignee = PickField("Type a part of the name")
        self.reason = QLineEdit()
        self._build_inputs()
        self.content.addWidget(self._reversibility())
        self.buttons.addStretch(1)
        self.add_button("Cancel", "cancelActionButton", self.reject)
        self.confirm = self.add_button(
            KIND_WORDS[kind], "confirmActionButton", self._start, primary=True, danger=kind is Kind.REMOVE
        )
        self.confirm.setDefault(True)
        self._allow()
        self.adjustSize()
        self.resize(620, self.sizeHint().height())

    # ------------------------------------------------------------ building

    def _all_touched(self) -> list[Tracker]:
        found: dict[str, Tracker] = {}
        for tracker_id in self._ids:
            for tracker in self._place.desk.moves.touched(self._kind, tracker_id):
                found.setdefault(tracker.id, tracker)
        return list(found.values())

    def _line(self, tracker: Tracker) -> Line:
        also = tracker.id not in self._ids
        parts = [tracker.cadence_name, tracker.current_step_title, tracker.owner_name]
        if also:
            parts.insert(0, "also touched: the action works on the person")
        return Line(
            tracker.id,
            tracker.target_name or tracker.target_id,
            "  ·  ".join(part for part in parts if part),
            tracker_badge(tracker.state),
            tone=Tone.WARN if also else None,
        )

    def _build_inputs(self) -> None:
        build: dict[Kind, Callable[[], None]] = {
            Kind.PAUSE: self._build_pause,
            Kind.REMOVE: lambda: self._build_disposition("Cadence disposition (how it went)", optional=True),
            Kind.SET_DISPOSITION: lambda: self._build_disposition("Cadence disposition", optional=False),
            Kind.CHANGE_ASSIGNEE: self._build_assignee,
            Kind.SKIP_STEP: self._build_reason,
        }
        if self._kind in build:
            build[self._kind]()

    def _build_pause(self) -> None:
        self.when_wanted.setObjectName("resumeWanted")
        self.when.setObjectName("resumeField")
        self.when.setAccessibleName("Resume on")
        self.when.setMinimumDateTime(QDateTime.currentDateTime())
        self.when.setEnabled(False)
        self.when_wanted.toggled.connect(self.when.setEnabled)
        self.content.addWidget(self.when_wanted)
        self.content.addWidget(self.when)
        self.when_wanted.setFocus()

    def _build_disposition(self, label: str, *, optional: bool) -> None:
        self.disposition.setObjectName("dispositionField")
        self.disposition.addItem("None" if optional else "Choose…")
        self.disposition.addItems(self._place.desk.dispositions())
        self.disposition.currentIndexChanged.connect(self._allow)
        if optional:
            reason = PlainLabel("Completion reason: Manually removed (set by Salesforce)", muted=True)
            self.content.addWidget(reason)
        self.content.addLayout(stacked(label, self.disposition))
        self.disposition.setFocus()

    def _build_assignee(self) -> None:
        self.assignee.setObjectName("newAssigneeField")
        able = [rep for rep in self._place.desk.reps() if rep.is_active and rep.can_work is not False]
        able.sort(key=lambda rep: name_key(rep.name))
        self.assignee.offer([(rep.id, rep.name) for rep in able])
        self.assignee.picked.connect(self._allow)
        self.content.addLayout(stacked("New assignee", self.assignee))
        self.assignee.text_field().setFocus()

    def _build_reason(self) -> None:
        self.reason.setObjectName("skipReasonField")
        self.reason.setMaxLength(255)
        self.reason.setPlaceholderText("Why the step is skipped (kept in your own history)")
        self.content.addWidget(field_label("Reason", self.reason))
        self.content.addWidget(self.reason)
        self.reason.setFocus()

    def _reversibility(self) -> PlainLabel:
        label, stays = self._place.desk.moves.reversibility(self._kind)
        words = PlainLabel(f"{label}{': ' if stays else ''}{stays}", bold=True, wrap=True)
        words.setObjectName("reversibilityLabel")
        tones = {"reversible": Tone.GOOD, "partly": Tone.WARN}
        first = label.casefold().split(" ")[0].rstrip(":")
        words.set_tone(tones.get(first, Tone.BAD))
        return words

    # ------------------------------------------------------------ acting

    def _allow(self) -> None:
        ready = bool(self._touched)
        if self._kind is Kind.CHANGE_ASSIGNEE:
            ready = ready and bool(self.assignee.key())
        if self._kind is Kind.SET_DISPOSITION:
            ready = ready and self.disposition.currentIndex() > 0
        self.confirm.setEnabled(ready)

    def _start(self) -> None:
        self._place.tasks.start(
            self,
            self._ask(),
            name=KIND_WORDS[self._kind],
            then="stored",
            failed="not_stored",
            sender=self.confirm,
        )

    def _ask(self) -> Coroutine[Any, Any, Sequence[str]]:
        moves, ids = self._place.desk.moves, self._ids
        calls: dict[Kind, Callable[[], Coroutine[Any, Any, Sequence[str]]]] = {
            Kind.PAUSE: lambda: moves.pause(ids, self._resume_at()),
            Kind.RESUME: lambda: moves.resume(ids),
            Kind.REMOVE: lambda: moves.remove(ids, self._chosen_disposition()),
            Kind.CHANGE_ASSIGNEE: lambda: moves.change_assignee(ids, self.assignee.key()),
            Kind.COMPLETE_STEP: lambda: moves.complete_step(ids),
            Kind.SKIP_STEP: lambda: moves.skip_step(ids, self.reason.text().strip()),
            Kind.SET_DISPOSITION: lambda: moves.set_disposition(ids, self._chosen_disposition()),
        }
        return calls[self._kind]()

    def _resume_at(self) -> datetime | None:
        if not self.when_wanted.isChecked():
            return None
        asked = datetime.fromtimestamp(self.when.dateTime().toSecsSinceEpoch(), tz=UTC)
        return max(asked, datetime.now(tz=UTC) + timedelta(minutes=1))

    def _chosen_disposition(self) -> str:
        return self.disposition.currentText() if self.disposition.currentIndex() > 0 else ""

    def stored(self, intents: Sequence[str]) -> None:
        """The action is in the outbox: close."""
        what = f"{_DONE[self._kind]} ({count_word(len(self._touched), 'tracker')})"
        self.queued.emit(what, list(intents))
        self.accept()

    def not_stored(self, error: DeskError) -> None:
        """Nothing was queued: say why and stay open."""
        present_error(self, error)
