"""Offers: what this org does not offer is off, with the reason as its tooltip: buttons and menu entries alike.

Called by the refresher and by doors. Keys and the palette tell the reason when they are used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QPushButton

from cadence_desk.domain.operations import Kind
from cadence_desk.ui.kit.plain_label import plain_tip

if TYPE_CHECKING:
    from PySide6.QtGui import QAction
    from PySide6.QtWidgets import QMenu

    from cadence_desk.ui.shell.frame import WindowFrame

_KINDS = {kind.value: kind for kind in Kind}


def reason_of(frame: WindowFrame, command: str) -> str:
    """Return why a command cannot be used in this org at all; empty when it can, or is none of the org's."""
    kind = _KINDS.get(command)
    return frame.place.desk.why_not(kind) if kind is not None and frame.place is not None else ""


def show_offers(frame: WindowFrame) -> None:
    """Bring every button of a command up to date."""
    for button in frame.findChildren(QPushButton):
        command = button.property("command")
        if isinstance(command, str) and command in _KINDS:
            reason = reason_of(frame, command)
            button.setEnabled(not reason)
            button.setToolTip(plain_tip(reason))
            button.setAccessibleDescription(reason)


def offer_in_menu(frame: WindowFrame, menu: QMenu, action: QAction, command: str) -> None:
    """Add a command to a menu; while the menu is open one that the org does not offer is off.

    The action itself stays usable: its key tells the reason.
    """
    menu.setToolTipsVisible(True)
    reason = reason_of(frame, command)
    action.setEnabled(not reason)
    action.setToolTip(plain_tip(reason))
    menu.addAction(action)
    menu.aboutToHide.connect(lambda: action.setEnabled(True))
