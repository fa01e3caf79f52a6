"""U reaches every act that can still be undone, and never one of another user."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from cadence_desk.bridge.tasks import TaskRunner
from cadence_desk.domain.changes import Change
from cadence_desk.domain.operations import Hold, OperationState
from cadence_desk.domain.record_ids import RecordId
from tests.widget.driving import dialog_named, settle, until

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from cadence_desk.ui.shell.main_window import MainWindow
    from tests.widget.fake_desk import FakeDesk

    Run = Callable[[Coroutine[Any, Any, Any]], Any]

KIM, OTHER_ORG = RecordId("005000000000777AAA"), RecordId("00D000000000777AAA")


async def removed(window: MainWindow, desk: FakeDesk, count: int) -> list[list[str]]:
    """Attach, and remove some trackers one after the other; returns what each press was."""
    window.attach(desk, TaskRunner(window))
    window.started()
    await settle()
    presses = []
    for number, tracker in enumerate(list(desk.world.trackers)[:count]):
        presses.append(list(await desk.moves.remove([tracker], "")))
        window.acts.told(f"Removal {number}", presses[-1])
    return presses


def test_after_another_notice_each_press_of_undo_reaches_the_next_one(
    window: MainWindow, desk: FakeDesk, run: Run
) -> None:
    async def body() -> None:
        first, second, third = await removed(window, desk, 3)
        window.acts.told("Reading everything again.", [])
        assert not window.toast.intent_ids
        undone: list[str] = []
        for press, left in ((third, "Removal 1"), (second, "Removal 0"), (first, "")):
            assert not window.acts.why_not_undo()
            window.book.run("undo")
            undone += press
            await until(lambda: desk.moves.undone == undone, "undone")  # noqa: B023
            await settle()
            words = window.toast.words.text()
            assert words.startswith("Undone: nothing was sent.")
            assert words.endswith(f"U once more: {left}." if left else "sent."), words
        assert "nothing" in window.acts.why_not_undo()

    run(body())


def test_what_can_be_undone_no_more_is_passed_over(window: MainWindow, desk: FakeDesk, run: Run) -> None:
    async def body() -> None:
        first, second = await removed(window, desk, 2)
        window.acts.told("Reading everything again.", [])
        desk.moves.waiting.remove(second[0])
        window.book.run("undo")
        await until(lambda: desk.moves.undone == first, "the one that waits")

    run(body())


def test_the_palette_offers_each(window: MainWindow, desk: FakeDesk, run: Run) -> None:
    async def body() -> None:
        first, second = await removed(window, desk, 2)
        offered = {one.title: one.name for one in window.book.at_hand if one.name.startswith("undo:")}
        assert list(offered) == ["Undo: Removal 1", "Undo: Removal 0"]
        window.book.run("palette")
        palette: Any = await dialog_named(window, "palette")
        palette.field.setText("undo removal 0")
        palette._pick(palette.list.current_key())
        await until(lambda: desk.moves.undone == first, "the chosen one")
        assert [one.title for one in window.book.at_hand if one.name.startswith("undo:")] == [
            "Undo: Removal 1"
        ]
        desk.moves.waiting.clear()
        assert window.book.run(offered["Undo: Removal 1"]) is False
        assert desk.moves.undone == first, second
        [banner] = [one for one in window.frame.bar.banners() if one.code == "NOTICE-COMMAND"]
        assert "nothing was done" in banner.words.text(), (
            "who chose it too late is not left to think it was undone"
        )
        assert not [one for one in window.book.at_hand if one.name.startswith("undo:")]

    run(body())


@pytest.mark.parametrize("org", [False, True], ids=["another user", "another org"])
def test_the_act_of_one_user_is_not_undone_by_another(
    org: bool, window: MainWindow, desk: FakeDesk, run: Run
) -> None:
    async def body() -> None:
        await removed(window, desk, 1)
        window.acts.told("Pause (1 tracker)", list(await desk.moves.pause([next(iter(desk.world.trackers))])))
        assert desk.identity is not None
        before, desk.identity = desk.identity, None
        desk.events.tell(Change(profile=True))
        await settle(60)
        desk.identity = replace(before, organization_id=OTHER_ORG) if org else replace(before, user_id=KIM)
        desk.moves.waiting.clear()
        assert "nothing" in window.acts.why_not_undo(), "at once, before anybody told of the change"
        desk.events.tell(Change(profile=True))
        await settle(60)
        window.book.run("undo")
        await settle()
        assert not desk.moves.undone
        assert not desk.undoing.asked
        assert not window.toast.intent_ids

    run(body())


def test_who_signs_in_again_can_undo_what_was_done_before(
    window: MainWindow, desk: FakeDesk, run: Run
) -> None:
    async def body() -> None:
        (press,) = await removed(window, desk, 1)
        desk.moves.waiting.clear()
        for one in list(desk.operations):
            desk.put_operation(replace(one, state=OperationState.SETTLED, hold=Hold.NONE))
        before, desk.identity = desk.identity, None
        desk.events.tell(Change(profile=True))
        await settle(60)
        desk.identity = before
        desk.events.tell(Change(profile=True))
        await settle(60)
        window.book.run("undo")
        await dialog_named(window, "undoSheet")
        await until(lambda: desk.undoing.asked == [tuple(press)], "planned")

    run(body())
