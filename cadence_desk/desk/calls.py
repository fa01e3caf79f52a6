"""Log a call: the draft is an operation in the outbox from the first moment; saving is one commit.

Where the org lists the original brief's completeActionCadenceStep the intent is that one action; else a Task and an event.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from cadence_desk.desk.work import REPLACEABLE
from cadence_desk.domain.calls import NOTE_LIMIT, FollowUp
from cadence_desk.domain.choices import CALL_KINDS
from cadence_desk.domain.errors import BadValue
from cadence_desk.domain.operations import Kind, Operation, OperationState
from cadence_desk.domain.ports import LaneName
from cadence_desk.domain.record_ids import RecordId
from cadence_desk.sync.supervisor import in_lane

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cadence_desk.desk.session import Session
    from cadence_desk.desk.work import Work
    from cadence_desk.domain.calls import CallScript

BRIEF_ACTION = "completeActionCadenceStep"
LONGEST_CALL = 24 * 3600
MAY_BE_THERE = "The earlier call may be in Salesforce already: look there before you save."


@dataclass(slots=True)
class CallDraft:
    """What is typed in the log-call dialog; kept on disk while it is typed."""

    intent_id: str
    target_id: str
    step_tracker_id: str = ""
    result: str = ""
    notes: str = ""
    duration_seconds: int = 0
    subject: str = "Call"
    follow_up: FollowUp | None = None
    op_id: str = ""
    was_refused: str = ""
    replaces: str = ""
    """The refused or unclear operation whose text this one takes up again."""
    doubt: str = ""
    """Why the earlier one may be in the org all the same; empty when it cannot be."""
    edited: bool = field(default=False, compare=False)


class Calls:
    """Begins, keeps, saves and discards call drafts."""

    def __init__(self, session: Session, work: Work) -> None:
        self._session = session
        self._work = work
        self._one_press = asyncio.Lock()

    async def begin(self, target_id: str, step_tracker_id: str | None) -> CallDraft:
        """Open a durable draft; an unfinished draft of the same target and step is taken up again.

        Text that the org refused is offered again in the new draft.
        """
        step = step_tracker_id or ""
        async with self._one_press:  # a double click must not make two drafts
            for draft in self.drafts():
                if draft.target_id == target_id and draft.step_tracker_id == step:
                    return draft
            return await self._new_draft(target_id, step)

    async def edit_again(self, op_id: str) -> CallDraft:
        """Open a draft with the text of a refused or unclear call; saving it supersedes that one.

        Raises:
            BadValue: it is neither, any more.
        """
        async with self._one_press:
            for draft in self.drafts():
                if draft.replaces == op_id:
                    return draft
            old = self._session.require_engine().runner.work.get(op_id)
            if old is None or old.kind not in CALL_KINDS or old.state not in REPLACEABLE:
                raise BadValue("This call can no longer be edited.", hint="Look at it again in the outbox.")
            return await self._new_draft(old.target_id, old.subject_id, old)

    def draft_of(self, op_id: str) -> CallDraft:
        """Return an unfinished draft. Raises BadValue when it is none, any more."""
        for draft in self.drafts():
            if draft.op_id == op_id:
                return draft
        raise BadValue("This call was saved or discarded meanwhile.", hint="Look at it again in the outbox.")

    async def _new_draft(self, target_id: str, step: str, old: Operation | None = None) -> CallDraft:
        draft = CallDraft("", target_id, step, subject=self._subject(step))
        old = old or self._refused_text(target_id, step)
        if old is not None:
            draft = _draft(old)
            refused = old.state is OperationState.REFUSED
            draft.replaces, draft.doubt = old.op_id, "" if refused else MAY_BE_THERE
            draft.was_refused = (old.server_text or old.words) if refused else ""
        operation = self._work.operation(
            self._kind(step),
            target_id,
            self._payload(draft),
            {"subject_id": step, "state": OperationState.DRAFT},
        )
        draft.intent_id, draft.op_id = operation.intent_id, operation.op_id
        await self._work.add([operation])
        return draft

    def drafts(self) -> list[CallDraft]:
        """Return the unfinished drafts, oldest first."""
        engine = self._session.engine
        if engine is None:
            return []
        found = engine.runner.work.in_state(OperationState.DRAFT)
        return [_draft(one) for one in found if one.kind in CALL_KINDS]

    async def keep(self, draft: CallDraft) -> None:
        """Save what is typed so far. Raises BadValue when the call was saved or discarded meanwhile."""
        draft.edited = True
        await self._work.keep(draft.op_id, self._payload(draft))

    def keep_at_once(self, draft: CallDraft, seconds: float = 1.0) -> bool:
        """Save what is typed before returning; False when that failed or took longer.

        Blocks the loop thread: only for the moment the session ends, when no other turn of the loop may come.
        """
        draft.edited = True
        return self._work.keep_at_once(draft.op_id, self._payload(draft), seconds)

    async def save(self, draft: CallDraft) -> str:
        """Queue the call, the end of its step and the follow-up; returns the intent's id after the commit.

        A second press of the same draft changes nothing.

        Raises:
            BadValue: no result, a note over 32,000 characters, or a duration that cannot be.
            StoreError: nothing was saved; the draft stays.
        """
        async with self._one_press:
            first = self._session.require_engine().runner.work.get(draft.op_id)
            if first is not None and first.state not in {OperationState.DRAFT, OperationState.CANCELLED}:
                return draft.intent_id
            # Kept before it is checked: what is refused here has to outlive the window all the same.
            await self._work.keep(draft.op_id, self._payload(draft))
            self._check(draft)
            await self._work.cancel(self._parts(draft, 1), "made anew")
            rest = self._rest(draft, first)
            if rest:
                await self._work.add(rest)
            await self._work.queue([draft.op_id, *(one.op_id for one in rest)], replaces=draft.replaces)
        return draft.intent_id

    def _rest(self, draft: CallDraft, first: Operation | None) -> list[Operation]:
        """Return what goes behind the call, as drafts: half a press must never be sent."""
        rest: list[Operation] = []
        if draft.step_tracker_id and first is not None and first.kind is Kind.LOG_CALL:
            rest.append(self._part(draft, Kind.COMPLETE_STEP, len(rest) + 1, {}))
        if draft.follow_up is not None:
            due: dict[str, object] = {
                "subject": draft.follow_up.subject,
                "due": draft.follow_up.due.isoformat(),
            }
            rest.append(self._part(draft, Kind.ADD_TASK, len(rest) + 1, due))
        return rest

    def _parts(self, draft: CallDraft, first_seq: int) -> list[str]:
        """Return the draft's unfinished parts; a crash between two commits may have left some of an earlier press."""
        work = self._session.require_engine().runner.work
        parts = work.of_intent(draft.intent_id, draft.target_id)
        return [one.op_id for one in parts if one.seq >= first_seq and one.state is OperationState.DRAFT]

    async def discard(self, draft: CallDraft) -> None:
        """Forget a draft on purpose."""
        async with self._one_press:
            await self._work.cancel(self._parts(draft, 0), "discarded")

    async def script(self, step_tracker_id: str) -> CallScript | None:
        """Return the script of the step's template as plain text. Raises DeskError."""
        parts = self._session.parts
        step = RecordId(step_tracker_id)
        return await in_lane(parts.lanes, LaneName.READ, lambda: parts.gateway.call_script(step))

    def _part(self, draft: CallDraft, kind: Kind, seq: int, payload: dict[str, object]) -> Operation:
        known = self._session.require_engine().runner.work.get(draft.op_id)
        fields: dict[str, object] = {
            "intent_id": draft.intent_id,
            "seq": seq,
            "subject_id": draft.step_tracker_id if kind is Kind.COMPLETE_STEP else "",
            "state": OperationState.DRAFT,
        }
        if known is not None:
            fields["created"] = (
                known.created
            )  # the parts of a press are ordered by `seq`, whatever the clock did
        return self._work.operation(kind, draft.target_id, payload, fields)

    def _kind(self, step: str) -> Kind:
        engine = self._session.require_engine()
        brief = bool(step) and engine.reference.capabilities.offers(BRIEF_ACTION)
        return Kind.COMPLETE_CALL if brief else Kind.LOG_CALL

    def _check(self, draft: CallDraft) -> None:
        known = {result.text for result in self._session.require_engine().reference.call_results}
        if known and not draft.result:
            raise BadValue("Choose a call result first.", hint="Press its number.")
        if known and draft.result not in known:
            raise BadValue(
                f"“{draft.result}” is no call result of this org.", hint="Choose one from the list."
            )
        if len(draft.notes) > NOTE_LIMIT:
            over = len(draft.notes) - NOTE_LIMIT
            raise BadValue(
                f"The note is {over:,} characters too long: Salesforce keeps {NOTE_LIMIT:,}.",
                hint="Shorten the note.",
            )
        if not 0 <= draft.duration_seconds <= LONGEST_CALL:
            raise BadValue(
                "The duration must be between 0 seconds and 24 hours.", hint="Correct the duration."
            )

    def _payload(self, draft: CallDraft) -> dict[str, object]:
        follow_up = draft.follow_up
        today = datetime.fromtimestamp(self._session.parts.clock.wall(), tz=UTC).astimezone().date()
        return {
            "result": draft.result,
            "notes": draft.notes,
            "duration": draft.duration_seconds,
            "subject": draft.subject,
            "step_id": draft.step_tracker_id,
            "day": today.isoformat(),
            "replaces": draft.replaces,
            "was_refused": draft.was_refused,
            "doubt": draft.doubt,
            "follow_up": {"subject": follow_up.subject, "due": follow_up.due.isoformat()}
            if follow_up
            else None,
        }

    def _subject(self, step: str) -> str:
        engine = self._session.engine
        known = engine.board.steps.get(step) if engine and step else None
        return known.title if known is not None and known.title else "Call"

    def _refused_text(self, target_id: str, step: str) -> Operation | None:
        engine = self._session.require_engine()
        for operation in reversed(engine.runner.work.of_target(target_id)):
            if operation.kind in CALL_KINDS:
                same = operation.subject_id == step
                return operation if same and operation.state is OperationState.REFUSED else None
        return None


def _draft(operation: Operation) -> CallDraft:
    payload = operation.payload
    asked = payload.get("follow_up")
    follow_up = None
    if isinstance(asked, dict):
        follow_up = FollowUp(str(asked["subject"]), date.fromisoformat(str(asked["due"])))
    duration = payload.get("duration")
    return CallDraft(
        operation.intent_id,
        operation.target_id,
        operation.subject_id,
        _text(payload, "result"),
        _text(payload, "notes"),
        duration if isinstance(duration, int) else 0,
        _text(payload, "subject") or "Call",
        follow_up,
        operation.op_id,
        _text(payload, "was_refused"),
        _text(payload, "replaces"),
        _text(payload, "doubt"),
    )


def _text(payload: Mapping[str, object], name: str) -> str:
    value = payload.get(name)
    return value if isinstance(value, str) else ""
