"""`cadence-desk org`: the org profiles of this computer. Plain text out; exit code 0, or 2 with a sentence on what is wrong.

Called by launch, which hands in the book, and for the removal a way to end the stored sign-in.
"""

from __future__ import annotations

import sys
from getpass import getpass
from typing import TYPE_CHECKING, Protocol

from cadence_desk.domain.admin_help import admin_page
from cadence_desk.domain.errors import BadValue, DeskError
from cadence_desk.domain.key_field import key_field_page
from cadence_desk.domain.orgs import OrgProfile, WayIn

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from cadence_desk.domain.orgs import OfferedLogin

EXIT_FINE, EXIT_USAGE = 0, 2
_WAYS = {WayIn.BROWSER: "browser", WayIn.CLI: "Salesforce CLI"}


class Orgs(Protocol):
    """The profiles, as far as the commands need them."""

    def profiles(self) -> list[OrgProfile]:
        """Return all profiles."""

    def add(self, source: str) -> OrgProfile:
        """Add the org of a file or link."""

    def add_login(self, name: str) -> OrgProfile:
        """Add the org of a login of the Salesforce CLI, by its user name or alias."""

    def offered(self) -> list[OfferedLogin]:
        """Return the logins of the Salesforce CLI."""

    def link(self, key: str) -> str:
        """Return the link that adds an org elsewhere."""

    def connect(
        self, key: str, events_endpoint: str | None, extra_ca: str | None, proxy: str | None = None
    ) -> OrgProfile:
        """Change how an org is reached."""

    def keep_proxy_login(self, key: str, login: str) -> None:
        """Keep user and password for the org's proxy in the key store; empty forgets them."""

    def remove(self, key: str) -> str:
        """Forget an org and its sign-in; return what to tell."""


def add(orgs: Orgs, source: str, *, cli: bool) -> int:
    """Add the org of a file or link, or of a login of the Salesforce CLI, and say what was added."""
    return _told(lambda: _added(orgs.add_login(source) if cli else orgs.add(source)))


def show(orgs: Orgs) -> int:
    """List the orgs, then the logins that the Salesforce CLI has beside them."""
    profiles = orgs.profiles()
    for one in profiles:
        way = _WAYS.get(one.way_in, one.way_in.value)
        print(f"{one.key:24} {one.name:28} {one.banner.value:12} {way:15} {one.login_url}")
    try:
        offered = _not_added(orgs.offered(), profiles)
    except DeskError as error:
        print(f"cadence-desk: {error.message} ({error.code})", file=sys.stderr)
        offered = []
    if offered:
        print("\nLogins of the Salesforce CLI; add one with: cadence-desk org add --cli NAME")
        for login in offered:
            print(f"{login.name:24} {login.username:40} {login.instance_url}")
    if not profiles and not offered:
        print("No orgs yet. An admin hands out a small file: cadence-desk org add FILE")
    return EXIT_FINE


def link(orgs: Orgs, key: str) -> int:
    """Print the link that adds an org on another computer."""
    return _told(lambda: orgs.link(key))


def connect(
    orgs: Orgs,
    key: str,
    events_endpoint: str | None,
    extra_ca: str | None,
    proxy: str | None = None,
    proxy_user: str | None = None,
) -> int:
    """Change the events endpoint, the extra authority or the proxy of an org."""

    def change() -> str:
        if events_endpoint is None and extra_ca is None and proxy is None and proxy_user is None:
            raise BadValue("Say what to change: --events-endpoint, --extra-ca, --proxy or --proxy-user.")
        profile = orgs.connect(key, events_endpoint, extra_ca, proxy)
        if proxy_user is not None:
            orgs.keep_proxy_login(key, _login_of(proxy_user))
        return (
            f"{profile.name}: events from {profile.events_endpoint}; extra authority: {profile.extra_ca or 'none'}; "
            f"proxy: {profile.proxy or 'that of the computer'}"
        )

    return _told(change)


def _login_of(user: str) -> str:
    """Ask for the password of a proxy user. Raises BadValue for a name that cannot be one."""
    if not user:
        return ""
    if ":" in user or not user.isprintable():
        raise BadValue("The user name for the proxy may not hold a colon.")
    return f"{user}:{getpass(f'Password of {user} at the proxy: ')}"


def remove(orgs: Orgs, key: str) -> int:
    """Forget an org and its sign-in on this computer."""
    return _told(lambda: orgs.remove(key))


def explain() -> int:
    """Print how an admin makes the app, and which ways in there are."""
    print(admin_page())
    return EXIT_FINE


def key_field(texts: Mapping[str, str], folder: Path | None) -> int:
    """Print how an admin gives calls a unique key, with the files to deploy; with a folder, write them there instead."""
    print(key_field_page())
    if folder is None:
        for name, text in texts.items():
            print(f"\n----- {name}\n{text.rstrip()}")
        return EXIT_FINE

    def write() -> str:
        try:
            for name, text in texts.items():
                place = folder / name
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_text(text, encoding="utf-8")
        except OSError as error:
            raise BadValue(f"The folder {folder} cannot be written: {error.strerror}.") from error
        return f"\nWritten to {folder}: {', '.join(texts)}"

    return _told(write)


def _added(profile: OrgProfile) -> str:
    return f"Added {profile.name}. Open it with: cadence-desk --org {profile.key}"


def _not_added(offered: Sequence[OfferedLogin], profiles: Sequence[OrgProfile]) -> list[OfferedLogin]:
    known = {(one.username, one.login_url) for one in profiles if one.way_in is WayIn.CLI}
    return [one for one in offered if (one.username, one.instance_url) not in known]


def _told(work: Callable[[], str]) -> int:
    try:
        print(work())
    except DeskError as error:
        hint = f" {error.hint}" if error.hint else ""
        print(f"cadence-desk: {error.message}{hint} ({error.code})", file=sys.stderr)
        return EXIT_USAGE
    return EXIT_FINE
