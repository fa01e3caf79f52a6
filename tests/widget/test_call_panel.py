"""CallPanel: a call logged with keys only; nothing typed is ever lost."""

import dataclasses
from collections.abc import Callable, Coroutine, Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication, QWidget

from cadence_desk.domain.calls import NOTE_LIMIT
from cadence_desk.domain.errors import BadValue
from cadence_desk.ui.calling import call_panel
from cadence_desk.ui.calling.call_facts import call_facts
from cadence_desk.ui.calling.call_panel import CallPanel
from cadence_desk.ui.kit.workplace import Workplace
from tests.widget.conftest import destroy
from tests.widget.driving import press, press_focused, settle, type_text, until
from tests.widget.fake_desk import FakeDesk

Run = Callable[[Coroutine[Any, Any, Any]], Any]


@pytest.fixture
def parent(app: QApplication) -> Iterator[QWidget]:
    made = QWidget()
    made.show()
    yield made
    destroy(app, made)


def call_step(desk: FakeDesk, cadence: int = 0) -> tuple[str, str]:
    """Return target and tracker of someone at a call step of a cadence."""
    for tracker in desk.world.trackers.values():
        step = desk.current_step(tracker.id)
        if (
            step is not None
            and tracker.is_active
            and step.type == "MakeACall"
            and tracker.cadence_id == desk.world.cadences[cadence].id
        ):
            return tracker.target_id, tracker.id
    raise AssertionError("no call step in the fake world")


async def opened(
    place: Workplace, target: str, tracker: str, parent: QWidget, *, timer: bool = False
) -> CallPanel:
    panel = CallPanel(place, target, tracker, parent)
    panel.open_with(timer=timer)
    await until(lambda: panel.save.isEnabled() and panel.isActiveWindow(), "panel ready")
    return panel


def running(panel: CallPanel) -> bool:
    return panel.duration.is_running


def test_three_keys_log_a_call(place: Workplace, desk: FakeDesk, parent: QWidget, run: Run) -> None:
    async def body() -> None:
        target, tracker = call_step(desk)
        panel = await opened(place, target, tracker, parent)
        assert panel.results.hasFocus()
        assert panel.results.current_key() == ""
        press_focused("2", "Ctrl+Return")
        await until(lambda: desk.calls.saved, "saved")
        saved = desk.calls.saved[0]
        assert saved.result == "Left Voicemail"
        assert saved.step_tracker_id == desk.current_step(tracker).id  # type: ignore[union-attr]
        await until(lambda: not panel.isVisible(), "closed")

    run(body())


def test_notes_duration_and_follow_up_by_keys(
    place: Workplace, desk: FakeDesk, parent: QWidget, run: Run
) -> None:
    async def body() -> None:
        target, tracker = call_step(desk)
        panel = await opened(place, target, tracker, parent)
        press_focused("1")
        panel.notes.setFocus()
        type_text("12 ok")
        panel.duration.field.setFocus()
        panel.duration.field.selectAll()
        type_text("1:30")
        panel.follow_up.choose(3)
        press_focused("Ctrl+Enter")
        await until(lambda: desk.calls.saved, "saved")
        saved = desk.calls.saved[0]
        assert (saved.result, saved.notes, saved.duration_seconds) == ("Meaningful Connect", "12 ok", 90)
        assert saved.follow_up is not None
        assert saved.follow_up.due == date.today() + timedelta(days=3)  # noqa: DTZ011  # a local day

    run(body())


def test_typing_is_kept_after_a_short_rest(
    place: Workplace, desk: FakeDesk, parent: QWidget, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(call_panel, "AUTOSAVE_MS", 10)

    async def body() -> None:
        target, tracker = call_step(desk)
        panel = await opened(place, target, tracker, parent)
        panel.notes.setPlainText("half a sent")
        await until(lambda: desk.calls.kept, "kept")
        assert desk.calls.kept[-1].notes == "half a sent"
        panel.notes.setPlainText("half a sentence")
        press(panel, "Escape")
        await until(lambda: desk.calls.kept[-1].notes == "half a sentence", "kept on closing")
        again = await opened(place, target, tracker, parent)
        assert again.notes.toPlainText() == "half a sentence"
        again.discard.click()
        await until(lambda: desk.calls.discarded, "discarded")

    run(body())


def test_an_empty_draft_does_not_stay_behind(
    place: Workplace, desk: FakeDesk, parent: QWidget, run: Run
) -> None:
    async def body() -> None:
        target, tracker = call_step(desk)
        panel = await opened(place, target, tracker, parent)
        press(panel, "Escape")
        await until(lambda: desk.calls.discarded, "dropped")
        assert desk.calls.drafts() == []

    run(body())


def test_a_refusal_keeps_the_text_and_tells_why(
    place: Workplace, desk: FakeDesk, parent: QWidget, run: Run
) -> None:
    async def body() -> None:
        target, tracker = call_step(desk)
        draft = await desk.calls.begin(target, None)
        draft.notes, draft.was_refused = "typed before", "<b>Storage</b> limit exceeded"
        panel = await opened(place, target, tracker, parent)
        assert panel.notes.toPlainText() == "typed before"
        assert "<b>Storage</b> limit" in panel.bar.banners()[0].words.text()
        desk.calls.problem = BadValue("Choose a call result first.", hint="Press its number.")
        panel.save.click()
        await until(lambda: len(panel.bar.banners()) == 2, "told")
        assert panel.isVisible()
        assert panel.notes.toPlainText() == "typed before"

    run(body())


def test_a_duration_that_is_none_is_not_saved(
    place: Workplace, desk: FakeDesk, parent: QWidget, run: Run
) -> None:
    async def body() -> None:
        target, tracker = call_step(desk)
        panel = await opened(place, target, tracker, parent)
        press_focused("1")
        panel.duration.field.setText("soon")
        panel.save.click()
        await settle(5)
        assert desk.calls.saved == []
        assert panel.duration.field.hasFocus()

    run(body())


def test_the_timer_runs_and_typing_stops_it(
    place: Workplace, desk: FakeDesk, parent: QWidget, run: Run
) -> None:
    async def body() -> None:
        target, tracker = call_step(desk)
        panel = await opened(place, target, tracker, parent, timer=True)
        assert running(panel)
        panel.duration._since -= 75
        panel.duration._show()
        assert panel.duration.field.text() == "1:15"
        panel.duration.field.setFocus()
        press_focused("End", "0")
        assert panel.duration.field.text() == "1:150"
        assert not running(panel)
        press_focused("Ctrl+t")
        assert running(panel)

    run(body())


def test_branches_and_script_are_shown_before_saving(
    place: Workplace, desk: FakeDesk, parent: QWidget, run: Run
) -> None:
    async def body() -> None:
        desk.calls.script_text = "<i>Hello</i> {{{Recipient.FirstName}}}"
        target, tracker = call_step(desk)
        intro = desk.world.cadences[0].steps[1]
        step = desk.current_step(tracker)
        assert step is not None
        steps = desk.world.steps[target]
        steps[steps.index(step)] = dataclasses.replace(step, cadence_step_id=intro.id)
        panel = await opened(place, target, tracker, parent)
        await until(panel.fields.script.toPlainText, "script")
        assert panel.fields.script.toPlainText().startswith("<i>Hello</i>")
        assert "depends on the result" in panel.fields.branches.text()
        press_focused("2")
        assert panel.fields.branches.text() == "Next: Follow-up email"
        press_focused("4")
        assert "without a branch" in panel.fields.branches.text()

    run(body())


def test_without_a_call_step_the_call_is_only_logged(
    place: Workplace, desk: FakeDesk, parent: QWidget, run: Run
) -> None:
    async def body() -> None:
        target = next(one for one in desk.world.people if not desk.trackers_of(one))
        panel = await opened(place, target, "", parent)
        assert panel.save.text() == "Log call"
        assert "Log only" in panel.sub.whole_text
        press_focused("1", "Ctrl+Return")
        await until(lambda: desk.calls.saved, "saved")
        assert desk.calls.saved[0].step_tracker_id is None

    run(body())


def test_notes_of_32000_characters_fit_and_more_is_told(
    place: Workplace, desk: FakeDesk, parent: QWidget, run: Run
) -> None:
    async def body() -> None:
        target, tracker = call_step(desk)
        panel = await opened(place, target, tracker, parent)
        panel.notes.setPlainText("x" * NOTE_LIMIT)
        assert panel.fields.counter.text() == "0 left"
        panel.notes.setPlainText("x" * (NOTE_LIMIT + 1))
        assert panel.fields.counter.text() == "-1 left"

    run(body())


def test_a_record_deleted_under_the_panel_does_not_break_it(desk: FakeDesk) -> None:
    target, tracker = call_step(desk)
    del desk.world.people[target]
    facts = call_facts(desk, target, tracker)
    assert facts.name == target
