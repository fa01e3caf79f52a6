"""CheckDetail: one check in full: what was seen, why it matters, how to mend it, how it is checked. Part of readiness."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

from cadence_desk.domain.readiness.catalog import PAGES
from cadence_desk.ui.kit.badge_label import BadgeLabel
from cadence_desk.ui.kit.plain_label import PlainLabel
from cadence_desk.ui.kit.theme import GAP
from cadence_desk.ui.org.readiness_lines import check_badge

if TYPE_CHECKING:
    from cadence_desk.domain.readiness.checks import Check

_PARTS = ("What was seen", "Why it matters", "How to mend it", "How it is checked")
_SELECTABLE = Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard


class CheckDetail(QScrollArea):
    """The right side of the readiness screen."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("checkDetail")
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.title = PlainLabel(scale=1.15, bold=True, wrap=True)
        self.title.setObjectName("checkTitle")
        self.code = PlainLabel(muted=True)
        self.badge = BadgeLabel()
        self.texts = [PlainLabel(wrap=True) for _ in _PARTS]
        body = QWidget()
        body.setObjectName("scrolled")
        rows = QVBoxLayout(body)
        rows.setContentsMargins(2 * GAP, 4, GAP, GAP)
        rows.setSpacing(4)
        rows.addWidget(self.title)
        rows.addWidget(self.badge, 0, Qt.AlignmentFlag.AlignLeft)
        for word, text in zip(_PARTS, self.texts, strict=True):
            rows.addSpacing(GAP + 4)
            rows.addWidget(PlainLabel(word, muted=True, bold=True))
            rows.addWidget(text)
            text.setAccessibleName(word)
            text.setTextInteractionFlags(_SELECTABLE)
        rows.addSpacing(GAP + 4)
        rows.addWidget(self.code)
        rows.addStretch(1)
        self.setWidget(body)
        self.show_check(None)

    def show_check(self, check: Check | None) -> None:
        """Show one check, or nothing."""
        self.setVisible(check is not None)
        if check is None:
            return
        self.title.setText(check.title)
        self.code.setText(f"Code: {check.code.value}")
        self.badge.show_badge(check_badge(check.result))
        shown = (check.seen, check.why, check.fix, PAGES[check.code].how)
        for label, text in zip(self.texts, shown, strict=True):
            label.setText(text)
        self.verticalScrollBar().setValue(0)
