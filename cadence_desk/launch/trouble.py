"""The way on when the files of a profile cannot be opened: looks what is wrong, shows the page, carries out what is chosen.

Called by launch.window. What was mended is opened anew, in a window of its own, as going to another org is.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from cadence_desk.domain.errors import DeskError, FileDamaged, KeyLost, KeyStoreLocked
from cadence_desk.domain.mending import Remedy
from cadence_desk.launch.next_org import NextOrg
from cadence_desk.launch.threads import in_thread

if TYPE_CHECKING:
    from cadence_desk.bootstrap.opening import OpenProfile
    from cadence_desk.bridge.tasks import TaskRunner
    from cadence_desk.desk.desk import Desk
    from cadence_desk.domain.mending import Mending, Trouble
    from cadence_desk.sync.parts import EngineOptions
    from cadence_desk.ui.outbox.trouble_page import TroublePage
    from cadence_desk.ui.shell.main_window import MainWindow

_MENDED = (FileDamaged, KeyLost, KeyStoreLocked)


class Windows(Protocol):
    """The life of the window, as far as it is needed here."""

    window: MainWindow
    desk: Desk | None
    tasks: TaskRunner | None
    options: EngineOptions | None

    def leave_for(self, following: NextOrg) -> None:
        """End this org in order, then open another one."""


async def offer_mending(run: Windows, opened: OpenProfile | None, error: DeskError) -> None:
    """Show what can be done about an error of the start, where something can be done."""
    if not isinstance(error, _MENDED) or opened is None or run.desk is None or run.tasks is None:
        return
    from cadence_desk.bootstrap.mending import ProfileMending, locked_trouble

    identity = run.desk.identity
    try:
        mending = await in_thread(lambda: ProfileMending(opened, identity))
        if isinstance(error, KeyStoreLocked):
            trouble: Trouble | None = locked_trouble(error)
        else:
            trouble = await in_thread(mending.look)
    except DeskError:
        return  # the error of the start is told as it is
    if trouble is not None:
        from cadence_desk.ui.outbox.trouble_page import TroublePage

        page = TroublePage(trouble)
        _Clerk(run, opened, mending, page)
        run.window.show_trouble(page)


class _Clerk:
    """Carries out what is chosen on one page."""

    def __init__(self, run: Windows, opened: OpenProfile, mending: Mending, page: TroublePage) -> None:
        self._run = run
        self._opened = opened
        self._mending = mending
        self._page = page
        # a connection keeps a closure alive, and with it this clerk; of a method it would keep nothing
        page.chosen.connect(lambda remedy, words: self._chosen(remedy, words))  # noqa: PLW0108
        page.file_chosen.connect(lambda path: self._export(path))  # noqa: PLW0108
        page.open_asked.connect(lambda: self._open_anew())  # noqa: PLW0108
        page.quit_asked.connect(lambda: run.window.close())  # noqa: PLW0108

    def _chosen(self, remedy: Remedy, words: str) -> None:
        if remedy is Remedy.RETRY:
            self._open_anew()
        elif self._run.tasks is not None:
            self._run.tasks.start(
                self._page,
                in_thread(lambda: self._mending.apply(remedy, words)),
                name="mend the profile",
                then="mended",
                failed="failed",
            )

    def _export(self, path: str) -> None:
        if self._run.tasks is not None:
            self._run.tasks.start(
                self._page,
                in_thread(lambda: self._mending.export(Path(path))),
                name="export what can be read",
                then="done",
                failed="failed",
            )

    def _open_anew(self) -> None:
        from cadence_desk.bootstrap.opening import open_profile

        old = self._opened
        self._run.leave_for(
            NextOrg(
                old.profile.key,
                lambda: open_profile(old.profile, old.paths, old.key_file, old.given),
                self._run.options,
                remember=False,
            )
        )
