"""What an org offers survives the way into the cache and back."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cadence_desk.domain.cadences import StepRule, StepVariant
from cadence_desk.domain.calls import CallResult
from cadence_desk.domain.orgs import (
    ActionDescription,
    ActionInput,
    Capabilities,
    FieldDescription,
    ObjectDescription,
)
from cadence_desk.domain.people import Rep
from cadence_desk.domain.protection import TASK_KEY, has_task_key
from cadence_desk.sync.reference_text import ReferenceData, from_text, to_text
from tests.engine.model_world import CADENCE, ME, cadence, record_id

KEY = FieldDescription(TASK_KEY, "Key", "string", createable=True, external_id=True, unique=True)


def everything() -> ReferenceData:
    planned = cadence(CADENCE, "Outbound", "Call", "Wait")
    step = replace(
        planned.steps[0],
        variants=(StepVariant(record_id("8Hv", 1), "00X", 50.0),),
        rules=(StepRule("CallDispositionCategory", "CallMeaningfulConnect", "step_1"),),
    )
    return ReferenceData(
        Capabilities(
            "65.0",
            {
                "pause": ActionDescription(
                    "pause", "Pause", (ActionInput("targetId", required=True),), ("mood",)
                )
            },
            {
                "Task": ObjectDescription(
                    "Task", "Task", "00T", {TASK_KEY: replace(KEY, picklist=(("a", "A"),))}
                )
            },
            ("no multiple cadences",),
        ),
        (replace(planned, steps=(step, *planned.steps[1:])),),
        (Rep(ME, "Robin", can_work=None),),
        (CallResult("Connected", "CallMeaningfulConnect"),),
    )


def test_nothing_is_lost_on_the_way() -> None:
    assert from_text(to_text(everything())) == everything()


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", "null", '{"format":99}', '{"format":1}', '{"format":1,"capabilities":7}']
)
def test_what_cannot_be_read_is_as_if_it_were_not_there(text: str) -> None:
    assert from_text(text) is None


def test_a_text_of_another_build_is_not_guessed_at() -> None:
    assert from_text(to_text(everything()).replace('"can_work"', '"could_work"')) is None


@pytest.mark.parametrize("lacking", ["createable", "external_id", "unique", "filterable"])
def test_a_key_protects_only_when_it_is_whole(lacking: str) -> None:
    def offers(field: FieldDescription) -> Capabilities:
        return Capabilities("65.0", {}, {"Task": ObjectDescription("Task", "Task", "00T", {TASK_KEY: field})})

    assert has_task_key(offers(KEY))
    assert not has_task_key(offers(replace(KEY, **{lacking: False})))  # type: ignore[arg-type]
    assert not has_task_key(Capabilities("65.0"))
