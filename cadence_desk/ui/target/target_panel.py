"""TargetPanel: the detail side: one person, all trackers, own changes and the step history. Called by the shell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from cadence_desk.ui.kit.plain_label import ElidedLabel, PlainLabel
from cadence_desk.ui.kit.theme import GAP, Tone

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cadence_desk.domain.changes import Change
    from cadence_desk.domain.people import Person
    from cadence_desk.domain.trackers import StepTracker
    from cadence_desk.ui.kit.line_list import LineList
    from cadence_desk.ui.kit.workplace import Workplace

_CONTACT_ROWS = 6


class TargetPanel(QFrame):
    """Everything about one person."""

    asked = Signal(str)
    """A command is wanted, by its name."""
    tracker_chosen = Signal(str)
    _reading: tuple[str, Any] = ("", None)
    """Whose step history is being read, and the task that does so."""
    _read_again = False

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("side")
        self.setMinimumWidth(280)
        self._place: Workplace | None = None
        self.target_id = ""
        self.empty = PlainLabel(
            "Select a person to see trackers, steps and contact data.", muted=True, wrap=True
        )
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._scroll: QScrollArea | None = None
        self._whole = QVBoxLayout(self)
        self._whole.setContentsMargins(0, 0, 0, 0)
        self._whole.addWidget(self.empty, 1)

    # ------------------------------------------------------------ building

    def complete(self) -> QScrollArea:
        """Make what shows a person, if that was not needed before."""
        if self._scroll is None:
            self._build_parts()
            self._scroll = self._build_scroll()
            self._scroll.hide()
            self._whole.insertWidget(0, self._scroll)
        return self._scroll

    def _build_parts(self) -> None:
        from cadence_desk.ui.kit.line_list import LineList

        self.name = ElidedLabel(scale=1.35, bold=True)
        self.name.setObjectName("targetName")
        self.sub = ElidedLabel(muted=True)
        self.flags = PlainLabel(wrap=True, bold=True)
        self.flags.set_tone(Tone.BAD)
        self.trackers = LineList(plain=True)
        self.trackers.setObjectName("sideTrackersList")
        self.trackers.setAccessibleName("Trackers of this person")
        self.trackers.chosen.connect(self.tracker_chosen)
        self.operations = LineList(plain=True)
        self.operations.setObjectName("sideOperationsList")
        self.operations.setAccessibleName("Your changes for this person")
        self.steps = LineList(plain=True)
        self.steps.setObjectName("sideStepsList")
        self.steps.setAccessibleName("Step history of this person")
        self._headings = [
            PlainLabel(text, bold=True) for text in ("Trackers", "Your changes", "Step history")
        ]
        self._contacts = [(PlainLabel(muted=True), ElidedLabel()) for _ in range(_CONTACT_ROWS)]

    def _build_scroll(self) -> QScrollArea:
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(self._build_body())
        return scroll

    def _build_body(self) -> QWidget:
        body = QWidget()
        body.setObjectName("scrolled")
        rows = QVBoxLayout(body)
        rows.setContentsMargins(2 * GAP, GAP + 4, 2 * GAP, 2 * GAP)
        rows.setSpacing(4)
        rows.addWidget(self.name)
        rows.addWidget(self.sub)
        rows.addWidget(self.flags)
        rows.addSpacing(4)
        rows.addLayout(self._build_buttons())
        rows.addSpacing(GAP)
        rows.addLayout(self._build_contacts())
        for heading, part in zip(self._headings, (self.trackers, self.operations, self.steps), strict=True):
            rows.addSpacing(GAP)
            rows.addWidget(heading)
            rows.addWidget(part)
        rows.addStretch(1)
        return body

    def _build_buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(GAP)
        for command, text, name in (
            ("log_call", "Log call", "sideLogCallButton"),
            ("enroll", "Add to cadence", "sideEnrollButton"),
        ):
            button = QPushButton(text)
            button.setObjectName(name)
            button.setProperty("command", command)
            button.clicked.connect(lambda _checked=False, wanted=command: self.asked.emit(wanted))
            row.addWidget(button)
        row.addStretch(1)
        return row

    def _build_contacts(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(GAP + 4)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(1, 1)
        for row, (label, value) in enumerate(self._contacts):
            grid.addWidget(label, row, 0)
            grid.addWidget(value, row, 1)
            value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        return grid

    # ------------------------------------------------------------ showing

    def attach(self, place: Workplace) -> None:
        """Read from a desk."""
        self._place = place
        self.complete()

    def show_target(self, target_id: str) -> None:
        """Show a person; the same one again refreshes."""
        if self._place is None:
            return
        changed = target_id != self.target_id
        self.target_id = target_id
        person = self._place.desk.person(target_id)
        self._show_empty(empty=person is None)
        if person is None:
            return
        if changed:
            self.steps.show_empty("No steps yet.")
            self.steps.show_lines(())
            self.steps.fit_height()
            self.complete().verticalScrollBar().setValue(0)
        self._show_person(person)
        self._show_work()
        self._ask_steps()

    def _ask_steps(self) -> None:
        """Read the step history; while one is being read a burst of changes costs one more read, not many."""
        if self._place is None:
            return
        read_for, task = self._reading
        if read_for == self.target_id and task is not None and task.outcome is None:
            self._read_again = True
            return
        self._read_again = False
        task = self._place.tasks.start(
            self,
            self._read_steps(self.target_id),
            name="step history",
            then="steps_read",
            failed="steps_missing",
        )
        self._reading = (self.target_id, task)

    def choose_tracker(self, tracker_id: str) -> None:
        """Mark one of the trackers."""
        self.trackers.go_to(tracker_id, quiet=True)

    def apply(self, change: Change) -> None:
        """Refresh when something shown changed."""
        if self._place is None or not self.target_id:
            return
        ours = {self.target_id, *(one.id for one in self._place.desk.trackers_of(self.target_id))}
        if ours & change.ids:
            self.show_target(self.target_id)
        elif not change.ids:
            self._show_again()

    def _show_again(self) -> None:
        """Show what is known anew; steps are read again when a change of this person is told."""
        person = self._place.desk.person(self.target_id) if self._place is not None else None
        self._show_empty(empty=person is None)
        if person is not None:
            self._show_person(person)
            self._show_work()

    def steps_read(self, answer: tuple[str, Sequence[StepTracker]]) -> None:
        """Show the step history, unless another person was chosen meanwhile."""
        from cadence_desk.ui.target.target_lines import step_lines

        target_id, steps = answer
        if target_id == self.target_id and self._place is not None:
            names = {str(one.id): one.cadence_name for one in self._place.desk.trackers_of(target_id)}
            self._show_lines(self.steps, step_lines(steps, names), self._headings[2], 12)
        if self._read_again:
            self._ask_steps()

    def steps_missing(self, _error: object) -> None:
        """Say that the history could not be read; everything else stays."""
        self.steps.show_empty("The step history could not be read.")
        self.steps.fit_height()

    async def _read_steps(self, target_id: str) -> tuple[str, Sequence[StepTracker]]:
        if self._place is None:
            return target_id, ()
        return target_id, await self._place.desk.step_history(target_id)

    def _show_person(self, person: Person) -> None:
        from cadence_desk.ui.target.target_lines import contact_flags, contact_rows

        self.name.setText(person.name)
        parts = (person.kind.value, person.title, person.account_name)
        self.sub.setText("  ·  ".join(part for part in parts if part))
        flags = contact_flags(person)
        self.flags.setText(flags)
        self.flags.setVisible(bool(flags))
        rows = contact_rows(person)
        for index, (label, value) in enumerate(self._contacts):
            name, text = rows[index] if index < len(rows) else ("", "")
            label.setText(name)
            value.setText(text)
            label.setVisible(bool(name))
            value.setVisible(bool(name))

    def _show_work(self) -> None:
        from cadence_desk.ui.target.target_lines import operation_lines, tracker_lines

        if self._place is None:
            return
        desk = self._place.desk
        trackers = desk.trackers_of(self.target_id)
        self.trackers.show_empty("In no cadence.")
        self._show_lines(self.trackers, tracker_lines(trackers), self._headings[0], 6)
        operations = operation_lines(desk.operations_of(self.target_id))
        self._show_lines(self.operations, operations, self._headings[1], 6)
        self._headings[1].setVisible(bool(operations))
        self.operations.setVisible(bool(operations))

    @staticmethod
    def _show_lines(part: LineList, lines: Sequence[object], heading: PlainLabel, most: int) -> None:
        part.show_lines(lines)  # type: ignore[arg-type]
        part.fit_height(most)
        base = heading.text().split("  (")[0]
        heading.setText(f"{base}  ({len(lines)})" if len(lines) > 1 else base)

    def _show_empty(self, *, empty: bool) -> None:
        self.empty.setVisible(empty)
        self.complete().setVisible(not empty)
