"""DiagnosticsSheet: every file of a bundle for support can be read before anything is written. Called by launch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QPlainTextEdit

from cadence_desk.ui.kit.line_list import Line, LineList
from cadence_desk.ui.kit.plain_label import PlainLabel
from cadence_desk.ui.kit.sheet import Sheet
from cadence_desk.ui.kit.theme import GAP

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtWidgets import QWidget

    from cadence_desk.domain.diagnosis import Page


class DiagnosticsSheet(Sheet):
    """Files on the left, the chosen one's content on the right."""

    folder_chosen = Signal(str)

    def __init__(self, pages: Sequence[Page], parent: QWidget | None) -> None:
        super().__init__("Diagnostics for support", parent, QSize(940, 580))
        self.setObjectName("diagnosticsSheet")
        self.pages = list(pages)
        words = (
            "Read what is in each file before you write it. There are no notes, no names of people and no database in it. "
            "Nothing is sent: you choose the folder, and you decide whom you give it to."
        )
        self.content.addWidget(PlainLabel(words, muted=True, wrap=True))
        self.files = LineList(two_lines=True)
        self.files.setObjectName("diagnosticsFiles")
        self.files.setAccessibleName("Files")
        self.files.setFixedWidth(250)
        self.files.show_lines([Line(one.name, one.name, _size(one.text)) for one in self.pages])
        self.text = QPlainTextEdit()
        self.text.setObjectName("diagnosticsText")
        self.text.setAccessibleName("Content of the chosen file")
        self.text.setReadOnly(True)
        self.text.setTabChangesFocus(True)
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.files.chosen.connect(self._show)
        sides = QHBoxLayout()
        sides.setSpacing(GAP)
        sides.addWidget(self.files)
        sides.addWidget(self.text, 1)
        self.content.addLayout(sides, 1)
        self.buttons.addStretch(1)
        self.add_button("Cancel", "cancelDiagnosticsButton", self.reject)
        self.add_button("Choose a folder and write", "writeDiagnosticsButton", self._ask, primary=True)
        if self.pages:
            self.files.go_to(self.pages[0].name)
        self.files.setFocus()

    def _show(self, name: str) -> None:
        self.text.setPlainText(next((one.text for one in self.pages if one.name == name), ""))

    def _ask(self) -> None:
        dialog = QFileDialog(self, "Folder for the diagnostics")
        dialog.setObjectName("diagnosticsFolderDialog")
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.fileSelected.connect(self._chosen)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _chosen(self, folder: str) -> None:
        self.folder_chosen.emit(folder)
        self.accept()


def _size(text: str) -> str:
    size = len(text.encode())
    return f"{size:,} bytes" if size < 10_000 else f"{size / 1000:,.0f} kB"
