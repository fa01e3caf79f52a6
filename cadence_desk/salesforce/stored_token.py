"""A refresh token in the key store: traded for an access token under a lock between processes. May import domain.

Refresh tokens rotate, and using an old one revokes everything (help article 005316711). So whoever trades holds the
lock, reads what is stored anew, and stores the successor before anybody uses the new access token.
"""

from __future__ import annotations

import contextlib
import json
import logging
from contextlib import nullcontext
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from cadence_desk.domain.errors import DeskError, SecretError, SignedOut
from cadence_desk.salesforce.secret import Secret
from cadence_desk.salesforce.token_source import over
from cadence_desk.salesforce.tokens import TokenEndpoint, TokenGrant

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from cadence_desk.domain.orgs import OrgProfile
    from cadence_desk.domain.ports import SecretStore
    from cadence_desk.salesforce.transport import Transport

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Stored:
    """What the key store keeps between two starts."""

    refresh_token: Secret
    instance_url: str
    identity_url: str


class StoredToken:
    """Keeps one profile signed in; implements TokenSource."""

    def __init__(
        self,
        profile: OrgProfile,
        secrets: SecretStore,
        transport: Transport,
        lock: Callable[[], AbstractContextManager[Any]] = nullcontext,
    ) -> None:
        self.endpoint = TokenEndpoint(profile, transport)
        self.unsaved = False
        """True when a new refresh token could not be stored: the next start asks to sign in."""
        self._profile = profile
        self._secrets = secrets
        self._between_processes = lock
        self._successor: Secret | None = None
        """A token that could not be stored; what is stored then is its spent predecessor."""
        self._spent: Secret | None = None
        self._kept: TokenGrant | None = None
        """The grant with that successor, to be stored once more."""

    @property
    def secret_name(self) -> str:
        """Name of the secret that keeps this profile signed in."""
        return f"{self._profile.key}/refresh-token"

    def present(self) -> bool:
        """Return True when a refresh token is stored. Raises SecretError."""
        return self._read() is not None

    def adopt(self, grant: TokenGrant) -> None:
        """Store the tokens of a new sign-in. Raises SecretError."""
        with self._between_processes():
            self._write(grant)
            self._saved()

    def next_grant(self) -> TokenGrant:
        """Trade the stored token, as it is now; another process may have traded it meanwhile."""
        with self._between_processes():
            token = self._token()
            try:
                grant = self.endpoint.refresh(token)
            except DeskError as error:
                ended = over(error)
                newer = self._token() if isinstance(ended, SignedOut) else token
                if newer == token:
                    raise ended from None
                grant = self._traded(newer)  # stored by somebody who holds no such lock
                token = newer
            grant = grant if grant.refresh_token is not None else replace(grant, refresh_token=token)
            self._keep(grant, token)
            return grant

    def store_again(self) -> None:
        """Try once more to store a successor that lives in memory only; does nothing while that cannot be done."""
        kept = self._kept
        if not self.unsaved or kept is None:
            return
        with contextlib.suppress(DeskError), self._between_processes():
            if self._kept is kept:  # else it was traded meanwhile
                self._write(kept)
                self._saved()

    def forget(self) -> bool:
        """Revoke and delete the stored token; return False when the org did not confirm the revoke."""
        with self._between_processes():
            readable = True
            try:
                token = self._newest()
            except SecretError:
                token, readable = None, False
            confirmed = readable if token is None else self.endpoint.revoke(token)
            self._saved()
            self._secrets.delete(self.secret_name)
            return confirmed

    def _token(self) -> Secret:
        token = self._newest()
        if token is None:
            raise SignedOut("You are not signed in to this org.", hint="Sign in.")
        return token

    def _newest(self) -> Secret | None:
        """Return the stored token, or its successor in memory when that could not be stored. Raises SecretError."""
        try:
            stored = self._read()
        except SecretError:
            if self._successor is None:
                raise
            return self._successor
        token = stored.refresh_token if stored is not None else None
        if self._successor is not None and (token is None or token == self._spent):
            return self._successor
        return token

    def _traded(self, token: Secret) -> TokenGrant:
        try:
            return self.endpoint.refresh(token)
        except DeskError as error:
            raise over(error) from None

    def _keep(self, grant: TokenGrant, spent: Secret) -> None:
        """Store a new token; when that fails it lives on in memory, because the old one is spent."""
        try:
            self._write(grant)
        except SecretError:
            _LOG.warning("the new refresh token could not be stored; the next start will ask to sign in")
            self.unsaved = True
            self._spent = self._spent or spent  # what stays stored until a write succeeds
            self._successor, self._kept = grant.refresh_token, grant
        else:
            self._saved()

    def _saved(self) -> None:
        self.unsaved = False
        self._spent = None
        self._successor, self._kept = None, None

    def _write(self, grant: TokenGrant) -> None:
        if grant.refresh_token is None:
            return
        text = json.dumps(
            {
                "refresh_token": grant.refresh_token.reveal(),
                "instance_url": grant.instance_url,
                "identity_url": grant.identity_url,
            }
        )
        self._secrets.write(self.secret_name, text)

    def _read(self) -> _Stored | None:
        text = self._secrets.read(self.secret_name)
        try:
            found = json.loads(text) if text else {}
            token = str(found.get("refresh_token") or "")
        except (ValueError, AttributeError):
            return None
        if not token:
            return None
        return _Stored(
            Secret(token), str(found.get("instance_url") or ""), str(found.get("identity_url") or "")
        )
