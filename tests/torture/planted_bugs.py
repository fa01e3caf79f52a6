"""Known mistakes, each one function replaced, and by which part of the proof it has to be found.

One registry for the rig (`torture --planted-bugs`) and for the tests of the tests.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pytest

from cadence_desk.domain.operations import OperationState
from cadence_desk.domain.ports import ActionAnswer
from cadence_desk.salesforce.session import OrgSession
from cadence_desk.store.moves import Move
from cadence_desk.store.outbox_ledger import OutboxLedger
from cadence_desk.sync import attempt as attempts
from cadence_desk.sync import board as boards
from cadence_desk.sync import looked_ahead, waits, watches, work_list
from cadence_desk.sync import reconcile as reconciling
from cadence_desk.sync.attempt import Attempt
from cadence_desk.sync.board import Board
from cadence_desk.sync.catch_up import CatchUp
from cadence_desk.sync.event_buffer import EventBuffer
from cadence_desk.sync.follower import FeedFollower
from cadence_desk.sync.kinds import calling, enrolling, kind, running, stepping
from cadence_desk.sync.looked_ahead import LookedAhead
from cadence_desk.sync.marks import Marks
from cadence_desk.sync.runs.brake import RunBrake
from cadence_desk.sync.shelf import Shelf
from cadence_desk.sync.unsaved import Unsaved
from cadence_desk.sync.verifier import Verifier
from cadence_desk.sync.waits import Waits
from tests.engine import (
    test_after_doubt,
    test_enroll,
    test_feed,
    test_log_call,
    test_looking_ahead,
    test_outbox_faults,
    test_stable_counts,
)
from tests.engine.fates import Fate
from tests.properties import test_convergence as convergence
from tests.torture import finders
from tests.unit.salesforce import test_session

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.torture.finders import Finder

    Plant = Callable[[pytest.MonkeyPatch], None]

S = OperationState
SHORT_WAIT = 300.0


@dataclass(frozen=True)
class Bug:
    """One mistake, how to switch it in, and who finds it."""

    name: str
    plant: Plant
    finder: Finder


def replaced(owner: Any, name: str, value: Any) -> Plant:
    """Return the switch that replaces one attribute."""
    return lambda patch: patch.setattr(owner, name, value)


# ---------------------------------------------------------------- sending


async def _queue_again(attempt: Any, group: Any, _error: Any) -> None:
    await attempt._record([Move(one.op_id, S.QUEUED, "planted") for one in group])


def _to_queued(ledger: Any, connection: Any) -> list[Any]:
    where, values = "state = 'sending' AND owner_boot_id <> ?", (ledger._boot_id,)
    found = [one for part in ledger._rows.read(connection, where, values) for one in part]
    return [ledger.move(connection, Move(one.op_id, S.QUEUED, "planted")) for one in found]


def _without_outbox(patch: pytest.MonkeyPatch) -> None:
    record = Attempt._record

    async def without_commit(_attempt: Any, group: Any) -> list[Any]:
        return [replace(one, state=S.SENDING, attempt=one.attempt + 1) for one in group]

    async def committed_after(attempt: Any, moves: Any) -> Any:
        await record(attempt, [replace(one, to=S.SENDING, fields={}) for one in moves])
        return await record(attempt, moves)

    patch.setattr(Attempt, "_commit_sending", without_commit)
    patch.setattr(Attempt, "_record", committed_after)


def _accepted_first(patch: pytest.MonkeyPatch) -> None:
    send = Attempt._send

    async def claimed(attempt: Any, group: Any) -> None:
        await attempt._record([Move(one.op_id, S.ACCEPTED, "planted") for one in group])
        await send(attempt, group)

    patch.setattr(Attempt, "_send", claimed)


def _refusal_is_success(operation: Any, _why: str, _told: Any) -> Move:
    return Move(operation.op_id, S.ACCEPTED, "planted")


def _all_well(answer: Any) -> list[kind.Sent]:
    return [kind.Sent(ok=True) for _ in answer.outcomes]


def _success_unread(patch: pytest.MonkeyPatch) -> None:
    for module in (enrolling, running, stepping):
        patch.setattr(module, "sent_parts", _all_well)


def _by_the_wall(verifier: Any, operation: Any, *_: Any) -> bool:
    return bool(verifier._parts.clock.wall() - operation.sent >= verifier._options.resend_seconds)


def _waited_a_little(verifier: Any, _operation: Any, watch: Any, _at: Any) -> bool:
    return bool(verifier._now() - watch.since >= SHORT_WAIT)


def _active_runs_only(patch: pytest.MonkeyPatch) -> None:
    found = enrolling._in_cadence
    patch.setattr(enrolling, "_in_cadence", lambda *given: [one for one in found(*given) if one.is_active])


def _old_run_is_new(patch: pytest.MonkeyPatch) -> None:
    prepare = enrolling.EnrollKind.prepare
    patch.setattr(enrolling.EnrollKind, "prepare", lambda *given: replace(prepare(*given), evidence={}))


def _waits_on_the_wall(patch: pytest.MonkeyPatch) -> None:
    def left(mine: Any, operation: Any) -> float:
        return max(float(operation.next_try - mine._clock.wall()), 0.0)

    patch.setattr(Waits, "left", left)


def _by_key_only(patch: pytest.MonkeyPatch) -> None:
    find = calling._find

    def without_its_step(gateway: Any, operation: Any) -> Any:
        evidence = {**(operation.evidence or {}), calling.OWN_TASK: ""}
        return find(gateway, replace(operation, evidence=evidence))

    patch.setattr(calling, "_find", without_its_step)


def _first_doubt(doubts: Any, op_id: str, sent: float, over: float) -> None:
    doubts.setdefault(op_id, waits._Doubt(sent, over))


def _own_flight(session: Any, _generation: Any = None) -> None:
    session.use(session.source.next_grant())


SENDING = (
    Bug("naive retry: a lost answer counts as not sent", replaced(Attempt, "_send_failed", _queue_again),
        finders.schedules),
    Bug("query, then retry: absence counts at once", replaced(Verifier, "_waited", lambda *_: True), finders.schedules),
    Bug("the wait is five minutes, not eleven", replaced(Verifier, "_waited", _waited_a_little), finders.schedules),
    Bug("what was being sent is queued again at the start", replaced(OutboxLedger, "adopt_foreign", _to_queued),
        finders.schedules),
    Bug("written to the org before the outbox", _without_outbox, finders.schedules),
    Bug("accepted before the org has answered", _accepted_first, finders.schedules),
    Bug("a refusal is told as a success", replaced(attempts, "_refused", _refusal_is_success),
        finders.schedules),
    Bug("isSuccess of an answer is not read", _success_unread, finders.schedules),
    Bug("an enrollment in doubt looks at active runs only", _active_runs_only,
        finders.check(test_enroll.test_a_late_run_that_is_over_when_it_is_read_is_not_started_again)),
    Bug("waits follow the clock that people set", _waits_on_the_wall, finders.schedules),
    Bug("doubt is timed by our own clock", replaced(Verifier, "_waited", _by_the_wall),
        finders.check(test_log_call.test_nothing_is_sent_again_before_eleven_minutes_whatever_our_clock_says)),
    Bug("the duplicate guard looks for a state named Active",
        replaced(enrolling, "is_running", lambda tracker: tracker.state == "Active"),
        finders.check(test_enroll.test_a_colleague_who_is_faster_is_seen_while_preparing)),
    Bug("what is in doubt does not hold the next change",
        replaced(work_list, "_STANDING_IN_THE_WAY", frozenset()),
        finders.check(test_outbox_faults.test_first_in_first_out_per_target_and_others_do_not_wait)),
    Bug("an old run is taken for the new one", _old_run_is_new,
        finders.check(test_enroll.test_an_earlier_run_that_just_ended_is_not_taken_for_the_new_one)),
    Bug("successes of a mixed answer are believed",
        replaced(ActionAnswer, "mixed", property(lambda _: False)),
        finders.check(test_enroll.test_successes_in_a_mixed_answer_are_in_doubt_until_read, partial=False)),
    Bug("a call in doubt is made anew without looking", replaced(calling, "_find", lambda *_: None),
        finders.check(test_log_call.test_in_the_end_it_is_there_once, keyed=False, fate=Fate.ACK_LOST)),
    Bug("a call that was to find its task is looked for by its key only", _by_key_only, finders.schedules),
    Bug("of several lost answers only the first is waited for", replaced(Waits, "_note", staticmethod(_first_doubt)),
        finders.check(test_after_doubt.test_after_several_lost_answers_the_last_is_waited_for)),
    Bug("each refused call renews the session", replaced(OrgSession, "renew", _own_flight),
        finders.plain(test_session.test_a_hundred_refused_calls_make_one_refresh)),
)  # fmt: skip

# ---------------------------------------------------------------- looking ahead


async def _cancel_nothing(*_: Any) -> None:
    """A stopped run keeps its waiting rows."""


def _for_ever(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(looked_ahead._Moment, "is_within", lambda *_: True)


def _a_thousand_everywhere(patch: pytest.MonkeyPatch) -> None:
    before = LookedAhead.before
    patch.setattr(LookedAhead, "before", lambda mine, group, _at_once: before(mine, group, 1_000))


LOOKING_AHEAD = (
    Bug("a stopped run sends what waits", replaced(RunBrake, "_cancel", _cancel_nothing),
        finders.check(test_looking_ahead.test_a_stop_after_any_group_sends_nothing_more, groups=2)),
    Bug("whom somebody else added meanwhile is claimed", _success_unread,
        finders.check(
            test_looking_ahead.test_whom_a_colleague_adds_after_the_look_is_not_claimed_and_not_added_twice)),
    Bug("a reported change leaves what was seen ahead", replaced(LookedAhead, "forget", lambda *_: None),
        finders.check(test_looking_ahead.test_whose_change_the_org_reports_is_looked_at_again)),
    Bug("what was seen ahead counts for ever", _for_ever,
        finders.check(test_looking_ahead.test_an_old_look_does_not_count, asleep=True)),
    Bug("after a failed send nobody looks", replaced(LookedAhead, "forget_all", lambda _: None),
        finders.check(test_looking_ahead.test_after_a_failed_send_the_next_group_looks_first)),
    Bug("an org without composites is asked about a thousand", _a_thousand_everywhere,
        finders.check(
            test_looking_ahead.test_an_org_without_composites_is_asked_about_a_hundred_at_once,
            at_once=100, first=100, looks=4, monkeypatch=pytest.MonkeyPatch())),
    Bug("saved rows are read back one by one", replaced(watches, "MANY", 1),
        finders.check(test_stable_counts.test_many_people_added, many=1_000)),
)  # fmt: skip

# ---------------------------------------------------------------- following the org


def _first_id_only(patch: pytest.MonkeyPatch) -> None:
    whole = convergence.Rig._hand_over
    patch.setattr(convergence.Rig, "_hand_over", lambda rig, envelope: whole(rig, envelope[:1]))


def _last_arrival_wins(_stamp: Any, event: Any, values: Any, order: Any) -> list[Any]:
    return [reconciling.Upsert(event.entity, event.record_id, values, order)]


def _no_tombstone(patch: pytest.MonkeyPatch) -> None:
    forget = Shelf.forget

    def without_trace(shelf: Any, record_id: str, order: Any) -> Any:
        before = forget(shelf, record_id, order)
        shelf._stamps.pop(record_id, None)
        return before

    patch.setattr(Shelf, "forget", without_trace)


def _nothing(*_: Any, **__: Any) -> None:
    """Do nothing, whatever is asked."""


NEVER = property(lambda _part: False)
FOLLOWING = (
    Bug("only the first id of a merged event", _first_id_only, finders.traces),
    Bug("older events are applied", replaced(reconciling, "_newer_fields", _last_arrival_wins), finders.traces),
    Bug("the tombstone is forgotten", _no_tombstone, finders.traces),
    Bug("resumed from now although a mark is saved", replaced(Marks, "resume_from", lambda *_: None),
        finders.check(test_feed.test_a_stream_is_resumed_from_its_mark)),
    Bug("the mark is saved before the rows were read", replaced(Board, "still_reading", NEVER),
        finders.check(test_feed.test_an_overflow_event_reads_the_whole_list_until_that_works)),
    Bug("rows that could not be saved are dropped", replaced(Unsaved, "put_back", _nothing),
        finders.check(test_feed.test_a_cache_that_cannot_be_written_keeps_rows_and_marks_together)),
    Bug("rows are read without keeping events back", replaced(EventBuffer, "is_open", NEVER),
        finders.check(test_feed.test_a_row_read_before_an_event_does_not_undo_it)),
    Bug("rows replace what events said meanwhile", replaced(EventBuffer, "is_open", NEVER), finders.following),
    Bug("deletions are missing where a stream began anew", replaced(CatchUp, "ask_deletions", _nothing),
        finders.following),
    Bug("a read that failed is not done again", replaced(FeedFollower, "_read_failed", _nothing), finders.following),
    Bug("rows of a failed save are dropped while following", replaced(Unsaved, "put_back", _nothing),
        finders.following),
    Bug("names in parts are taken from the event", replaced(boards, "must_read", lambda *_, **__: False),
        finders.following),
    Bug("an old appearance of what is gone is believed", replaced(reconciling, "SKEW_MS", -(10**15)),
        finders.following),
)  # fmt: skip

BUGS = (*SENDING, *LOOKING_AHEAD, *FOLLOWING)
