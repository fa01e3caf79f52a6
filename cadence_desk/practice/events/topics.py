"""Topics: which names exist, which events they carry to which user.

May import org types and refusals. Called by the Pub/Sub service and CometD.
Source: Change Data Capture guide, pages "Subscription Channels", "Required Permissions", "Field-Level Security".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cadence_desk.practice.events import refusals
from cadence_desk.practice.events.refusals import RefusedError

if TYPE_CHECKING:
    from cadence_desk.practice.events.encoding import ChangeEvent
    from cadence_desk.practice.org.world import PracticeOrg

ALL_EVENTS = "/data/ChangeEvents"
_PREFIX = "/data/"
_SUFFIX = "ChangeEvent"


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic as one user sees it; `entity` is None for the channel of all selected entities."""

    name: str
    entity: str | None
    user_id: str
    org: PracticeOrg

    def may_subscribe(self) -> bool:
        """A single-entity topic refuses a user without permission; the common channel lets everybody in.

        The topic of an entity that is not selected lets everybody in too and stays silent (our stated default: what
        the platform answers is unpublished).
        """
        if self.entity is None or self.entity not in self.org.settings.selected_entities:
            return True
        return self.org.may_receive_events(self.user_id, self.entity)

    def carries(self, event: ChangeEvent) -> bool:
        """Whether this user gets the event here; what the user may not see is withheld without a word."""
        if self.entity is not None and event.entity != self.entity:
            return False
        return self.org.may_receive_events(self.user_id, event.entity)

    def hidden(self, entity: str) -> frozenset[str]:
        """Columns of the entity whose values stay null for subscribers."""
        hides = self.org.settings.hides_field
        return frozenset(name for name in self.org.catalog.require(entity).fields if hides(entity, name))


def find_topic(org: PracticeOrg, name: str, user_id: str) -> Topic:
    """The topic of a name, letter case included; an entity that is not selected has a topic that stays silent.

    Raises RefusedError with the code for an empty name, a wrong form, or an unknown topic.
    """
    if not name:
        raise RefusedError(refusals.TOPIC_EMPTY)
    if name == ALL_EVENTS:
        return Topic(name, None, user_id, org)
    if not name.startswith((_PREFIX, "/event/")):
        raise RefusedError(refusals.TOPIC_FORM.about(name))
    entity = name.removeprefix(_PREFIX).removesuffix(_SUFFIX)
    definition = org.catalog.find(entity) if name.endswith(_SUFFIX) and name.startswith(_PREFIX) else None
    if definition is None or definition.name != entity or not definition.change_event:
        raise RefusedError(refusals.TOPIC_NOT_FOUND.about(name))
    return Topic(name, entity, user_id, org)
