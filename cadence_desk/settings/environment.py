"""What the environment gives: a way in that wins over profiles, and connection settings that fit any org.

Imports domain. Read once by the launcher, which takes the access token out of the environment: no child inherits it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from cadence_desk.domain.errors import BadValue
from cadence_desk.domain.orgs import GivenAccess, OrgProfile, WayIn
from cadence_desk.settings.profile_book import banner_of, check_connection, check_origin

if TYPE_CHECKING:
    from collections.abc import Mapping, MutableMapping

ACCESS_TOKEN = "CADENCE_DESK_ACCESS_TOKEN"  # noqa: S105 - the name of a variable
INSTANCE_URL = "CADENCE_DESK_INSTANCE_URL"
EVENTS_ENDPOINT = "CADENCE_DESK_EVENTS_ENDPOINT"
EXTRA_CA = "CADENCE_DESK_EXTRA_CA"
KEY_FILE = "CADENCE_DESK_KEY_FILE"
JWT_KEY_FILE = "CADENCE_DESK_JWT_KEY_FILE"
JWT_CLIENT_ID = "CADENCE_DESK_JWT_CLIENT_ID"
JWT_USERNAME = "CADENCE_DESK_JWT_USERNAME"
JWT_LOGIN_URL = "CADENCE_DESK_JWT_LOGIN_URL"

_TOKEN = re.compile(r"[\x21-\x7e]{1,8192}\Z")


@dataclass(frozen=True, slots=True)
class GivenOrg:
    """An org that the environment names, with what lets the desk in."""

    profile: OrgProfile
    access: GivenAccess


@dataclass(frozen=True, slots=True)
class Environment:
    """The variables of this desk that are set; empty ones count as not set."""

    values: Mapping[str, str] = field(default_factory=dict, repr=False)

    @classmethod
    def taken_from(cls, variables: MutableMapping[str, str]) -> Environment:
        """Read the variables and take the access token out of them."""
        names = (
            ACCESS_TOKEN,
            INSTANCE_URL,
            EVENTS_ENDPOINT,
            EXTRA_CA,
            KEY_FILE,
            JWT_KEY_FILE,
            JWT_CLIENT_ID,
            JWT_USERNAME,
            JWT_LOGIN_URL,
        )
        found = {name: variables.get(name, "").strip() for name in names}
        variables.pop(ACCESS_TOKEN, None)
        return cls({name: value for name, value in found.items() if value})

    @property
    def key_file(self) -> Path | None:
        """The file that keeps secrets in place of the key store; None when the key store is to be used."""
        named = self.values.get(KEY_FILE)
        return Path(named) if named else None

    def org(self) -> GivenOrg | None:
        """Return the org that the environment names, a token before a key; None when it names none.

        Raises:
            BadValue: a part is missing or cannot be used; no value is quoted.
        """
        if ACCESS_TOKEN in self.values or INSTANCE_URL in self.values:
            given = self._by_token()
        elif any(name in self.values for name in (JWT_KEY_FILE, JWT_CLIENT_ID, JWT_USERNAME, JWT_LOGIN_URL)):
            given = self._by_key()
        else:
            return None
        return GivenOrg(self.adjusted(given.profile), given.access)

    def adjusted(self, profile: OrgProfile) -> OrgProfile:
        """Return a profile with the events endpoint and the authority of the environment. Raises BadValue."""
        endpoint = self.values.get(EVENTS_ENDPOINT, profile.events_endpoint)
        authority = profile.extra_ca
        if EXTRA_CA in self.values:
            authority = str(Path(self.values[EXTRA_CA]).expanduser().absolute())
        if (endpoint, authority) == (profile.events_endpoint, profile.extra_ca):
            return profile
        check_connection(endpoint, authority)
        return replace(profile, events_endpoint=endpoint, extra_ca=authority)

    def _by_token(self) -> GivenOrg:
        self._need(ACCESS_TOKEN, INSTANCE_URL)
        token, url = self.values[ACCESS_TOKEN], self.values[INSTANCE_URL].rstrip("/")
        if not _TOKEN.match(token):
            raise BadValue(f"{ACCESS_TOKEN} holds no access token.")
        _check(INSTANCE_URL, url)
        profile = OrgProfile(
            _key("env", url, url), _host(url), url, "", (), banner=banner_of(url), way_in=WayIn.TOKEN
        )
        return GivenOrg(profile, GivenAccess(token=token))

    def _by_key(self) -> GivenOrg:
        self._need(JWT_KEY_FILE, JWT_CLIENT_ID, JWT_USERNAME)
        url = self.values.get(JWT_LOGIN_URL, "https://login.salesforce.com").rstrip("/")
        _check(JWT_LOGIN_URL, url)
        client_id, username = self.values[JWT_CLIENT_ID], self.values[JWT_USERNAME]
        profile = OrgProfile(
            _key("key", url, f"{url} {client_id} {username}"),
            _host(url),
            url,
            client_id,
            (),
            banner=banner_of(url),
            way_in=WayIn.KEY,
            username=username,
        )
        key_file = Path(self.values[JWT_KEY_FILE]).expanduser().absolute()
        return GivenOrg(profile, GivenAccess(key_file=str(key_file)))

    def _need(self, *names: str) -> None:
        missing = [name for name in names if name not in self.values]
        if missing:
            raise BadValue(f"Set {' and '.join(missing)}, too: {', '.join(names)} belong together.")


def _check(name: str, url: str) -> None:
    try:
        check_origin(url)
    except BadValue:
        raise BadValue(
            f"{name} is the address of an org and nothing more, such as https://acme.my.salesforce.com."
        ) from None


def _host(url: str) -> str:
    parts = urlsplit(url)
    return parts.netloc if parts.port not in {None, 443} else parts.hostname or parts.netloc


def _key(kind: str, url: str, whole: str) -> str:
    """Return a folder name that two different ways in never share."""
    slug = re.sub(r"[^a-z0-9]+", "-", _host(url).lower()).strip("-")[:36].strip("-")
    import hashlib  # most starts need none

    return f"{kind}-{slug}-{hashlib.sha256(whole.encode()).hexdigest()[:8]}"
