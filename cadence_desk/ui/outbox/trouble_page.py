"""TroublePage: the start page of a profile whose outbox cannot be opened: what is known, and what can be done.

Shown by launch in the place of the lists. Nothing happens before a person chooses; what changes files is asked twice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFileDialog,
    QFrame,
    QGridLayout,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from cadence_desk.domain.mending import ASKED_TWICE, REMEDY_HINTS, REMEDY_WORDS, Remedy
from cadence_desk.ui.kit.plain_label import PlainLabel
from cadence_desk.ui.kit.theme import GAP, Tone

if TYPE_CHECKING:
    from cadence_desk.domain.errors import DeskError
    from cadence_desk.domain.mending import Trouble

WIDTH = 720


class TroublePage(QScrollArea):
    """One trouble with its choices."""

    chosen = Signal(object, str)
    """A remedy, and the recovery key where one was typed."""
    file_chosen = Signal(str)
    """Where to export to."""
    open_asked = Signal()
    """It is mended: open the profile."""
    quit_asked = Signal()

    def __init__(self, trouble: Trouble) -> None:
        super().__init__()
        self.setObjectName("troublePage")
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.trouble = trouble
        self._asked: Remedy | None = None
        self.buttons: dict[Remedy, QPushButton] = {}
        self.hints: dict[Remedy, PlainLabel] = {}
        self.key = QLineEdit()
        self.key.setObjectName("recoveryKeyField")
        self.key.setAccessibleName("Recovery key")
        self.key.setPlaceholderText("AAAA-BBBB-CCCC-…")
        self.key.hide()
        self.told = PlainLabel(wrap=True)
        self.told.setObjectName("troubleAnswer")
        self.told.hide()
        self.open = QPushButton("Open the desk")
        self.open.setObjectName("openMendedButton")
        self.open.setProperty("primary", True)  # noqa: FBT003 - a Qt property, by position only
        self.open.clicked.connect(lambda _checked=False: self.open_asked.emit())
        self.open.hide()
        self.quit = QPushButton("Quit")
        self.quit.setObjectName("quitTroubleButton")
        self.quit.clicked.connect(lambda _checked=False: self.quit_asked.emit())
        self._lay_out()

    def _lay_out(self) -> None:
        column = QWidget()
        column.setMaximumWidth(WIDTH)
        rows = QVBoxLayout(column)
        rows.setContentsMargins(2 * GAP, 2 * GAP, 2 * GAP, 2 * GAP)
        rows.setSpacing(GAP)
        title = PlainLabel(f"{self.trouble.title}  ·  {self.trouble.code}", scale=1.4, bold=True, wrap=True)
        title.setObjectName("troubleTitle")
        rows.addWidget(title)
        rows.addWidget(PlainLabel(self.trouble.words, wrap=True))
        for fact in self.trouble.facts:
            line = PlainLabel(fact, muted=True, wrap=True)
            line.setTextInteractionFlags(
                Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
            )
            rows.addWidget(line)
        rows.addSpacing(GAP)
        rows.addLayout(self._choices())
        rows.addWidget(self.told)
        rows.addWidget(self.open, 0, Qt.AlignmentFlag.AlignLeft)
        rows.addStretch(1)
        whole = QWidget()
        outer = QVBoxLayout(whole)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(column, 1, Qt.AlignmentFlag.AlignHCenter)
        column.setMinimumWidth(0)
        self.setWidget(whole)

    def _choices(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(2 * GAP)
        grid.setVerticalSpacing(GAP)
        grid.setColumnStretch(1, 1)
        row = 0
        for remedy in self.trouble.remedies:
            button = QPushButton(REMEDY_WORDS[remedy])
            button.setObjectName(f"{remedy.value}Button")
            button.setAccessibleDescription(REMEDY_HINTS[remedy])
            button.setProperty("primary", row == 0)
            button.clicked.connect(lambda _checked=False, wanted=remedy: self._press(wanted))
            hint = PlainLabel(REMEDY_HINTS[remedy], muted=True, wrap=True)
            self.buttons[remedy], self.hints[remedy] = button, hint
            grid.addWidget(button, row, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(hint, row, 1)
            row += 1
            if remedy is Remedy.RECOVERY_KEY:
                grid.addWidget(self.key, row, 0, 1, 2)
                row += 1
        grid.addWidget(self.quit, row, 0)
        grid.addWidget(PlainLabel("Nothing is changed.", muted=True), row, 1)
        return grid

    def focus_first(self) -> None:
        """Put the keyboard on the first choice."""
        first = next(iter(self.buttons.values()), self.quit)
        first.setFocus(Qt.FocusReason.OtherFocusReason)

    def _press(self, remedy: Remedy) -> None:
        if remedy is Remedy.RECOVERY_KEY and not self.key.text().strip():
            self.key.show()
            self.key.setFocus(Qt.FocusReason.OtherFocusReason)
            self._tell("Type the recovery key, then press the button again.", None)
            return
        if remedy in ASKED_TWICE and self._asked is not remedy:
            self._ask(remedy)
            return
        self._ask(None)
        if remedy is Remedy.EXPORT:
            self._choose_file()
            return
        self._tell("One moment …", None)
        self.set_busy(busy=True)
        self.chosen.emit(remedy, self.key.text())

    def _ask(self, remedy: Remedy | None) -> None:
        """Want a second press of the same button, and of no other."""
        if self._asked is not None:
            self.buttons[self._asked].setText(REMEDY_WORDS[self._asked])
        self._asked = remedy
        if remedy is not None:
            self.buttons[remedy].setText(f"Yes: {REMEDY_WORDS[remedy][0].lower()}{REMEDY_WORDS[remedy][1:]}")
            self._tell("Press the button once more to do it.", Tone.WARN)

    def _choose_file(self) -> None:
        dialog = QFileDialog(self, REMEDY_WORDS[Remedy.EXPORT])
        dialog.setObjectName("exportDialog")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilter("Tables (*.csv)")
        dialog.setDefaultSuffix("csv")
        dialog.selectFile("outbox.csv")
        dialog.fileSelected.connect(self.file_chosen)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def set_busy(self, *, busy: bool) -> None:
        """Take no further choice while one is carried out."""
        for button in self.buttons.values():
            button.setEnabled(not busy)

    def done(self, words: str) -> None:
        """Say what was done; the choices stay."""
        self.set_busy(busy=False)
        self._tell(words, Tone.GOOD)

    def mended(self, words: str) -> None:
        """Say what was done; what is left is to open the profile."""
        for button in self.buttons.values():
            button.hide()
        for hint in self.hints.values():
            hint.hide()
        self.key.hide()
        self._tell(words, Tone.GOOD)
        self.open.show()
        self.open.setFocus(Qt.FocusReason.OtherFocusReason)

    def failed(self, error: DeskError) -> None:
        """Say what did not work; everything can be chosen again."""
        self.set_busy(busy=False)
        self._tell(f"{error.message} {error.hint}  ·  {error.code}", Tone.BAD)

    def _tell(self, words: str, tone: Tone | None) -> None:
        self.told.setText(words)
        self.told.set_tone(tone)
        self.told.setVisible(bool(words))
