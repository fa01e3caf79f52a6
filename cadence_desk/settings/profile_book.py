"""The org profiles of this computer: how to reach each org. Holds no secret.

Imports domain. Called by the launcher and the command line; a profile is imported from a small file of an admin.
"""

from __future__ import annotations

import json
import re
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from cadence_desk.domain.errors import BadFile, BadValue
from cadence_desk.domain.orgs import Banner, OrgProfile, WayIn
from cadence_desk.settings.whole_files import replace_file, set_aside

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cadence_desk.domain.orgs import OfferedLogin

IMPORT_LIMIT = 64 * 1024
_KEY = re.compile(r"[a-z0-9][a-z0-9-]{0,39}\Z")
_CLIENT_ID = re.compile(r"[\x21-\x7e]{1,255}\Z")
_ENDPOINT = re.compile(r"(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:]+\]):([0-9]{1,5})\Z")
_IMPORTED = {"name", "login_url", "client_id", "redirect_uris", "events_endpoint", "extra_ca"}
_NEEDED = ("name", "login_url", "client_id", "redirect_uris")


class ProfileBook:
    """The profiles in one JSON file."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def profiles(self) -> list[OrgProfile]:
        """Return all profiles by name. A file that cannot be read is set aside; an entry that cannot is left out."""
        return sorted(self._read().values(), key=lambda profile: (profile.name.casefold(), profile.key))

    def get(self, key: str) -> OrgProfile | None:
        """Return one profile, or None."""
        return self._read().get(key)

    def add(self, profile: OrgProfile) -> None:
        """Store a profile, replacing one with the same key. Raises BadValue when it is not well formed."""
        if not _KEY.match(profile.key):
            raise BadValue("The key of a profile has small letters, digits and dashes only.")
        check_profile(profile)
        self._write({**self._read(), profile.key: profile})

    def remove(self, key: str) -> None:
        """Forget a profile; absent is fine. Its files and secrets are not touched."""
        found = self._read()
        if found.pop(key, None) is not None:
            self._write(found)

    def import_file(self, path: Path) -> OrgProfile:
        """Add the profile of an admin's file and return it.

        Raises:
            BadFile: it cannot be read or is no such file.
            BadValue: a value in it cannot be used.
        """
        try:
            if path.stat().st_size > IMPORT_LIMIT:
                raise BadFile("That file is too large to be an org file.")
            text = path.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise BadFile("That file cannot be read.") from error
        return self.import_text(text, path.parent)

    def import_text(self, text: str, folder: Path | None = None) -> OrgProfile:
        """Add the profile of an admin's JSON text; a relative `extra_ca` is looked for in `folder`."""
        return self._added(parse_profile(text, folder))

    def add_login(self, login: OfferedLogin) -> OrgProfile:
        """Add the org of another program's login and return its profile; the login stays where it is."""
        banner = Banner.SANDBOX if login.sandbox else banner_of(login.instance_url)
        return self._added(
            OrgProfile(
                "",
                login.name[:80],
                login.instance_url,
                "",
                (),
                banner=banner,
                way_in=WayIn.CLI,
                username=login.username,
            )
        )

    def _added(self, profile: OrgProfile) -> OrgProfile:
        """Store a profile under the key it has already, or a free one."""
        taken = self._read()
        same = [old.key for old in taken.values() if _same_org(old, profile)]
        profile = replace(profile, key=same[0] if same else _free_key(profile.name, taken))
        self.add(profile)
        return profile

    def _read(self) -> dict[str, OrgProfile]:
        try:
            content = json.loads(self._path.read_bytes())
            entries = content["orgs"]
            found = [_from_entry(entry) for entry in entries]
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise BadFile("The list of orgs cannot be read.") from error
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            set_aside(self._path)
            return {}
        return {profile.key: profile for profile in found if profile is not None}

    def _write(self, profiles: Mapping[str, OrgProfile]) -> None:
        entries = [
            {**asdict(profile), "banner": profile.banner.name, "way_in": profile.way_in.value}
            for profile in profiles.values()
        ]
        replace_file(self._path, json.dumps({"version": 1, "orgs": entries}, indent=2).encode())


def parse_profile(text: str, folder: Path | None = None) -> OrgProfile:
    """Return the profile of an admin's JSON text, still without a key.

    Raises:
        BadFile: no JSON object, or a needed value is missing.
        BadValue: a value cannot be used.
    """
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadFile("That is not an org file: it holds no JSON.") from error
    if not isinstance(content, dict):
        raise BadFile("That is not an org file: a JSON object was expected.")
    missing = [name for name in _NEEDED if not content.get(name)]
    unknown = sorted(set(content) - _IMPORTED)
    if missing or unknown:
        words = [f"missing: {', '.join(missing)}"] * bool(missing) + [
            f"unknown: {', '.join(unknown)[:80]}"
        ] * bool(unknown)
        raise BadFile(f"That org file cannot be used ({'; '.join(words)}).")
    return _built(content, folder)


def check_profile(profile: OrgProfile) -> None:
    """Raise BadValue when a profile is not well formed: https only, callbacks on this computer or https."""
    if not profile.name.strip() or len(profile.name) > 80 or not profile.name.isprintable():
        raise BadValue("The name of an org has 1 to 80 printable characters.")
    check_origin(profile.login_url)
    if profile.way_in is WayIn.BROWSER:
        _check_app(profile)
    elif not profile.username or not profile.username.isprintable():
        raise BadValue("The name of the login is missing.")
    check_connection(profile.events_endpoint, profile.extra_ca)
    if profile.proxy not in {"", "direct"} and not _is_endpoint(profile.proxy):
        raise BadValue("A proxy is a host and a port, such as proxy.acme.com:3128, or the word “direct”.")


def _check_app(profile: OrgProfile) -> None:
    if not _CLIENT_ID.match(profile.client_id):
        raise BadValue("The client id is not one Salesforce gives out.")
    if not profile.redirect_uris:
        raise BadValue("At least one redirect URI is needed.")
    for uri in profile.redirect_uris:
        _check_callback(uri)


def check_connection(events_endpoint: str, extra_ca: str) -> None:
    """Raise BadValue unless these are an endpoint for change events and a readable PEM file, or empty."""
    if not _is_endpoint(events_endpoint):
        raise BadValue("The events endpoint is a host and a port, such as api.pubsub.salesforce.com:7443.")
    if extra_ca:
        _check_ca(Path(extra_ca))


def _is_endpoint(text: str) -> bool:
    found = _ENDPOINT.match(text)
    return found is not None and 0 < int(found.group(1)) < 65536


def banner_of(login_url: str) -> Banner:
    """Return which kind of org a login address leads to (My Domain hosts of sandboxes end in sandbox.my.salesforce.com)."""
    host = (urlsplit(login_url).hostname or "").lower()
    sandbox = host == "test.salesforce.com" or host.endswith(
        (".sandbox.my.salesforce.com", ".scratch.my.salesforce.com")
    )
    return Banner.SANDBOX if sandbox else Banner.PRODUCTION


def _built(content: dict[str, Any], folder: Path | None) -> OrgProfile:
    uris = content["redirect_uris"]
    texts = [content[name] for name in ("name", "login_url", "client_id")]
    optional = [content.get("events_endpoint") or "", content.get("extra_ca") or ""]
    if not isinstance(uris, list) or not all(isinstance(value, str) for value in [*texts, *optional, *uris]):
        raise BadFile("That org file cannot be used (every value is a text, redirect_uris a list of texts).")
    name, login_url, client_id = (text.strip() for text in texts)
    endpoint, authority = optional
    if authority and folder is not None:
        authority = str((folder / authority).absolute())
    profile = OrgProfile("", name, login_url.rstrip("/"), client_id, tuple(uris), banner=banner_of(login_url))
    profile = replace(profile, extra_ca=authority, events_endpoint=endpoint or profile.events_endpoint)
    check_profile(profile)
    return profile


def check_origin(url: str) -> None:
    """Raise BadValue unless this is the https address of a host and nothing more."""
    parts = _split(url)
    if parts is None or parts.scheme != "https" or not parts.hostname or parts.username is not None:
        raise BadValue("The login address starts with https:// and names a host.")
    if parts.path not in {"", "/"} or parts.query or parts.fragment:
        raise BadValue("The login address ends after the host, such as https://acme.my.salesforce.com.")


def _check_callback(uri: str) -> None:
    parts = _split(uri)
    local = (
        parts is not None and parts.scheme == "http" and parts.hostname in {"localhost", "127.0.0.1", "::1"}
    )
    if parts is None or not local or parts.port is None or parts.fragment or parts.username is not None:
        raise BadValue(
            "A redirect URI is an address on this computer, such as http://localhost:1717/OauthRedirect."
        )


def _split(url: str) -> Any:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return None
    return None if any(char.isspace() or not char.isprintable() for char in url) else parts


def _check_ca(path: Path) -> None:
    try:
        with path.open("rb") as stream:
            head = stream.read(1 << 20)
    except OSError as error:
        raise BadValue("The file with the extra certificate authority cannot be read.") from error
    if b"-----BEGIN CERTIFICATE-----" not in head or b"PRIVATE KEY-----" in head:
        raise BadValue("The extra certificate authority must be a PEM file with certificates only.")


def _same_org(old: OrgProfile, new: OrgProfile) -> bool:
    return _place(old) == _place(new)


def _place(profile: OrgProfile) -> tuple[object, ...]:
    return profile.login_url, profile.client_id, profile.way_in, profile.username


def _free_key(name: str, taken: Mapping[str, OrgProfile]) -> str:
    base = re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-")[:32].strip("-") or "org"
    key, number = base, 1
    while key in taken:
        number += 1
        key = f"{base}-{number}"
    return key


def _from_entry(entry: dict[str, Any]) -> OrgProfile | None:
    names = set(OrgProfile.__dataclass_fields__)
    values = {name: value for name, value in entry.items() if name in names}
    try:
        values["redirect_uris"] = tuple(values["redirect_uris"])
        values["banner"] = Banner[values.get("banner", Banner.PRODUCTION.name)]
        values["way_in"] = WayIn(values.get("way_in", WayIn.BROWSER.value))
        return OrgProfile(**values)
    except (KeyError, TypeError, ValueError):
        return None
