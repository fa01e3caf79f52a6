"""The orgs of this computer with everything that can be done to them: profiles, logins of another program, sign-ins.

Called by launch for the command line and for the window's list of orgs. Blocks: a lane or thread of its own.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from cadence_desk.bootstrap.chosen_secrets import ChosenSecrets
from cadence_desk.bootstrap.machine import MachineClock, MachineEntropy
from cadence_desk.bootstrap.opening import open_profile
from cadence_desk.domain.errors import BadValue, DeskError, KeyStoreMissing
from cadence_desk.domain.orgs import WayIn
from cadence_desk.settings.org_link import is_link, link_of, link_to_text
from cadence_desk.settings.profile_book import ProfileBook
from cadence_desk.store.waiting_lock import WaitingLock

if TYPE_CHECKING:
    from cadence_desk.bootstrap.opening import OpenProfile
    from cadence_desk.domain.orgs import OfferedLogin, OrgProfile
    from cadence_desk.settings.environment import Environment
    from cadence_desk.settings.paths import Paths


class ComputerOrgs:
    """Reads and changes the profiles; opens one."""

    def __init__(self, paths: Paths, environment: Environment, key_file: Path | None) -> None:
        self._paths = paths
        self._environment = environment
        self._key_file = key_file
        self._book = ProfileBook(paths.profile_book)

    def profiles(self) -> list[OrgProfile]:
        """Return all profiles by name."""
        return self._book.profiles()

    def get(self, key: str) -> OrgProfile:
        """Return one profile. Raises BadValue when there is none."""
        found = self._book.get(key)
        if found is None:
            known = ", ".join(one.key for one in self.profiles())
            raise BadValue(
                f"There is no org “{key}”.",
                hint=f"Known: {known}." if known else "Add one with: cadence-desk org add FILE",
            )
        return found

    def add(self, source: str) -> OrgProfile:
        """Add the org of an admin's file or link. Raises BadFile, BadValue."""
        if is_link(source):
            return self._book.import_text(link_to_text(source))
        return self._book.import_file(Path(source))

    def offered(self) -> list[OfferedLogin]:
        """Return the logins of the Salesforce CLI; starts it, which takes seconds. Raises DeskError."""
        from cadence_desk.salesforce.cli_login import offered_logins

        return offered_logins()

    def add_login(self, name: str) -> OrgProfile:
        """Add the org of a login of the Salesforce CLI. Raises BadValue when it has no such login."""
        login = next((one for one in self.offered() if name in {one.username, one.alias}), None)
        if login is None:
            raise BadValue(f"The Salesforce CLI has no login “{name}”.", hint="Log in with: sf org login web")
        return self._book.add_login(login)

    def link(self, key: str) -> str:
        """Return the link that adds an org on another computer."""
        profile = self.get(key)
        if profile.way_in is not WayIn.BROWSER:
            raise BadValue("Only an org with a client id of its own has a link.")
        return link_of(profile)

    def connect(
        self, key: str, events_endpoint: str | None, extra_ca: str | None, proxy: str | None = None
    ) -> OrgProfile:
        """Change how an org is reached; None leaves a value, an empty text goes back to the usual. Raises BadValue."""
        profile = self.get(key)
        usual = type(profile)("", "", "", "", ()).events_endpoint
        endpoint = profile.events_endpoint if events_endpoint is None else events_endpoint.strip() or usual
        authority = profile.extra_ca if extra_ca is None else extra_ca.strip()
        if authority:
            authority = str(Path(authority).expanduser().absolute())
        through = profile.proxy if proxy is None else proxy.strip().removeprefix("http://").rstrip("/")
        changed = replace(profile, events_endpoint=endpoint, extra_ca=authority, proxy=through)
        self._book.add(changed)
        return changed

    def keep_proxy_login(self, key: str, login: str) -> None:
        """Keep ``user:password`` for the org's proxy in the key store; empty forgets it. Raises SecretError."""
        from cadence_desk.salesforce.proxies import login_secret

        secrets = ChosenSecrets(f"{self._paths.service} {self.get(key).key}", self._key_file)
        if not login:
            secrets.delete(login_secret(key))
            return
        secrets.write(login_secret(key), login)
        if not secrets.durable:
            raise KeyStoreMissing(
                "This computer has no key store, so the proxy's password cannot be kept.",
                hint="Use --key-file FILE.",
            )

    def open(self, key: str) -> OpenProfile:
        """Take hold of a profile. Raises FileBusy when another window or command holds it."""
        return open_profile(self._environment.adjusted(self.get(key)), self._paths, self._key_file)

    def forget(self, key: str) -> None:
        """Take a profile off the list; unknown is fine."""
        self._book.remove(key)

    def remove(self, key: str) -> str:
        """Revoke and forget the sign-in and forget the profile; its data stays. Raises FileBusy while it is open."""
        opened = self.open(key)
        try:
            confirmed = self.sign_out(opened)
        finally:
            opened.close()
        self._book.remove(key)
        told = f"Removed {opened.profile.name}. Its data is kept in {self._paths.profile(key)}."
        if not confirmed:
            told += " Salesforce did not confirm the sign-out: to be safe, revoke the app in your Salesforce settings."
        return told

    def sign_out(self, opened: OpenProfile) -> bool:
        """End the stored sign-in of a profile that is held; True when there was none or the org confirmed."""
        from cadence_desk.salesforce.connect import AccessPlan, open_org

        profile = opened.profile
        if profile.way_in is not WayIn.BROWSER:
            return True
        secrets = ChosenSecrets(f"{self._paths.service} {profile.key}", self._key_file)
        connection = open_org(
            profile,
            secrets,
            MachineClock(),
            MachineEntropy(),
            access=AccessPlan(WaitingLock(opened.token_lock).hold),
        )
        try:
            return connection.gateway.sign_out()
        except DeskError:
            return False
        finally:
            connection.lanes.close(1.0)
