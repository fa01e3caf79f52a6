"""Undo in the window: as long as something waits for it, after a restart too, and what went out leads to a preview."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QPushButton

from cadence_desk.bridge.tasks import TaskRunner
from cadence_desk.domain.changes import Change
from cadence_desk.domain.operations import Kind
from tests.widget.driving import dialog_named, find, press, settle, until

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from cadence_desk.ui.shell.main_window import MainWindow
    from tests.widget.fake_desk import FakeDesk

    Run = Callable[[Coroutine[Any, Any, Any]], Any]


async def opened(window: MainWindow, desk: FakeDesk) -> None:
    window.attach(desk, TaskRunner(window))
    window.started()
    await until(window.isActiveWindow, "window active")
    await settle()


async def act(window: MainWindow, desk: FakeDesk, kind: Kind, count: int) -> list[str]:
    """Do something to some trackers through its sheet; returns the intents."""
    chosen = [one.id for one in desk.world.trackers.values() if one.is_active][:count]
    window.frame.go("trackers")
    screen = window.frame.list_screen()
    assert screen is not None
    screen.table.go_to(chosen[0])
    if count > 1:
        screen.table.selectAll()
    await settle(5)
    window.book.run(kind.value)
    sheet = await dialog_named(window, "actionSheet")
    find(sheet, QPushButton, "confirmActionButton").click()
    await until(lambda: desk.moves.asked, "asked")
    await settle()
    return [f"{kind.value}-{one}" for one in desk.moves.asked[-1][1]]  # type: ignore[attr-defined]


def test_a_removal_can_be_undone_while_it_waits(window: MainWindow, desk: FakeDesk, run: Run) -> None:
    async def body() -> None:
        await opened(window, desk)
        intents = await act(window, desk, Kind.REMOVE, 1)
        assert window.toast.undo.isVisible()
        assert window.toast.intent_ids == intents
        window.book.run("undo")
        await until(lambda: "Undone: nothing was sent." in window.toast.words.text(), "undone")
        assert desk.moves.undone == intents

    run(body())


def test_a_change_of_many_offers_undo_and_a_single_one_does_not(
    window: MainWindow, desk: FakeDesk, run: Run
) -> None:
    async def body() -> None:
        await opened(window, desk)
        await act(window, desk, Kind.COMPLETE_STEP, 1)
        assert window.toast.isVisible()
        assert not window.toast.intent_ids
        assert window.toast.undo.text() == "Take back …  (U)"
        desk.moves.asked.clear()
        await act(window, desk, Kind.COMPLETE_STEP, 2)
        assert window.toast.undo.isVisible()
        assert len(window.toast.intent_ids) > 1

    run(body())


def test_what_went_out_leads_to_a_preview(window: MainWindow, desk: FakeDesk, run: Run) -> None:
    async def body() -> None:
        await opened(window, desk)
        intents = await act(window, desk, Kind.RESUME, 1)
        window.book.run("undo")
        sheet = await dialog_named(window, "undoSheet")
        await until(lambda: desk.undoing.asked, "planned")
        assert desk.undoing.asked == [tuple(intents)]
        assert not find(sheet, QPushButton, "confirmUndoButton").isEnabled()
        press(sheet, "Escape")

    run(body())


def test_a_late_undo_says_what_was_sent_and_offers_the_preview(
    window: MainWindow, desk: FakeDesk, run: Run
) -> None:
    async def body() -> None:
        await opened(window, desk)
        window.acts.told("Removed", ["a", "b"])
        desk.moves.waiting = ["a", "b"]
        window.acts.told("Removed", ["a", "b"])
        desk.moves.waiting = ["b"]
        window.book.run("undo")
        await until(lambda: "1 change had been sent" in window.toast.words.text(), "partly")
        window.book.run("undo")
        await dialog_named(window, "undoSheet")
        await until(lambda: desk.undoing.asked == [("a", "b")], "planned")

    run(body())


def test_after_a_restart_what_waits_can_be_undone(window: MainWindow, desk: FakeDesk, run: Run) -> None:
    async def body() -> None:
        desk.moves.waiting = ["of-before"]
        await opened(window, desk)
        assert window.toast.words.text() == "1 change of before: waiting to be sent."
        assert window.toast.undo.isVisible()
        desk.events.tell(Change(profile=True))
        await settle(60)
        assert window.toast.intent_ids == ["of-before"], "told once"
        window.book.run("undo")
        await until(lambda: desk.moves.undone == ["of-before"], "undone")

    run(body())


def test_with_nothing_done_there_is_nothing_to_undo(window: MainWindow, desk: FakeDesk, run: Run) -> None:
    async def body() -> None:
        await opened(window, desk)
        window.book.run("undo")
        assert "nothing" in window.frame.bar.banners()[0].words.text()

    run(body())


def test_a_logged_call_goes_at_once_and_can_be_planned_back(
    window: MainWindow, desk: FakeDesk, run: Run
) -> None:
    async def body() -> None:
        await opened(window, desk)
        window.frame.open_person(next(iter(desk.world.people)))
        window.book.run("log_call")
        panel = await dialog_named(window, "callPanel")
        await settle()
        press(panel, "1")
        find(panel, QPushButton, "saveCallButton").click()
        await until(lambda: desk.calls.saved, "saved")
        await settle()
        assert window.toast.undo.isVisible()
        assert not window.toast.intent_ids
        window.book.run("undo")
        await dialog_named(window, "undoSheet")
        await until(lambda: desk.undoing.asked == [(desk.calls.saved[0].intent_id,)], "planned")

    run(body())
