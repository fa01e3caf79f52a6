"""The toast says where a change stands: a countdown, sent, confirmed, refused; and Undo is there only while it helps."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from cadence_desk.bridge.tasks import TaskRunner
from cadence_desk.domain.changes import Change
from cadence_desk.domain.operations import Hold, Kind, Operation, OperationState
from cadence_desk.domain.record_ids import RecordId
from cadence_desk.ui.shell.toast_words import LONGEST_TEXT, run_standing, standing
from tests.widget.driving import settle, until

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from cadence_desk.ui.shell.main_window import MainWindow
    from tests.widget.fake_desk import FakeDesk

    Run = Callable[[Coroutine[Any, Any, Any]], Any]

S = OperationState


def operation(state: OperationState, number: int = 1, **fields: Any) -> Operation:
    name = f"op-{number}"
    return Operation(name, name, 0, Kind.PAUSE, RecordId("003"), state, {}, **fields)


async def opened(window: MainWindow, desk: FakeDesk) -> None:
    window.attach(desk, TaskRunner(window))
    window.started()
    await settle()


def moved(desk: FakeDesk, intent: str, state: OperationState, **fields: Any) -> None:
    known = next(one for one in desk.operations if one.op_id == desk.moves.made[intent])
    desk.put_operation(replace(known, state=state, **fields))


def test_a_pause_is_told_from_the_press_to_its_confirmation(
    window: MainWindow, desk: FakeDesk, run: Run
) -> None:
    async def body() -> None:
        await opened(window, desk)
        toast, tracker = window.toast, next(iter(desk.world.trackers))
        intents = list(await desk.moves.pause([tracker]))
        window.acts.told("Pause (1 tracker)", intents)
        assert toast.words.text() == "Pause (1 tracker): waiting to be sent."
        moved(desk, intents[0], S.SENDING)
        await until(lambda: "being sent to Salesforce" in toast.words.text(), "sending")
        assert not toast.undo.isVisible(), "it is too late, and nothing is there to take back yet"
        moved(desk, intents[0], S.SETTLED)
        await until(lambda: toast.words.text() == "Pause (1 tracker): confirmed.", "confirmed")
        assert toast.undo.text() == "Take back …  (U)"
        assert toast.accessibleName() == toast.words.text()

    run(body())


def test_a_removal_counts_down_and_undo_ends_with_it(window: MainWindow, desk: FakeDesk, run: Run) -> None:
    async def body() -> None:
        await opened(window, desk)
        toast, tracker = window.toast, next(iter(desk.world.trackers))
        intents = list(await desk.moves.remove([tracker], ""))
        window.acts.told("Removal (1 tracker)", intents)
        assert toast.words.text() == "Removal (1 tracker): goes to Salesforce in 8 s."
        assert toast.undo.text() == "Undo  (U)"
        desk.moves.seconds = 2.2
        await until(lambda: toast.words.text().endswith("in 3 s."), "counted down by itself")
        desk.moves.waiting.clear()
        moved(desk, intents[0], S.SENDING, hold=Hold.NONE)
        await until(lambda: "being sent" in toast.words.text(), "sending")
        assert not toast.undo.isVisible()
        assert not toast.intent_ids
        moved(desk, intents[0], S.REFUSED, server_text="The tracker is locked.")
        await until(
            lambda: toast.words.text() == "Removal (1 tracker): refused: The tracker is locked.", "refused"
        )
        assert not toast.undo.isVisible(), "nothing was done"

    run(body())


def test_what_cannot_be_reversed_is_not_offered_to_be_taken_back(
    window: MainWindow, desk: FakeDesk, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def body() -> None:
        monkeypatch.setattr(desk.moves, "reversibility", lambda _kind: ("Not reversible", ""))
        await opened(window, desk)
        intents = list(await desk.moves.complete_step([next(iter(desk.world.trackers))]))
        window.acts.told("Completing the step (1 tracker)", intents)
        assert window.toast.undo.text() == "Take back …  (U)", "not sent: it can be withdrawn"
        moved(desk, intents[0], S.SETTLED)
        await until(lambda: "confirmed" in window.toast.words.text(), "confirmed")
        assert not window.toast.undo.isVisible()

    run(body())


def test_an_older_removal_stays_undoable_while_a_newer_change_is_told(
    window: MainWindow, desk: FakeDesk, run: Run
) -> None:
    async def body() -> None:
        await opened(window, desk)
        first, second = list(desk.world.trackers)[:2]
        removed = list(await desk.moves.remove([first], ""))
        window.acts.told("Removal (1 tracker)", removed)
        paused = list(await desk.moves.pause([second]))
        window.acts.told("Pause (1 tracker)", paused)
        moved(desk, paused[0], S.SETTLED)
        await until(lambda: window.toast.words.text() == "Pause (1 tracker): confirmed.", "the newer one")
        assert window.toast.intent_ids == removed
        window.book.run("undo")
        await until(lambda: desk.moves.undone == removed, "undone")

    run(body())


def test_once_the_files_are_closed_nothing_is_told_of_a_change(
    window: MainWindow, desk: FakeDesk, run: Run
) -> None:
    async def body() -> None:
        await opened(window, desk)
        intents = list(await desk.moves.pause([next(iter(desk.world.trackers))]))
        window.acts.told("Pause (1 tracker)", intents)
        moved(desk, intents[0], S.SETTLED)
        await until(lambda: "confirmed" in window.toast.words.text(), "confirmed")
        desk.moves.made.clear()  # as at a sign-out
        desk.events.tell(Change(operations=True))
        await until(lambda: not window.toast.isVisible(), "gone")
        assert "waiting" not in window.toast.words.text(), "it was sent, and confirmed"

    run(body())


@pytest.mark.parametrize(
    ("operations", "left", "words"),
    [
        ([operation(S.QUEUED, hold=Hold.OFFLINE)], 0.0, "Pause: waiting: offline."),
        (
            [operation(S.QUEUED, kept=False)],
            0.0,
            "Pause: on its way, and saved once Salesforce has answered.",
        ),
        ([operation(S.ACCEPTED)], 0.0, "Pause: saved by Salesforce, and read back now …"),
        ([operation(S.IN_DOUBT)], 0.0, "Pause: in doubt, checking with Salesforce …"),
        ([operation(S.NEEDS_REVIEW)], 0.0, "Pause: needs review (G, then O)."),
        ([operation(S.REFUSED)], 0.0, "Pause: refused."),
        ([operation(S.CANCELLED)], 0.0, "Pause: canceled, nothing was sent."),
        ([operation(S.SETTLED), operation(S.SETTLED, 2)], 0.0, "Pause: confirmed."),
        (
            [operation(S.SETTLED), operation(S.SENDING, 2), operation(S.REFUSED, 3), operation(S.QUEUED, 4)],
            0.0,
            "Pause: 1 waiting, 1 being sent, 1 confirmed, 1 refused.",
        ),
        ([operation(S.QUEUED, hold=Hold.UNDO_WINDOW)], 0.2, "Pause: goes to Salesforce in 1 s."),
    ],
)
def test_each_state_has_plain_words(operations: list[Operation], left: float, words: str) -> None:
    assert standing("Pause", operations, left).words == words


def test_a_long_answer_of_the_org_is_cut_and_a_run_tells_how_far_it_is() -> None:
    told = standing("Pause", [operation(S.REFUSED, server_text="no " * 200)], 0.0)
    assert len(told.words) < LONGEST_TEXT + 30
    assert told.bad
    assert not told.back
    assert (
        run_standing("Adding 300 people", 12, 300, over=False).words
        == "Adding 300 people: 12 of 300 done (G, then M)."
    )
    assert run_standing("Adding 300 people", 300, 300, over=True).over
