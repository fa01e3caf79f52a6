"""Logins of the Salesforce CLI: listed, and asked for access tokens. Its refresh tokens are its own. May import domain.

Source: @salesforce/plugin-org (org list, org auth show-access-token, org display). The CLI renews under a lock of its
own, so a refused token is cured by asking it again. Every call starts a process that takes seconds: lanes only.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from typing import TYPE_CHECKING, Any

from cadence_desk.domain.errors import DeskError, NotAvailable, Retry, SignedOut
from cadence_desk.domain.orgs import OfferedLogin
from cadence_desk.salesforce.given_token import whose
from cadence_desk.salesforce.secret import Secret
from cadence_desk.salesforce.tokens import TokenGrant

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from cadence_desk.domain.orgs import OrgProfile
    from cadence_desk.salesforce.transport import Transport

LIMIT_SECONDS = 60.0
PROGRAM = "sf"
_LISTS = ("nonScratchOrgs", "other", "sandboxes", "devHubs", "scratchOrgs")
_HIDDEN = "[REDACTED]"
_OWN = "CADENCE_DESK_"
_PASSING = frozenset(
    {"ECONNREFUSED", "ECONNRESET", "ENOTFOUND", "ETIMEDOUT", "FetchError", "LockTimeoutError"}
)


class CliToken:
    """Asks the Salesforce CLI for the access token of one login; implements TokenSource."""

    def __init__(self, profile: OrgProfile, transport: Transport) -> None:
        self._profile = profile
        self._transport = transport

    def present(self) -> bool:
        """Return True: the CLI is asked each time."""
        return True

    def next_grant(self) -> TokenGrant:
        """Return the access token that the CLI has now; it renews by itself.

        Raises:
            SignedOut: the CLI is gone, or has no such login any more.
            DeskError: it, or the org, does not answer just now.
        """
        token = access_token_of(self._profile.username)
        instance = self._profile.login_url.rstrip("/")
        refused = SignedOut(
            "The Salesforce CLI's login is not accepted by the org.",
            hint="Log in again with: sf org login web. Work that waits is kept.",
        )
        return TokenGrant(token, instance, whose(token, instance, self._transport, refused))

    def forget(self) -> bool:
        """Do nothing: the login is the CLI's, and it ends there (sf org logout)."""
        return True


def offered_logins() -> list[OfferedLogin]:
    """Return the logins that the Salesforce CLI has; none when it is not installed.

    Raises:
        DeskError: it does not answer in time or in a way that can be read.
    """
    if shutil.which(PROGRAM) is None:
        return []
    found = _asked("org", "list", "--skip-connection-status")
    return _logins(found)


def access_token_of(username: str) -> Secret:
    """Return a live access token of a login. Raises SignedOut when the CLI has none, DeskError for a passing trouble."""
    if not username or username.startswith("-"):
        raise SignedOut("That is not the name of a login of the Salesforce CLI.")
    try:
        found = _asked("org", "auth", "show-access-token", "-o", username)
    except _UnknownCommand:
        found = _asked("org", "display", "-o", username)  # CLIs older than the command above
    token = found.get("accessToken") if isinstance(found, dict) else None
    if not isinstance(token, str) or not token or token.startswith(_HIDDEN):
        raise SignedOut(
            "The Salesforce CLI does not hand out its access token.",
            hint="Update it with: sf update. Work that waits is kept.",
        )
    return Secret(token)


class _UnknownCommand(SignedOut):
    """This CLI does not know the command."""


def _asked(*arguments: str) -> Any:
    """Run the CLI and return the result it prints as JSON.

    Raises:
        SignedOut: it says no, or is not there.
        NotAvailable: it does not answer in time, or not with JSON.
    """
    program = shutil.which(PROGRAM)
    if program is None:
        raise SignedOut(
            "The Salesforce CLI is not installed (any more).", hint="Install it, or sign in with the browser."
        )
    try:
        done = subprocess.run(  # noqa: S603 - found on the path, arguments as a list
            [program, *arguments, "--json"],
            capture_output=True,
            stdin=subprocess.DEVNULL,
            timeout=LIMIT_SECONDS,
            check=False,
            env=_environment(os.environ),
        )
    except subprocess.TimeoutExpired:
        raise NotAvailable("The Salesforce CLI did not answer within a minute.", retry=Retry.LATER) from None
    except OSError as error:
        raise NotAvailable(f"The Salesforce CLI cannot be started ({error.strerror}).") from None
    if not done.stdout.strip() and b"not a sf command" in done.stderr:
        raise _UnknownCommand(f"This Salesforce CLI does not know: {' '.join(arguments[:3])}.")
    return _result(_json_in(done.stdout))


def _environment(whole: Mapping[str, str]) -> dict[str, str]:
    """What the CLI gets to see: nothing of what is meant for this desk only."""
    return {name: value for name, value in whole.items() if not name.startswith(_OWN)}


def _json_in(printed: bytes) -> dict[str, Any]:
    """Return the JSON object in the output; warnings may stand before it."""
    text = printed.decode("utf-8", errors="replace")
    decoder = json.JSONDecoder()
    at = text.find("{")
    while at >= 0:
        try:
            found, _ = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            at = text.find("{", at + 1)
            continue
        if isinstance(found, dict) and "status" in found:
            return found
        at = text.find("{", at + 1)
    raise NotAvailable("The Salesforce CLI's answer cannot be read.", retry=Retry.LATER)


def _result(answer: Mapping[str, Any]) -> Any:
    if answer.get("status") == 0:
        return answer.get("result")
    name = str(answer.get("name") or "")
    told = str(answer.get("message") or "").strip().splitlines()
    first = told[0][:200] if told else "it gave no reason"
    if "not a sf command" in first:
        raise _UnknownCommand(first)
    if name in _PASSING:
        raise DeskError(f"The Salesforce CLI cannot be asked just now: {first}", retry=Retry.LATER)
    raise SignedOut(
        f"The Salesforce CLI refuses: {first}",
        hint="Log in again with: sf org login web. Work that waits is kept.",
        server_code=name,
    )


def _logins(result: object) -> list[OfferedLogin]:
    """Return each login once: the CLI lists one under several headings."""
    found: dict[str, OfferedLogin] = {}
    for entry in _entries(result):
        login = _login(entry)
        if login is not None:
            found.setdefault(login.username, login)
    return sorted(found.values(), key=lambda one: one.name.casefold())


def _entries(result: object) -> Iterable[Mapping[str, Any]]:
    lists = [result.get(name) for name in _LISTS] if isinstance(result, dict) else []
    for one in lists:
        for entry in one if isinstance(one, list) else ():
            if isinstance(entry, dict):
                yield entry


def _login(entry: Mapping[str, Any]) -> OfferedLogin | None:
    username, instance = entry.get("username"), entry.get("instanceUrl")
    if not isinstance(username, str) or not isinstance(instance, str) or not instance.startswith("https://"):
        return None
    alias = entry.get("alias")
    return OfferedLogin(
        username,
        instance.rstrip("/"),
        alias if isinstance(alias, str) else "",
        sandbox=any(entry.get(name) is True for name in ("isSandbox", "isScratch")),
    )
