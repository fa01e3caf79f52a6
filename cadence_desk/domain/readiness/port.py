"""Where facts about readiness come from, as protocols. Implemented by salesforce and by small fakes.

Every method blocks and is called inside a lane; read only. What is refused comes back as Unread.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cadence_desk.domain.orgs import Capabilities
    from cadence_desk.domain.readiness.facts import (
        CallFacts,
        LimitFacts,
        LineFacts,
        TopicFacts,
        Unread,
        UserFacts,
        VersionFacts,
    )


class Listening(Protocol):
    """Subscriptions that only count what arrives."""

    @property
    def standing(self) -> bool:
        """True when every subscription stands or has ended."""

    @property
    def settled(self) -> bool:
        """True when waiting longer shows nothing new."""

    def note(self) -> None:
        """Note how things are now: a change from here on has to arrive."""

    def facts(self) -> tuple[TopicFacts, ...]:
        """Return what was heard so far, compared with what reads show now."""

    def close(self) -> None:
        """End the subscriptions."""


class ReadinessSource(Protocol):
    """Asks one org, as the signed-in user. All methods raise SignedOut, or LinkError when the org cannot be reached."""

    def versions(self) -> VersionFacts:
        """Return the API versions."""

    def line(self) -> LineFacts:
        """Return what is known of the connection in use."""

    def api_refusal(self) -> str:
        """Return the org's words when it lets nobody use its API; empty when it does."""

    def offers(self) -> Capabilities:
        """Describe everything anew, whatever is remembered."""

    def user(self) -> UserFacts:
        """Return what may be read of the user."""

    def calls(self) -> CallFacts:
        """Return what logging a call depends on."""

    def limits(self) -> LimitFacts:
        """Return the daily allowances."""

    def several_cadences(self) -> bool | Unread:
        """Return whether somebody is in several cadences."""

    def listen(self, entities: Sequence[str]) -> Listening:
        """Subscribe to changes of some entities from now on."""
