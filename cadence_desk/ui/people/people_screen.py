"""PeopleScreen: leads, contacts and person accounts that can be worked. Called by the shell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QToolButton

from cadence_desk.domain.overriding import override
from cadence_desk.ui.kit.column_fitter import ColumnPlan
from cadence_desk.ui.kit.facet_pill import FacetPill, emptied
from cadence_desk.ui.kit.list_screen import ListScreen
from cadence_desk.ui.kit.shapes import Badge, Shape
from cadence_desk.ui.kit.theme import Tone, restyle

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QActionGroup

    from cadence_desk.domain.people import ListView
    from cadence_desk.domain.tables import ColumnTable
    from cadence_desk.ui.kit.workplace import Workplace

PLANS = (
    ColumnPlan("name", 150, 3, 0),
    ColumnPlan("company", 120, 2, 2),
    ColumnPlan("in_cadence", 150, 2, 1),
    ColumnPlan("title", 120, 2, 5),
    ColumnPlan("kind", 112, 0, 3),
    ColumnPlan("status", 84, 1, 6),
    ColumnPlan("owner", 104, 1, 4),
    ColumnPlan("phone", 124, 1, 7),
    ColumnPlan("email", 150, 2, 8),
    ColumnPlan("city", 84, 1, 9),
    ColumnPlan("modified", 118, 0, 10),
)

_ATTENTION = 4
_DO_NOT_CALL = 8


class PeopleScreen(ListScreen):
    """The People list."""

    def __init__(self) -> None:
        super().__init__(
            "People",
            "people",
            PLANS,
            (
                FacetPill("kind", "Kind"),
                FacetPill("in_cadence", "Cadence", {"1": "in a cadence", "0": "in none"}),
                FacetPill("owner", "Owner"),
            ),
        )
        self.setObjectName("peopleScreen")
        self.table.setObjectName("peopleTable")
        self.table.show_badges("in_cadence", self._cadence_badge)
        self.table.show_tones("name", self._name_tone)
        self.table.show_empty("Nobody here yet", "People appear as soon as Salesforce has answered.")
        self._place: Workplace | None = None
        self._views: Sequence[ListView] = ()
        self._views_asked = False
        self._view_name = ""
        self.views = QToolButton()
        self.views.setObjectName("pill")
        self.views.setProperty("facet", "view")
        self.views.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self.views)
        menu.aboutToShow.connect(self._fill_views)
        self.views.setMenu(menu)
        self.filters_row.insertWidget(0, self.views)
        self._show_view("")
        self.add_action("log_call", "Log call", "logCallButton", "phone")
        self.add_action("enroll", "Add to cadence", "enrollButton", "plus", primary=True)

    def attach(self, place: Workplace) -> None:
        """Show a desk's people; the table that is shown already stays as it is."""
        self._place = place
        rows = self.table.columnar.row_set
        if rows is None or rows.table is not place.desk.people:
            self.show_people(place.desk.people)

    def show_people(self, people: ColumnTable) -> None:
        """Show a table of people, with or without a desk behind it."""
        self.use(people, [plan.name for plan in PLANS])
        self.sort_first(PLANS[0].name)

    def read_views(self) -> None:
        """Read the list views once: not before the rows of this computer are shown, and somebody is signed in."""
        if self._place is not None and not self._views_asked:
            self._views_asked = True
            self._place.tasks.start(
                self,
                self._place.desk.list_views(),
                name="list views",
                then="views_ready",
                failed="views_missing",
            )

    def views_ready(self, views: Sequence[ListView]) -> None:
        """Take the user's list views."""
        self._views = views

    def views_missing(self, _error: object) -> None:
        """Go on without list views: the list itself does not need them."""
        self._views = ()
        self._views_asked = False

    def view_read(self, ids: frozenset[str]) -> None:
        """Narrow the list to what a list view holds."""
        self.show_only(ids)

    # ------------------------------------------------------------ looks

    def _cadence_badge(self, slot: int) -> Badge | None:
        rows = self.table.columnar.row_set
        text = rows.table.texts("in_cadence")[slot] if rows is not None else ""
        return Badge(text, Shape.PLAY, Tone.GOOD) if text else None

    def _name_tone(self, slot: int) -> Tone | None:
        rows = self.table.columnar.row_set
        flags = rows.table.flags()[slot] if rows is not None else 0
        return Tone.BAD if flags & _ATTENTION else None

    # ------------------------------------------------------------ list views

    def _fill_views(self) -> None:
        menu = self.views.menu()
        group = emptied(menu)
        self._add_view(menu, group, "All people", None)
        if self._views:
            menu.addSeparator()
        for view in self._views:
            self._add_view(menu, group, f"{view.label} ({view.entity.lower()}s)", view)

    def _add_view(self, menu: QMenu, group: QActionGroup, text: str, view: ListView | None) -> None:
        action = QAction(text[:80].replace("&", "&&"), menu)
        action.setCheckable(True)
        action.setChecked((view.label if view else "") == self._view_name)
        action.triggered.connect(lambda: self._choose_view(view))
        group.addAction(action)
        menu.addAction(action)

    def _choose_view(self, view: ListView | None) -> None:
        self._show_view(view.label if view is not None else "")
        if view is None or self._place is None:
            self.show_only(None)
            return
        self._place.tasks.start(
            self,
            self._place.desk.people_of_view(view),
            name="people of a list view",
            then="view_read",
            sender=self.views,
        )

    def _show_view(self, name: str) -> None:
        self._view_name = name
        shown = name if len(name) <= 24 else name[:23] + "…"
        self.views.setText(f"{f'List: {shown}' if shown else 'List'}  ▾".replace("&", "&&"))
        self.views.setAccessibleName(f"List view, now {name or 'all people'}")
        self.views.setProperty("chosen", bool(name))
        restyle(self.views)

    @override
    def clear_filters(self) -> None:
        """Go back to all people."""
        self._show_view("")
        super().clear_filters()
