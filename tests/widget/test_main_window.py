"""The main window over the fake desk: driven by keys, found by names."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from PySide6.QtGui import QColor, QGuiApplication
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton, QWidget

from cadence_desk.bridge.tasks import TaskRunner
from cadence_desk.domain.changes import Change, FeedState
from cadence_desk.domain.errors import Unreachable
from cadence_desk.domain.operations import Kind, OperationState
from cadence_desk.domain.orgs import Banner, OrgProfile
from cadence_desk.ui.kit.fast_table import FastTable
from cadence_desk.ui.kit.line_list import LineList
from cadence_desk.ui.kit.theme import Scheme, apply_theme, colors
from cadence_desk.ui.kit.workplace import NoMemory
from cadence_desk.ui.shell.commands import Command, is_single
from cadence_desk.ui.shell.main_window import MainWindow
from cadence_desk.ui.shell.org_strip import ConnectionChip, OrgStrip
from cadence_desk.ui.shell.undo_toast import UndoToast
from tests.widget.conftest import destroy
from tests.widget.driving import dialog_named, find, press, press_focused, settle, until
from tests.widget.fake_desk import FakeDesk

Run = Callable[[Coroutine[Any, Any, Any]], Any]


async def opened(window: MainWindow, desk: FakeDesk) -> None:
    window.attach(desk, TaskRunner(window))
    window.started()
    await until(window.isActiveWindow, "window active")
    await settle()


def people(window: MainWindow) -> FastTable:
    return find(window, FastTable, "peopleTable")


def trackers(window: MainWindow) -> FastTable:
    window.frame.go("trackers")
    return find(window, FastTable, "trackersTable")


def test_it_paints_without_a_desk(window: MainWindow, app: QApplication) -> None:
    app.processEvents()
    assert window.place is None
    assert people(window).columnar.rowCount() == 0
    assert not window.book.run("no such command")
    window.book.run("enroll")
    assert "not open yet" in window.frame.bar.banners()[0].words.text()


def test_the_lists_fill_and_filter_as_you_type(window: MainWindow, desk: FakeDesk, run: Run) -> None:
    async def body() -> None:
        await opened(window, desk)
        table = people(window)
        assert table.columnar.rowCount() == 300
        press(table, "Ctrl+F")
        field = find(window, QLineEdit, "searchField")
        assert field.hasFocus()
        press(field, "e", "d", "a")
        assert field.text() == "eda"
        press(field, "Escape", "a", "d", "a")
        assert 0 < table.columnar.rowCount() < 300
        press(field, "Down")
        assert table.hasFocus()
        assert table.current_id()

    run(body())


def test_every_screen_is_reached_by_key(window: MainWindow, desk: FakeDesk, run: Run) -> None:
    async def body() -> None:
        await opened(window, desk)
        for number, name in enumerate(("people", "trackers", "cadences", "outbox", "activity"), start=1):
            press_focused(f"Ctrl+{number}")
            assert window.frame.current == name
            await settle(5)
        press_focused("g", "p")
        assert window.frame.current == "people"
        press_focused("j", "j", "k")
        assert people(window).currentIndex().row() == 1

    run(body())


def test_trackers_show_the_active_ones_first(window: MainWindow, desk: FakeDesk, run: Run) -> None:
    async def body() -> None:
        await opened(window, desk)
        table = trackers(window)
        active = [one for one in desk.world.trackers.values() if one.is_active]
        assert table.columnar.rowCount() == len(active)
        screen = window.frame.list_screen()
        assert screen is not None
        screen.pills[0].choose("")
        assert table.columnar.rowCount() == len(desk.world.trackers)
        screen.pills[-1].choose("error")
        assert 0 < table.columnar.rowCount() < len(desk.world.trackers)
        screen.clear_filters()
        assert table.columnar.rowCount() == len(active)

    run(body())


def test_a_live_change_keeps_selection_and_shows_itself(window: MainWindow, desk: FakeDesk, run: Run) -> None:
    async def body() -> None:
        await opened(window, desk)
        table = trackers(window)
        table.go_to_row(4)
        chosen = table.current_id()
        other = table.columnar.record_id(1)
        desk.move_tracker(other, state="Paused")
        await until(lambda: table.columnar.fresh, "the row is marked")
        assert table.current_id() == chosen
        desk.move_tracker(other, state="Complete", is_active=False)
        await until(lambda: table.columnar.row_of(other) < 0, "the row left")
        assert table.current_id() == chosen

    run(body())


def test_the_side_shows_one_person_with_everything(window: MainWindow, desk: FakeDesk, run: Run) -> None:
    async def body() -> None:
        await opened(window, desk)
        target = next(one for one in desk.world.people if len(desk.trackers_of(one)) == 2)
        people(window).go_to(target)
        side = window.frame.side
        await until(lambda: side.steps.lines.lines, "steps")
        assert side.name.whole_text == desk.world.people[target].name
        assert len(side.trackers.lines.lines) == 2
        assert len(side.steps.lines.lines) == len(desk.world.steps[target])
        desk.add_operation(Kind.LOG_CALL, target, OperationState.IN_DOUBT)
        await until(lambda: side.operations.lines.lines, "own changes")
        assert "In doubt" in side.operations.lines.lines[0].spoken
        press_focused("Ctrl+I")
        assert not side.isVisible()

    run(body())


def test_the_outbox_counts_what_needs_a_person(window: MainWindow, desk: FakeDesk, run: Run) -> None:
    async def body() -> None:
        await opened(window, desk)
        target = next(iter(desk.world.people))
        desk.add_operation(Kind.LOG_CALL, target, OperationState.QUEUED)
        desk.add_operation(Kind.ENROLL, target, OperationState.REFUSED, text="<b>No</b>")
        button = window.frame.rail.buttons["outbox"]
        await until(lambda: button.count == 1 and button.alarming, "one alarm")
        window.frame.go("outbox")
        shown = find(window, LineList, "outboxList").lines.lines
        assert any("<b>No</b>" in line.detail for line in shown)

    run(body())


def test_the_strip_and_the_chip_say_it_in_words(window: MainWindow, desk: FakeDesk, run: Run) -> None:
    async def body() -> None:
        desk.profile = OrgProfile("p", "Acme", "https://x", "c", (), banner=Banner.PRODUCTION)
        await opened(window, desk)
        strip = find(window, OrgStrip, "orgStrip")
        assert strip.word == "PRODUCTION"
        assert "Acme" in window.windowTitle()
        chip = find(window, ConnectionChip, "connectionChip")
        assert chip.text() == "Live"
        desk.feed.state, desk.feed.words = FeedState.STALE, "Stale since 10:41"
        desk.loading.what, desk.loading.done, desk.loading.total = "Reading people", 50, 100
        desk.secrets_word = "Secrets last for this session only"
        desk.events.tell(Change(feed=True))
        await until(lambda: chip.accessibleName() == "Connection: Stale since 10:41", "chip")
        assert window.frame.status.loading.text() == "Reading people: 50 of 100"
        assert window.frame.status.notice.whole_text == "Secrets last for this session only"
        desk.loading.what = ""
        desk.events.tell(Change(feed=True))
        await until(lambda: not window.frame.status.bar.isVisible(), "progress gone")

    run(body())


def test_the_palette_runs_commands_and_finds_people(window: MainWindow, desk: FakeDesk, run: Run) -> None:
    async def body() -> None:
        await opened(window, desk)
        ran: list[str] = []
        window.contribute(Command("drill", "Start a drill", lambda: ran.append("drill"), (), "training"))
        press_focused("Ctrl+K")
        palette = await dialog_named(window, "palette")
        field = find(palette, QLineEdit, "paletteField")
        press(field, *"drill", "Return")
        await until(lambda: ran == ["drill"], "the drill")
        press_focused("Ctrl+K")
        palette = await dialog_named(window, "palette")
        name = next(iter(desk.world.people.values())).name
        find(palette, QLineEdit, "paletteField").setText(name)
        await settle(3)
        press(find(palette, QLineEdit, "paletteField"), "Down", "Up", "Return")
        await settle(3)
        assert window.frame.side.name.whole_text

    run(body())


def test_every_command_has_a_title_and_keys_do_not_clash(window: MainWindow) -> None:
    seen: dict[str, str] = {}
    for command in window.book.commands:
        assert command.title
        for key in command.keys:
            assert key not in seen, f"{key}: {seen.get(key)} and {command.name}"
            seen[key] = command.name
    assert is_single("E")
    assert is_single("G, T")
    assert not is_single("Ctrl+K")
    assert not is_single("F5")


def test_single_keys_can_be_switched_off(window: MainWindow, desk: FakeDesk, run: Run) -> None:
    async def body() -> None:
        await opened(window, desk)
        window.book.run("single_keys")
        people(window).go_to_row(3)
        press_focused("j")
        assert people(window).currentIndex().row() == 3
        window.book.run("single_keys")
        press_focused("j")
        assert people(window).currentIndex().row() == 4

    run(body())


def test_a_command_that_cannot_be_used_says_why(window: MainWindow, desk: FakeDesk, run: Run) -> None:
    async def body() -> None:
        desk.refusals[Kind.ENROLL] = "This org does not offer it to your user."
        await opened(window, desk)
        people(window).go_to_row(0)
        press_focused("e")
        banner = window.frame.bar.banners()[0]
        assert "does not offer" in banner.words.text()
        press_focused("e")
        assert banner.count == 2

    run(body())


def test_undo_takes_back_what_the_toast_still_shows(window: MainWindow, desk: FakeDesk, run: Run) -> None:
    async def body() -> None:
        await opened(window, desk)
        toast = find(window, UndoToast, "undoToast") if window.toast.isVisible() else window.toast
        desk.moves.waiting = ["a", "b"]
        window.acts.told("Removed", ["a"])
        window.acts.told("Removed", ["b"])
        assert toast.undo.text() == "Undo 2  (U)"
        people(window).setFocus()
        press_focused("u")
        await until(lambda: desk.moves.undone == ["a", "b"], "undone")
        await until(lambda: "2 changes undone" in toast.words.text(), "words")
        window.acts.follower.forget()
        press_focused("u")
        assert "nothing" in window.frame.bar.banners()[0].words.text()

    run(body())


def test_copy_and_open_in_the_org(window: MainWindow, desk: FakeDesk, run: Run) -> None:
    async def body() -> None:
        pages: list[str] = []
        window.frame.open_page = pages.append
        await opened(window, desk)
        people(window).go_to_row(2)
        press_focused("Ctrl+Shift+C", "o")
        chosen = people(window).current_id()
        assert QGuiApplication.clipboard().text() == chosen
        assert pages == [f"https://x/{chosen}"]

    run(body())


def test_the_look_changes_at_once_and_is_kept(app: QApplication, desk: FakeDesk, run: Run) -> None:
    memory = NoMemory()
    window = MainWindow(memory)
    window.show()
    window.book.run("look_dark")
    assert colors().dark
    window.frame.go("trackers")
    window.finish()
    assert memory.read("scheme") == Scheme.DARK.value
    destroy(app, window)
    again = MainWindow(memory)
    assert again.memory.scheme is Scheme.DARK
    memory.write("geometry", "not base64!")
    again.memory.restore()
    again.finish()
    destroy(app, again)


def icon_color(button: QPushButton) -> QColor:
    """Return the color of the most solid pixel of a button's icon."""
    image = button.icon().pixmap(18, 18).toImage()
    pixels = [image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height())]
    return max(pixels, key=QColor.alpha)


def test_a_look_chosen_after_the_window_was_made_reaches_every_label(app: QApplication) -> None:
    window = MainWindow()
    window.show()
    apply_theme(app, Scheme.DARK)
    app.processEvents()
    screen = window.frame.list_screen()
    assert screen is not None
    for label, color in ((screen.heading, colors().text), (screen.counts, colors().muted)):
        assert label.palette().color(label.foregroundRole()).name().upper() == color
    button = find(window, QPushButton, "logCallButton")
    assert icon_color(button).lightness() > 150
    window.finish()
    destroy(app, window)


def test_columns_come_back(app: QApplication, desk: FakeDesk, run: Run) -> None:
    memory = NoMemory()

    async def body() -> None:
        window = MainWindow(memory)
        window.show()
        window.attach(desk, TaskRunner(window))
        await settle(3)
        people(window).horizontalHeader().resizeSection(0, 333)
        window.finish()
        destroy(app, window)
        again = MainWindow(memory)
        again.show()
        again.attach(desk, TaskRunner(again))
        await settle(3)
        assert people(again).horizontalHeader().sectionSize(0) == 333
        again.finish()
        destroy(app, again)

    run(body())


def test_signed_out_without_rows_asks_to_sign_in(window: MainWindow, desk: FakeDesk, run: Run) -> None:
    async def body() -> None:
        pages: list[str] = []
        window.frame.sign_in._open_page = pages.append
        await opened(window, desk)
        desk.sign_in.state, desk.identity = "signed_out", None
        desk.events.tell(Change(profile=True))
        await until(window.frame.bar.banners, "banner over the rows")
        desk.people.clear()
        desk.trackers.clear()
        desk.events.tell(Change(profile=True))
        await until(lambda: window.frame.work.currentWidget() is window.frame.sign_in, "page")
        button = find(window, QWidget, "signInButton")
        desk.sign_in.problem = Unreachable()
        press(button, "Space")
        await until(lambda: pages, "the browser")
        await until(lambda: any(one.code == "CD-1201" for one in window.frame.bar.banners()), "told")
        desk.sign_in.problem = None
        press(button, "Space")
        await until(lambda: desk.sign_in.state == "signed_in", "signed in")

    run(body())


def test_closing_asks_to_quit_and_finish_ends_it(window: MainWindow, desk: FakeDesk, run: Run) -> None:
    async def body() -> None:
        await opened(window, desk)
        asked: list[int] = []
        window.quit_asked.connect(lambda: asked.append(1))
        window.close()
        await asyncio.sleep(0)
        assert asked == [1]
        assert window.isVisible()
        window.flush_drafts()
        window.finish()
        assert not window.isVisible()

    run(body())
