"""The one style sheet, written from the theme's colors. Called by kit.theme only.

Lists paint themselves; this covers buttons, fields, headers and scroll bars.
"""

from __future__ import annotations

from string import Template
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_SHEET = Template("""
QToolTip { background: $raised; color: $text; border: 1px solid $border; padding: 4px 6px; }
QMainWindow, QDialog { background: $window; }

QPushButton, QToolButton#pill {
    background: $raised; color: $text; border: 1px solid $border; border-radius: 6px;
    padding: 5px 12px; min-height: 18px;
}
QPushButton:hover, QToolButton#pill:hover { border-color: $accent; }
QPushButton:pressed, QToolButton#pill:pressed { background: $selection; }
QPushButton:focus, QToolButton#pill:focus { border: 1px solid $accent; }
QPushButton:disabled, QToolButton#pill:disabled { color: $muted; background: $window; }
QPushButton[primary="true"] { background: $accent_fill; color: $accent_text; border-color: $accent_fill; }
QPushButton[primary="true"]:hover { background: $accent; color: $primary_hover; }
QPushButton[primary="true"]:focus { border: 2px solid $text; padding: 4px 11px; }
QPushButton[primary="true"]:disabled { background: $window; color: $muted; border-color: $border; }
QPushButton[danger="true"] { background: $danger_fill; color: $danger; border-color: $danger; }
QPushButton[flat="true"] { background: transparent; border-color: transparent; color: $accent; padding: 4px 8px; }
QPushButton[flat="true"]:hover, QPushButton[flat="true"]:focus { border-color: $accent; }
QPushButton[flat="true"]:disabled { color: $muted; }
QToolButton#pill { padding: 4px 9px; border-radius: 14px; }
QToolButton#pill[chosen="true"] { background: $selection; border-color: $accent; color: $text; }
QToolButton#pill::menu-indicator { image: none; width: 0; }

QLineEdit, QPlainTextEdit, QComboBox, QSpinBox, QDateTimeEdit, QDateEdit {
    background: $base; color: $text; border: 1px solid $border; border-radius: 6px;
    padding: 4px 8px; selection-background-color: $accent_fill; selection-color: $accent_text;
}
QLineEdit, QComboBox, QSpinBox, QDateTimeEdit, QDateEdit { min-height: 20px; }
QLineEdit:focus, QPlainTextEdit:focus, QComboBox:focus, QSpinBox:focus, QDateTimeEdit:focus, QDateEdit:focus {
    border: 1px solid $accent;
}
QLineEdit:disabled, QComboBox:disabled, QSpinBox:disabled, QDateTimeEdit:disabled { background: $window; color: $muted; }
QComboBox::drop-down, QDateTimeEdit::drop-down { border: none; background: transparent; width: 26px; }
QComboBox::down-arrow, QDateTimeEdit::down-arrow { image: none; }
QComboBox QAbstractItemView { background: $raised; border: 1px solid $border; padding: 2px; }

QTableView, QListView, QTreeView {
    background: $base; alternate-background-color: $alternate; border: 1px solid $border; border-radius: 6px;
    outline: none;
}
QListView[plain="true"] { border: none; background: transparent; }
QHeaderView { background: $base; border: none; }
QHeaderView::section {
    background: $base; color: $muted; border: none; border-bottom: 1px solid $border;
    padding: 6px 8px; text-align: left;
}
QHeaderView::section:hover { color: $text; }
QTableCornerButton::section { background: $base; border: none; }

QScrollBar:vertical { background: transparent; width: 12px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 12px; margin: 0; }
QScrollBar::handle { background: $scroll; border-radius: 4px; margin: 2px; }
QScrollBar::handle:vertical { min-height: 28px; }
QScrollBar::handle:horizontal { min-width: 28px; }
QScrollBar::handle:hover { background: $muted; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }

QSplitter::handle { background: transparent; }
QMenu { background: $raised; color: $text; border: 1px solid $border; padding: 4px; }
QMenu::item { padding: 5px 24px 5px 12px; border-radius: 4px; }
QMenu::item:selected { background: $selection; }
QMenu::item:disabled { color: $muted; }
QMenu::separator { height: 1px; background: $border; margin: 4px 8px; }
QMenu::indicator { width: 14px; height: 14px; left: 6px; }

QFrame#card { background: $base; border: 1px solid $border; border-radius: 8px; }
QFrame#side { background: $base; border: none; border-left: 1px solid $border; }
QFrame#line { background: $border; border: none; max-height: 1px; min-height: 1px; }
QWidget#rail { background: $base; border: none; border-right: 1px solid $border; }
QWidget#statusLine { background: $base; border: none; border-top: 1px solid $border; }
QScrollArea { background: transparent; border: none; }
QScrollArea > QWidget > QWidget#scrolled { background: transparent; }
QProgressBar { background: $border; border: none; border-radius: 3px; max-height: 6px; min-height: 6px; }
QProgressBar::chunk { background: $accent_fill; border-radius: 3px; }
QCheckBox { spacing: 8px; }
QCheckBox::indicator { width: 16px; height: 16px; border: 1px solid $muted; border-radius: 4px; background: $base; }
QCheckBox::indicator:checked { background: $accent_fill; border-color: $accent_fill; }
QCheckBox:focus { color: $accent; }
""")


def style_sheet(values: Mapping[str, str]) -> str:
    """Return the style sheet with the colors of one look, by name."""
    return _SHEET.substitute(values)
