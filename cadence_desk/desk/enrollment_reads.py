"""What an enrollment preview has to know of its targets: people from the board or the org, and their trackers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cadence_desk.domain.errors import DeskError
from cadence_desk.domain.ports import LaneName
from cadence_desk.domain.record_ids import ACCOUNT, CONTACT, LEAD, key_prefix
from cadence_desk.sync.supervisor import in_lane

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cadence_desk.domain.people import Person
    from cadence_desk.domain.record_ids import RecordId
    from cadence_desk.domain.trackers import Tracker
    from cadence_desk.sync.engine import Engine


@dataclass(frozen=True, slots=True)
class FoundPeople:
    """The people behind some ids.

    Attributes:
        found: by target id.
        renamed: the person an account is, by the account's id.
        others: ids that are no lead, contact or person account.
    """

    found: Mapping[str, Person]
    renamed: Mapping[str, RecordId]
    others: frozenset[str]


class EnrollmentReads:
    """Reads a batch of targets; each batch is one visit to the lane."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def people(self, asked: Sequence[RecordId]) -> FoundPeople:
        """Return who these ids are; whoever is on the board costs no call."""
        engine = self._engine
        gateway, lanes = engine.parts.gateway, engine.parts.lanes
        people: dict[str, Person] = {
            str(one): found for one in asked if (found := engine.board.people.get(one)) is not None
        }
        missing = [one for one in asked if one not in people and key_prefix(one) in {LEAD, CONTACT}]
        accounts = [one for one in asked if key_prefix(one) == ACCOUNT]
        others = {str(one) for one in asked if key_prefix(one) not in {LEAD, CONTACT, ACCOUNT}}
        renamed: dict[str, RecordId] = {}
        if missing:
            for person in await in_lane(lanes, LaneName.READ, lambda: gateway.read_people(missing)):
                people[str(person.id)] = person
        if accounts:
            for person in await in_lane(
                lanes, LaneName.READ, lambda: gateway.read_accounts_as_people(accounts)
            ):
                people[str(person.id)] = person
                renamed[person.account_id] = person.id
        # An account that is no person is a business account: refused before any call, with the reason.
        others.update(str(one) for one in accounts if one not in renamed)
        return FoundPeople(people, renamed, frozenset(others))

    async def trackers(self, targets: Sequence[RecordId]) -> tuple[dict[str, list[Tracker]], dict[str, str]]:
        """Return trackers by target, and the reason for each target whose trackers could not be read."""
        if not targets:
            return {}, {}
        engine = self._engine
        gateway = engine.parts.gateway
        try:
            found = await in_lane(
                engine.parts.lanes, LaneName.READ, lambda: gateway.trackers_of(targets, active_only=False)
            )
        except DeskError as error:
            if not engine.monitor.caught_up:
                return {}, {str(target): error.message for target in targets}
            found = [one for target in targets for one in engine.board.projection.runs.trackers_of(target)]
        by_target: dict[str, list[Tracker]] = {}
        for tracker in found:
            by_target.setdefault(tracker.target_id, []).append(tracker)
        return by_target, {}
