"""Enroll dialog and action sheet: previews, results, what is touched; keys only."""

from collections.abc import Callable, Coroutine, Iterator
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication, QWidget

from cadence_desk.domain.changes import Change
from cadence_desk.domain.errors import DiskFull, Unreachable
from cadence_desk.domain.operations import Kind, OperationState
from cadence_desk.domain.orgs import ActionDescription, ActionInput, Capabilities
from cadence_desk.ui.enrolling import run_pane
from cadence_desk.ui.enrolling.enroll_dialog import EnrollDialog
from cadence_desk.ui.kit.pick_field import PickField
from cadence_desk.ui.kit.workplace import Workplace
from cadence_desk.ui.trackers.action_sheet import ActionSheet
from tests.widget.conftest import destroy
from tests.widget.driving import press, press_focused, settle, type_text, until
from tests.widget.fake_desk import FakeDesk

Run = Callable[[Coroutine[Any, Any, Any]], Any]

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support grabbing the keyboard")


@pytest.fixture
def parent(app: QApplication) -> Iterator[QWidget]:
    made = QWidget()
    made.show()
    yield made
    destroy(app, made)


async def enrolling(place: Workplace, targets: list[str], parent: QWidget) -> EnrollDialog:
    dialog = EnrollDialog(place, targets, parent)
    dialog.open()
    await until(dialog.isActiveWindow, "dialog active")
    return dialog


def some_targets(desk: FakeDesk) -> list[str]:
    """Return three people: one new, one already in the first cadence, one with do-not-call."""
    cadence = desk.world.cadences[0].id
    new = next(
        key for key, one in desk.world.people.items() if not desk.trackers_of(key) and one.phone and one.email
    )
    there = next(
        one.target_id for one in desk.world.trackers.values() if one.is_active and one.cadence_id == cadence
    )
    no_calls = next(key for key, one in desk.world.people.items() if one.do_not_call and key != there)
    return [new, there, no_calls]


def test_three_people_one_new_two_refused_by_keys_only(
    place: Workplace, desk: FakeDesk, parent: QWidget, run: Run
) -> None:
    async def body() -> None:
        targets = some_targets(desk)
        dialog = await enrolling(place, targets, parent)
        assert not dialog.add.isEnabled()
        type_text("outbound")
        press_focused("Tab")
        await until(dialog.add.isEnabled, "a preview")
        assert dialog.cadence.key() == desk.world.cadences[0].id
        assert dialog.add.text() == "Add 1 person"
        said = "\n".join(line.spoken for line in dialog.list.lines.lines)
        assert "ALREADY_IN_THIS_CADENCE" in said
        assert "DO_NOT_CALL" in said
        assert dialog.summary.text() == "1 will be added  ·  2 refused"
        press_focused("Ctrl+Return")
        await until(lambda: dialog.run is not None, "the run")
        run_ = desk.enrollment.runs[0]
        assert [row.state is None for row in run_.rows].count(True) == 2
        row = next(row for row in run_.rows if row.state is not None)
        row.state, row.words = OperationState.SETTLED, "Added, confirmed by Salesforce"
        desk.events.tell(Change(operations=True, ids=frozenset({row.target_id})))
        await until(lambda: "confirmed" in dialog.pane.summary.text(), "the result")
        assert dialog.pane.summary.text() == "1 confirmed  ·  2 not added"

    run(body())


def test_the_first_change_of_a_run_is_shown_at_once(
    place: Workplace, desk: FakeDesk, parent: QWidget, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows are painted as they are: a headline that waits would say something else than they do."""
    monkeypatch.setattr(run_pane, "_LOOK_MS", 3_600_000)

    async def body() -> None:
        dialog = await enrolling(place, some_targets(desk), parent)
        type_text("outbound")
        press_focused("Tab")
        await until(dialog.add.isEnabled, "a preview")
        press_focused("Ctrl+Return")
        await until(lambda: dialog.run is not None, "the run")
        row = next(row for row in desk.enrollment.runs[0].rows if row.state is not None)
        row.state = OperationState.SETTLED
        desk.events.tell(Change(operations=True, ids=frozenset({row.target_id})))
        await until(lambda: "confirmed" in dialog.pane.summary.text(), "the result")

    run(body())


def test_only_active_cadences_and_able_reps_are_offered(
    place: Workplace, desk: FakeDesk, parent: QWidget, run: Run
) -> None:
    async def body() -> None:
        dialog = await enrolling(place, some_targets(desk), parent)
        cadences = [dialog.cadence.itemText(n) for n in range(dialog.cadence.count())]
        assert cadences == ["Inbound demo requests", "Outbound UK, mid-market"]
        reps = [dialog.assignee.itemText(n) for n in range(dialog.assignee.count())]
        assert reps == ["Maya Lindqvist", "Priya Shah", "Tom Abara"]
        assert dialog.assignee.key() == desk.world.reps[0].id
        assert not dialog.related.isVisible()

    run(body())


def test_start_step_and_related_record_reach_the_wish(
    place: Workplace, desk: FakeDesk, parent: QWidget, run: Run
) -> None:
    async def body() -> None:
        inputs = (ActionInput("targetId", required=True), ActionInput("RelatedToId"))
        action = ActionDescription("assignTargetToSalesCadence", "Assign", inputs)
        desk.capabilities = Capabilities("67.0", {action.name: action})
        dialog = await enrolling(place, some_targets(desk)[:1], parent)
        assert dialog.related.isVisible()
        dialog.cadence.pick(desk.world.cadences[0].id)
        assert dialog.step.itemText(2) == "2. Follow-up email"
        dialog.step.pick(desk.world.cadences[0].steps[2].id)
        dialog.related.setText("006")
        await settle(40)
        assert not dialog.add.isEnabled()
        dialog.related.setText("0065f00000abcde")
        await until(dialog.add.isEnabled, "preview")
        dialog.add.click()
        await until(lambda: desk.enrollment.wishes, "started")
        wish = desk.enrollment.wishes[0]
        assert getattr(wish, "start_step", "") == desk.world.cadences[0].steps[2].id
        assert getattr(wish, "related_to_id", "") == "0065f00000abcde"

    run(body())


def test_a_preview_that_fails_says_so_and_can_be_repeated(
    place: Workplace, desk: FakeDesk, parent: QWidget, run: Run
) -> None:
    async def body() -> None:
        desk.enrollment.problem = Unreachable()
        dialog = await enrolling(place, some_targets(desk), parent)
        dialog.cadence.pick(desk.world.cadences[0].id)
        await until(dialog.bar.banners, "told")
        assert not dialog.add.isEnabled()
        desk.enrollment.problem = None
        dialog.cadence.pick(desk.world.cadences[1].id)
        await until(dialog.add.isEnabled, "preview")

    run(body())


def test_it_can_be_closed_while_the_run_goes_on(
    place: Workplace, desk: FakeDesk, parent: QWidget, app: QApplication, run: Run
) -> None:
    async def body() -> None:
        dialog = await enrolling(place, some_targets(desk), parent)
        dialog.cadence.pick(desk.world.cadences[0].id)
        await until(dialog.add.isEnabled, "preview")
        dialog.add.click()
        await until(lambda: dialog.run is not None, "the run")
        press(dialog, "Escape")
        destroy(app, dialog)
        desk.events.tell(Change(operations=True))
        await settle(5)
        assert desk.enrollment.runs

    run(body())


def test_a_pick_field_takes_only_what_it_offers(app: QApplication) -> None:
    field = PickField("type")
    seen: list[str] = []
    field.picked.connect(seen.append)
    field.offer([("a", "Alpha one"), ("b", "Beta")])
    field.setEditText("beta")
    assert field.key() == "b"
    field.setEditText("nothing like it")
    assert field.key() == ""
    field._settle()
    assert field.key() == ""
    field.setEditText("one")
    field._settle()
    assert field.key() == "a"
    field.offer([("b", "Beta")])
    assert field.key() == ""
    assert seen == ["b", "", "a", ""]
    destroy(app, field)


# ---------------------------------------------------------------- action sheet


def tracker_with_two(desk: FakeDesk) -> str:
    for target in desk.world.people:
        active = [one for one in desk.trackers_of(target) if one.is_active]
        if len(active) == 2:
            return active[0].id
    raise AssertionError("nobody in two cadences")


async def acting(place: Workplace, kind: Kind, tracker: str, parent: QWidget) -> ActionSheet:
    sheet = ActionSheet(place, kind, [tracker], parent)
    sheet.open()
    await until(sheet.isActiveWindow, "sheet active")
    return sheet


def test_pausing_names_the_other_tracker_it_touches(
    place: Workplace, desk: FakeDesk, parent: QWidget, run: Run
) -> None:
    async def body() -> None:
        tracker = tracker_with_two(desk)
        sheet = await acting(place, Kind.PAUSE, tracker, parent)
        lines = sheet.list.lines.lines
        assert len(lines) == 2
        assert "also touched" in lines[1].detail
        assert "2 trackers" in sheet.sub.whole_text
        sheet.when_wanted.setChecked(True)
        press_focused("Ctrl+Return")
        await until(lambda: desk.moves.asked, "asked")
        kind, ids, resume_at = desk.moves.asked[0]
        assert (kind, ids) == (Kind.PAUSE, (tracker,))
        assert resume_at is not None

    run(body())


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (Kind.RESUME, ()),
        (Kind.COMPLETE_STEP, ()),
        (Kind.SKIP_STEP, ("no answer",)),
        (Kind.REMOVE, ("Success",)),
        (Kind.SET_DISPOSITION, ("Success",)),
        (Kind.CHANGE_ASSIGNEE, ("rep",)),
    ],
)
def test_every_action_is_confirmed_by_key(
    place: Workplace, desk: FakeDesk, parent: QWidget, run: Run, kind: Kind, expected: tuple[str, ...]
) -> None:
    async def body() -> None:
        tracker = tracker_with_two(desk)
        sheet = await acting(place, kind, tracker, parent)
        queued: list[list[str]] = []
        sheet.queued.connect(lambda _words, intents: queued.append(intents))
        if kind is Kind.SKIP_STEP:
            sheet.reason.setText("no answer")
        if kind in {Kind.REMOVE, Kind.SET_DISPOSITION}:
            assert sheet.confirm.isEnabled() == (kind is Kind.REMOVE)
            sheet.disposition.setCurrentIndex(1)
        if kind is Kind.CHANGE_ASSIGNEE:
            assert not sheet.confirm.isEnabled()
            type_text("tom")
            press_focused("Tab")
            expected_now: tuple[object, ...] = (desk.world.reps[1].id,)
        else:
            expected_now = expected
        press(sheet, "Ctrl+Return")
        await until(lambda: desk.moves.asked, "asked")
        assert desk.moves.asked[0] == (kind, (tracker,), *expected_now)
        await until(lambda: not sheet.isVisible(), "closed")
        assert queued[0], "the last change can be planned back, whatever its kind"

    run(body())


def test_the_reversibility_label_stands_before_the_button(
    place: Workplace, desk: FakeDesk, parent: QWidget, run: Run
) -> None:
    async def body() -> None:
        from cadence_desk.ui.kit.plain_label import PlainLabel

        sheet = await acting(place, Kind.REMOVE, tracker_with_two(desk), parent)
        label = sheet.findChild(PlainLabel, "reversibilityLabel")
        assert label is not None
        assert label.text() == "Partly: Emails already sent stay sent."
        press(sheet, "Escape")
        assert desk.moves.asked == []

    run(body())


def test_what_could_not_be_stored_leaves_the_sheet_open(
    place: Workplace, desk: FakeDesk, parent: QWidget, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse(_ids: object, _disposition: object) -> list[str]:
        raise DiskFull

    async def body() -> None:
        monkeypatch.setattr(desk.moves, "remove", refuse)
        sheet = await acting(place, Kind.REMOVE, tracker_with_two(desk), parent)
        sheet.confirm.click()
        await until(sheet.bar.banners, "told")
        assert sheet.bar.banners()[0].code == "CD-1301"
        assert sheet.isVisible()
        await until(sheet.confirm.isEnabled, "free again")

    run(body())


def test_dialogs_fit_a_small_screen(place: Workplace, desk: FakeDesk, parent: QWidget, run: Run) -> None:
    async def body() -> None:
        from cadence_desk.ui.calling.call_panel import CallPanel

        tracker = tracker_with_two(desk)
        target = desk.world.trackers[tracker].target_id
        dialogs = [CallPanel(place, target, tracker, parent), EnrollDialog(place, [target], parent)]
        dialogs += [ActionSheet(place, kind, [tracker], parent) for kind in (Kind.PAUSE, Kind.REMOVE)]
        for dialog in dialogs:
            assert dialog.minimumSizeHint().width() <= 1000
            assert dialog.minimumSizeHint().height() <= 610
            assert dialog.width() <= 1000
            assert dialog.height() <= 610

    run(body())
