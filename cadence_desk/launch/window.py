"""Opens the window over a desk: paint first, then the loop, then the org. Used by the plain start and by the tour.

Imports Qt at the top: everything heavier is loaded after the first paint.
"""

from __future__ import annotations

import logging
import signal
from contextlib import contextmanager
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from cadence_desk.bridge.app import run_app
from cadence_desk.bridge.runtime import check_runtime
from cadence_desk.domain.errors import DeskError
from cadence_desk.launch.watch import Watch
from cadence_desk.ui.kit.theme import apply_theme, window_app
from cadence_desk.ui.kit.web_pages import open_url
from cadence_desk.ui.kit.workplace import NoMemory
from cadence_desk.ui.shell.main_window import MainWindow
from cadence_desk.ui.shell.window_memory import kept_scheme

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterator
    from typing import Any

    from cadence_desk.bootstrap.opening import OpenProfile
    from cadence_desk.bridge.faults import Fault
    from cadence_desk.bridge.one_window import OneWindow
    from cadence_desk.bridge.session import Quitting
    from cadence_desk.bridge.tasks import TaskRunner
    from cadence_desk.desk.desk import Desk
    from cadence_desk.launch.early_rows import EarlyRows
    from cadence_desk.launch.next_org import NextOrg
    from cadence_desk.settings.paths import Paths
    from cadence_desk.settings.preferences import Preferences
    from cadence_desk.settings.start_log import StartLog
    from cadence_desk.sync.parts import EngineOptions

_log = logging.getLogger(__name__)


class ScreenMemory:
    """What windows remember, in the preferences file; implements ui's Memory."""

    def __init__(self, preferences: Preferences) -> None:
        self._screen = preferences.screen

    def read(self, name: str) -> str:
        """Return what was kept; empty when nothing was."""
        value = self._screen.get(name, "")
        return value if isinstance(value, str) else ""

    def write(self, name: str, value: str) -> None:
        """Keep a text; an empty one forgets."""
        if value:
            self._screen[name] = value
        else:
            self._screen.pop(name, None)


class WindowRun:
    """One life of the window, from the first paint to the exit code.

    Args:
        paths: where the preferences lie.
        open_now: returns the open profile; may take seconds and runs in a thread of its own.
        open_page: shows a web page to the user.
        desk_opened: called on the loop once window and desk know each other; the tour begins there.
        safe: nothing happens by itself, and the window opens as if for the first time.
    """

    start_error: DeskError | None = None
    starts: StartLog | None = None
    """Where it is written down how this start ends."""
    link = ""
    """What to show once the desk is open."""
    held: OpenProfile | None = None
    """The profile of a start that holds it before the first paint: its rows are shown before the desk is there."""

    def __init__(
        self,
        paths: Paths,
        open_now: Callable[[], OpenProfile],
        *,
        open_page: Callable[[str], None] = open_url,
        desk_opened: Callable[[WindowRun], Coroutine[Any, Any, None]] | None = None,
        safe: bool = False,
    ) -> None:
        from cadence_desk.settings.preferences import Preferences

        self.paths = paths
        self.preferences = Preferences.load(paths.preferences)
        self._open_now = open_now
        self._open_page = open_page
        self._desk_opened = desk_opened
        self.options: EngineOptions | None = None
        """The engine's settings; those of the preferences when left out."""
        self.watch = Watch(paths.logs, self._tell_fault, release=desk_opened is None)
        self.app = window_app()
        self.contribute: Callable[[MainWindow], None] = lambda _window: None
        """Adds the commands that only the launcher can carry out; called for each window."""
        self.prepare: Callable[[], None] = lambda: None
        """Called once, after the first paint and before anything of the org is opened."""
        self.safe = safe
        memory = NoMemory() if safe else ScreenMemory(self.preferences)
        apply_theme(self.app, kept_scheme(memory))  # before there is a window: nothing is polished twice
        self.window = MainWindow(memory, open_page)
        self.app.commitDataRequest.connect(self._computer_shuts_down)
        self.meter = self.watch.meter
        self.desk: Desk | None = None
        self.tasks: TaskRunner | None = None
        self._opened: OpenProfile | None = None
        self._door: OneWindow | None = None
        self._quitting: Quitting | None = None
        self._next: NextOrg | None = None
        self._early: EarlyRows | None = None

    @property
    def opened(self) -> OpenProfile | None:
        """The profile that this window holds, once it does."""
        return self._opened

    def _tell_fault(self, fault: Fault, count: int) -> None:
        self.window.show_fault(fault, count)

    def run(self) -> int:
        """Show the window and return its exit code."""
        problem = check_runtime()
        if problem:
            raise SystemExit(problem)
        try:
            code = run_app(
                self.app,
                self.window,
                self._session,
                hooks=self.watch.hooks,
                meter=self.meter,
                first=self._show_yesterday,
            )
        finally:
            self.watch.end()
        if self.starts is not None:
            self.starts.end()
        return code

    def _show_yesterday(self) -> None:
        """Show what the files hold before anything else is loaded; in safe mode nothing of before is shown."""
        if self.held is None or self.safe:
            return
        from cadence_desk.launch.early_rows import EarlyRows

        self._early = EarlyRows(self.held, lambda: self.window)
        self._early.show()

    def _computer_shuts_down(self, _manager: object) -> None:
        """The session ends: what is typed is on the disk before Qt goes on (QGuiApplication, commitDataRequest)."""
        self.window.keep_at_once()
        if self._quitting is not None:
            self._quitting.ask()

    def leave_for(self, following: NextOrg) -> None:
        """End this org in order, then open another one in a window of its own."""
        self._next = following
        self.window.setEnabled(False)
        if self._quitting is not None:
            self._quitting.ask()

    async def _session(self) -> int:
        """Work with one org after the other until the user leaves."""
        self.prepare()
        if self.starts is not None:
            from cadence_desk.launch.safe_mode import follow_life

            follow_life(self.meter, self.starts)
        while True:
            code = await self._one_org()
            following, self._next = self._next, None
            if following is None:
                return code
            self._turn_to(following)

    def _turn_to(self, following: NextOrg) -> None:
        old = self.window
        self._open_now, self.options = following.open_now, following.options
        self.desk, self.start_error, self._opened, self._early = None, None, None, None
        self.safe, self.link = False, ""
        if following.remember:
            self.preferences.last_profile = following.key
        if self._door is not None:
            self._door.deleteLater()
            self._door = None
        self.window = MainWindow(ScreenMemory(self.preferences), self._open_page)
        self.window.show()
        old.deleteLater()

    async def _one_org(self) -> int:
        from cadence_desk.bridge.session import Quitting
        from cadence_desk.bridge.tasks import TaskRunner
        from cadence_desk.launch.diagnosing import Diagnosing

        self.window.complete_soon()
        quitting = self._quitting = Quitting()
        self.window.quit_asked.connect(quitting.ask)
        if self.window.isHidden():  # closed before anybody listened
            quitting.ask()
        tasks = self.tasks = TaskRunner(self.window)
        self.contribute(self.window)
        Diagnosing(self, self.window)
        self.window.link = self.link
        with quit_on_signals(quitting.ask):
            try:
                desk = await self._built(quitting)
            except DeskError as error:
                return await self._not_opened(error, quitting)
            if desk is None:
                return 0
            return await self._work(desk, tasks, quitting)

    async def _built(self, quitting: Quitting) -> Desk | None:
        """Return the desk, or None when the user does not wait for it."""
        import asyncio

        from cadence_desk.launch.threads import in_thread

        loop = asyncio.get_running_loop()
        building = loop.create_task(in_thread(self._build), name="build the desk")
        leaving = loop.create_task(quitting.wait(), name="leave before the desk is there")
        try:
            await asyncio.wait({building, leaving}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            leaving.cancel()
        if building.done():
            return building.result()
        building.cancel()
        return None

    async def _not_opened(self, error: DeskError, quitting: Quitting) -> int:
        """Tell why there is no desk; a person reads it and closes the window, the tour goes at once."""
        self.start_error = error
        self.window.show_start_error(error)
        if self._desk_opened is None:
            await quitting.wait()
        if self._next is not None:
            self.window.finish()
        return 1

    async def _work(self, desk: Desk, tasks: TaskRunner, quitting: Quitting) -> int:
        from cadence_desk.bridge.one_window import OneWindow
        from cadence_desk.bridge.session import run_session
        from cadence_desk.launch.updating import news_of_updates

        self.desk = desk
        self.window.attach(desk, tasks)
        if self._opened is not None:
            self._door = OneWindow(self._opened.inbox, self._come_forward)
        if self._desk_opened is not None:
            tasks.start(self.window, self._desk_opened(self), name="tour")
        news = news_of_updates(self.preferences)
        tasks.start(self.window.frame.status, news, name="look for an update", then="show_news")
        code = await run_session(_Started(desk, self), self.window, tasks, quitting)
        try:
            self.preferences.save(self.paths.preferences)
        except OSError as error:
            _log.warning("the preferences could not be saved: %s", error.strerror)
        return code

    def _come_forward(self, arguments: list[str]) -> None:
        """Another start of this profile ended with a word to this window, and maybe with a link."""
        self.window.setWindowState(
            self.window.windowState() & ~Qt.WindowState.WindowMinimized | Qt.WindowState.WindowActive
        )
        self.window.raise_()
        self.window.activateWindow()
        if len(arguments) == 2 and arguments[0] == "open":
            self.window.doors.outside.follow(arguments[1])
        elif len(arguments) == 2 and arguments[0] == "outbox":
            self.window.doors.outside.show_change(arguments[1])

    def _build(self) -> Desk:
        from cadence_desk.bootstrap.compose import build_desk, engine_options

        self._opened = self._open_now()
        options = self.options or engine_options(self.preferences)
        if self.safe:
            from cadence_desk.launch.safe_mode import safe_options

            options = safe_options(options)
        early, self._early = self._early, None
        return build_desk(self._opened, options, early.taken() if early is not None else None)

    def all_people(self) -> EngineOptions:
        """Return the preferences' settings with everybody on the People list: right for a small org of one's own."""
        from dataclasses import replace

        from cadence_desk.bootstrap.compose import engine_options
        from cadence_desk.domain.ports import PeopleScope

        return replace(engine_options(self.preferences), scope=PeopleScope.ALL)


class _Started:
    """Starts a desk and tells the window when it has opened."""

    def __init__(self, desk: Desk, run: WindowRun) -> None:
        self._desk = desk
        self._run = run
        self._window = run.window

    async def start(self) -> None:
        """Start; the window shows the sign-in page only once it is known that nobody is signed in.

        Files that cannot be opened get a page of their own, with what can be done about them.
        """
        from cadence_desk.launch.key_waiting import tell_key_waiting
        from cadence_desk.launch.trouble import offer_mending

        if self._run.tasks is not None:
            waiting = tell_key_waiting(self._window, self._desk)
            self._run.tasks.start(self._window, waiting, name="wait for the key store")
        try:
            await self._desk.start()
        except DeskError as error:
            await offer_mending(self._run, self._run.opened, error)
            raise
        self._window.started()

    async def stop(self) -> None:
        """Stop."""
        await self._desk.stop()


@contextmanager
def quit_on_signals(ask: Callable[[], None]) -> Iterator[None]:
    """Let Ctrl+C, a closing session and a plain kill go through the quit order: what is typed is kept."""
    import asyncio

    loop = asyncio.get_running_loop()
    numbers = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]
    before = {number: signal.getsignal(number) for number in numbers}
    for number in numbers:
        signal.signal(number, lambda _number, _frame: loop.call_soon_threadsafe(ask))
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, signal.SIG_DFL if handler is None else handler)
