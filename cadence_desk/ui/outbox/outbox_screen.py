"""OutboxScreen: own changes that are not over yet and those that were refused, each with its story and its choices.

Called by the shell, which opens what belongs to other screens: the call panel and the page for admins.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QApplication, QHBoxLayout, QSplitter, QVBoxLayout, QWidget
from typing_extensions import override

from cadence_desk.domain.choices import ASKED_FIRST, HOLD_WAYS, Choice
from cadence_desk.domain.errors import BadValue
from cadence_desk.domain.operations import KIND_WORDS, OperationState
from cadence_desk.domain.protection import PROTECTION_BADGES, PROTECTION_DETAILS, PROTECTION_WORDS, Protection
from cadence_desk.ui.kit.badge_label import BadgeLabel
from cadence_desk.ui.kit.banner_bar import present_error
from cadence_desk.ui.kit.line_list import Line, LineList
from cadence_desk.ui.kit.moments import wall_word
from cadence_desk.ui.kit.plain_label import PlainLabel
from cadence_desk.ui.kit.run_lines import RUN, run_lines
from cadence_desk.ui.kit.shapes import Badge, Shape
from cadence_desk.ui.kit.state_badges import operation_badge
from cadence_desk.ui.kit.theme import GAP, Tone
from cadence_desk.ui.outbox.choice_sheet import ChoiceSheet
from cadence_desk.ui.outbox.story_detail import StoryDetail
from cadence_desk.ui.outbox.undo_sheet import UndoSheet

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QShowEvent

    from cadence_desk.domain.errors import DeskError
    from cadence_desk.domain.operations import Operation
    from cadence_desk.domain.stories import Story
    from cadence_desk.ui.kit.desk_face import DecidedFace
    from cadence_desk.ui.kit.workplace import Workplace

_S = OperationState
_ORDER = (
    ("Needs a person", (_S.NEEDS_REVIEW, _S.REFUSED)),
    ("Being checked", (_S.IN_DOUBT,)),
    ("Waiting", (_S.QUEUED, _S.SENDING)),
    ("Not finished", (_S.DRAFT,)),
    ("Done", (_S.ACCEPTED, _S.SETTLED, _S.CANCELLED, _S.SUPERSEDED)),
)
MOST_IN_A_GROUP = 200
"""More rows than that nobody reads here; they are counted."""
_HINT = "Every change is stored on this computer before it is sent, and read back afterwards."
_LEVELS = {
    Protection.KEY: (Shape.CHECK, Tone.GOOD),
    Protection.REVIEW: (Shape.DIAMOND, Tone.WARN),
    Protection.UNKNOWN: (Shape.RING, Tone.NEUTRAL),
}


class OutboxScreen(QWidget):
    """The outbox."""

    target_chosen = Signal(str)
    target_opened = Signal(str)
    draft_wanted = Signal(object)
    """A call is to be written on: its draft."""
    told = Signal(str, list)
    """Something was decided: words, and intents that may be undone."""
    asked = Signal(str)
    """A command is wanted, by its name."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("outboxScreen")
        self._place: Workplace | None = None
        self._operations: dict[str, Operation] = {}
        self._stale = False
        self.heading = PlainLabel("Outbox", scale=1.5, bold=True)
        self.counts = PlainLabel(muted=True)
        self.level = BadgeLabel()
        self.level.setObjectName("protectionBadge")
        self.hint = PlainLabel(_HINT, muted=True, wrap=True)
        self.hint.setObjectName("protectionHint")
        self.list = LineList()
        self.list.setObjectName("outboxList")
        self.list.setAccessibleName("Changes that wait, are in doubt, need review or were refused")
        self.list.show_empty("Nothing waits. What you change appears here until Salesforce has confirmed it.")
        self.list.chosen.connect(self._show_story)
        self.list.opened.connect(self._opened)
        self.detail = StoryDetail()
        self.detail.chosen.connect(self.choose)
        self.detail.asked.connect(self.asked)
        self._lay_out()

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(GAP)
        top.addWidget(self.heading)
        top.addWidget(self.counts, 0, Qt.AlignmentFlag.AlignVCenter)
        top.addStretch(1)
        top.addWidget(self.level, 0, Qt.AlignmentFlag.AlignVCenter)
        split = QSplitter()
        split.setObjectName("outboxSplitter")
        split.setHandleWidth(GAP)
        split.addWidget(self.list)
        split.addWidget(self.detail)
        split.setStretchFactor(0, 1)
        split.setStretchFactor(1, 1)
        split.setSizes([520, 520])
        split.setChildrenCollapsible(False)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(2 * GAP, GAP + 4, 2 * GAP, GAP + 4)
        whole.setSpacing(GAP)
        whole.addLayout(top)
        whole.addWidget(self.hint)
        whole.addWidget(split, 1)

    # ------------------------------------------------------------ showing

    def attach(self, place: Workplace) -> None:
        """Show a desk's outbox."""
        self._place = place
        self._refresh_now()

    def refresh(self) -> None:
        """Read the outbox again; while nobody looks, later."""
        self._stale = not self.isVisible()
        if not self._stale:
            self._refresh_now()

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._stale:
            self.refresh()

    def _refresh_now(self) -> None:
        if self._place is None:
            return
        outbox = self._place.desk.outbox
        operations = outbox.listed()
        self._operations = {one.op_id: one for one in operations}
        lines = run_lines(self._place.desk.runs.in_short(), over=3)
        for title, states in _ORDER:
            lines += self._group(title, [one for one in operations if one.state in states])
        self.list.show_lines(lines)
        self.counts.setText(f"{len(operations):,}" if operations else "")
        level = outbox.protection
        self.level.show_badge(Badge(PROTECTION_BADGES[level], *_LEVELS[level]))
        self.hint.setText(f"{PROTECTION_WORDS[level]} {PROTECTION_DETAILS[level] or _HINT}")
        self._show_story(self.list.current_key())

    def _group(self, title: str, part: Sequence[Operation]) -> list[Line]:
        if not part:
            return []
        lines = [Line(f"heading:{title}", title, f"{len(part):,}", is_heading=True)]
        lines += [self._line(operation) for operation in part[:MOST_IN_A_GROUP]]
        more = len(part) - MOST_IN_A_GROUP
        if more > 0:
            lines.append(Line(f"heading:more {title}", f"and {more:,} more", is_heading=True))
        return lines

    def _line(self, operation: Operation) -> Line:
        person = self._place.desk.person(operation.target_id) if self._place is not None else None
        refused = operation.state is _S.REFUSED
        detail = KIND_WORDS[operation.kind]
        if refused and operation.server_text:
            detail = f"{detail}  ·  {operation.server_text}"
        elif operation.state is _S.QUEUED and operation.hold in HOLD_WAYS:
            detail = f"{detail}  ·  {HOLD_WAYS[operation.hold]}"
        return Line(
            key=operation.op_id,
            title=person.name if person is not None else operation.target_id,
            detail=detail,
            badge=operation_badge(operation),
            aside=wall_word(operation.created),
            tone=Tone.BAD if refused else None,
        )

    def _opened(self, key: str) -> None:
        """Enter: on a change of many at once their list, on any other its person."""
        if key.startswith(RUN):
            self.asked.emit("runs")
        else:
            self.target_opened.emit(self._target_of(key))

    def _target_of(self, key: str) -> str:
        operation = self._operations.get(key)
        return operation.target_id if operation is not None else ""

    def _show_story(self, key: str) -> None:
        """Show the chosen change; read its story when it is another one or has gone on."""
        operation = self._operations.get(key)
        shown = self.detail.story
        if self._place is None or operation is None:
            self.detail.show_story(None)
            return
        if shown is None or shown.operation.op_id != key:
            self.target_chosen.emit(operation.target_id)
        if shown is None or shown.operation != operation:
            self._place.tasks.start(
                self,
                self._place.desk.outbox.story(key),
                name="story of a change",
                then="story_read",
                failed="story_missing",
            )

    def story_read(self, story: Story) -> None:
        """Show a story, unless another change was chosen meanwhile."""
        if story.operation.op_id == self.list.current_key():
            focused = QApplication.focusWidget()
            inside = focused is not None and self.detail.isAncestorOf(focused)
            self.detail.show_story(story)
            if inside:  # what had the focus is gone with the story before
                self.list.setFocus()

    def story_missing(self, _error: DeskError) -> None:
        """The file could not be read just now; the list stays."""
        self.detail.show_story(None)

    # ------------------------------------------------------------ deciding

    def why_not(self, choice: Choice) -> str:
        """Return why a choice cannot be made now."""
        if self.detail.story is None:
            return "Choose a change in the outbox first."
        return "" if choice in self.detail.story.choices else "The chosen change does not offer that."

    def choose(self, choice: Choice) -> None:
        """Make a choice about the change that is shown; some are asked about first."""
        place, story = self._place, self.detail.story
        if place is None or story is None or choice not in story.choices:
            return
        op_id = story.operation.op_id
        if choice is Choice.UNDO:
            self._undo(place, story)
        elif choice is Choice.EDIT:
            place.tasks.start(
                self, place.desk.calls.edit_again(op_id), name="edit a call again", then="draft_ready"
            )
        elif choice is Choice.GO_ON:
            self._go_on(place, op_id)
        elif choice in ASKED_FIRST:
            sheet = ChoiceSheet(place, choice, [op_id], self.window())
            sheet.decided.connect(lambda words: self.told.emit(words, []))
            sheet.finished.connect(self._back_to_list)
            sheet.finished.connect(sheet.deleteLater)
            sheet.open()
        else:
            place.tasks.start(
                self,
                place.desk.outbox.decide(choice, [op_id]),
                name="decide about a change",
                then="decided",
                sender=self.detail.buttons.get(choice),
            )

    def _undo(self, place: Workplace, story: Story) -> None:
        sheet = UndoSheet(place, [story.operation.intent_id], self.window())
        sheet.queued.connect(self.told)
        sheet.finished.connect(self._back_to_list)
        sheet.finished.connect(sheet.deleteLater)
        sheet.open()
        sheet.read()

    def _go_on(self, place: Workplace, op_id: str) -> None:
        try:
            draft = place.desk.calls.draft_of(op_id)
        except BadValue as error:
            present_error(self, error)
        else:
            self.draft_wanted.emit(draft)

    def _back_to_list(self) -> None:
        self.list.setFocus()

    def draft_ready(self, draft: object) -> None:
        """There is a draft with the kept text: the call panel opens."""
        self.draft_wanted.emit(draft)

    def decided(self, done: DecidedFace) -> None:
        """A choice was made."""
        self.told.emit(done.words, [])
        self.list.setFocus()
