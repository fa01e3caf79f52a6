"""Going to another org in the same process: which orgs there are, and the commands of the window for them.

The window of the old org ends in order before the new one's appears: nothing of one org can reach the other.
Called by launch.main and launch.window.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit

from cadence_desk.domain.errors import BadValue, FileBusy
from cadence_desk.domain.orgs import Banner, WayIn
from cadence_desk.launch.next_org import NextOrg
from cadence_desk.launch.threads import in_thread
from cadence_desk.ui.org.org_picker import OrgChoice, OrgPicker
from cadence_desk.ui.shell.commands import Command

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtWidgets import QDialog

    from cadence_desk.bootstrap.orgs import ComputerOrgs
    from cadence_desk.bridge.tasks import TaskRunner
    from cadence_desk.desk.desk import Desk
    from cadence_desk.domain.orgs import OrgProfile
    from cadence_desk.ui.shell.main_window import MainWindow

_OFFERED = "offered:"


@dataclass(frozen=True, slots=True)
class HomeOrg:
    """An org that is in no list, such as a practice org of this start; there is always a way back to it."""

    choice: OrgChoice
    open_again: Callable[[], NextOrg]


class Windows(Protocol):
    """The life of the window, as far as the commands need it."""

    window: MainWindow
    desk: Desk | None
    tasks: TaskRunner | None
    contribute: Callable[[MainWindow], None]

    def leave_for(self, following: NextOrg) -> None:
        """End this org in order, then open another one."""


class Shelf:
    """Implements the picker's OrgShelf over this computer's orgs."""

    def __init__(
        self, orgs: ComputerOrgs, leave_for: Callable[[NextOrg], None], home: HomeOrg | None = None
    ) -> None:
        self._orgs = orgs
        self._leave_for = leave_for
        self._home = home
        self._known: list[OrgChoice] = []
        self.open_key = ""
        """The org that the window works with now."""

    def known(self) -> Sequence[OrgChoice]:
        """Return the orgs as they were read last."""
        return self._known

    async def read(self) -> Sequence[OrgChoice]:
        """Read the orgs anew."""
        profiles = await in_thread(self._orgs.profiles)
        home = [self._home.choice] if self._home is not None else []
        found = [*home, *(_choice(one) for one in profiles)]
        self._known = [_marked(one, self.open_key) for one in found]
        return self._known

    async def read_offered(self) -> Sequence[OrgChoice]:
        """Return the logins of the Salesforce CLI that are not in the list yet."""
        profiles, offered = await in_thread(lambda: (self._orgs.profiles(), self._orgs.offered()))
        known = {(one.username, one.login_url) for one in profiles if one.way_in is WayIn.CLI}
        found = []
        for login in offered:
            if (login.username, login.instance_url) not in known:
                banner = Banner.SANDBOX if login.sandbox else Banner.PRODUCTION
                detail = f"{login.username}  ·  {_host(login.instance_url)}"
                found.append(OrgChoice(_OFFERED + login.username, login.name, banner, detail, offered=True))
        return found

    async def add(self, link: str) -> OrgChoice:
        """Add the org of a pasted link."""
        profile = await in_thread(lambda: self._orgs.add(link))
        await self.read()
        return _marked(_choice(profile), self.open_key)

    async def go_to(self, key: str) -> None:
        """Take hold of the other org first; only then leave this one."""
        if key == self.open_key:
            return
        self._leave(await in_thread(lambda: self._next(key)))

    async def connect(self, events_endpoint: str, extra_ca: str) -> None:
        """Keep connection settings of the open org and open it anew. Raises BadValue when they cannot be used."""
        key = self.open_key
        await in_thread(lambda: self._orgs.connect(key, events_endpoint, extra_ca))
        self._leave(NextOrg(key, lambda: self._orgs.open(key)))  # once this window has let go of it

    def _leave(self, following: NextOrg) -> None:
        self.open_key = following.key
        self._leave_for(following)

    def why_not_connect(self) -> str:
        """Return why the open org has no settings to change."""
        listed = any(one.key == self.open_key for one in self._known)
        home = self._home is not None and self._home.choice.key == self.open_key
        return "" if listed and not home else "This org is not on this computer's list."

    def _next(self, key: str) -> NextOrg:
        if self._home is not None and key == self._home.choice.key:
            return self._home.open_again()
        if key.startswith(_OFFERED):
            key = self._orgs.add_login(key.removeprefix(_OFFERED)).key
        try:
            opened = self._orgs.open(key)
        except FileBusy:
            raise BadValue(
                "That org is open in another window.", hint="Go to that window, or close it first."
            ) from None
        return NextOrg(key, lambda: opened)


def _choice(profile: OrgProfile) -> OrgChoice:
    whose = f"{profile.username} (Salesforce CLI)" if profile.way_in is WayIn.CLI else ""
    detail = "  ·  ".join(part for part in (_host(profile.login_url), whose) if part)
    return OrgChoice(profile.key, profile.name, profile.banner, detail)


def _marked(choice: OrgChoice, open_key: str) -> OrgChoice:
    return OrgChoice(choice.key, choice.name, choice.banner, choice.detail, is_open=choice.key == open_key)


def _host(url: str) -> str:
    return urlsplit(url).netloc


def let_switch(
    run: Windows, orgs: ComputerOrgs, open_key: str, home: HomeOrg | None = None, fixed: str = ""
) -> Shelf:
    """Give the windows of a start their commands about orgs; `fixed` is a reason why the org cannot be changed."""
    shelf = Shelf(orgs, run.leave_for, home)
    shelf.open_key = open_key
    run.contribute = OrgCommands(run, shelf, fixed).contribute
    return shelf


class OrgCommands:
    """The window's commands about orgs; one for all windows of a start."""

    def __init__(self, run: Windows, shelf: Shelf, fixed: str = "") -> None:
        """Take a reason why the org cannot be changed in this start, or none."""
        self._run = run
        self._shelf = shelf
        self._fixed = fixed

    def contribute(self, window: MainWindow) -> None:
        """Add the commands to a window."""
        if self._run.tasks is not None:
            self._run.tasks.start(window, self._shelf.read(), name="read orgs")
        for command in (
            Command(
                "switch_org", "Go to another org", self._pick, ("Ctrl+O",), "account org", lambda: self._fixed
            ),
            Command(
                "connection_settings",
                "Connection settings of this org",
                self._connection,
                (),
                "account org settings",
                lambda: self._fixed or self._shelf.why_not_connect(),
            ),
            Command(
                "admin_page", "For admins: let Cadence Desk into your org", self._explain, (), "help account"
            ),
        ):
            window.contribute(command)

    def _pick(self) -> None:
        if self._run.tasks is not None:
            _open(OrgPicker(self._shelf, self._run.tasks, self._run.window))

    def _connection(self) -> None:
        from cadence_desk.ui.org.connection_sheet import ConnectionSheet

        tasks, desk = self._run.tasks, self._run.desk
        if tasks is None or desk is None:
            return
        sheet = ConnectionSheet(desk.profile, self._run.window)
        sheet.wanted.connect(
            lambda endpoint, authority: tasks.start(
                sheet,
                self._shelf.connect(endpoint, authority),
                name="keep connection settings",
                then="kept",
                failed="failed",
            )
        )
        _open(sheet)

    def _explain(self) -> None:
        from cadence_desk.ui.org.admin_page import AdminPage

        _open(AdminPage(self._run.window))


def _open(dialog: QDialog) -> None:
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()
