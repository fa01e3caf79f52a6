"""The session with one org: an access token in memory, renewed by one thread for all. May import domain.

Where tokens come from is the business of a TokenSource; this class sees to it that at most one renewal is under way
and that an end stays an end.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cadence_desk.domain.errors import DeskError, SignedOut
from cadence_desk.salesforce.tokens import ids_in

if TYPE_CHECKING:
    from cadence_desk.domain.orgs import OrgProfile
    from cadence_desk.salesforce.secret import Secret
    from cadence_desk.salesforce.token_source import TokenSource
    from cadence_desk.salesforce.tokens import TokenGrant


@dataclass(slots=True)
class _Flight:
    """A renewal under way; whoever comes meanwhile waits for its end and shares its outcome."""

    done: threading.Event = field(default_factory=threading.Event)
    error: DeskError | None = None


class OrgSession:
    """Tokens of one profile. Every method may be called from any lane or feed thread."""

    def __init__(self, profile: OrgProfile, source: TokenSource) -> None:
        self.profile = profile
        self.source = source
        self._lock = threading.Lock()
        self._flight: _Flight | None = None
        self._grant: TokenGrant | None = None
        self._generation = 0
        self._over: SignedOut | None = None

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

    def use(self, grant: TokenGrant) -> None:
        """Use the tokens of a new sign-in from now on; whatever has to be stored has been stored."""
        with self._lock:
            self._grant = grant
            self._generation += 1
            self._over = None

    def renew(self, generation: int | None = None) -> None:
        """Get a new access token, once for all who ask at the same time.

        Args:
            generation: the generation that was refused; nothing happens when a newer one is there already.

        Raises:
            SignedOut: the source is over or missing; a new sign-in is needed.
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

    def begin_again(self) -> None:
        """Forget that the session is over, so that the source is asked once more: a person wants to be let in."""
        with self._lock:
            self._over = None

    def sign_out(self) -> bool:
        """End the session and have the source forget; return False when the org did not confirm that.

        Raises:
            SecretError: what is stored could not be deleted; this session is over all the same.
        """
        try:
            return self.source.forget()
        finally:
            self._end(SignedOut("You signed out."))

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
            self.use(self.source.next_grant())
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

    def _end(self, error: SignedOut) -> None:
        with self._lock:
            self._grant = None
            self._over = error
