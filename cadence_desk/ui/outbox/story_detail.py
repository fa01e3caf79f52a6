"""StoryDetail: the right side of the outbox: one change with all that is known of it, and what may be decided.

Called by OutboxScreen. Texts from people and from the org are shown letter by letter.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QPlainTextEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from cadence_desk.domain.choices import CALL_KINDS, CHOICE_HINTS, CHOICE_WORDS, DANGEROUS, Choice
from cadence_desk.domain.operations import KIND_WORDS, Kind, OperationState
from cadence_desk.domain.protection import PROTECTION_WORDS, Protection
from cadence_desk.domain.stories import local_time
from cadence_desk.ui.kit.badge_label import BadgeLabel
from cadence_desk.ui.kit.plain_label import PlainLabel
from cadence_desk.ui.kit.state_badges import operation_badge
from cadence_desk.ui.kit.theme import GAP, Tone
from cadence_desk.ui.outbox.choice_keys import CHOICE_KEYS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cadence_desk.domain.stories import Fact, Story

_SELECTABLE = Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
_LONG = 400
_LONG_LINES = 8
_LONG_HEIGHT = 130
_FIRST_CHOICE = frozenset({Choice.SETTLE, Choice.EDIT, Choice.ASK_AGAIN, Choice.CHECK_NOW, Choice.GO_ON})
_KEYED = CALL_KINDS | {Kind.ADD_TASK}


class StoryDetail(QScrollArea):
    """One change."""

    chosen = Signal(object)
    """A Choice was pressed."""
    asked = Signal(str)
    """A command is wanted, by its name."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("storyDetail")
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setMinimumWidth(300)
        self.story: Story | None = None
        self.buttons: dict[Choice, QPushButton] = {}
        self.show_story(None)

    def show_story(self, story: Story | None) -> None:
        """Show one change, or that none is chosen; the same one again changes nothing."""
        if story is not None and story == self.story:
            return
        same = (
            story is not None
            and self.story is not None
            and story.operation.op_id == self.story.operation.op_id
        )
        at = self.verticalScrollBar().value() if same else 0
        self.story = story
        self.buttons = {}
        body = QWidget()
        body.setObjectName("scrolled")
        rows = QVBoxLayout(body)
        rows.setContentsMargins(2 * GAP, GAP, 2 * GAP, 2 * GAP)
        rows.setSpacing(4)
        if story is None:
            empty = PlainLabel("Choose a change to see what was asked, what was seen and what you may do.",
                               muted=True, wrap=True)  # fmt: skip
            rows.addWidget(empty)
        else:
            self._fill(rows, story)
        rows.addStretch(1)
        self.setWidget(body)
        self.verticalScrollBar().setValue(at)

    # ------------------------------------------------------------ building

    def _fill(self, rows: QVBoxLayout, story: Story) -> None:
        name = PlainLabel(story.name, scale=1.15, bold=True, wrap=True)
        name.setObjectName("storyName")
        badge = BadgeLabel()
        badge.show_badge(operation_badge(story.operation))
        means = PlainLabel(story.means, wrap=True)
        means.setObjectName("storyMeans")
        rows.addWidget(name)
        rows.addWidget(PlainLabel(story.title, muted=True))
        rows.addWidget(badge, 0, Qt.AlignmentFlag.AlignLeft)
        rows.addWidget(means)
        if story.operation.state is OperationState.NEEDS_REVIEW:
            self._link(rows, "Open the person in Salesforce  (O)", "open_in_org")
        rows.addLayout(self._choices(story))
        self._part(rows, "What was asked", story.asked, "Nothing more than that.")
        self._part(rows, "What was seen", story.seen, "Nothing was sent yet, so there is nothing to see.")
        self._protection(rows, story)
        self._history(rows, story)

    def _choices(self, story: Story) -> QGridLayout:
        grid = QGridLayout()
        grid.setContentsMargins(0, GAP, 0, 0)
        grid.setHorizontalSpacing(GAP + 4)
        grid.setColumnStretch(1, 1)
        for row, choice in enumerate(story.choices):
            button = QPushButton(CHOICE_WORDS[choice])
            button.setObjectName(f"{choice.value}Button")
            button.setProperty("primary", row == 0 and choice in _FIRST_CHOICE)
            button.setProperty("danger", choice in DANGEROUS)
            button.setAutoDefault(False)
            hint = _hint(choice, story)
            button.setAccessibleDescription(hint)
            button.clicked.connect(lambda _checked=False, wanted=choice: self.chosen.emit(wanted))
            self.buttons[choice] = button
            grid.addWidget(button, row, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(PlainLabel(f"{hint}  ({CHOICE_KEYS[choice]})", muted=True, wrap=True), row, 1)
        if story.no_undo:
            words = PlainLabel(story.no_undo, muted=True, wrap=True)
            words.setObjectName("noUndoLabel")
            grid.addWidget(words, len(story.choices), 0, 1, 2)
        return grid

    def _part(self, rows: QVBoxLayout, title: str, facts: Sequence[Fact], nothing: str) -> None:
        _heading(rows, title)
        if not facts:
            rows.addWidget(PlainLabel(nothing, muted=True, wrap=True))
        grid = QGridLayout()
        grid.setHorizontalSpacing(GAP + 4)
        grid.setVerticalSpacing(2)
        grid.setColumnStretch(1, 1)
        for row, fact in enumerate(facts):
            label = PlainLabel(fact.label, muted=True)
            grid.addWidget(label, row, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(_value(fact), row, 1)
        rows.addLayout(grid)

    def _protection(self, rows: QVBoxLayout, story: Story) -> None:
        if not story.protection:
            return
        _heading(rows, "What keeps it from being done twice")
        rows.addWidget(PlainLabel(story.protection, wrap=True))
        if story.operation.kind in _KEYED and story.protection == PROTECTION_WORDS[Protection.REVIEW]:
            self._link(rows, "How an admin adds the key", "key_field")

    def _link(self, rows: QVBoxLayout, words: str, command: str) -> None:
        button = QPushButton(words)
        button.setObjectName(f"{command}Link")
        button.setProperty("flat", True)  # noqa: FBT003  # a Qt property, by position only
        button.clicked.connect(lambda _checked=False: self.asked.emit(command))
        line = QHBoxLayout()
        line.addWidget(button)
        line.addStretch(1)
        rows.addLayout(line)

    @staticmethod
    def _history(rows: QVBoxLayout, story: Story) -> None:
        _heading(rows, "What happened")
        for moment in story.history:
            rows.addWidget(PlainLabel(local_time(moment.at), muted=True))
            words = PlainLabel(moment.words, wrap=True)
            words.setTextInteractionFlags(_SELECTABLE)
            rows.addWidget(words)
        code = PlainLabel(f"Change {story.operation.op_id}", muted=True)
        code.setTextInteractionFlags(_SELECTABLE)
        rows.addSpacing(GAP)
        rows.addWidget(code)


def _heading(rows: QVBoxLayout, title: str) -> None:
    rows.addSpacing(GAP + 4)
    rows.addWidget(PlainLabel(title, bold=True))


def _value(fact: Fact) -> QWidget:
    if len(fact.text) > _LONG or fact.text.count("\n") >= _LONG_LINES:
        whole = QPlainTextEdit(fact.text)
        whole.setReadOnly(True)
        whole.setTabChangesFocus(True)
        whole.setFixedHeight(_LONG_HEIGHT)
        whole.setAccessibleName(fact.label)
        return whole
    value = PlainLabel(fact.text, wrap=True)
    value.setAccessibleName(fact.label)
    value.setTextInteractionFlags(_SELECTABLE)
    if fact.label in {"Salesforce said", "Code"}:
        value.set_tone(Tone.BAD)
    return value


def _hint(choice: Choice, story: Story) -> str:
    """Return what a choice means here, with everything else that it touches."""
    along = [KIND_WORDS[one.kind].lower() for one in story.touches]
    if along and choice in {Choice.DROP, Choice.CANCEL}:
        return f"{CHOICE_HINTS[choice]} With it goes what waits behind it: {', '.join(along)}."
    if along and choice is Choice.SETTLE:
        return f"{CHOICE_HINTS[choice]} Here: {', '.join(along)}."
    return CHOICE_HINTS[choice]
