"""Listens to change events for some seconds and compares with what reads show. May import domain.

Finds out what no call tells: whether an entity is selected for Change Data Capture and reaches this user (Change Data
Capture guide, Required Permissions). Costs at most a few deliveries. Opened by the readiness reader.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from cadence_desk.domain.errors import (
    DeskError,
    NotAllowed,
    NotAvailable,
    OrgBusy,
    OrgRefused,
    SignedOut,
)
from cadence_desk.domain.readiness.facts import TopicFacts, TopicTrouble
from cadence_desk.salesforce import rows
from cadence_desk.salesforce.soql import SoqlQuery, name

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cadence_desk.domain.changes import ChangeEvent
    from cadence_desk.domain.ports import ChangeFeed, FeedHandle
    from cadence_desk.salesforce.rest import RestClient

PURPOSE = "readiness"
MEMBERS = "PlatformEventChannelMember"
STOP_SECONDS = 2.0
ALLOWANCE_CODE = "subscription.limit.exceeded"
_SESSION_CODES = ("service.auth.", "UNAUTHENTICATED")
_ABSENT = (NotAvailable, NotAllowed, OrgRefused)


def topic_of(entity: str) -> str:
    """Return the topic of one entity's changes."""
    return f"/data/{entity}ChangeEvent"


class Ear:
    """Hears one topic: a FeedSink that counts. Called on feed threads, read from a lane."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.started = False
        self.events = 0
        self.ended = False
        self.error: DeskError | None = None

    def free_space(self) -> int:
        """Ask for no more than one event at a time: each delivery counts against the org's allowance."""
        return 1

    def feed_started(self, topic: str) -> None:
        """Note that the subscription stands."""
        del topic
        self.started = True

    def feed_events(self, topic: str, events: Sequence[ChangeEvent], mark: bytes) -> None:
        """Count events."""
        del topic, mark
        with self._lock:
            self.events += len(events)

    def feed_alive(self, topic: str, mark: bytes) -> None:
        """Note that the subscription stands."""
        del topic, mark
        self.started = True

    def feed_ended(self, topic: str, error: DeskError | None, *, mark_unusable: bool) -> None:
        """Note why."""
        del topic, mark_unusable
        with self._lock:
            self.ended, self.error = True, error


class TopicListening:
    """Subscriptions to some entities, from now on."""

    def __init__(self, feed: ChangeFeed, rest: RestClient, entities: Sequence[str]) -> None:
        self._rest = rest
        self._selected: frozenset[str] | None = None
        self._before: dict[str, str | None] = {}
        self._ears = {entity: Ear() for entity in entities}
        self._handles: list[FeedHandle] = [
            feed.open(topic_of(entity), None, ear) for entity, ear in self._ears.items()
        ]

    @property
    def standing(self) -> bool:
        """True when every subscription stands or has ended."""
        return all(ear.started or ear.ended or ear.events for ear in self._ears.values())

    @property
    def settled(self) -> bool:
        """True when waiting longer shows nothing new: all have delivered or ended, or Setup tells all."""
        return all(
            ear.events or ear.ended or (ear.started and self._selected is not None)
            for ear in self._ears.values()
        )

    def note(self) -> None:
        """Note how things are now: a change from here on has to arrive."""
        self._selected = self._read_selected()
        if not self.settled:
            self._before = {entity: self._newest(entity) for entity in self._ears}

    def facts(self) -> tuple[TopicFacts, ...]:
        """Return what was heard so far, compared with what reads show now."""
        return tuple(self._fact(entity, ear) for entity, ear in self._ears.items())

    def close(self) -> None:
        """End the subscriptions."""
        for handle in self._handles:
            handle.stop(0.0)  # tells them all before waiting for the first
        for handle in self._handles:
            handle.stop(STOP_SECONDS)

    def _fact(self, entity: str, ear: Ear) -> TopicFacts:
        trouble, words = trouble_of(ear)
        before = self._before.get(entity)
        after = None if before is None or ear.events or ear.ended else self._newest(entity)
        changed = None if after is None else after != before
        selected = None if self._selected is None else entity in self._selected
        return TopicFacts(entity, trouble, words, ear.events, changed, selected)

    def _newest(self, entity: str) -> str | None:
        """Return which record changed last and when; None when that may not be read."""
        query = SoqlQuery(name(entity), ("Id", "LastModifiedDate")).order_by("LastModifiedDate DESC").limit(1)
        try:
            found = self._rest.rows(query, PURPOSE)
        except DeskError:
            return None
        if not found:
            return ""
        return f"{rows.text(found[0], 'Id')} {rows.text(found[0], 'LastModifiedDate')}"

    def _read_selected(self) -> frozenset[str] | None:
        """Return the selected entities, as Setup has them; None when this user may not see Setup.

        Source: Tooling API, PlatformEventChannelMember; the developer name ends in the entity's event.
        """
        query = SoqlQuery(MEMBERS, ("DeveloperName",)).text()
        try:
            answer = self._rest.get(f"tooling/query?q={query.replace(' ', '+')}", PURPOSE)
        except DeskError:
            return None
        listed = answer.get("records") if isinstance(answer, dict) else None
        if not isinstance(listed, list):
            return None
        names = [rows.text(row, "DeveloperName") for row in listed if isinstance(row, dict)]
        return frozenset(each.rpartition("_")[2].removesuffix("ChangeEvent") for each in names)


def trouble_of(ear: Ear) -> tuple[TopicTrouble, str]:
    """Return what the end of a subscription means; a clean end is none."""
    error = ear.error
    if error is None:
        return TopicTrouble.NONE, ""
    for fits, trouble in _TROUBLES:
        if fits(error):
            return trouble, error.server_text or error.message
    return TopicTrouble.LINE, error.message


def _is_session(error: DeskError) -> bool:
    return isinstance(error, SignedOut) or error.server_code.startswith(_SESSION_CODES)


_TROUBLES: Sequence[tuple[Callable[[DeskError], bool], TopicTrouble]] = (
    (lambda error: error.server_code == ALLOWANCE_CODE, TopicTrouble.ALLOWANCE),
    (_is_session, TopicTrouble.SESSION),
    (lambda error: isinstance(error, NotAllowed), TopicTrouble.PERMISSION),
    (lambda error: isinstance(error, NotAvailable), TopicTrouble.ABSENT),
    (lambda error: isinstance(error, OrgBusy), TopicTrouble.LINE),
)
