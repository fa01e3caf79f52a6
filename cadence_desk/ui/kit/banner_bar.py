"""BannerBar and present_error: the one way a problem reaches a person. May import domain and bridge types.

One banner per code; a repeat is counted, not stacked. Called by every screen and by the task runner.
"""

from __future__ import annotations

import logging
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QColor, QGuiApplication, QPainter
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from cadence_desk.domain.overriding import override
from cadence_desk.ui.kit.plain_label import PlainLabel
from cadence_desk.ui.kit.shapes import Shape, paint_shape
from cadence_desk.ui.kit.theme import GAP, Tone, colors

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtCore import QObject
    from PySide6.QtGui import QPaintEvent

    from cadence_desk.domain.errors import DeskError

_log = logging.getLogger(__name__)

_MOST = 3


class Banner(QFrame):
    """One problem or notice, with what to do about it."""

    def __init__(self, code: str, tone: Tone, parent: QWidget) -> None:
        super().__init__(parent)
        self.code = code
        self.tone = tone
        self.count = 1
        self.lasting = False
        self._copied = ""
        self.title = PlainLabel(bold=True)
        self.title.set_tone(tone)
        self.words = PlainLabel(wrap=True)
        self._copy = QPushButton("Copy details")
        self._copy.setObjectName("copyDetailsButton")
        self._copy.setAccessibleName("Copy the details of this message")
        self._copy.clicked.connect(self._copy_details)
        self._close = QPushButton("Dismiss")
        self._close.setObjectName("dismissBannerButton")
        self._close.setAccessibleName("Dismiss this message")
        self._close.clicked.connect(self.deleteLater)
        for button in (self._copy, self._close):
            button.setProperty("flat", True)  # noqa: FBT003  # a Qt property, by position only
        self._lay_out()

    def _lay_out(self) -> None:
        told = QVBoxLayout()
        told.setSpacing(2)
        told.addWidget(self.title)
        told.addWidget(self.words)
        row = QHBoxLayout(self)
        row.setContentsMargins(34, GAP, GAP, GAP)
        row.addLayout(told, 1)
        self._acts = QHBoxLayout()
        row.addLayout(self._acts)
        row.addWidget(self._copy, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._close, 0, Qt.AlignmentFlag.AlignTop)

    def show_words(self, title: str, words: str, copied: str) -> None:
        """Fill the banner; without anything to copy the button is hidden."""
        again = f" ({self.count} times)" if self.count > 1 else ""
        self.title.setText(title + again)
        self.words.setText(words)
        self.words.setVisible(bool(words))
        self._copied = copied
        self._copy.setVisible(bool(copied))
        self.setAccessibleName(f"{title}. {words}")

    def offer(self, words: str, pressed: Callable[[], object]) -> None:
        """Offer a button that does something about it and takes the banner away, unless that is to last."""
        button = QPushButton(words)
        button.setObjectName("actOnBannerButton")
        if not self.lasting:
            button.clicked.connect(self.deleteLater)
        button.clicked.connect(lambda _checked=False: pressed())
        self._acts.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)

    def last(self) -> None:
        """Stay until it is taken back: there is nothing to dismiss while it is so."""
        self.lasting = True
        self._close.hide()

    def _copy_details(self) -> None:
        QGuiApplication.clipboard().setText(f"{self._copied}\nseen {self.count} time(s)")

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        look = colors()
        painter.fillRect(self.rect(), look.fill(self.tone))
        painter.fillRect(0, self.height() - 1, self.width(), 1, QColor(look.border))
        shape = Shape.TRIANGLE if self.tone in {Tone.BAD, Tone.WARN} else Shape.DOT
        paint_shape(painter, QRectF(12, GAP + 3, 12, 12), shape, look.ink(self.tone))


class BannerBar(QWidget):
    """Where banners stack, at the top of a window or dialog."""

    asked = Signal(str)
    """A banner's button wants a command, by its name."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("bannerBar")
        self._rows = QVBoxLayout(self)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(0)

    def banners(self) -> list[Banner]:
        """Return the banners shown, oldest first."""
        items = (self._rows.itemAt(index) for index in range(self._rows.count()))
        widgets = (item.widget() for item in items if item is not None)
        return [widget for widget in widgets if isinstance(widget, Banner)]

    def show_error(self, error: DeskError) -> None:
        """Show an expected problem, with its hint and the org's own words."""
        _log.info("told: %s", error.code)
        parts = [error.message if error.message != error.title else "", error.hint]
        if error.server_text and error.server_text not in error.message:
            parts.insert(1, f"Salesforce says: “{error.server_text}”")
        copied = "\n".join(part for part in (f"{error.code} {error.title}", error.server_code) if part)
        words = " ".join(part for part in parts if part)
        self.tell(error.code, f"{error.title}  ·  {error.code}", words, tone=Tone.BAD, copied=copied)

    def tell(  # noqa: PLR0913  # a banner's parts; all but the first two by name
        self,
        code: str,
        title: str,
        words: str = "",
        *,
        tone: Tone = Tone.INFO,
        copied: str = "",
        acts: Sequence[tuple[str, str]] = (),
        lasting: bool = False,
    ) -> None:
        """Show a notice; the same code again counts up.

        `acts` are buttons' words and the commands they ask for; a `lasting` notice stays until it is cleared.
        """
        from cadence_desk.ui.kit.announcing import announce

        shown = {banner.code: banner for banner in self.banners()}
        banner = shown.get(code)
        if banner is not None:
            banner.count += 1
        else:
            banner = Banner(code, tone, self)
            self._rows.addWidget(banner)
            if lasting:
                banner.last()
            for button, command in acts:
                banner.offer(button, partial(self.asked.emit, command))
            passing = [one for one in self.banners() if not one.lasting]
            for old in passing[:-_MOST]:
                self._drop(old)
        banner.show_words(title, words, copied)
        self.show()
        announce(banner, f"{title}. {words}" if words else title, urgent=tone is Tone.BAD)

    def clear(self, code: str) -> None:
        """Take back the banner of a code."""
        for banner in self.banners():
            if banner.code == code:
                self._drop(banner)

    def _drop(self, banner: Banner) -> None:
        self._rows.removeWidget(banner)
        banner.hide()
        banner.deleteLater()


def present_error(parent: QObject | None, error: DeskError) -> bool:
    """Show a problem in the bar of the window that `parent` belongs to; False when it has none."""
    window = parent.window() if isinstance(parent, QWidget) else None
    while window is not None:
        bar = window.findChild(BannerBar)
        if bar is not None:
            bar.show_error(error)
            return True
        above = window.parentWidget()
        window = above.window() if above is not None else None
    return False
