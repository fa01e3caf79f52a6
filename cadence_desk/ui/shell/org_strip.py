"""OrgStrip: which org this is, by color and word, who is signed in, and how the connection stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPen
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy, QWidget

from cadence_desk.domain.orgs import Banner
from cadence_desk.domain.overriding import override
from cadence_desk.ui.kit.plain_label import plain_tip
from cadence_desk.ui.kit.shapes import Badge, Shape, badge_width, cut, paint_badge
from cadence_desk.ui.kit.theme import GAP, Tone, colors

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent

    from cadence_desk.domain.orgs import ApiUsage, Identity, OrgProfile
    from cadence_desk.ui.kit.desk_face import FeedFace

_HEIGHT = 36
_FILLS = {Banner.TRAINING: "#5B3AA0", Banner.SANDBOX: "#8A5200", Banner.PRODUCTION: "#A3211C"}
_NO_ORG = "#4E5968"
_FLAGS = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextSingleLine


class ConnectionChip(QAbstractButton):
    """The state of the live connection as shape, word and color; pressing it tells more."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("connectionChip")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.badge = Badge("Not connected", Shape.SQUARE, Tone.NEUTRAL)
        self._show()

    def show_feed(self, feed: FeedFace) -> None:
        """Show a state of the feed."""
        from cadence_desk.ui.kit.announcing import announce
        from cadence_desk.ui.kit.state_badges import feed_badge

        self.badge = feed_badge(feed.state, feed.words)
        self._show()
        announce(self, self.accessibleName())

    def _show(self) -> None:
        self.setText(self.badge.word)
        self.setAccessibleName(f"Connection: {self.badge.word}")
        self.updateGeometry()
        self.update()

    @override
    def sizeHint(self) -> QSize:
        return QSize(badge_width(self.fontMetrics(), self.badge) + 6, 26)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        look = colors()
        painter.setPen(QPen(QColor("white"), 2) if self.hasFocus() else Qt.PenStyle.NoPen)
        painter.setBrush(look.fill(self.badge.tone))
        painter.drawRoundedRect(self.rect().adjusted(1, 1, -1, -1), 12, 12)
        paint_badge(painter, self.rect().adjusted(3, 0, -3, 0), self.badge)


class ApiMeter(QWidget):
    """How many of the org's daily calls are used: a bar and figures."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("apiMeter")
        self.setFixedSize(176, 26)
        self._used, self._limit = 0, 0
        self.text = ""

    def show_usage(self, usage: ApiUsage) -> None:
        """Show the figures; without a known limit our own count is shown."""
        from cadence_desk.domain.budget import Budget, meter_words

        self._used, self._limit = usage.used, usage.limit
        if usage.limit:
            self.text = f"API {usage.used:,} / {usage.limit:,}"
        else:
            self.text = f"API {usage.calls:,} calls" if usage.calls else ""
        self.setAccessibleName(f"{self.text} calls today" if self.text else "API meter")
        self.setToolTip(plain_tip(meter_words(usage, Budget())))
        self.setVisible(bool(self.text))
        self.update()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(QColor("white"))
        flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(self.rect().adjusted(0, 0, 0, -5), flags, self.text)
        if self._limit:
            groove = QRect(0, self.height() - 5, self.width(), 3)
            painter.fillRect(groove, QColor(255, 255, 255, 70))
            share = min(1.0, self._used / self._limit)
            painter.fillRect(QRect(0, groove.y(), max(2, int(groove.width() * share)), 3), QColor("white"))


class OrgStrip(QWidget):
    """The colored strip at the top of the window."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("orgStrip")
        self.setFixedHeight(_HEIGHT)
        self.word = ""
        self._name = "Cadence Desk"
        self._who = ""
        self._fill = _NO_ORG
        self.chip = ConnectionChip()
        self.meter = ApiMeter()
        self.meter.hide()
        row = QHBoxLayout(self)
        row.setContentsMargins(2 * GAP, 0, 2 * GAP, 0)
        row.setSpacing(2 * GAP)
        row.addStretch(1)
        row.addWidget(self.meter)
        row.addWidget(self.chip)

    def show_org(self, profile: OrgProfile, identity: Identity | None) -> None:
        """Show an org: its kind by color and by word, its name and who is signed in."""
        self._fill = _FILLS[profile.banner]
        self.word = (profile.banner_text or profile.banner.value).upper()
        self._name = profile.name if profile.name.casefold() != self.word.casefold() else ""
        self._who = f"{identity.display_name} ({identity.username})" if identity is not None else "signed out"
        self.setAccessibleName(f"{self.word}, {self._name or profile.name}, {self._who}")
        self.update()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(self._fill))
        painter.setPen(QColor("white"))
        heavy = QFont(self.font())
        heavy.setBold(True)
        heavy.setLetterSpacing(QFont.SpacingType.AbsoluteSpacing, 0.6)
        end = min(self.chip.x(), self.meter.x() if self.meter.isVisible() else self.chip.x()) - GAP
        x = 2 * GAP
        if self.word:
            painter.setFont(heavy)
            painter.drawText(QRect(x, 0, end - x, _HEIGHT), _FLAGS, self.word)
            x += painter.fontMetrics().horizontalAdvance(self.word) + 2 * GAP
        painter.setFont(self.font())
        rest = "   ·   ".join(part for part in (self._name, self._who) if part)
        painter.drawText(QRect(x, 0, end - x, _HEIGHT), _FLAGS, cut(painter.fontMetrics(), rest, end - x))
