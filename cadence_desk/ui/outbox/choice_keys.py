"""The key of each choice, shown beside its button and bound by the shell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cadence_desk.domain.choices import Choice

if TYPE_CHECKING:
    from collections.abc import Mapping

CHOICE_KEYS: Mapping[Choice, str] = {
    Choice.SETTLE: "Alt+I",
    Choice.RESEND: "Alt+S",
    Choice.EDIT: "Alt+E",
    Choice.DROP: "Alt+D",
    Choice.ASK_AGAIN: "Alt+A",
    Choice.HIDE: "Alt+V",
    Choice.CANCEL: "Alt+C",
    Choice.CANCEL_RUN: "Alt+R",
    Choice.CHECK_NOW: "Alt+N",
    Choice.UNDO: "Alt+U",
    Choice.GO_ON: "Alt+G",
    Choice.DISCARD: "Alt+X",
}
