"""Rules about live changes: the event bus, the permission, the allowance, and each topic. Pure; called by rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cadence_desk.domain.readiness.facts import TopicTrouble, Unread
from cadence_desk.domain.readiness.finding import failed, listed, passed, unknown, unread, warned
from cadence_desk.domain.readiness.line_rules import by_share

if TYPE_CHECKING:
    from cadence_desk.domain.readiness.facts import OrgFacts, TopicFacts
    from cadence_desk.domain.readiness.finding import Finding

NEEDED = frozenset({"ActionCadenceTracker", "ActionCadenceStepTracker"})
"""Live trackers and steps are what the desk is for; people and tasks change less often."""
_NO_BUS = frozenset({TopicTrouble.LINE, TopicTrouble.SESSION})
_UNJUDGED = {
    TopicTrouble.LINE: "The event bus could not be reached.",
    TopicTrouble.SESSION: "The event bus does not take this session.",
    TopicTrouble.PERMISSION: "You may not subscribe to it, so it cannot be told.",
    TopicTrouble.ALLOWANCE: "The org's daily deliveries are used up, so it cannot be told.",
}


def event_bus(facts: OrgFacts) -> Finding:
    """Whether the event bus lets this session in."""
    topics = facts.topics
    if isinstance(topics, Unread):
        return unread(topics)
    shut = [one for one in topics if one.trouble in _NO_BUS]
    if shut and len(shut) == len(topics):
        return failed(shut[0].words or "It cannot be reached.")
    if shut:
        return warned(f"Some topics did not answer: {listed([one.entity for one in shut])}.")
    return passed("It answers and takes your session.") if topics else unknown("No topic was asked for.")


def event_permission(facts: OrgFacts) -> Finding:
    """Whether this user may receive changes."""
    topics = facts.topics
    if isinstance(topics, Unread):
        return unread(topics)
    refused = [one.entity for one in topics if one.trouble is TopicTrouble.PERMISSION]
    if refused:
        return failed(f"You may not subscribe to changes of: {listed(refused)}.")
    if any(one.trouble in {TopicTrouble.NONE, TopicTrouble.ALLOWANCE} for one in topics):
        return passed("You may subscribe to every topic that was asked for.")
    return unknown("No topic could be asked for.")


def event_allowance(facts: OrgFacts) -> Finding:
    """Whether events may still be delivered today."""
    used_up = not isinstance(facts.topics, Unread) and any(
        one.trouble is TopicTrouble.ALLOWANCE for one in facts.topics
    )
    deliveries = facts.limits.deliveries
    if isinstance(deliveries, Unread):
        return failed("The event bus says that it is used up.") if used_up else unread(deliveries)
    seen = f"{deliveries.left:,} of {deliveries.most:,} deliveries are left for the last 24 hours."
    return failed(seen) if used_up else by_share(deliveries, seen, 0.0)


def of_entity(facts: OrgFacts, entity: str) -> Finding:
    """Whether changes of one entity arrive."""
    if isinstance(facts.topics, Unread):
        return unread(facts.topics)
    topic = next((one for one in facts.topics if one.entity == entity), None)
    return unknown("It was not asked for.") if topic is None else _judged(topic)


def _judged(topic: TopicFacts) -> Finding:
    bad = failed if topic.entity in NEEDED else warned
    if topic.events:
        return passed("An event arrived.")
    if topic.selected is False:
        return bad("Not selected for Change Data Capture.")
    if topic.trouble is TopicTrouble.ABSENT:
        return bad("The org has no such topic for you.")
    if topic.trouble is not TopicTrouble.NONE:
        return unknown(_UNJUDGED[topic.trouble])
    if topic.is_silent:
        return bad("A change was made and no event came: it is not selected, or withheld from you.")
    if topic.selected:
        return passed("Selected, and the subscription stands.")
    return unknown("The subscription stands; nothing changed meanwhile, and Setup may not be read.")
