"""The session with one org: tokens, renewed by one thread for all, stored before they are used. May import domain.

Refresh tokens rotate: using an old one twice revokes everything, so at most one refresh is under way, in this
process by a flight that others join, between processes by a lock that the caller may hand in.
"""

from __future__ import annotations

import json
import logging
import threading
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from cadence_desk.domain.errors import DeskError, SecretError, SignedOut
from cadence_desk.salesforce.secret import Secret
from cadence_desk.salesforce.tokens import TokenEndpoint, TokenGrant, ids_in

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from cadence_desk.domain.orgs import OrgProfile
    from cadence_desk.domain.ports import SecretStore
    from cadence_desk.salesforce.transport import Transport

_LOG = logging.getLogger(__name__)


@dataclass(slots=True)
class _Flight:
    """A renewal under way; whoever comes meanwhile waits for its end and shares its outcome."""

    done: threading.Event = field(default_factory=threading.Event)
    error: DeskError | None = None


@dataclass(frozen=True, slots=True)
class _Stored:
    """What the key store keeps between two starts."""

    refresh_token: Secret
    instance_url: str
    identity_url: str


class OrgSession:
    """Tokens of one profile. Every method may be called from any lane or feed thread."""

    def __init__(
        self,
        profile: OrgProfile,
        secrets: SecretStore,
        transport: Transport,
        lock: Callable[[], AbstractContextManager[Any]] = nullcontext,
    ) -> None:
        self.profile = profile
        self.endpoint = TokenEndpoint(profile, transport)
        self.unsaved = False
        """True when a renewed token could not be stored: the next start asks to sign in."""
        self._secrets = secrets
        self._between_processes = lock
        self._lock = threading.Lock()
        self._flight: _Flight | None = None
        self._grant: TokenGrant | None = None
        self._refresh_token: Secret | None = None
        self._generation = 0
        self._over: SignedOut | None = None

    @property
    def secret_name(self) -> str:
        """Name of the secret that keeps this profile signed in."""
        return f"{self.profile.key}/refresh-token"

    def bearer(self) -> tuple[Secret, int]:
        """Return the access token and its generation; renews when there is none yet.

        Raises:
            SignedOut: nobody is signed in.
        """
        grant, generation = self._now()
        return grant.access_token, generation

    def access_token(self) -> Secret:
        """Return the access token, as bearer does."""
        return self.bearer()[0]

    @property
    def instance_url(self) -> str:
        """Origin of the org; may change with a renewal. Raises SignedOut."""
        return self._now()[0].instance_url

    @property
    def identity_url(self) -> str:
        """The id URL that names org and user. Raises SignedOut."""
        return self._now()[0].identity_url

    @property
    def user_id(self) -> str:
        """Id of the signed-in user. Raises SignedOut, or AnswerUnreadable when the sign-in did not tell."""
        return ids_in(self.identity_url)[1]

    def has_stored(self) -> bool:
        """Return True when a refresh token is stored. Raises SecretError."""
        return self._read_stored() is not None

    def adopt(self, grant: TokenGrant) -> None:
        """Take the tokens of a new sign-in: stored first, then used. Raises SecretError."""
        self._store(grant)
        self._use(grant)

    def renew(self, generation: int | None = None) -> None:
        """Get a new access token, once for all who ask at the same time.

        Args:
            generation: the generation that was refused; nothing happens when a newer one is there already.

        Raises:
            SignedOut: the refresh token is over or missing; a new sign-in is needed.
            DeskError: the sign-in server cannot be reached just now.
        """
        with self._lock:
            if self._over is not None:
                raise self._over
            if generation is not None and generation != self._generation:
                return
            flight, ours = self._flight, self._flight is None
            if flight is None:
                flight = self._flight = _Flight()
        if ours:
            self._fly(flight)
        else:
            flight.done.wait()
        if flight.error is not None:
            raise flight.error

    def sign_out(self) -> bool:
        """Revoke and forget the tokens; return False when the org did not confirm the revoke.

        Raises:
            SecretError: the stored token could not be deleted; this session is over all the same.
        """
        token, readable = self._refresh_token, True
        if token is None:
            try:
                stored = self._read_stored()
            except SecretError:
                stored, readable = None, False
            token = stored.refresh_token if stored else None
        confirmed = readable if token is None else self.endpoint.revoke(token)
        self._end(SignedOut("You signed out."))
        self._secrets.delete(self.secret_name)
        return confirmed

    def _now(self) -> tuple[TokenGrant, int]:
        with self._lock:
            if self._over is not None:
                raise self._over
            if self._grant is not None:
                return self._grant, self._generation
            generation = self._generation
        self.renew(generation)
        return self._now_or_never()

    def _now_or_never(self) -> tuple[TokenGrant, int]:
        with self._lock:
            if self._grant is None:
                raise self._over if self._over is not None else SignedOut()
            return self._grant, self._generation

    def _fly(self, flight: _Flight) -> None:
        try:
            with self._between_processes():
                self._refresh()
        except SignedOut as error:
            flight.error = error
            self._end(error)
        except DeskError as error:
            flight.error = error
        except BaseException:
            flight.error = DeskError("The session could not be renewed.")
            raise
        finally:
            with self._lock:
                self._flight = None
            flight.done.set()

    def _refresh(self) -> None:
        """Read the stored token again (another process may have rotated it), trade it, store, then use."""
        stored = self._read_stored()
        token = self._refresh_token if stored is None else stored.refresh_token
        if token is None:
            raise SignedOut("You are not signed in to this org.", hint="Sign in.")
        grant = self.endpoint.refresh(token)
        if grant.refresh_token is None:
            grant = TokenGrant(grant.access_token, grant.instance_url, grant.identity_url, token)
        try:
            self._store(grant)
        except SecretError:
            # the old token is spent: what is in memory keeps this session alive, the next start must sign in
            _LOG.warning("the new refresh token could not be stored; the next start will ask to sign in")
            self.unsaved = True
        self._use(grant)

    def _use(self, grant: TokenGrant) -> None:
        with self._lock:
            self._grant = grant
            self._refresh_token = grant.refresh_token
            self._generation += 1
            self._over = None

    def _end(self, error: SignedOut) -> None:
        with self._lock:
            self._grant = None
            self._refresh_token = None
            self._over = error

    def _store(self, grant: TokenGrant) -> None:
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

    def _read_stored(self) -> _Stored | None:
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
