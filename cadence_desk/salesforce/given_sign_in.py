"""Signing in without a browser: tokens come from the environment, a key or another program. May import domain."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cadence_desk.domain.errors import OrgRefused

if TYPE_CHECKING:
    from collections.abc import Callable

    from cadence_desk.domain.orgs import Identity, OrgProfile
    from cadence_desk.salesforce.session import OrgSession


class GivenSignIn:
    """Asks the session's source; nothing is shown and nothing is waited for. Implements SignInFlow."""

    def __init__(self, session: OrgSession, identify: Callable[[], Identity]) -> None:
        self._session = session
        self._identify = identify

    def resume(self, profile: OrgProfile) -> Identity | None:
        """Get an access token and say whose it is. Raises DeskError."""
        if profile.key != self._session.profile.key:
            raise OrgRefused("This sign-in belongs to another profile.")
        return self._identify()

    def sign_in(
        self, profile: OrgProfile, open_page: Callable[[str], None], cancelled: Callable[[], bool]
    ) -> Identity:
        """Ask the source once more. Raises SignedOut with what a person can do."""
        del open_page, cancelled  # there is no page, and nothing to wait for
        self._session.begin_again()
        found = self.resume(profile)
        return found if found is not None else self._identify()
