"""PickField: choose one of many by typing a part of its name. Called by dialogs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QCompleter, QSizePolicy, QWidget

from cadence_desk.domain.overriding import override
from cadence_desk.ui.kit.choice_box import ChoiceBox

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QFocusEvent

_LONGEST = 120


class PickField(ChoiceBox):
    """An editable combo box that only takes what it offers."""

    picked = Signal(str)
    """Another key, or an empty one while the text fits nothing."""

    def __init__(self, placeholder: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._keys: list[str] = []
        self._key = ""
        self.setEditable(True)
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(12)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        completer = QCompleter(self.model(), self)
        completer.setCompletionMode(QCompleter.CompletionMode.PopupCompletion)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.setCompleter(completer)
        edit = self.lineEdit()
        if edit is not None:
            edit.setPlaceholderText(placeholder)
            edit.editingFinished.connect(self._settle)
        self.editTextChanged.connect(self._typed)
        self.currentIndexChanged.connect(self._chosen)

    def offer(self, choices: Sequence[tuple[str, str]]) -> None:
        """Offer (key, text) pairs; what was picked stays picked if it is still offered."""
        kept = self._key
        before = self.blockSignals(True)  # noqa: FBT003  # Qt takes it by position only
        self.clear()
        self._keys = [key for key, _ in choices]
        self.addItems([text[:_LONGEST] for _, text in choices])
        self.setCurrentIndex(-1)
        self.blockSignals(before)
        self.setEditText("")
        self._key = ""
        if kept in self._keys:
            self.pick(kept)
        elif kept:
            self.picked.emit("")

    def key(self) -> str:
        """Return the picked key; empty while the text fits nothing."""
        return self._key

    def pick(self, key: str) -> None:
        """Pick a key that is offered."""
        if key in self._keys:
            self.setCurrentIndex(self._keys.index(key))
            self._set(key)

    def text_field(self) -> QWidget:
        """Return the part that takes the typing."""
        return self.lineEdit() or self

    @override
    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._settle()

    def _chosen(self, index: int) -> None:
        if 0 <= index < len(self._keys):
            self._set(self._keys[index])

    def _typed(self, text: str) -> None:
        wanted = text.strip().casefold()
        index = self.currentIndex()
        if 0 <= index < len(self._keys) and self.itemText(index).casefold() == wanted:
            self._set(self._keys[index])
            return
        texts = [self.itemText(row).casefold() for row in range(self.count())]
        found = [row for row, offered in enumerate(texts) if offered == wanted]
        if not found and wanted:
            found = [row for row, offered in enumerate(texts) if wanted in offered]
            found = found if len(found) == 1 else []
        self._set(self._keys[found[0]] if found else "")

    def _settle(self) -> None:
        """Take the first fitting offer for a part that was typed; an unfitting text stays and means nothing."""
        wanted = self.currentText().strip().casefold()
        if self._key:
            self.pick(self._key)
            return
        if not wanted:
            return
        found = [row for row in range(self.count()) if wanted in self.itemText(row).casefold()]
        if found:
            self.pick(self._keys[found[0]])

    def _set(self, key: str) -> None:
        if key != self._key:
            self._key = key
            self.picked.emit(key)
