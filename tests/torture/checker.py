"""What must hold at every step and at the end: the org's records against the ledger and against what the screen said."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from cadence_desk.domain.changes import FeedState
from cadence_desk.domain.operations import OPEN_STATES, Kind, OperationState
from tests.engine.fates import Fate

if TYPE_CHECKING:
    from cadence_desk.domain.operations import Operation
    from tests.torture.at_work import AtWork

S = OperationState
CLAIMED = frozenset({S.ACCEPTED, S.SETTLED})
NOT_SENT = frozenset({S.REFUSED, S.CANCELLED, S.SUPERSEDED})
ENDS = frozenset({S.SETTLED, S.NEEDS_REVIEW}) | NOT_SENT
CALLS = frozenset({Kind.LOG_CALL, Kind.COMPLETE_CALL})


class LostError(AssertionError):
    """Something that was saved is nowhere."""


class DoubledError(AssertionError):
    """One press had two effects."""


class UnequalError(AssertionError):
    """The ledger says something else than the org."""


class StuckError(AssertionError):
    """Nothing is wrong any more, and still it does not come to an end."""


def check_step(work: AtWork) -> None:
    """Hold what must hold at any time."""
    nothing_twice(work)
    nothing_claimed_that_is_not_there(work)
    no_note_is_lost(work)


def check_end(work: AtWork) -> None:
    """Hold what must hold once everything has come to an end."""
    check_step(work)
    left = still_open(work)
    if left:
        raise StuckError(f"still open: {[(one.kind.value, one.words) for one in left]}")
    refused_means_not_done(work)
    runs_are_as_claimed(work)
    board_is_the_org(work)


def enrollments(work: AtWork) -> Counter[str]:
    """Return presses by person and cadence that the org may have carried out."""
    return Counter(
        f"{one.target_id}|{one.cadence_id}"
        for one in work.operations()
        if one.kind is Kind.ENROLL and one.state not in NOT_SENT
    )


def made_by_us(work: AtWork) -> Counter[str]:
    """Return the runs that this desk's requests began."""
    made = Counter({key: count for key, count in work.rig.world.created.items() if "|" in key})
    return made - work.by_others


def nothing_twice(work: AtWork) -> None:
    """A run that ended may be followed by another one, but only by one that was asked for."""
    if work.rig.desk._session.engine is None:
        return
    asked = enrollments(work)
    more = [key for key, count in made_by_us(work).items() if count > asked[key]]
    if more:
        raise DoubledError(f"more runs than presses: {more}")
    notes = Counter(task.notes for task in work.rig.world.tasks.values() if task.is_closed)
    double = [note for note, count in notes.items() if count > 1]
    if double:
        raise DoubledError(f"notes that stand in two tasks: {double}")
    keys = [key for key, count in work.rig.world.created.items() if count > 1 and "|" not in key]
    if keys:
        raise DoubledError(f"tasks made twice under one key: {keys}")


def nothing_claimed_that_is_not_there(work: AtWork) -> None:
    """Saved and Confirmed mean that the org has it."""
    claimed = [one for one in work.operations() if one.state in CLAIMED]
    if work.rig.org.met[Fate.STALE]:
        # A complete success that was meant for another request is believed until the org is read.
        claimed = [one for one in claimed if one.state is S.SETTLED]
    false = [one for one in claimed if not is_in_the_org(work, one)]
    if false:
        raise UnequalError(f"claimed and not there: {[(one.kind.value, one.words) for one in false]}")


def is_in_the_org(work: AtWork, operation: Operation) -> bool:
    """Look for an operation's effect."""
    world, subject = work.rig.world, operation.subject_id
    if operation.kind in CALLS:
        return any(task.notes == operation.payload["notes"] for task in world.calls(operation.target_id))
    if operation.kind in {Kind.COMPLETE_STEP, Kind.SKIP_STEP}:
        return subject not in world.steps or not world.steps[subject].is_open
    if operation.kind is Kind.REMOVE:
        return subject not in world.trackers or not world.trackers[subject].is_active
    if operation.kind is Kind.ENROLL:
        return claimed_runs(work, operation) <= world.created[f"{operation.target_id}|{operation.cadence_id}"]
    wanted = {
        Kind.PAUSE: "Paused",
        Kind.RESUME: "",
        Kind.CHANGE_ASSIGNEE: operation.payload.get("assignee_id"),
        Kind.SET_DISPOSITION: operation.payload.get("disposition"),
    }[operation.kind]
    return not wanted or (subject, str(wanted)) in work.shown


def claimed_runs(work: AtWork, operation: Operation) -> int:
    """Count the presses that say they began a run of this person in this cadence."""
    about = (operation.target_id, operation.cadence_id)
    return sum(
        one.kind is Kind.ENROLL and one.state in CLAIMED and (one.target_id, one.cadence_id) == about
        for one in work.operations()
    )


def no_note_is_lost(work: AtWork) -> None:
    """What the screen called saved waits, is under review, was refused with its text, or is in the org."""
    if work.rig.desk._session.engine is None:
        return
    kept = OPEN_STATES | {S.REFUSED}
    held = {one.payload.get("notes") for one in work.operations() if one.state in kept}
    in_org = {task.notes for task in work.rig.world.tasks.values() if task.is_closed}
    lost = work.notes - held - in_org
    if lost:
        raise LostError(f"notes that are nowhere: {sorted(lost)}")


# ---------------------------------------------------------------- the end


def still_open(work: AtWork) -> list[Operation]:
    """Return what has not come to an end and does not wait behind something that a person has to decide."""
    operations = work.operations()
    stuck = {one.target_id for one in operations if one.state is S.NEEDS_REVIEW}
    open_states = OPEN_STATES - {S.NEEDS_REVIEW}
    return [one for one in operations if one.state in open_states and one.target_id not in stuck]


def refused_means_not_done(work: AtWork) -> None:
    """Refused and canceled say that nothing was carried out."""
    tasks = work.rig.world.tasks.values()
    keys = {one.op_id for one in work.operations() if one.state in NOT_SENT and one.kind is Kind.LOG_CALL}
    done = [task.op_key for task in tasks if task.op_key in keys and task.is_closed]
    if done:
        raise UnequalError(f"refused or canceled, and there all the same: {done}")


def runs_are_as_claimed(work: AtWork) -> None:
    """Each confirmed row is one run; a run without a row can only belong to one that a person still has to look at."""
    states = Counter(
        (f"{one.target_id}|{one.cadence_id}", one.state)
        for one in work.operations()
        if one.kind is Kind.ENROLL
    )
    made = made_by_us(work)
    for key in sorted({key for key, _ in states}):
        least, most = states[key, S.SETTLED], states[key, S.SETTLED] + states[key, S.NEEDS_REVIEW]
        count = made[key]
        if count > most:
            raise UnequalError(f"{key}: {count} runs, of which the ledger knows {most}")
        if count + work.by_others[key] < least:
            raise UnequalError(f"{key}: {count} runs, and the ledger claims {least}")


def board_is_the_org(work: AtWork) -> None:
    """What the lists show is what the org holds."""
    rig = work.rig
    if rig.feed_state() not in {FeedState.LIVE, FeedState.POLLING}:
        raise StuckError(f"the feed is {rig.feed_state().value} although nothing is wrong any more")
    board, world = rig.engine.board, rig.world
    shown: list[tuple[object, object, str]] = [
        (
            {one.id: (one.state, one.owner_id, one.current_step_id) for one in board.trackers},
            {one.id: (one.state, one.owner_id, one.current_step_id) for one in world.trackers.values()},
            "trackers",
        ),
        (
            {one.id: (one.name, one.title) for one in board.people},
            {one.id: (one.name, one.title) for one in world.people.values() if not one.is_converted},
            "people",
        ),
        (
            {one.id: one.state for one in board.steps if one.is_open},
            {one.id: one.state for one in world.steps.values() if one.is_open},
            "steps",
        ),
    ]
    for ours, theirs, what in shown:
        if ours != theirs:
            raise UnequalError(f"{what}: the lists show {ours}, the org has {theirs}")
