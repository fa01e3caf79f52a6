"""Which operation is next: first in first out per target, nothing beside what is under way or in doubt."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from cadence_desk.domain.operations import Operation, OperationState
from cadence_desk.sync.work_list import WorkList
from tests.engine.model_world import lead
from tests.unit.store.desk_files import NOON, operation

S = OperationState
ANNA, BERT = lead(1), lead(2)


def queued(op_id: str, created: float = NOON, **values: Any) -> Operation:
    given: dict[str, Any] = {"state": S.QUEUED, "target_id": ANNA, "created": created, **values}
    return operation(op_id, **given)


def heads(work: WorkList) -> list[str]:
    return [one.op_id for one in work.heads()]


def test_the_oldest_of_each_target_comes_first() -> None:
    work = WorkList()
    assert work.put([queued("b", NOON + 2), queued("a", NOON + 1), queued("c", target_id=BERT)]) == {
        ANNA,
        BERT,
    }
    assert heads(work) == ["c", "a"]
    assert [one.op_id for one in work.of_target(ANNA)] == ["a", "b"]
    assert (len(work), len(list(work))) == (3, 3)


def test_parts_of_a_press_follow_their_number() -> None:
    work = WorkList()
    work.put([queued("z", intent_id="i", seq=0), queued("a", intent_id="i", seq=1)])
    assert heads(work) == ["z"]
    assert [one.op_id for one in work.of_intent("i", ANNA)] == ["z", "a"]
    assert not work.of_intent("i", BERT)


@pytest.mark.parametrize("state", [S.SENDING, S.IN_DOUBT, S.NEEDS_REVIEW])
@pytest.mark.parametrize("later", [True, False])
def test_what_stands_in_the_way_holds_all_others_of_its_target(*, state: OperationState, later: bool) -> None:
    work = WorkList()
    work.put(
        [queued("a"), queued("x", NOON + (5 if later else -5), state=state), queued("c", target_id=BERT)]
    )
    assert heads(work) == ["c"]


@pytest.mark.parametrize("state", [S.DRAFT, S.ACCEPTED, S.SETTLED, S.REFUSED, S.CANCELLED, S.SUPERSEDED])
def test_what_is_over_or_not_asked_for_holds_nothing(state: OperationState) -> None:
    work = WorkList()
    work.put([queued("x", NOON - 5, state=state), queued("a")])
    assert heads(work) == ["a"]


def test_nothing_starts_beside_what_is_under_way() -> None:
    work = WorkList()
    one, other = queued("a"), queued("b", NOON - 5, intent_id="earlier")
    work.put([one])
    work.take_off([one])
    work.put([other])  # a draft begun earlier and saved now
    assert heads(work) == []
    assert work.is_flying(ANNA)
    assert work.in_flight == {"a"}
    work.land([one])
    assert heads(work) == ["b"]
    assert not work.is_flying(ANNA)


def test_two_flights_of_one_target_end_one_by_one() -> None:
    work = WorkList()
    first, second = queued("a"), queued("b")
    work.put([first, second])
    work.take_off([first, second])
    work.land([first])
    assert work.is_flying(ANNA)
    work.land([second])
    assert not work.is_flying(ANNA)


def test_what_is_taken_back_cannot_start_meanwhile() -> None:
    work = WorkList()
    flying, waiting = queued("a"), queued("c", target_id=BERT)
    work.put([flying, waiting])
    work.take_off([flying])
    assert work.withhold(["a", "c"]) == ["c"]
    assert work.withhold(["c"]) == []
    assert heads(work) == []
    work.give_back(["c"])
    assert heads(work) == ["c"]


def test_runs_and_states_are_found() -> None:
    work = WorkList()
    work.put(
        [queued("a", run_id="r", row_no=1), queued("b", run_id="r", row_no=2, target_id=BERT), queued("c")]
    )
    work.put([replace(work.of_run("r")[0], state=S.SETTLED)])
    assert [(one.op_id, one.state) for one in work.of_run("r")] == [("a", S.SETTLED), ("b", S.QUEUED)]
    assert work.of_run("other") == []
    assert [one.op_id for one in work.in_state(S.SETTLED, S.QUEUED)] == ["a", "b", "c"]
    assert work.get("a") is not None
    assert work.get("z") is None
