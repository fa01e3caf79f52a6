"""StatusLine: what is being loaded, how far, and plain words that must stay in sight. At the bottom edge."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QWidget

from cadence_desk.ui.kit.plain_label import ElidedLabel, PlainLabel
from cadence_desk.ui.kit.theme import GAP, Tone

if TYPE_CHECKING:
    from cadence_desk.ui.kit.desk_face import LoadingFace


class StatusLine(QWidget):
    """The line at the bottom."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("statusLine")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(28)
        self.loading = PlainLabel(muted=True)
        self.loading.setObjectName("loadingLabel")
        self.bar = QProgressBar()
        self.bar.setObjectName("loadingBar")
        self.bar.setAccessibleName("Loading")
        self.bar.setTextVisible(False)
        self.bar.setFixedWidth(140)
        self.notice = ElidedLabel()
        self.notice.setObjectName("secretsNotice")
        self.notice.set_tone(Tone.WARN)
        self.news = ElidedLabel(muted=True)
        self.news.setObjectName("updateNews")
        self.news.hide()
        self.hint = PlainLabel("Ctrl+K  all commands    ?  keys", muted=True)
        row = QHBoxLayout(self)
        row.setContentsMargins(2 * GAP, 0, 2 * GAP, 0)
        row.setSpacing(GAP + 4)
        row.addWidget(self.loading)
        row.addWidget(self.bar)
        row.addWidget(self.notice, 1)
        row.addWidget(self.news, 1)
        row.addWidget(self.hint)
        self.show_loading(None)

    def show_loading(self, loading: LoadingFace | None) -> None:
        """Show progress; None or an idle one hides it."""
        what = loading.what if loading is not None else ""
        self.loading.setVisible(bool(what))
        self.bar.setVisible(bool(what))
        if loading is None or not what:
            return
        count = f"{loading.done:,} of {loading.total:,}" if loading.total else f"{loading.done:,}"
        self.loading.setText(f"{what}: {count}")
        self.bar.setRange(0, loading.total)
        self.bar.setValue(min(loading.done, loading.total))

    def show_notice(self, words: str) -> None:
        """Show a plain word, such as one about the key store; empty takes it back."""
        self.notice.setText(words)

    def show_news(self, words: object) -> None:
        """Show that a newer version is there; empty takes it back."""
        self.news.setText(str(words))
        self.news.setVisible(bool(words))
