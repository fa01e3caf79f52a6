"""The outbox as a person sees it: what waits, is in doubt or needs review, its story, and what may be decided.

Imports domain, store and sync. The same for window and command line; lives on the loop thread.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cadence_desk.desk.decisions import Decided, Decisions
from cadence_desk.desk.outbox_export import UnsentNote, unsent_notes, write_notes
from cadence_desk.domain.choices import CALL_KINDS, Choice, choices_of, is_dropped, meaning_of
from cadence_desk.domain.errors import BadValue
from cadence_desk.domain.operations import Operation, OperationState
from cadence_desk.domain.ports import LaneName
from cadence_desk.domain.protection import Protection, has_task_key, protection_of
from cadence_desk.domain.stories import Moment, Story, asked_facts, seen_facts
from cadence_desk.sync.kinds.registry import KINDS
from cadence_desk.sync.org_time import is_unsure
from cadence_desk.sync.supervisor import in_lane, settled

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from cadence_desk.desk.lists import Lists
    from cadence_desk.desk.session import Session
    from cadence_desk.desk.work import Work

_S = OperationState
_OVER = frozenset({_S.SETTLED, _S.CANCELLED, _S.SUPERSEDED})
_DONE = frozenset({_S.ACCEPTED, _S.SETTLED})
SHORTEST_ID = 6
"""Letters of an id that are enough to name an operation, when they fit only one."""


class Outbox:
    """Shows, tells and decides."""

    def __init__(self, session: Session, work: Work, lists: Lists) -> None:
        self._session = session
        self._work = work
        self._lists = lists
        self.decisions = Decisions(session, work, self.choices)

    # ------------------------------------------------------------ looking

    @property
    def protection(self) -> Protection:
        """How strongly this org keeps a call from being written twice."""
        engine = self._session.engine
        return protection_of(engine.reference.capabilities) if engine else Protection.UNKNOWN

    def listed(self) -> list[Operation]:
        """Return unfinished calls, then everything open or refused, then the newest that are over.

        What a person dropped from view is left out.
        """
        engine = self._session.engine
        if engine is None:
            return []
        drafts = [one for one in engine.runner.work if one.state is _S.DRAFT and _has_text(one)]
        shown = [one for one in self._lists.open_operations() if not is_dropped(one)]
        return [*drafts, *shown]

    def open_count(self) -> int:
        """Return how many are not over: the outbox is empty when there is none."""
        return sum(1 for one in self.listed() if one.state not in _OVER)

    def find(self, text: str) -> Operation:
        """Return the operation with this id, or with an id that begins or ends so. Raises BadValue."""
        engine = self._session.require_engine()
        wanted = text.strip().lower()
        known = engine.runner.work.get(wanted)
        if known is not None:
            return known
        found = [
            one
            for one in engine.runner.work
            if len(wanted) >= SHORTEST_ID and (one.op_id.startswith(wanted) or one.op_id.endswith(wanted))
        ]
        if len(found) == 1:
            return found[0]
        if found:
            raise BadValue(f"“{text}” fits {len(found)} changes.", hint="Give more letters of the id.")
        raise BadValue(f"There is no change “{text}” in the outbox.", hint="The list shows the ids.")

    def choices(self, operation: Operation) -> list[Choice]:
        """Return what may be decided about an operation now."""
        found = choices_of(operation)
        if is_unsure(operation):  # sent again at once while the first send may run: that cannot be withdrawn
            found = [one for one in found if one not in {Choice.CANCEL, Choice.CANCEL_RUN}]
        if Choice.UNDO in found and KINDS[operation.kind].invert(operation) is None:
            found.remove(Choice.UNDO)
        return found

    async def story(self, op_id: str) -> Story:
        """Tell everything about one operation. Raises BadValue, StoreError."""
        engine = self._session.require_engine()
        operation = self.find(op_id)
        events = await settled(engine.parts.outbox.history(operation.op_id))
        kind = KINDS[operation.kind]
        keyed = has_task_key(engine.reference.capabilities)
        known = self.protection is not Protection.UNKNOWN or operation.kind not in CALL_KINDS
        return Story(
            operation,
            self._lists.name_of(operation.target_id),
            meaning_of(operation),
            kind.protection(keyed=keyed) if known else "",
            asked_facts(operation, self.name_of),
            seen_facts(operation, self.name_of),
            [Moment(one.at, one.before, one.after, one.why) for one in events],
            self.choices(operation),
            self._no_undo(operation),
            self._work.rest_of(operation),
        )

    def name_of(self, record_id: str) -> str:
        """Return the name of a rep, a cadence or a person; an unknown id stays as it is."""
        engine = self._session.engine
        if engine is None:
            return record_id
        rep, cadence = engine.reference.rep(record_id), engine.reference.cadence(record_id)
        if rep is not None:
            return rep.name
        return cadence.name if cadence is not None else self._lists.name_of(record_id)

    @staticmethod
    def _no_undo(operation: Operation) -> str:
        kind = KINDS[operation.kind]
        if operation.state not in _DONE or kind.invert(operation) is not None:
            return ""
        _, stays = kind.reversibility(operation)
        return f"This cannot be undone from here: {stays}." if stays else "This cannot be undone from here."

    # ------------------------------------------------------------ deciding

    def touched(self, choice: Choice, op_ids: Sequence[str]) -> list[Operation]:
        """Return every operation that a choice moves, to be named before it is made."""
        return self.decisions.touched(choice, op_ids)

    async def decide(self, choice: Choice, op_ids: Sequence[str], reason: str = "") -> Decided:
        """Carry a choice out. Errors: as `Decisions.carry_out`."""
        return await self.decisions.carry_out(choice, op_ids, reason)

    # ------------------------------------------------------------ taking the texts out

    def unsent(self) -> list[UnsentNote]:
        """Return the texts that are not surely in the org, oldest first."""
        engine = self._session.engine
        return unsent_notes(engine.runner.work, self.name_of) if engine else []

    async def export(self, path: Path) -> int:
        """Write the unsent texts to a new private file: CSV for a name that ends so, else plain text.

        Returns how many. Raises BadFile when the file is there already or cannot be made.
        """
        notes = self.unsent()
        await in_lane(self._session.parts.lanes, LaneName.READ, lambda: write_notes(path, notes))
        return len(notes)


def _has_text(operation: Operation) -> bool:
    payload = operation.payload
    wanted = payload.get("notes") or payload.get("result") or payload.get("follow_up")
    return operation.kind in CALL_KINDS and bool(wanted)
