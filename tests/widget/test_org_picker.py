"""The list of orgs: two keys to another org, a name, a pasted link, another program's logins, and a calm no."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPlainTextEdit, QPushButton

from cadence_desk.domain.admin_help import ADMIN_STEPS
from cadence_desk.domain.errors import BadValue
from cadence_desk.domain.orgs import Banner
from cadence_desk.ui.org.admin_page import AdminPage
from cadence_desk.ui.org.connection_sheet import ConnectionSheet
from cadence_desk.ui.org.org_picker import OrgChoice, OrgPicker
from tests.widget.driving import find, press, until

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Sequence
    from typing import Any

    from cadence_desk.ui.kit.workplace import Workplace
    from cadence_desk.ui.shell.main_window import MainWindow

    Run = Callable[[Coroutine[Any, Any, None]], None]

ACME = OrgChoice("acme", "Acme", Banner.PRODUCTION, "acme.my.salesforce.com", is_open=True)
SANDBOX = OrgChoice("acme-dev", "Acme dev", Banner.SANDBOX, "acme--dev.sandbox.my.salesforce.com")
BETA = OrgChoice("beta", "Beta", Banner.PRODUCTION, "beta.my.salesforce.com")
LENT = OrgChoice("offered:a@c.example", "work", Banner.PRODUCTION, "a@c.example", offered=True)


class FakeShelf:
    """Keeps what was asked for."""

    def __init__(self) -> None:
        self.orgs: list[OrgChoice] = [ACME, SANDBOX, BETA]
        self.went: list[str] = []
        self.refusal: BadValue | None = None
        self.offer_refusal: BadValue | None = None

    def known(self) -> Sequence[OrgChoice]:
        return self.orgs

    async def read(self) -> Sequence[OrgChoice]:
        return self.orgs

    async def read_offered(self) -> Sequence[OrgChoice]:
        if self.offer_refusal is not None:
            raise self.offer_refusal
        return [LENT]

    async def add(self, link: str) -> OrgChoice:
        if "broken" in link:
            raise BadValue("That link is damaged.")
        self.orgs.append(OrgChoice("new", "New", Banner.PRODUCTION))
        return self.orgs[-1]

    async def go_to(self, key: str) -> None:
        if self.refusal is not None:
            raise self.refusal
        self.went.append(key)


@pytest.fixture
def shelf() -> FakeShelf:
    return FakeShelf()


@pytest.fixture
def open_picker(window: MainWindow, place: Workplace, shelf: FakeShelf) -> Callable[[], OrgPicker]:
    """Return a function that opens the list; called inside the loop."""

    def opened() -> OrgPicker:
        made = OrgPicker(shelf, place.tasks, window)
        made.open()
        return made

    return opened


def keys(picker: OrgPicker) -> list[str]:
    return [line.key for line in picker.list.lines.lines if not line.is_heading]


@pytest.mark.parametrize(("pressed", "key"), [("2", "acme-dev"), ("3", "beta")])
def test_a_digit_goes_there(
    run: Run, open_picker: Callable[[], OrgPicker], shelf: FakeShelf, pressed: str, key: str
) -> None:
    async def scenario() -> None:
        picker = open_picker()
        press(picker.field, pressed)
        await until(lambda: shelf.went == [key])
        await until(lambda: not picker.isVisible())

    run(scenario())


def test_the_digit_of_the_open_org_just_closes_the_list(
    run: Run, open_picker: Callable[[], OrgPicker], shelf: FakeShelf
) -> None:
    async def scenario() -> None:
        picker = open_picker()
        press(picker.field, "1")
        await until(lambda: not picker.isVisible())
        assert shelf.went == []

    run(scenario())


def test_a_name_narrows_and_enter_goes(
    run: Run, open_picker: Callable[[], OrgPicker], shelf: FakeShelf
) -> None:
    async def scenario() -> None:
        picker = open_picker()
        press(picker.field, *"sandbox")
        await until(lambda: keys(picker) == ["acme-dev"])
        press(picker.field, "Return")
        await until(lambda: shelf.went == ["acme-dev"])

    run(scenario())


def test_another_programs_logins_come_below(
    run: Run, open_picker: Callable[[], OrgPicker], shelf: FakeShelf
) -> None:
    async def scenario() -> None:
        picker = open_picker()
        await until(lambda: keys(picker)[-1] == LENT.key)
        assert any(line.is_heading for line in picker.list.lines.lines)
        press(picker.field, "4")
        await until(lambda: shelf.went == [LENT.key])

    run(scenario())


def test_why_nothing_is_offered(run: Run, open_picker: Callable[[], OrgPicker], shelf: FakeShelf) -> None:
    shelf.offer_refusal = BadValue("The Salesforce CLI did not answer within a minute.")

    async def scenario() -> None:
        picker = open_picker()
        await until(lambda: [one.code for one in picker.bar.banners()] == ["NOTICE-OFFERED"])
        assert keys(picker) == ["acme", "acme-dev", "beta"]
        picker.close()

    run(scenario())


def test_a_pasted_link_is_added_and_opened(
    run: Run, open_picker: Callable[[], OrgPicker], shelf: FakeShelf
) -> None:
    async def scenario() -> None:
        picker = open_picker()
        picker.field.setText("cadence-desk://add-org?broken")
        press(picker.field, "Return")
        await until(lambda: [one.code for one in picker.bar.banners()] == ["CD-1502"])
        picker.field.setText("cadence-desk://add-org?name=New")
        press(picker.field, "Return")
        await until(lambda: shelf.went == ["new"] or "new" in [one.key for one in shelf.orgs])

    run(scenario())


def test_an_org_that_cannot_be_opened_leaves_everything_as_it_is(
    run: Run, open_picker: Callable[[], OrgPicker], shelf: FakeShelf
) -> None:
    shelf.refusal = BadValue("That org is open in another window.")

    async def scenario() -> None:
        picker = open_picker()
        press(picker.field, "3")
        await until(lambda: bool(picker.bar.banners()))
        assert picker.isVisible()
        assert picker.field.text() == ""

    run(scenario())


def test_the_page_for_admins(run: Run, window: MainWindow) -> None:
    page = AdminPage(window)
    page.open()

    async def scenario() -> None:
        text = find(page, QPlainTextEdit, "adminText").toPlainText()
        assert all(step in text for step in ADMIN_STEPS)
        find(page, QPushButton, "copyOrgFileButton").click()
        assert "redirect_uris" in QGuiApplication.clipboard().text()
        page.close()

    run(scenario())


def test_connection_settings(run: Run, window: MainWindow, place: Workplace) -> None:
    sheet = ConnectionSheet(place.desk.profile, window)
    wanted: list[tuple[str, str]] = []
    sheet.wanted.connect(lambda *values: wanted.append(values))
    sheet.open()

    async def scenario() -> None:
        sheet.endpoint.setText("events.acme.example:443")
        find(sheet, QPushButton, "saveConnectionButton").click()
        await until(lambda: len(wanted) == 1)
        assert wanted[0][0] == "events.acme.example:443"
        sheet.failed(BadValue("The events endpoint is a host and a port."))
        assert sheet.isVisible()
        sheet.kept(None)
        assert not sheet.isVisible()

    run(scenario())
