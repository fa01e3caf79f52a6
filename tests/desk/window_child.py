"""The real window over a practice org, in a process of its own: plays one scene by keys and prints what is to be seen.

Run as `python -m tests.desk.window_child SCENE HOME READY_FILE`; the last line of output is JSON.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPlainTextEdit, QPushButton, QWidget

from cadence_desk.bootstrap.opening import open_profile
from cadence_desk.bridge.one_window import leave_arguments
from cadence_desk.domain.changes import FeedState
from cadence_desk.domain.operations import OperationState
from cadence_desk.domain.orgs import OrgProfile
from cadence_desk.launch.tour.browser import PlayedBrowser
from cadence_desk.launch.tour.hands import Hands, NotThere
from cadence_desk.launch.window import WindowRun
from cadence_desk.settings.paths import Paths
from cadence_desk.ui.kit.banner_bar import BannerBar
from cadence_desk.ui.kit.fast_table import FastTable

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from cadence_desk.desk.desk import Desk

    Scene = Callable[["Play"], Coroutine[Any, Any, None]]

NOTE = "typed and not yet saved"


class Play:
    """One run of the window and what it has told."""

    def __init__(self, scene: Scene, home: Path, ready: dict[str, Any], *, safe: bool = False) -> None:
        self.hands = Hands()
        self.told: dict[str, Any] = {}
        self.ready = ready
        self.home = home
        self.open_page: Callable[[str], None] = self.browser().open_page
        self._scene = scene
        key_file = os.environ.get("TEST_KEY_FILE")
        self.profile = profile = OrgProfile(
            "test",
            "Test org",
            ready["rest_url"],
            ready["desk_client_id"],
            tuple(ready["desk_redirect_uris"]),
            events_endpoint=ready["events_endpoint"],
            extra_ca=ready["ca_file"],
        )
        paths = Paths(home)
        opened = open_profile(profile, paths, Path(key_file) if key_file else None)
        self.run = WindowRun(
            paths,
            lambda: opened,
            open_page=self._show_page,
            desk_opened=self._begin,
            safe=safe,
        )
        self.run.held = opened
        self.run.options = self.run.all_people()
        self.closed_at = 0.0

    def _show_page(self, address: str) -> None:
        self.open_page(address)

    def browser(self, button: str = "") -> PlayedBrowser:
        return PlayedBrowser(self.ready["ca_file"], button or self.ready["user_id"])

    async def _begin(self, _run: WindowRun) -> None:
        try:
            await self._scene(self)
        except Exception as error:
            self.told["failed"] = f"{type(error).__name__}: {error}"
            raise
        finally:
            self.close()

    def close(self) -> None:
        """Press the window's close button."""
        self.closed_at = self.closed_at or time.monotonic()
        self.run.window.close()

    @property
    def desk(self) -> Desk:
        assert self.run.desk is not None
        return self.run.desk

    async def until(self, happened: Callable[[], object], what: str, seconds: float = 12.0) -> None:
        end = time.monotonic() + seconds
        while True:
            try:
                if happened():
                    return
            except NotThere:
                pass
            assert time.monotonic() < end, f"waited in vain: {what}; banners: {self.banners()}"
            await asyncio.sleep(0.02)

    def banners(self) -> list[str]:
        """Return what the bars of all windows say."""
        bars = self.run.window.findChildren(BannerBar)
        return [f"{one.title.text()} | {one.words.text()}" for bar in bars for one in bar.banners()]

    def label(self, name: str) -> str:
        return self.hands.find(QLabel, name).text()

    def press(self, name: str) -> None:
        self.hands.click(self.hands.find(QPushButton, name))

    async def signed_in(self) -> None:
        """Press the button where nobody is signed in, and wait until the lists are there."""
        await self.until(lambda: self.desk.sign_in.state == "signed_in" or self._button_shows(), "it opens")
        if self.desk.sign_in.state != "signed_in":
            self.press("signInButton")
        await self.until(lambda: self.desk.feed.state is FeedState.LIVE, "the chip says Live")

    def _button_shows(self) -> bool:
        return self.hands.find(QPushButton, "signInButton").isVisible()

    async def select(self, target: str) -> None:
        """Click a person's row."""
        await self.until(lambda: self.hands.find(FastTable, "peopleTable").go_to(target), "the row is there")
        table = self.hands.find(FastTable, "peopleTable")
        await self.until(lambda: target in table.selected_ids(), "the row is selected")

    async def open_call(self, target: str) -> None:
        """Press L on a person and wait for the durable draft."""
        await self.select(target)
        self.hands.press(self.hands.find(FastTable, "peopleTable"), Qt.Key.Key_L)
        await self.until(
            lambda: self.hands.find(QPushButton, "saveCallButton").isEnabled(), "the draft is there"
        )


def somebody(play: Play) -> str:
    """Return the same person in every run: one without a cadence."""
    return min(one for one in play.desk.people.ids() if not play.desk.trackers_of(one))


# ---------------------------------------------------------------- scenes


async def type_and_close(play: Play) -> None:
    """Close the window right behind the last key."""
    await play.signed_in()
    await play.open_call(somebody(play))
    notes = play.hands.find(QPlainTextEdit, "notesField")
    play.hands.type(notes, NOTE)


async def type_and_terminate(play: Play) -> None:
    """Be told to end right behind the last key, as by a closing session."""
    await type_and_close(play)
    play.closed_at = time.monotonic()
    os.kill(os.getpid(), signal.SIGTERM)
    await asyncio.sleep(20)


async def type_and_crash(play: Play) -> None:
    """Die without a word, a second after the last key."""
    await type_and_close(play)
    await asyncio.sleep(1.0)
    os.kill(os.getpid(), signal.SIGKILL)


async def be_called(play: Play) -> None:
    """Be asked forward by a second start."""
    await play.signed_in()
    window = play.run.window
    window.showMinimized()
    await play.until(window.isMinimized, "the window is small")
    leave_arguments(Paths(play.home).inbox("test"), ["show"])
    await play.until(lambda: not window.isMinimized(), "the window comes forward")
    play.told["left"] = [one.name for one in Paths(play.home).inbox("test").iterdir()]


async def look_for_the_draft(play: Play) -> None:
    """Open the call of the same person again."""
    window, desk = play.run.window, play.desk
    rows = play.hands.find(FastTable, "peopleTable").columnar.rowCount()
    window.run_command("log_call")
    play.told["at first"] = {"rows": rows, "opening": desk.opening, "org": window.windowTitle()}
    play.told["refused"] = [one for one in play.banners() if "being opened" in one]
    window.frame.bar.clear("NOTICE-COMMAND")
    await play.signed_in()
    await play.until(play.desk.calls.drafts, "the draft is loaded")
    play.told["drafts"] = [one.notes for one in play.desk.calls.drafts()]
    play.told["banners"] = play.banners()
    await play.open_call(somebody(play))
    play.told["notes"] = play.hands.find(QPlainTextEdit, "notesField").toPlainText()


async def close_while_sending(play: Play) -> None:
    """Close while the org takes its time with an answer."""
    await play.signed_in()
    target = somebody(play)
    await play.open_call(target)
    draft_field = play.hands.find(QPlainTextEdit, "notesField")
    play.hands.type(draft_field, "sent into a slow answer")
    play.hands.press(play.hands.find(QWidget, "callResultList"), Qt.Key.Key_2)
    play.hands.press(draft_field, Qt.Key.Key_Return, control=True)

    def sending() -> bool:
        return any(one.state is OperationState.SENDING for one in play.desk.operations_of(target))

    await play.until(sending, "the call is being sent")
    await asyncio.sleep(0.3)


async def wait_for_the_call(play: Play) -> None:
    """See what becomes of the call after a restart."""
    await play.signed_in()
    target = somebody(play)
    done = {OperationState.SETTLED, OperationState.NEEDS_REVIEW, OperationState.REFUSED}
    await play.until(lambda: play.desk.operations_of(target), "the call is known")
    play.told["first"] = play.desk.operations_of(target)[0].words
    await play.until(lambda: play.desk.operations_of(target)[0].state in done, "the call has an end")
    play.told["words"] = play.desk.operations_of(target)[0].words
    play.told["target"] = target


async def see_the_notice(play: Play) -> None:
    """Sign in where there is no key store."""
    await play.signed_in()
    await play.until(lambda: play.label("secretsNotice"), "the notice shows")
    play.told["notice"] = play.desk.secrets_word
    play.told["shown"] = play.label("secretsNotice")


async def cancel_and_try_again(play: Play) -> None:
    """Leave the browser alone, cancel, then sign in."""
    opened: list[str] = []
    play.open_page = opened.append
    await play.until(play._button_shows, "the sign-in page shows")
    play.press("signInButton")
    await play.until(lambda: opened, "the browser opens")
    play.told["address"] = opened[0].partition("?")[0]
    play.press("cancelSignInButton")
    await play.until(play._button_shows, "the sign-in page is back", 5)
    play.told["canceled"] = play.banners()
    play.open_page = play.browser().open_page
    await play.signed_in()
    play.told["banners"] = play.banners()
    play.told["state"] = play.desk.sign_in.state


async def deny(play: Play) -> None:
    """Press Deny on the org's page, then allow."""
    play.open_page = play.browser("1").open_page
    await play.until(play._button_shows, "the sign-in page shows")
    play.press("signInButton")
    await play.until(play.banners, "the refusal is told")
    play.told["denied"] = play.banners()
    play.open_page = play.browser().open_page
    await play.until(play._button_shows, "the sign-in page is back", 5)
    await play.signed_in()
    play.told["state"] = play.desk.sign_in.state


SCENES: dict[str, Scene] = {
    scene.__name__: scene
    for scene in (
        type_and_close,
        type_and_terminate,
        type_and_crash,
        be_called,
        look_for_the_draft,
        close_while_sending,
        wait_for_the_call,
        see_the_notice,
        cancel_and_try_again,
        deny,
    )
}


def main(scene: str, home: str, ready_file: str) -> int:
    """Play one scene and print what it told."""
    play = Play(SCENES[scene], Path(home), json.loads(Path(ready_file).read_text(encoding="utf-8")))
    code = play.run.run()
    play.told["closed in"] = time.monotonic() - play.closed_at
    play.told["code"] = code
    sys.stdout.write(json.dumps(play.told) + "\n")
    return code


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
