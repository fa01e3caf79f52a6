"""One stored identity, used as several processes would: the parts of a renewal, each of which can be a stopping point."""

from __future__ import annotations

import os
import signal
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from typing_extensions import override

from cadence_desk.domain.orgs import OrgProfile
from cadence_desk.salesforce.session import OrgSession
from cadence_desk.salesforce.stored_token import StoredToken
from cadence_desk.salesforce.tokens import TokenEndpoint
from cadence_desk.salesforce.transport import Transport
from cadence_desk.salesforce.usage import UsageMeter
from cadence_desk.settings.key_file import KeyFileSecrets
from cadence_desk.store.waiting_lock import WaitingLock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cadence_desk.salesforce.secret import Secret
    from cadence_desk.salesforce.tokens import TokenGrant

STOPS = (
    "waiting for the lock",
    "locked",
    "read",
    "before the request",
    "after the answer",
    "half written",
    "before the rename",
    "written",
    "used",
)
"""The steps of a renewal, in order."""
SPENT = frozenset({"after the answer", "half written", "before the rename"})
"""Killed here the org has rotated and nobody has the new token: the grant cannot be saved by anybody."""


class _Clock:
    def wall(self) -> float:
        return 0.0

    def monotonic(self) -> float:
        return 0.0


class _Endpoint(TokenEndpoint):
    at: Callable[[str], None]

    @override
    def refresh(self, token: Secret) -> TokenGrant:
        self.at("before the request")
        grant = super().refresh(token)
        self.at("after the answer")
        return grant


class _Secrets(KeyFileSecrets):
    at: Callable[[str], None]

    @override
    def read(self, name: str) -> str | None:
        found = super().read(name)
        self.at("read")
        return found

    @override
    def write(self, name: str, value: str) -> None:
        super().write(name, value)
        self.at("written")


def open_session(
    profile: OrgProfile, key_file: Path, at: Callable[[str], None] = lambda _: None
) -> OrgSession:
    """Return a session as bootstrap makes one: a key file, and one lock file beside it."""
    transport = Transport(profile, UsageMeter(_Clock()))
    secrets = _Secrets(key_file)
    secrets.at = at
    file_lock = WaitingLock(key_file.with_name(f"{key_file.name}.{profile.key}.lock"), 20)

    @contextmanager
    def lock() -> Iterator[None]:
        at("waiting for the lock")
        with file_lock.hold():
            at("locked")
            yield

    source = StoredToken(profile, secrets, transport, lock)
    endpoint = source.endpoint = _Endpoint(profile, transport)
    endpoint.at = at
    return OrgSession(profile, source)


def _kill_in_write(stop: str) -> None:
    """Stop inside the replacing of the key file: after half of the new file, or before it takes the name."""
    if stop == "half written":
        write = os.fdopen

        def half(descriptor: int, mode: str) -> object:
            with write(descriptor, mode) as stream:
                stream.write(b'{"format"')
            os.kill(os.getpid(), signal.SIGKILL)
            raise AssertionError

        os.fdopen = half  # type: ignore[assignment]
    elif stop == "before the rename":

        def never(*_: object) -> Path:
            os.kill(os.getpid(), signal.SIGKILL)
            raise AssertionError

        Path.replace = never  # type: ignore[method-assign, assignment]


def main(arguments: list[str]) -> None:
    """Renew once and be killed at a named step, or renew so many times and end."""
    what, url, client_id, authority, key_file = arguments
    profile = OrgProfile(
        "test", "T", url, client_id, ("http://localhost:1717/OauthRedirect",), extra_ca=authority
    )
    if what.isdigit():
        session = open_session(profile, Path(key_file))
        for _ in range(int(what)):
            session.renew()
        sys.stdout.write(session.access_token().reveal())
        return

    def at(step: str) -> None:
        if step == what:
            os.kill(os.getpid(), signal.SIGKILL)

    _kill_in_write(what)
    session = open_session(profile, Path(key_file), at)
    session.renew()
    session.access_token()
    at("used")


if __name__ == "__main__":
    main(sys.argv[1:])
