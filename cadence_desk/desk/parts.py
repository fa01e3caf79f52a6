"""What a desk is made of; handed in by bootstrap and by tests."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cadence_desk.domain.changes import Change
    from cadence_desk.domain.notices import Notice
    from cadence_desk.domain.orgs import Identity, OrgProfile
    from cadence_desk.domain.ports import Clock, Entropy, Lanes, OrgGateway, SignInFlow
    from cadence_desk.domain.readiness.port import ReadinessSource
    from cadence_desk.sync.engine import Engine
    from cadence_desk.sync.parts import Tables


class Keeping(Protocol):
    """What is known about the files and the key store of a running desk."""

    @property
    def waits(self) -> bool:
        """True while the key store may be asking a person."""

    def stop_waiting(self) -> None:
        """Give up waiting for it."""

    def notices(self) -> Sequence[Notice]:
        """Return what has to be told now."""


@dataclass(frozen=True, slots=True)
class DeskParts:
    """The desk's neighbors.

    Attributes:
        known_identity: who was signed in last time; lets the lists show before the org answers.
        make_engine: builds the engine over the files of this org and user. Blocks on the key store: runs in a lane.
        remember: keeps an identity for the next start.
        close: gives up the profile's lock and the network.
        readiness: asks the org what this user can do; None where nothing is checked.
    """

    profile: OrgProfile
    flow: SignInFlow
    gateway: OrgGateway
    lanes: Lanes
    clock: Clock
    entropy: Entropy
    tables: Tables
    known_identity: Identity | None
    make_engine: Callable[[Identity, Callable[[Change], None]], Engine]
    remember: Callable[[Identity], None]
    close: Callable[[], None]
    secrets_word: Callable[[], str] = str
    keeping: Keeping | None = None
    readiness: ReadinessSource | None = None
