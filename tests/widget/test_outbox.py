"""The Outbox: there while it is needed, a story for each change, choices by key, each asked where it must be, once."""

from __future__ import annotations

import dataclasses
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QPushButton

from cadence_desk.bridge.tasks import TaskRunner
from cadence_desk.domain.choices import CHOICE_HINTS, CHOICE_WORDS, Choice, choices_of
from cadence_desk.domain.errors import DiskFull, Unreachable
from cadence_desk.domain.operations import Hold, Kind, Operation, OperationState
from cadence_desk.domain.protection import PROTECTION_WORDS, Protection
from cadence_desk.domain.undo import UndoRow, UndoVerdict
from cadence_desk.ui.calling.call_panel import CallPanel
from cadence_desk.ui.kit.line_list import LineList
from cadence_desk.ui.kit.plain_label import PlainLabel
from cadence_desk.ui.outbox.choice_keys import CHOICE_KEYS
from cadence_desk.ui.outbox.outbox_screen import MOST_IN_A_GROUP
from tests.widget.driving import dialog_named, find, press, press_focused, settle, until

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from cadence_desk.ui.outbox.outbox_screen import OutboxScreen
    from cadence_desk.ui.shell.main_window import MainWindow
    from tests.widget.fake_desk import FakeDesk

    Run = Callable[[Coroutine[Any, Any, Any]], Any]

S = OperationState
NOTE = "A long note. " * 60


def add(desk: FakeDesk, state: OperationState, kind: Kind = Kind.LOG_CALL, **fields: Any) -> Operation:
    target = list(desk.world.people)[len(desk.operations)]
    made = desk.add_operation(kind, target, state, fields.pop("hold", Hold.NONE), fields.pop("text", ""))
    whole = dataclasses.replace(made, **{"payload": {"result": "Left Voicemail", "notes": "short"}, **fields})
    desk.put_operation(whole)
    return whole


async def opened(window: MainWindow, desk: FakeDesk, operation: Operation | None = None) -> OutboxScreen:
    window.attach(desk, TaskRunner(window))
    window.started()
    await until(window.isActiveWindow, "window active")
    await settle()
    press_focused("g", "o")
    screen = window.frame.outbox()
    await until(screen.isVisible, "outbox")
    if operation is not None:
        screen.list.go_to(operation.op_id)
        await until(lambda: screen.detail.story is not None, "story")
    return screen


def texts(screen: OutboxScreen) -> str:
    return "\n".join(label.text() for label in screen.detail.findChildren(PlainLabel))


def test_the_entry_is_there_only_while_something_is_not_over(
    window: MainWindow, desk: FakeDesk, run: Run
) -> None:
    async def body() -> None:
        add(desk, S.SETTLED)
        screen = await opened(window, desk)
        button = window.frame.rail.buttons["outbox"]
        assert button.isVisible(), "the open screen keeps its entry"
        press_focused("g", "p")
        assert not button.isVisible()
        waiting = add(desk, S.QUEUED)
        await until(button.isVisible, "something waits")
        desk.put_operation(dataclasses.replace(waiting, state=S.SETTLED))
        await until(lambda: not button.isVisible(), "nothing waits")
        desk.put_operation(dataclasses.replace(waiting, state=S.DRAFT))
        await until(button.isVisible, "a text was left")
        press_focused("Ctrl+4")
        assert screen.isVisible()

    run(body())


def test_a_change_tells_its_story(window: MainWindow, desk: FakeDesk, run: Run) -> None:
    async def body() -> None:
        review = add(
            desk, S.NEEDS_REVIEW, payload={"result": "Left Voicemail", "notes": NOTE, "duration": 75}, attempt=1,
            text="<b>No</b>", server_code="UNABLE_TO_LOCK_ROW", evidence={"task_id": "00T1"},
        )  # fmt: skip
        screen = await opened(window, desk, review)
        told = texts(screen)
        for part in (
            "Log call", "Left Voicemail", "1:15 minutes", "<b>No</b>", "UNABLE_TO_LOCK_ROW", "00T1", "once",
            PROTECTION_WORDS[Protection.REVIEW], "Needs review: no usable answer: CD-1204", review.op_id,
            "Look there, then decide here",
        ):  # fmt: skip
            assert part in told, part
        assert find(screen, QPlainTextEdit, "").toPlainText() == NOTE
        assert screen.level.word == "No unique key"
        desk.outbox.protection = Protection.KEY
        desk.put_operation(dataclasses.replace(review, state=S.SETTLED))
        await until(lambda: "Salesforce was read, and has it." in texts(screen), "the story goes on")
        assert screen.level.word == "Unique key"

    run(body())


def test_what_waits_for_safe_mode_says_how_to_go_on(window: MainWindow, desk: FakeDesk, run: Run) -> None:
    async def body() -> None:
        waiting = add(desk, S.QUEUED, hold=Hold.SAFE_MODE)
        screen = await opened(window, desk, waiting)
        line = screen.list.lines.lines[screen.list.currentIndex().row()]
        assert line.badge is not None
        assert line.badge.word == "Waiting: safe mode"
        assert line.detail.endswith("leave safe mode to send it (Ctrl+K)")
        assert "press “Leave safe mode” in the bar" in texts(screen)

    run(body())


@pytest.mark.parametrize("state", list(S))
def test_every_state_offers_its_choices_and_nothing_else(
    state: OperationState, window: MainWindow, desk: FakeDesk, run: Run
) -> None:
    async def body() -> None:
        operation = add(desk, state, run_id="run" if state is S.QUEUED else "")
        screen = await opened(window, desk, operation)
        offered = choices_of(operation)
        assert list(screen.detail.buttons) == offered
        for choice in Choice:
            assert bool(screen.why_not(choice)) == (choice not in offered)
            assert window.book.action(f"outbox_{choice.value}").shortcut().toString() == CHOICE_KEYS[choice]
        for choice in offered:
            button = find(screen, QPushButton, f"{choice.value}Button")
            assert button.text() == CHOICE_WORDS[choice]
            assert CHOICE_HINTS[choice] in button.accessibleDescription()

    run(body())


@pytest.mark.parametrize("choice", [Choice.SETTLE, Choice.RESEND, Choice.DROP])
def test_what_cannot_be_taken_back_is_asked_first_and_made_once(
    choice: Choice, window: MainWindow, desk: FakeDesk, run: Run
) -> None:
    async def body() -> None:
        review = add(desk, S.NEEDS_REVIEW)
        screen = await opened(window, desk, review)
        screen.list.setFocus()
        press_focused(CHOICE_KEYS[choice])
        sheet = await dialog_named(window, "choiceSheet")
        assert CHOICE_HINTS[choice] in find(sheet, PlainLabel, "riskLabel").text()
        assert len(find(sheet, LineList, "decidedList").lines.lines) == 1
        find(sheet, QLineEdit, "decisionReasonField").setText("looked it up")
        confirm = find(sheet, QPushButton, "confirmChoiceButton")
        confirm.click()
        confirm.click()
        press(sheet, "Ctrl+Return", "Ctrl+Return")
        await until(lambda: desk.outbox.decided, "decided")
        await settle()
        assert desk.outbox.decided == [(choice, (review.op_id,), "looked it up")]
        assert window.toast.words.text() == f"{choice.value} done."
        assert window.focusWidget() is screen.list

    run(body())


def test_escape_decides_nothing_and_a_full_disk_may_be_pressed_again(
    window: MainWindow, desk: FakeDesk, run: Run
) -> None:
    async def body() -> None:
        await opened(window, desk, add(desk, S.NEEDS_REVIEW))
        press_focused("Alt+S")
        sheet = await dialog_named(window, "choiceSheet")
        press(sheet, "Escape")
        await settle()
        assert not desk.outbox.decided
        window.book.run("outbox_resend")
        sheet = await dialog_named(window, "choiceSheet")
        desk.outbox.problem = DiskFull()
        confirm = find(sheet, QPushButton, "confirmChoiceButton")
        confirm.click()
        await until(confirm.isEnabled, "may be pressed again")
        desk.outbox.problem = None
        confirm.click()
        await until(lambda: desk.outbox.decided, "decided")

    run(body())


def test_what_is_harmless_is_done_at_once(window: MainWindow, desk: FakeDesk, run: Run) -> None:
    async def body() -> None:
        waiting = add(desk, S.QUEUED, Kind.PAUSE)
        doubt = add(desk, S.IN_DOUBT)
        refused = add(desk, S.REFUSED, Kind.PAUSE, text="No.")
        screen = await opened(window, desk, waiting)
        for operation, key, choice in (
            (waiting, "Alt+C", Choice.CANCEL), (doubt, "Alt+N", Choice.CHECK_NOW), (refused, "Alt+V", Choice.HIDE),
        ):  # fmt: skip
            screen.list.setFocus()
            screen.list.go_to(operation.op_id)
            await until(partial(_is_shown, screen, operation), "story")
            press_focused(key)
            await until(partial(_is_made, desk, choice), choice.value)
        assert [made[1] for made in desk.outbox.decided] == [
            (one.op_id,) for one in (waiting, doubt, refused)
        ]

    run(body())


def _is_shown(screen: OutboxScreen, operation: Operation) -> bool:
    return screen.detail.story is not None and screen.detail.story.operation.op_id == operation.op_id


def _is_made(desk: FakeDesk, choice: Choice) -> bool:
    return any(made[0] is choice for made in desk.outbox.decided)


@pytest.mark.parametrize(
    ("state", "key"), [(S.NEEDS_REVIEW, "Alt+E"), (S.REFUSED, "Alt+E"), (S.DRAFT, "Alt+G")]
)
def test_a_kept_text_opens_in_the_call_panel(
    state: OperationState, key: str, window: MainWindow, desk: FakeDesk, run: Run
) -> None:
    async def body() -> None:
        operation = add(desk, state)
        if state is S.DRAFT:
            draft = await desk.calls.begin(operation.target_id, None)
            draft.notes = "kept text"
        await opened(window, desk, operation)
        press_focused(key)
        panel = await dialog_named(window, "callPanel")
        assert isinstance(panel, CallPanel)
        await until(lambda: panel.notes.toPlainText() == "kept text", "text")
        shown = [banner.code for banner in panel.bar.banners()]
        assert ("NOTICE-DOUBT" in shown) == (state is not S.DRAFT)
        assert find(panel, PlainLabel, "protectionLine").text() == PROTECTION_WORDS[Protection.REVIEW]
        panel.reject()

    run(body())


def test_an_undo_is_previewed_and_what_is_left_out_is_named(
    window: MainWindow, desk: FakeDesk, run: Run
) -> None:
    async def body() -> None:
        done = add(desk, S.SETTLED, Kind.PAUSE)
        other = add(desk, S.SETTLED, Kind.PAUSE)
        desk.undoing.rows = [
            UndoRow(done, "Ada", UndoVerdict.TAKEN_BACK, "Resume", Kind.RESUME),
            UndoRow(other, "Bo", UndoVerdict.LEFT_OUT, "It is Running now: it was changed since."),
        ]
        await opened(window, desk, done)
        press_focused("Alt+U")
        sheet = await dialog_named(window, "undoSheet")
        await until(lambda: len(find(sheet, LineList, "undoList").lines.lines) == 2, "plan")
        assert "changed since" in find(sheet, LineList, "undoList").lines.lines[1].spoken
        assert (
            find(sheet, PlainLabel, "undoSummary").text() == "1 taken back by an opposite change, 1 left out."
        )
        confirm = find(sheet, QPushButton, "confirmUndoButton")
        confirm.click()
        confirm.click()
        await until(lambda: desk.undoing.started, "undone")
        await settle()
        assert (desk.undoing.asked, desk.undoing.started) == ([(done.intent_id,)], [1])

    run(body())


def test_nothing_to_undo_and_an_org_out_of_reach_are_told(
    window: MainWindow, desk: FakeDesk, run: Run
) -> None:
    async def body() -> None:
        done = add(desk, S.SETTLED, Kind.PAUSE)
        desk.undoing.problem = Unreachable()
        await opened(window, desk, done)
        press_focused("Alt+U")
        sheet = await dialog_named(window, "undoSheet")
        await until(lambda: sheet.findChildren(QPushButton, "dismissBannerButton"), "told")
        assert not find(sheet, QPushButton, "confirmUndoButton").isEnabled()
        press(sheet, "Escape")

    run(body())


def test_thousands_that_wait_are_counted_and_not_all_listed(
    window: MainWindow, desk: FakeDesk, run: Run
) -> None:
    async def body() -> None:
        first = add(desk, S.QUEUED)
        desk.operations = [dataclasses.replace(first, op_id=f"op-{number}") for number in range(5_000)]
        screen = await opened(window, desk)
        titles = [line.title for line in screen.list.lines.lines]
        assert len(titles) == MOST_IN_A_GROUP + 2
        assert titles[-1] == f"and {5_000 - MOST_IN_A_GROUP:,} more"

    run(body())


def test_a_key_elsewhere_says_where_the_choices_are(window: MainWindow, desk: FakeDesk, run: Run) -> None:
    async def body() -> None:
        await opened(window, desk)
        press_focused("Alt+S")
        assert "Choose a change" in window.frame.bar.banners()[0].words.text()
        press_focused("g", "p")
        press_focused("Alt+S")
        assert "Open the outbox first" in window.frame.bar.banners()[0].words.text()
        window.book.run("key_field")
        page = await dialog_named(window, "keyFieldPage")
        assert "External ID" in find(page, QPlainTextEdit, "keyFieldText").toPlainText()
        page.reject()

    run(body())
