"""Reads only ids and times of change: what a comparison with the org needs. May import domain.

One page holds 2,000 rows whatever the object (REST guide, Query). Called through the gateway.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cadence_desk.domain.ports import RecordStamp
from cadence_desk.salesforce import rows
from cadence_desk.salesforce.people_reader import PeopleReader
from cadence_desk.salesforce.soql import SoqlQuery
from cadence_desk.salesforce.tracker_reader import (
    STEP_KEYS,
    STEP_TRACKER,
    TRACKER,
    TRACKER_KEYS,
    TrackerReader,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cadence_desk.domain.ports import PeopleScope

PURPOSE = "comparison"
_KEYS = {TRACKER: TRACKER_KEYS, STEP_TRACKER: STEP_KEYS}


class StampReader(PeopleReader, TrackerReader):
    """Reads people and runs, in full or only how old they are."""

    def stamp_pages(self, entity: str, scope: PeopleScope) -> Iterator[list[RecordStamp]]:
        """Yield id and time of change of what a whole read of this entity shows; nothing where it is hidden."""
        if not self._sees(entity, *_KEYS.get(entity, ())):
            return
        stamp = next((one for one in ("SystemModstamp", "LastModifiedDate") if self._sees(entity, one)), "")
        query = SoqlQuery(entity, ("Id", stamp) if stamp else ("Id",))
        if entity == STEP_TRACKER:
            query = self._open(query)
        elif entity != TRACKER:
            query = self._not_converted(self._in_scope(query, scope))
        for page in self._org.rest.pages(query, PURPOSE):
            yield [
                RecordStamp(rows.record_id(row), rows.moment(row, stamp) if stamp else None) for row in page
            ]
