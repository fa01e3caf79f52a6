"""A start from a menu or a link: without an org it asks, and a link adds an org only when a person says so."""

import argparse
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlencode

import pytest
from pytestqt.qtbot import QtBot

from cadence_desk.bootstrap.orgs import ComputerOrgs
from cadence_desk.domain.errors import BadValue
from cadence_desk.launch import desktop_start
from cadence_desk.launch.arguments import parse
from cadence_desk.launch.desktop_start import open_from_desktop, sheet_for
from cadence_desk.settings.environment import Environment
from cadence_desk.settings.org_link import START
from cadence_desk.settings.paths import Paths
from cadence_desk.ui.org.first_org import FirstOrgSheet
from cadence_desk.ui.shell.status_line import StatusLine

LINK = START + urlencode(
    [
        ("name", "Acme"),
        ("login_url", "https://acme.my.salesforce.com"),
        ("client_id", "3MVG9acme"),
        ("redirect_uri", "http://localhost:56420/OauthRedirect"),
        ("events_endpoint", "api.pubsub.salesforce.com:7443"),
    ]
)


@pytest.fixture
def orgs(tmp_path: Path) -> ComputerOrgs:
    return ComputerOrgs(Paths(tmp_path / "home"), Environment(), None)


class Starts(list[str]):
    """Stands in for the two windows; the first refuses while there is no org."""

    def __init__(self, parsed: argparse.Namespace, orgs: ComputerOrgs) -> None:
        super().__init__()
        self.parsed, self.orgs = parsed, orgs

    def window(self) -> int:
        if not self.orgs.profiles():
            raise BadValue("No org is set up yet.")
        self.append(self.parsed.org or "last")
        return 7

    def practice(self) -> int:
        self.append("practice")
        return 8


def answering(press: Callable[[FirstOrgSheet], object]) -> Callable[..., int]:
    """Return what stands in for the loop: a person who presses one thing."""

    def run(_app: object, sheet: FirstOrgSheet, _session: object) -> int:
        press(sheet)
        return 0

    return run


def opened(
    arguments: list[str],
    orgs: ComputerOrgs,
    monkeypatch: pytest.MonkeyPatch,
    press: Callable[[FirstOrgSheet], object],
) -> tuple[int, Starts]:
    monkeypatch.setattr("cadence_desk.bridge.app.run_app", answering(press))
    parsed = parse(arguments)
    starts = Starts(parsed, orgs)
    return open_from_desktop(parsed, orgs, starts.window, starts.practice), starts


@pytest.mark.usefixtures("qtbot")
def test_first_start_offers_the_practice_org(orgs: ComputerOrgs, monkeypatch: pytest.MonkeyPatch) -> None:
    code, starts = opened(["open"], orgs, monkeypatch, lambda sheet: sheet.other_asked.emit())
    assert (code, starts) == (8, ["practice"])


@pytest.mark.usefixtures("qtbot")
def test_first_start_takes_a_pasted_link(orgs: ComputerOrgs, monkeypatch: pytest.MonkeyPatch) -> None:
    code, starts = opened(["open"], orgs, monkeypatch, lambda sheet: sheet.add_asked.emit(LINK))
    assert (code, starts) == (7, ["acme"])


@pytest.mark.usefixtures("qtbot")
def test_closing_the_sheet_opens_nothing(orgs: ComputerOrgs, monkeypatch: pytest.MonkeyPatch) -> None:
    code, starts = opened(["open"], orgs, monkeypatch, lambda sheet: sheet.reject())
    assert (code, starts, orgs.profiles()) == (0, [], [])


@pytest.mark.usefixtures("qtbot")
def test_a_link_adds_nothing_by_itself(orgs: ComputerOrgs, monkeypatch: pytest.MonkeyPatch) -> None:
    code, starts = opened(["open", LINK], orgs, monkeypatch, lambda sheet: sheet.reject())
    assert (code, starts, orgs.profiles()) == (0, [], [])
    code, starts = opened(["open", LINK], orgs, monkeypatch, lambda sheet: sheet.add_asked.emit(LINK))
    assert (code, starts) == (7, ["acme"])


def test_an_org_that_is_there_opens_at_once(orgs: ComputerOrgs, monkeypatch: pytest.MonkeyPatch) -> None:
    orgs.add(LINK)
    code, starts = opened(["open"], orgs, monkeypatch, lambda _sheet: pytest.fail("it asked"))
    assert (code, starts) == (7, ["last"])


def test_the_sheet_says_where_a_link_leads(qtbot: QtBot) -> None:
    sheet, error = sheet_for(LINK)
    qtbot.addWidget(sheet)
    assert error is None
    assert sheet.sub.whole_text == "Acme, at acme.my.salesforce.com"
    bad, error = sheet_for("cadence-desk://other?x=1")
    qtbot.addWidget(bad)
    assert error is not None
    assert desktop_start.TRY == "Try it on a practice org"


def test_news_of_an_update_is_one_calm_line(qtbot: QtBot) -> None:
    status = StatusLine()
    qtbot.addWidget(status)
    assert status.news.isHidden()
    status.show_news("Version 2.0 of Cadence Desk is there. Ask your IT department for it.")
    assert not status.news.isHidden()
    assert status.news.whole_text.startswith("Version 2.0")
    status.show_news("")
    assert status.news.isHidden()
