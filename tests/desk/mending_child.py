"""The real window over a profile that cannot be opened, in a process of its own: presses what a test says, tells what is seen.

Run as `python -m tests.desk.mending_child HOME KEY_FILE REMEDY PICTURES`; the last line of output is JSON. No org is needed.
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QApplication, QLabel

from cadence_desk.bootstrap.opening import open_profile
from cadence_desk.domain.mending import Remedy
from cadence_desk.domain.orgs import OrgProfile
from cadence_desk.launch.window import WindowRun
from cadence_desk.settings.paths import Paths
from cadence_desk.ui.kit.theme import Scheme, apply_theme
from cadence_desk.ui.outbox.trouble_page import TroublePage

if TYPE_CHECKING:
    from collections.abc import Callable

PROFILE = OrgProfile("acme", "Acme", "https://127.0.0.1:9", "id", ("http://localhost:1717/cb",))
PATIENCE = 600


class Press:
    """One remedy, pressed in the first window; what the second one shows is told."""

    def __init__(self, home: Path, key_file: Path, remedy: str, pictures: str) -> None:
        self.told: dict[str, Any] = {}
        self._remedy = remedy
        self._pictures = Path(pictures) if pictures else None
        paths = Paths(home)
        opened = open_profile(PROFILE, paths, key_file)
        self.run = WindowRun(paths, lambda: opened, open_page=lambda _address: None, desk_opened=self._opened)
        self.run.held = opened

    async def _opened(self, run: WindowRun) -> None:
        try:
            await (self._second(run) if "facts" in self.told else self._first(run))
        except Exception as error:  # noqa: BLE001 - told to the test
            self.told["failed"] = repr(error)
            run.window.close()

    async def _first(self, run: WindowRun) -> None:
        page = await _until(lambda: run.window.findChild(TroublePage))
        self.told["title"] = page.trouble.title
        self.told["facts"] = list(page.trouble.facts)
        self.told["shown"] = run.window.frame.work.currentWidget() is page
        self.told["banners"] = [one.title.text() for one in run.window.frame.bar.banners()]
        self.told["texts"] = [one.text() for one in page.findChildren(QLabel)]
        if self._pictures is not None:
            self._paint(run, self._pictures)
        if self._remedy == "quit":
            page.quit.click()
            return
        remedy = Remedy(self._remedy)
        page.buttons[remedy].click()
        self.told["after one press"] = page.told.text()
        page.buttons[remedy].click()
        await _until(lambda: page.open.isVisible() or None)
        self.told["answer"] = page.told.text()
        page.open.click()

    async def _second(self, run: WindowRun) -> None:
        desk = await _until(lambda: run.desk)
        await _until(lambda: list(desk.outbox.listed()) or None)
        self.told["outbox"] = {one.op_id: one.state.value for one in desk.outbox.listed()}
        self.told["drafts"] = [one.notes for one in desk.calls.drafts()]
        self.told["page is gone"] = run.window.findChild(TroublePage) is None
        run.window.close()

    def _paint(self, run: WindowRun, folder: Path) -> None:
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        for scheme in (Scheme.LIGHT, Scheme.DARK):
            apply_theme(app, scheme)
            for size in (QSize(1280, 800), QSize(1024, 640)):
                run.window.resize(size)
                app.processEvents()
                name = f"{self.told['title'].split()[1]}-{scheme.value}-{size.width()}.png"
                run.window.grab().save(str(folder / name))


async def _until(look: Callable[[], Any]) -> Any:
    for _ in range(PATIENCE):
        found = look()
        if found is not None:
            return found
        await asyncio.sleep(0.02)
    raise TimeoutError("it did not appear")


def main(home: str, key_file: str, remedy: str, pictures: str = "") -> int:
    """Play and tell."""
    press = Press(Path(home), Path(key_file), remedy, pictures)
    code = press.run.run()
    sys.stdout.write(json.dumps(press.told) + "\n")
    return code


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))
