"""Asks for all that changed and was deleted by one call where the org takes composites. May import domain.

The answers wait in the REST client for the readers that would have asked one by one; called through the gateway.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cadence_desk.domain.errors import AnswerUnreadable
from cadence_desk.salesforce.composite import Part, query_part
from cadence_desk.salesforce.list_reader import ListReader
from cadence_desk.salesforce.several_queries import parts_together
from cadence_desk.salesforce.stamp_reader import StampReader

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from cadence_desk.domain.ports import PeopleScope
    from cadence_desk.salesforce.soql import SoqlQuery

PURPOSE = "changes"


class ChangesReader(StampReader, ListReader):
    """Reads lists, and ahead of them what one composite request brings."""

    def read_ahead(
        self, scope: PeopleScope, since: datetime, deleted: Sequence[str], deleted_since: datetime
    ) -> None:
        """Ask what was deleted of some objects and what changed of all lists; a part that fails is asked for again.

        Raises:
            DeskError: the org could not be asked.
        """
        rest = self._org.rest
        rest.ahead = {}  # a reading that was canceled leaves its answers, and the next may ask the same
        parts = {
            self.deleted_key(entity, deleted_since): Part(
                f"deleted_{number}", self.deleted_path(entity, deleted_since)
            )
            for number, entity in enumerate(deleted)
            if self._sees(entity)
        }
        for number, query in enumerate(self._changed(scope, since)):
            parts[query.text()] = query_part(f"changed_{number}", query.text())
        try:
            answers = parts_together(rest, list(parts.values()), PURPOSE)
        except AnswerUnreadable:
            return  # each list is asked for by itself
        if answers is not None:
            found = zip(parts, answers, strict=True)
            rest.ahead = {key: answer.body for key, answer in found if answer.status == 200}

    def forget_ahead(self) -> None:
        """Drop what nobody asked for: an answer is good for the reading it was made for only."""
        self._org.rest.ahead = {}

    def _changed(self, scope: PeopleScope, since: datetime) -> Iterator[SoqlQuery]:
        yield from self.changed_people(scope, since)
        yield from self.changed_runs(since)
