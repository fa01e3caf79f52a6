"""Ways out of the window and in: only what was judged, and nothing behind the user's back."""

import dataclasses
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from PySide6.QtWidgets import QDialog, QPushButton

from cadence_desk.bridge.tasks import TaskRunner
from cadence_desk.domain.addresses import TargetLink
from cadence_desk.domain.operations import Kind, OperationState
from cadence_desk.domain.people import Person
from cadence_desk.domain.record_ids import RecordId, parse_record_id
from cadence_desk.ui.calling.call_panel import CallPanel
from cadence_desk.ui.kit.confirm_sheet import ConfirmSheet
from cadence_desk.ui.shell.main_window import MainWindow
from cadence_desk.ui.shell.outside import Outside
from tests.widget.driving import dialog_named, find, press, press_focused, settle, until
from tests.widget.fake_desk import FakeDesk

Run = Callable[[Coroutine[Any, Any, Any]], Any]
ORG = parse_record_id("00D000000000001")


async def shown(window: MainWindow, desk: FakeDesk) -> Person:
    """Attach the desk and select the first person."""
    assert desk.identity is not None
    desk.identity = dataclasses.replace(desk.identity, organization_id=ORG)
    window.attach(desk, TaskRunner(window))
    window.started()
    await settle(5)
    screen = window.frame.list_screen()
    assert screen is not None
    screen.table.go_to_row(0)
    return desk.world.people[RecordId(screen.selected_ids()[0])]


def sheets(window: MainWindow) -> list[ConfirmSheet]:
    return [one for one in window.findChildren(ConfirmSheet) if one.isVisible()]


@pytest.mark.parametrize("instance", ["http://acme.my.salesforce.com", "https://evil.example", "file:///etc"])
def test_a_page_of_somebody_else_is_not_opened(
    window: MainWindow, desk: FakeDesk, run: Run, instance: str
) -> None:
    async def body() -> None:
        opened: list[str] = []
        assert desk.identity is not None
        await shown(window, desk)
        page = f"{instance}/00Q000000000001AAA"
        window.frame.open_page(page)
        window.frame.sign_in.page_wanted.emit(page)
        await settle(5)
        assert not opened
        assert window.frame.bar.banners()[0].code == "CD-1502"

    run(body())


def test_a_number_is_shown_before_it_is_called(window: MainWindow, desk: FakeDesk, run: Run) -> None:
    async def body() -> None:
        handed: list[str] = []
        person = await shown(window, desk)
        outside = Outside(window, window.frame, handed.append)
        desk.world.people[person.id] = dataclasses.replace(
            person, phone="+44 20 7946 0018", do_not_call=False
        )
        outside.call()
        [sheet] = sheets(window)
        assert "+442079460018" in sheet.words.text()
        assert not handed
        sheet.reject()
        outside.call()
        find(window, QPushButton, "confirmButton").click()
        assert handed == ["tel:+442079460018"]
        desk.world.people[person.id] = dataclasses.replace(person, phone="call me <b>now</b>")
        outside.call()
        assert window.frame.bar.banners()
        desk.world.people[person.id] = dataclasses.replace(person, do_not_call=True)
        assert outside.why_not_call() == "This person does not want to be called."
        await settle(3)

    run(body())


def test_d_dials_and_opens_the_panel_with_its_timer(window: MainWindow, desk: FakeDesk, run: Run) -> None:
    async def body() -> None:
        handed: list[str] = []
        person = await shown(window, desk)
        window.doors.outside._hand_over = handed.append
        desk.world.people[person.id] = dataclasses.replace(
            person, phone="+44 20 7946 0018", do_not_call=False
        )
        await until(window.isActiveWindow, "window active")
        press_focused("d")
        [sheet] = sheets(window)
        assert "+442079460018" in sheet.words.text()
        assert not window.findChildren(CallPanel)
        await settle()
        press_focused("Return")
        panel = await dialog_named(window, "callPanel")
        assert handed == ["tel:+442079460018"]
        assert isinstance(panel, CallPanel)
        await until(lambda: panel.duration.is_running, "the timer runs")
        press(panel, "Escape")
        await settle(5)

    run(body())


def test_the_panel_is_for_whom_was_dialed_though_another_is_selected_meanwhile(
    window: MainWindow, desk: FakeDesk, run: Run
) -> None:
    async def body() -> None:
        person = await shown(window, desk)
        window.doors.outside._hand_over = lambda _address: None
        desk.world.people[person.id] = dataclasses.replace(
            person, phone="+44 20 7946 0018", do_not_call=False
        )
        window.book.run("dial")
        screen = window.frame.list_screen()
        assert screen is not None
        screen.table.go_to_row(1)  # as when the first row leaves the list
        find(window, QPushButton, "confirmButton").click()
        panel = await dialog_named(window, "callPanel")
        assert isinstance(panel, CallPanel)
        assert panel._facts.name == person.name
        press(panel, "Escape")
        await settle(5)

    run(body())


@pytest.mark.parametrize("fields", [{"phone": "", "mobile": ""}, {"phone": "+44 20", "do_not_call": True}])
def test_d_without_a_number_that_may_be_called_says_so_and_opens_the_panel(
    window: MainWindow, desk: FakeDesk, run: Run, fields: dict[str, Any]
) -> None:
    async def body() -> None:
        handed: list[str] = []
        person = await shown(window, desk)
        window.doors.outside._hand_over = handed.append
        desk.world.people[person.id] = dataclasses.replace(person, **fields)
        window.book.run("dial")
        panel = await dialog_named(window, "callPanel")
        assert not handed
        assert window.frame.bar.banners()[0].code == "NOTICE-CALL"
        press(panel, "Escape")
        await settle(5)

    run(body())


def test_a_mail_is_shown_before_it_is_written(window: MainWindow, desk: FakeDesk, run: Run) -> None:
    async def body() -> None:
        handed: list[str] = []
        person = await shown(window, desk)
        outside = Outside(window, window.frame, handed.append)
        for bad in ("ann@example.com?bcc=x@evil.example", ""):
            desk.world.people[person.id] = dataclasses.replace(person, email=bad)
            assert outside.why_not_write() == ("" if bad else "This person has no e-mail address.")
            outside.write()
            assert not sheets(window)
        desk.world.people[person.id] = dataclasses.replace(person, email="ann@example.com")
        outside.write()
        find(window, QPushButton, "confirmButton").click()
        assert handed == ["mailto:ann@example.com"]
        await settle(3)

    run(body())


def test_a_link_shows_whom_it_names_and_goes_there_only_then(
    window: MainWindow, desk: FakeDesk, run: Run
) -> None:
    async def body() -> None:
        person = await shown(window, desk)
        other = next(one for one in desk.world.people.values() if one.id != person.id)
        window.doors.outside.follow(TargetLink(ORG, other.id).text)
        [sheet] = sheets(window)
        assert other.name in sheet.words.text()
        assert window.frame.side.target_id == person.id
        find(window, QPushButton, "confirmButton").click()
        await until(lambda: window.frame.side.target_id == other.id, "shown")
        assert not desk.operations, "a link changes nothing"

    run(body())


def test_links_that_cannot_be_followed_say_so_and_an_open_dialog_wins(
    window: MainWindow, desk: FakeDesk, run: Run
) -> None:
    async def body() -> None:
        person = await shown(window, desk)
        follow = window.doors.outside.follow
        foreign = TargetLink(parse_record_id("00D000000000009"), person.id)
        absent = TargetLink(ORG, parse_record_id("00Q999999999999"))
        told = []
        for link in (f"{foreign.text}/remove", foreign.text, absent.text):
            follow(link)
            told.append(window.frame.bar.banners()[-1].words.text())
        assert "must name an org" in told[0]
        assert "another org" in told[1]
        assert "none of your lists" in told[2]
        assert not sheets(window)
        window.book.run("log_call")
        await until(lambda: [one for one in window.findChildren(QDialog) if one.isVisible()], "a dialog")
        follow(TargetLink(ORG, person.id).text)
        assert not sheets(window)
        for dialog in window.findChildren(QDialog):
            dialog.close()
        desk.identity = None
        await settle(5)
        follow(TargetLink(ORG, person.id).text)
        assert "Sign in first" in window.frame.bar.banners()[-1].words.text()

    run(body())


def test_a_change_that_a_command_hands_over_is_shown_and_not_decided(
    window: MainWindow, desk: FakeDesk, run: Run
) -> None:
    async def body() -> None:
        person = await shown(window, desk)
        for state in (OperationState.NEEDS_REVIEW, OperationState.QUEUED):
            desk.add_operation(Kind.LOG_CALL, person.id, state)
        window.doors.outside.show_change("op-1")
        await until(window.frame.outbox().isVisible, "the outbox")
        await until(lambda: window.frame.outbox().detail.story is not None, "its story")
        story = window.frame.outbox().detail.story
        assert story is not None
        assert story.operation.op_id == "op-1"
        assert not desk.outbox.decided

    run(body())
