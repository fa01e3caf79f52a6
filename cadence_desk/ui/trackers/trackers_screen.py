"""TrackersScreen: runs of targets in cadences, the active ones first of all. Called by the shell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cadence_desk.domain.trackers import STATE_WORDS
from cadence_desk.ui.kit.column_fitter import ColumnPlan
from cadence_desk.ui.kit.facet_pill import AttentionPill, FacetPill
from cadence_desk.ui.kit.list_screen import ListScreen
from cadence_desk.ui.kit.state_badges import badge_of_words, tracker_badge
from cadence_desk.ui.kit.theme import Tone

if TYPE_CHECKING:
    from cadence_desk.ui.kit.shapes import Badge
    from cadence_desk.ui.kit.workplace import Workplace

PLANS = (
    ColumnPlan("target", 120, 3, 0),
    ColumnPlan("state", 110, 0, 1),
    ColumnPlan("step", 116, 3, 2),
    ColumnPlan("cadence", 96, 3, 3),
    ColumnPlan("due", 126, 0, 4),
    ColumnPlan("overdue", 70, 0, 5),
    ColumnPlan("assignee", 96, 1, 6),
    ColumnPlan("operation", 110, 3, 7),
    ColumnPlan("error", 110, 2, 8),
    ColumnPlan("changed", 152, 0, 9),
)


class TrackersScreen(ListScreen):
    """The Trackers list."""

    def __init__(self) -> None:
        super().__init__(
            "Trackers",
            "trackers",
            PLANS,
            (
                FacetPill("active", "Show", {"1": "in cadence", "0": "ended"}, normal="1"),
                FacetPill("state", "State", STATE_WORDS),
                FacetPill("cadence", "Cadence"),
                FacetPill("assignee", "Assignee"),
                AttentionPill("attention", "Attention", {"overdue": "overdue", "error": "with an error"}),
            ),
        )
        self.setObjectName("trackersScreen")
        self.table.setObjectName("trackersTable")
        self.table.show_badges("state", self._state_badge)
        self.table.show_badges("operation", self._operation_badge)
        self.table.show_tones("overdue", lambda _slot: Tone.BAD)
        self.table.show_tones("error", lambda _slot: Tone.BAD)
        self.table.show_empty("No trackers here", "Add someone to a cadence, or change the filters above.")
        self.add_action("pause", "Pause", "pauseButton", "pause")
        self.add_action("resume", "Resume", "resumeButton", "play")
        self.add_action("tracker_menu", "More", "moreActionsButton", "more")
        self.add_action("log_call", "Log call", "logCallButton", "phone", primary=True)

    def attach(self, place: Workplace) -> None:
        """Show a desk's trackers."""
        self.use(place.desk.trackers, [plan.name for plan in PLANS])
        self.sort_first("due")

    def _state_badge(self, slot: int) -> Badge | None:
        rows = self.table.columnar.row_set
        return tracker_badge(rows.table.facet("state")[slot]) if rows is not None else None

    def _operation_badge(self, slot: int) -> Badge | None:
        rows = self.table.columnar.row_set
        return badge_of_words(rows.table.texts("operation")[slot]) if rows is not None else None
