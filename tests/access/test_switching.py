"""One window, two orgs, two keys: what was queued for one org is sent to that org only, whatever is on screen meanwhile."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit

from cadence_desk.bootstrap.opening import open_profile
from cadence_desk.bootstrap.orgs import ComputerOrgs
from cadence_desk.domain.changes import FeedState
from cadence_desk.domain.operations import OperationState
from cadence_desk.domain.orgs import Banner
from cadence_desk.launch.org_switch import let_switch
from cadence_desk.launch.tour.browser import PlayedBrowser
from cadence_desk.launch.tour.hands import Hands
from cadence_desk.launch.window import WindowRun
from cadence_desk.settings.environment import Environment
from cadence_desk.settings.paths import Paths
from cadence_desk.settings.profile_book import ProfileBook
from tests.desk.practice_org import Org
from tests.desk.rig import FAST, until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cadence_desk.desk.desk import Desk
    from cadence_desk.domain.operations import Operation

pytestmark = pytest.mark.whole
NOTE = "for the first org only"


@pytest.fixture
def other() -> Iterator[Org]:
    started = Org.start("--people", "40", "--seed", "9")
    yield started
    started.stop()


class Story:
    """What happens in each window, one after the other."""

    def __init__(self, one: Org, two: Org, home: Path) -> None:
        self.orgs = {"one": one, "two": two}
        self.paths = Paths(home)
        self.hands = Hands()
        self.titles: list[str] = []
        self.words: list[str] = []
        self.chapters = iter((self.first, self.second, self.third))
        book = ProfileBook(self.paths.profile_book)
        book.add(replace(one.profile("one"), name="First"))
        book.add(replace(two.profile("two"), name="Second", banner=Banner.SANDBOX))
        key_file = home / "keys"
        opened = open_profile(replace(one.profile("one"), name="First"), self.paths, key_file)
        self.run = WindowRun(self.paths, lambda: opened, open_page=self.browse, desk_opened=self.next)
        self.run.options = FAST
        let_switch(self.run, ComputerOrgs(self.paths, Environment({}), key_file), "one")

    def browse(self, address: str) -> None:
        org = next(org for org in self.orgs.values() if address.startswith(org.profile().login_url))
        PlayedBrowser(org.ready["ca_file"], org.me).open_page(address)

    async def next(self, run: WindowRun) -> None:
        try:
            await next(self.chapters)()
        except BaseException:
            self.run._next = None
            run.window.close()
            raise

    @property
    def desk(self) -> Desk:
        assert self.run.desk is not None
        return self.run.desk

    async def at_work(self, key: str) -> None:
        desk = self.desk
        assert desk.profile.key == key
        await until(
            lambda: desk.sign_in.state == "signed_in" or self.run.window._started, "the desk has opened"
        )
        if desk.sign_in.state != "signed_in":
            self.run.window.frame.sign_in.start()
        await until(lambda: desk.feed.state is FeedState.LIVE, f"{key} is live", 30)
        self.titles.append(self.run.window.windowTitle())
        self.words.append(self.run.window.frame.strip.word)

    async def go(self, digit: str) -> None:
        """Press Ctrl+O and a digit."""
        window = self.run.window
        self.hands.press(window, Qt.Key.Key_O, control=True)
        await until(lambda: self.hands.there("orgField"), "the list of orgs opens", 30)
        self.hands.type(self.hands.find(QLineEdit, "orgField"), digit)

    async def first(self) -> None:
        await self.at_work("one")
        # a plain "too many requests": the call waits, and there is no doubt that would hold it for eleven minutes
        for method in ("POST", "PATCH"):
            self.orgs["one"].fate(
                "status", times=0, status=429, match={"purpose": "record", "method": method}
            )
        target = next(one for one in self.desk.people.ids() if one.startswith("00Q"))
        draft = await self.desk.calls.begin(target, None)
        draft.notes, draft.result = NOTE, self.desk.call_results()[0].text
        await self.desk.calls.save(draft)
        await self.go("2")

    async def second(self) -> None:
        await self.at_work("two")
        assert self.desk.open_operations() == []
        two = self.orgs["two"]
        target = next(one for one in self.desk.people.ids() if one.startswith("00Q"))
        draft = await self.desk.calls.begin(target, None)
        draft.notes, draft.result = "for the second", self.desk.call_results()[0].text
        await self.desk.calls.save(draft)
        await until(lambda: _settled(self.desk, target), "the other org's own call is confirmed", 30)
        assert two.sends("record", NOTE) == []
        self.orgs["one"].control("/fates", method="DELETE")
        await self.go("1")

    async def third(self) -> None:
        await self.at_work("one")
        target = next(str(one.target_id) for one in self.desk.open_operations() or _all(self.desk))
        await until(lambda: _settled(self.desk, target), "what waited is confirmed", 60)
        self.run.window.close()


def _all(desk: Desk) -> list[Operation]:
    return [one for person in desk.people.ids() for one in desk.operations_of(person)]


def _settled(desk: Desk, target: str) -> bool:
    found = desk.operations_of(target)
    return bool(found) and all(one.state is OperationState.SETTLED for one in found)


def test_nothing_queued_for_one_org_goes_to_the_other(org: Org, other: Org, tmp_path: Path) -> None:
    story = Story(org, other, tmp_path)
    assert story.run.run() == 0
    assert next(story.chapters, None) is None, "every chapter was told"

    sent = [one for one in org.sends("record", NOTE) if one["commit"]]
    assert len(sent) == 1
    assert other.sends("record", NOTE) == []
    assert org.sends("record", "for the second") == []
    profiles = tmp_path / "profiles"
    for key in ("one", "two"):
        assert len(list((profiles / key).glob("*/outbox.db"))) == 1
    assert story.run.preferences.last_profile == "one"
    first, second = "Cadence Desk: First (Production)", "Cadence Desk: Second (Sandbox)"
    assert story.titles == [first, second, first]
    assert story.words == ["PRODUCTION", "SANDBOX", "PRODUCTION"]
