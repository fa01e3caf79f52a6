"""Colors, spacing and fonts of the whole window, light and dark. May import QtGui and QtWidgets.

Called by launch (apply_theme) and by everything that paints. Fusion with an own palette, because a color
scheme alone is ignored on some platforms.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QPalette
from PySide6.QtWidgets import QApplication

from cadence_desk.ui.kit.style_sheet import style_sheet

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

GAP = 8
"""The unit of all spacing, in pixels."""

ROW_HEIGHT = 28
"""Height of a row of the big lists."""


class Scheme(Enum):
    """Which look is wanted."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


class Tone(Enum):
    """What a color says; a word and a shape always stand beside it."""

    NEUTRAL = "neutral"
    INFO = "info"
    GOOD = "good"
    WARN = "warn"
    BAD = "bad"
    VIOLET = "violet"


@dataclass(frozen=True, slots=True)
class Colors:
    """Every color of one look."""

    dark: bool
    window: str
    base: str
    alternate: str
    raised: str
    text: str
    muted: str
    border: str
    accent: str
    accent_fill: str
    accent_text: str
    selection: str
    highlight: str
    tones: dict[Tone, tuple[str, str]]
    """(ink, fill) by tone."""

    def ink(self, tone: Tone) -> QColor:
        """Return the color of shapes and words of a tone."""
        return QColor(self.tones[tone][0])

    def fill(self, tone: Tone) -> QColor:
        """Return the background color of a tone's badge."""
        return QColor(self.tones[tone][1])


LIGHT = Colors(
    dark=False,
    window="#F3F5F8",
    base="#FFFFFF",
    alternate="#F9FAFC",
    raised="#FFFFFF",
    text="#1A2028",
    muted="#596473",
    border="#D7DDE5",
    accent="#1F57C3",
    accent_fill="#2760D3",
    accent_text="#FFFFFF",
    selection="#DCE8FD",
    highlight="#FFF0C2",
    tones={
        Tone.NEUTRAL: ("#4E5968", "#E9EDF2"),
        Tone.INFO: ("#1D55BE", "#E1EBFD"),
        Tone.GOOD: ("#17693F", "#DDF3E6"),
        Tone.WARN: ("#8A4F00", "#FDEFD2"),
        Tone.BAD: ("#A8201A", "#FCE3E1"),
        Tone.VIOLET: ("#5F3AA6", "#ECE5FA"),
    },
)

DARK = Colors(
    dark=True,
    window="#14171B",
    base="#1B1F25",
    alternate="#1F242B",
    raised="#242A32",
    text="#E7EBF0",
    muted="#9BA7B5",
    border="#353D48",
    accent="#86AEFF",
    accent_fill="#2F64D2",
    accent_text="#FFFFFF",
    selection="#26395C",
    highlight="#4A3F1C",
    tones={
        Tone.NEUTRAL: ("#B4BECA", "#2E3640"),
        Tone.INFO: ("#93B7FF", "#22355A"),
        Tone.GOOD: ("#7BD3A1", "#1C3B2B"),
        Tone.WARN: ("#F1BC62", "#45341A"),
        Tone.BAD: ("#FF9C93", "#4B2524"),
        Tone.VIOLET: ("#C5ABF7", "#37294F"),
    },
)

_STYLE = "Fusion"
_STYLED = "styled"
_current: list[Colors] = [LIGHT]


def colors() -> Colors:
    """Return the colors in force."""
    return _current[0]


def window_app() -> QApplication:
    """Return the application, made now in the style that both looks build on if there is none."""
    app = QApplication.instance()
    if isinstance(app, QApplication):
        return app
    made = QApplication(["cadence-desk", "-style", _STYLE])
    made.setProperty(_STYLED, True)  # noqa: FBT003  # a Qt property, by position only
    return made


def apply_theme(app: QApplication, scheme: Scheme = Scheme.SYSTEM) -> Colors:
    """Put a look on the application and return its colors; SYSTEM asks the platform."""
    chosen = DARK if _wants_dark(app, scheme) else LIGHT
    _current[0] = chosen
    if not app.property(
        _STYLED
    ):  # the first style that Python sees costs 5 ms: all kinds of styles are set up
        app.setStyle(_STYLE)
        app.setProperty(_STYLED, True)  # noqa: FBT003
    app.setPalette(_palette(chosen))
    app.setStyleSheet(style_sheet(_sheet_values(chosen)))
    return chosen


def _sheet_values(chosen: Colors) -> dict[str, str]:
    """Return what the style sheet names."""
    names = (
        "raised", "text", "muted", "border", "window", "base", "alternate", "selection", "accent", "accent_fill",
        "accent_text",
    )  # fmt: skip
    values = {name: str(getattr(chosen, name)) for name in names}
    values["primary_hover"] = chosen.window if chosen.dark else chosen.accent_text
    values["danger"] = chosen.ink(Tone.BAD).name()
    values["danger_fill"] = chosen.fill(Tone.BAD).name()
    values["scroll"] = "#454E5A" if chosen.dark else "#C3CAD3"
    return values


def _wants_dark(app: QApplication, scheme: Scheme) -> bool:
    if scheme is Scheme.SYSTEM:
        return app.styleHints().colorScheme() is Qt.ColorScheme.Dark
    return scheme is Scheme.DARK


def _palette(chosen: Colors) -> QPalette:
    palette = QPalette()
    role = QPalette.ColorRole
    for target, value in (
        (role.Window, chosen.window),
        (role.WindowText, chosen.text),
        (role.Base, chosen.base),
        (role.AlternateBase, chosen.alternate),
        (role.Text, chosen.text),
        (role.PlaceholderText, chosen.muted),
        (role.Button, chosen.raised),
        (role.ButtonText, chosen.text),
        (role.ToolTipBase, chosen.raised),
        (role.ToolTipText, chosen.text),
        (role.Highlight, chosen.selection),
        (role.HighlightedText, chosen.text),
        (role.Link, chosen.accent),
        (role.Mid, chosen.border),
        (role.Light, chosen.raised),
        (role.Dark, chosen.border),
        (role.Accent, chosen.accent),
    ):
        palette.setColor(target, QColor(value))
    for target in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, target, QColor(chosen.muted))
    return palette


def restyle(widget: QWidget) -> None:
    """Let the style sheet look at a widget's properties again; what was never shown is looked at when it is."""
    if widget.testAttribute(Qt.WidgetAttribute.WA_WState_Polished):
        widget.style().unpolish(widget)
        widget.style().polish(widget)


def font_of(widget: QWidget, *, scale: float = 1.0, bold: bool = False) -> QFont:
    """Return the application's font, scaled: headings and small print follow the system's size."""
    font = QFont(QApplication.font())
    if scale != 1.0:
        font.setPointSizeF(max(6.0, QApplication.font().pointSizeF() * scale))
    font.setBold(bold)
    widget.setFont(font)
    return font
