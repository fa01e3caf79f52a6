"""ReadinessScreen: what this org lets this user do, line by line, and what an admin must switch on. Read only.

Called by the shell. The check runs by itself when the screen is first opened.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QSplitter, QVBoxLayout, QWidget

from cadence_desk.domain.overriding import override
from cadence_desk.domain.readiness.checks import as_text, summary
from cadence_desk.ui.kit.line_list import LineList
from cadence_desk.ui.kit.moments import wall_word
from cadence_desk.ui.kit.plain_label import PlainLabel
from cadence_desk.ui.kit.theme import GAP, Tone
from cadence_desk.ui.org.check_detail import CheckDetail
from cadence_desk.ui.org.readiness_lines import check_lines, first_key

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QShowEvent

    from cadence_desk.domain.errors import DeskError
    from cadence_desk.domain.readiness.checks import Check
    from cadence_desk.ui.kit.workplace import Workplace

_HINT = "Reads only, changes nothing. An admin mends what is listed under “Does not work”."


class ReadinessScreen(QWidget):
    """The readiness page."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("readinessScreen")
        self._place: Workplace | None = None
        self._asked = False
        self.heading = PlainLabel("Readiness", scale=1.5, bold=True)
        self.counts = PlainLabel(muted=True)
        self.counts.setObjectName("readinessCounts")
        self.hint = PlainLabel(_HINT, muted=True, wrap=True)
        self.hint.setObjectName("readinessHint")
        self.progress = QProgressBar()
        self.progress.setObjectName("readinessProgress")
        self.progress.setTextVisible(False)
        self.progress.setAccessibleName("How far the check is")
        self.progress.hide()
        self.copy = self._button("Copy all", "copyReadinessButton", self._copy)
        self.stop = self._button("Stop", "stopReadinessButton", self._stop)
        self.again = self._button("Check again", "runReadinessButton", self.run)
        self.again.setProperty("primary", True)  # noqa: FBT003  # a Qt property, by position only
        self.stop.hide()
        self.list = LineList()
        self.list.setObjectName("readinessList")
        self.list.setAccessibleName("Checks, troubles first")
        self.list.show_empty("Nothing was checked yet. Sign in, then check.")
        self.list.chosen.connect(self._show_check)
        self.detail = CheckDetail()
        self._lay_out()

    def _button(self, text: str, name: str, pressed: object) -> QPushButton:
        button = QPushButton(text)
        button.setObjectName(name)
        button.setAccessibleName(text)
        button.clicked.connect(pressed)
        return button

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(GAP)
        top.addWidget(self.heading)
        top.addWidget(self.counts, 0, Qt.AlignmentFlag.AlignVCenter)
        top.addStretch(1)
        for button in (self.copy, self.stop, self.again):
            top.addWidget(button)
        split = QSplitter()
        split.setHandleWidth(GAP)
        split.addWidget(self.list)
        split.addWidget(self.detail)
        split.setStretchFactor(0, 3)
        split.setStretchFactor(1, 2)
        split.setSizes([600, 420])
        split.setChildrenCollapsible(False)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(2 * GAP, GAP + 4, 2 * GAP, GAP + 4)
        whole.setSpacing(GAP)
        whole.addLayout(top)
        whole.addWidget(self.hint)
        whole.addWidget(self.progress)
        whole.addWidget(split, 1)

    def attach(self, place: Workplace) -> None:
        """Show a desk's checks."""
        self._place, self._asked = place, False
        self.refresh()
        self._run_once()

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._run_once()

    def _run_once(self) -> None:
        """Check by itself the first time the screen is seen by somebody who is signed in."""
        if self._place is None or self._asked or not self.isVisible():
            return
        if self._place.desk.sign_in.state == "signed_in" and not self._place.desk.readiness.checks:
            self.run()

    def refresh(self) -> None:
        """Show what was found last."""
        if self._place is None:
            return
        checks = self._place.desk.readiness.checks
        lines = check_lines(checks)
        before = self.list.current_key()
        self.list.show_lines(lines)
        at = self._place.desk.readiness.at
        self.counts.setText(f"{summary(checks)}  ·  {wall_word(at)}" if checks else "")
        self.copy.setEnabled(bool(checks))
        self.again.setEnabled(not self._place.desk.readiness.running)
        if not self.list.go_to(before, quiet=True):
            self.list.go_to(first_key(lines))
        self._show_check(self.list.current_key())

    # ------------------------------------------------------------ checking

    def run(self) -> None:
        """Check now."""
        if self._place is None or self._place.desk.readiness.running:
            return
        self._asked = True
        self._show_running(running=True)
        self._place.tasks.start(
            self,
            self._place.desk.readiness.run(self.told),
            name="readiness",
            then="checked",
            failed="not_checked",
        )

    def told(self, what: str, done: int, total: int) -> None:
        """Say what is being asked."""
        self.progress.setRange(0, total)
        self.progress.setValue(done)
        self.hint.setText(f"Checking: {what.lower()} …")

    def checked(self, _checks: Sequence[Check]) -> None:
        """The check is over."""
        self._show_running(running=False)
        self.refresh()

    def not_checked(self, error: DeskError) -> None:
        """The org could not be asked."""
        self._show_running(running=False)
        self.hint.set_tone(Tone.BAD)
        self.hint.setText(" ".join(part for part in (error.message, error.hint) if part))

    def _show_running(self, *, running: bool) -> None:
        self.progress.setVisible(running)
        self.stop.setVisible(running)
        self.again.setEnabled(not running)
        self.hint.set_tone(None)
        self.hint.setText(_HINT)

    def _stop(self) -> None:
        if self._place is not None:
            self._place.desk.readiness.cancel()

    # ------------------------------------------------------------ showing

    def _show_check(self, key: str) -> None:
        checks = self._place.desk.readiness.checks if self._place is not None else ()
        self.detail.show_check(next((one for one in checks if one.code.value == key), None))

    def _copy(self) -> None:
        if self._place is None:
            return
        profile, readiness = self._place.desk.profile, self._place.desk.readiness
        when = datetime.fromtimestamp(readiness.at, tz=UTC)
        head = f"Readiness of {profile.name} ({profile.login_url}), {when:%Y-%m-%d %H:%M} UTC"
        QGuiApplication.clipboard().setText(
            f"{head}\n{summary(readiness.checks)}\n\n{as_text(readiness.checks)}\n"
        )
