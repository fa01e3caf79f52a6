"""How the tour works the dialogs: by the keys a person would press, never by calling the dialog's own code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QComboBox, QDialog, QLabel, QPlainTextEdit, QWidget

from cadence_desk.domain.operations import Kind, OperationState

if TYPE_CHECKING:
    from cadence_desk.launch.tour.stage import Stage

_ACTION_KEYS = {
    Kind.PAUSE: (Qt.Key.Key_P, Qt.KeyboardModifier.NoModifier),
    Kind.RESUME: (Qt.Key.Key_P, Qt.KeyboardModifier.ShiftModifier),
}
_GOOD = {OperationState.SETTLED, OperationState.ACCEPTED}


async def enroll_selected(stage: Stage, cadence: str, wanted: int, *, refused: bool) -> str:
    """Press E, type the cadence, look at the preview, press Ctrl+Enter, wait for a result per row; returns words."""
    from cadence_desk.ui.enrolling.enroll_dialog import EnrollDialog

    stage.hands.press(stage.table("peopleTable"), Qt.Key.Key_E)
    await stage.until(lambda: stage.hands.there("enrollDialog"), "the add-to-cadence dialog opens")
    dialog = stage.hands.find(EnrollDialog, "enrollDialog")
    field = stage.hands.find(QComboBox, "cadenceField").lineEdit()
    if field is not None:
        stage.hands.type(field, cadence)
        stage.hands.press(field, Qt.Key.Key_Tab)
    button = stage.hands.find(QAbstractButton, "confirmEnrollButton")
    await stage.until(button.isEnabled, "the preview is ready")
    stage.check(str(wanted) in button.text(), f"the preview wants to do “{button.text()}”")
    await stage.pictures.take("06-enroll-preview")
    stage.hands.press(dialog, Qt.Key.Key_Return, control=True)
    run = await stage.until(lambda: dialog.run, "the run starts")
    await stage.until(lambda: run.finished, "every row has a result", 60)
    summary = stage.hands.find(QLabel, "runSummary")
    await stage.until(lambda: "waiting" not in summary.text(), "the screen says so")
    results = run.results()
    states = [one.state for one in results]
    codes = [one.code for one in results if one.state is None]
    added = sum(state in _GOOD for state in states)
    stage.check(added == wanted, f"added: {[one.words for one in results]}")
    expected = ["ALREADY_IN_THIS_CADENCE"] if refused else []
    stage.check(codes == expected, f"refused: {codes}")
    await stage.pictures.take("06b-enroll-results")
    await close_dialog(stage, dialog, "enrollDialog")
    tail = f", 1 refused: {codes[0]}" if codes else "; nobody was in it already"
    return f"{added} added and confirmed{tail}"


async def log_call_of_selected(stage: Stage, digit: str, note: str) -> None:
    """Press L, a digit for the result where the org has results, Tab to the note, type it, Ctrl+Enter."""
    stage.hands.press(stage.table("peopleTable"), Qt.Key.Key_L)
    await stage.until(lambda: stage.hands.there("callPanel"), "the call panel opens")
    panel = stage.hands.find(QDialog, "callPanel")
    save = stage.hands.find(QAbstractButton, "saveCallButton")
    await stage.until(save.isEnabled, "the draft is on disk")
    if digit:
        results = stage.hands.find(QWidget, "callResultList")
        stage.hands.press(results, Qt.Key(Qt.Key.Key_0 + int(digit)))
    stage.hands.type(stage.hands.find(QPlainTextEdit, "notesField"), note)
    await stage.pictures.take("07-log-call")
    stage.hands.press(panel, Qt.Key.Key_Return, control=True)
    await stage.until(lambda: not stage.hands.there("callPanel"), "the call panel closes after the commit")


async def tracker_action(stage: Stage, kind: Kind) -> None:
    """Press the action's key on the selected tracker, read what it will touch, confirm."""
    key, modifier = _ACTION_KEYS[kind]
    stage.hands.press(stage.table("trackersTable"), key, modifier=modifier)
    await stage.until(lambda: stage.hands.there("actionSheet"), f"the sheet of {kind.value} opens")
    sheet = stage.hands.find(QDialog, "actionSheet")
    if kind is Kind.PAUSE:
        await stage.pictures.take("09b-pause")
    stage.hands.press(sheet, Qt.Key.Key_Return, control=True)
    await stage.until(lambda: not stage.hands.there("actionSheet"), "the sheet closes after the commit")


async def close_dialog(stage: Stage, dialog: QDialog, name: str) -> None:
    """Press Escape and wait until the dialog is gone."""
    stage.hands.press(dialog, Qt.Key.Key_Escape)
    await stage.until(lambda: not stage.hands.there(name), f"{name} closes")
