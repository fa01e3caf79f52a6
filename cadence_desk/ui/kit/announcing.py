"""announce: the one way by which a screen reader says what changed by itself. Called by toasts, banners and states.

Source: Qt documentation, QAccessibleAnnouncementEvent (since Qt 6.8).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

_SAID = "announced"
_NUMBERS = re.compile(r"\d[\d,.]*")


def announce(widget: QWidget, words: str, *, urgent: bool = False) -> None:
    """Have a screen reader say what a widget tells now; urgent words may interrupt what it is saying.

    Words that differ from the last ones in their numbers only are not said again: a countdown, or rows that go by,
    would talk without end. Empty words say nothing, and the next ones are said whatever they are.
    """
    shape = _NUMBERS.sub("#", words)
    if shape == (widget.property(_SAID) or ""):
        return
    widget.setProperty(_SAID, shape)
    if words and QAccessible.isActive():
        event = QAccessibleAnnouncementEvent(widget, words)
        levels = QAccessible.AnnouncementPoliteness
        event.setPoliteness(levels.Assertive if urgent else levels.Polite)
        QAccessible.updateAccessibility(event)
