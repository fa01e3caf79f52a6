"""Steps are walked along their links; no step is ever lost."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from cadence_desk.domain.cadences import Cadence, CadenceStep, step_word, walk_steps
from cadence_desk.domain.record_ids import RecordId

CADENCE = RecordId("77C000000000001AAA")


def step(name: str, parent: str = "", **more: Any) -> CadenceStep:
    return CadenceStep(
        RecordId(f"id {name}"),
        CADENCE,
        name,
        name.title(),
        more.pop("type", "MakeACall"),
        parent_step_name=parent,
        **more,
    )


def walked(*steps: CadenceStep) -> list[str]:
    return [one.step_name for one in walk_steps(steps)]


def test_parents_come_before_children_depth_first() -> None:
    steps = (step("d", "b"), step("c", "a"), step("b", "a"), step("a"), step("e", "d"))
    assert walked(*steps) == ["a", "c", "b", "d", "e"]


def test_orphans_come_last_and_missing_parents_lose_nothing() -> None:
    assert walked(step("lost", is_orphan=True), step("a"), step("b", "gone")) == ["a", "b", "lost"]


def test_a_circle_ends() -> None:
    assert walked(step("a", "b"), step("b", "a"), step("c")) == ["c", "a", "b"]
    assert walked(step("a", "a")) == ["a"]
    assert walked() == []


@given(st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8), st.booleans()), max_size=12))
def test_every_step_comes_exactly_once(links: list[tuple[int, int, bool]]) -> None:
    steps = tuple(
        CadenceStep(
            RecordId(f"id {place}"),
            CADENCE,
            f"s{name}",
            "",
            "Wait",
            parent_step_name=f"s{parent}",
            is_orphan=orphan,
        )
        for place, (name, parent, orphan) in enumerate(links)
    )
    assert sorted(one.id for one in walk_steps(steps)) == sorted(one.id for one in steps)


def test_what_a_cadence_says_of_itself() -> None:
    steps = (step("a"), step("b", type="SendAnEmail"), step("c", type="CreateTask", is_orphan=True))
    live = Cadence(CADENCE, "Outbound", "Active", steps=steps)
    assert live.is_active
    assert live.step_types() == {"MakeACall", "SendAnEmail"}
    assert not any(Cadence(CADENCE, "x", state).is_active for state in ("Draft", "Inactive", "Deleting", ""))
    assert step_word("MakeACall") == "Call"
    assert step_word("Something new") == "Something new"
