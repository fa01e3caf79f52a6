"""FacetPill: a quick filter as a rounded button with a menu of the values there are. Called by list screens."""

from __future__ import annotations

from collections import Counter
from itertools import compress
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QToolButton

from cadence_desk.domain.overriding import override
from cadence_desk.ui.kit.icons import icon
from cadence_desk.ui.kit.theme import colors, restyle

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PySide6.QtWidgets import QWidget

    from cadence_desk.domain.tables import ColumnTable

_MOST = 60
_LONGEST = 22


class FacetPill(QToolButton):
    """One facet: any value, or one chosen value."""

    changed = Signal()

    def __init__(
        self,
        facet: str,
        title: str,
        words: Mapping[str, str] | None = None,
        *,
        normal: str = "",
        parent: QWidget | None = None,
    ) -> None:
        """Make a pill; `words` maps raw values to screen words, `normal` is the value it starts with."""
        super().__init__(parent)
        self.facet = facet
        self.value = normal
        self._normal = normal
        self._title = title
        self._words = dict(words or {})
        self._table: ColumnTable | None = None
        self.setObjectName("pill")
        self.setProperty("facet", facet)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self)
        menu.aboutToShow.connect(self._fill)
        self.setMenu(menu)
        self._show()

    def use(self, table: ColumnTable) -> None:
        """Take the values from a table."""
        self._table = table

    def choose(self, value: str) -> None:
        """Choose a value; empty means any."""
        if value != self.value:
            self.value = value
            self._show()
            self.changed.emit()

    def reset(self) -> None:
        """Go back to the starting value."""
        self.choose(self._normal)

    @property
    def is_normal(self) -> bool:
        """True while nothing was chosen."""
        return self.value == self._normal

    def wanted(self) -> dict[str, frozenset[str]]:
        """Return the facet as a wish."""
        return {self.facet: frozenset({self.value})} if self.value else {}

    def word(self, value: str) -> str:
        """Return the screen word of a value."""
        return self._words.get(value, value or "(none)")

    def _show(self) -> None:
        word = self.word(self.value) if self.value else "any"
        shown = word if len(word) <= _LONGEST else word[: _LONGEST - 1] + "…"
        text = f"{self._title}: {shown}" if self.value else self._title
        self.setText(f"{text}  ▾".replace("&", "&&"))
        self.setAccessibleName(f"Filter by {self._title.lower()}, now {word}")
        self.setProperty("chosen", bool(self.value))
        restyle(self)

    def _fill(self) -> None:
        menu = self.menu()
        group = emptied(menu)
        self._add(menu, group, "", "Any", None)
        menu.addSeparator()
        for value, count in self._counts():
            self._add(menu, group, value, self.word(value), count)

    def _counts(self) -> list[tuple[str, int]]:
        if self._table is None:
            return [(value, 0) for value in self._words]
        counts = Counter(compress(self._table.facet(self.facet), self._table.alive()))
        found = counts.most_common(_MOST)
        listed = {value for value, _ in found}
        found += [(value, 0) for value in self._words if value not in listed]
        order = list(self._words)
        if order:
            found.sort(key=lambda pair: order.index(pair[0]) if pair[0] in order else len(order))
        return found

    def _add(self, menu: QMenu, group: QActionGroup, value: str, word: str, count: int | None) -> None:
        short = word if len(word) <= 60 else word[:59] + "…"
        text = short if count is None else f"{short}   {count:,}"
        action = QAction(text.replace("&", "&&"), menu)
        action.setCheckable(True)
        action.setChecked(value == self.value)
        if value == self.value:
            action.setIcon(icon("check", colors().accent))
        action.triggered.connect(lambda: self.choose(value))
        group.addAction(action)
        menu.addAction(action)


class AttentionPill(FacetPill):
    """Several yes-or-no facets behind one button: the chosen one must be yes."""

    @override
    def wanted(self) -> dict[str, frozenset[str]]:
        return {self.value: frozenset({"1"})} if self.value else {}

    @override
    def _counts(self) -> list[tuple[str, int]]:
        table = self._table
        if table is None:
            return []
        return [
            (name, sum(map("1".__eq__, compress(table.facet(name), table.alive())))) for name in self._words
        ]


def emptied(menu: QMenu) -> QActionGroup:
    """Take everything out of a menu and return the group of its next entries; what was in it before goes later.

    An entry that is being carried out just now must not be deleted under it.
    """
    for old in menu.findChildren(QActionGroup):
        old.deleteLater()
    for action in menu.actions():
        menu.removeAction(action)
        action.deleteLater()
    return QActionGroup(menu)
