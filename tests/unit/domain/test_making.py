"""Frozen values that are made quickly are the same as those made by their class."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, dataclass, field
from typing import Any

import pytest

from cadence_desk.domain.changes import ChangeEvent, ChangeType
from cadence_desk.domain.making import maker_of
from cadence_desk.domain.people import Person, PersonKind
from cadence_desk.domain.record_ids import RecordId


@dataclass(frozen=True, slots=True)
class Checked:
    value: int

    def __post_init__(self) -> None:
        raise ValueError("never")


@dataclass(frozen=True)
class Open:
    value: int = field(default=0)


def test_what_is_made_is_equal_frozen_and_of_its_class() -> None:
    values: tuple[Any, ...] = (
        "e",
        "Lead",
        "00Q",
        ChangeType.UPDATE,
        1,
        2,
        3,
        "t",
        "u",
        "o",
        frozenset("c"),
        frozenset("n"),
        {},
        b"r",
    )
    made = maker_of(ChangeEvent)(*values)
    assert made == ChangeEvent(*values)
    assert type(made) is ChangeEvent
    assert repr(made) == repr(ChangeEvent(*values))
    with pytest.raises(FrozenInstanceError):
        made.record_id = "00T"  # type: ignore[misc]


def test_all_values_have_to_be_given() -> None:
    with pytest.raises(TypeError):
        maker_of(Person)(RecordId("00Q"), PersonKind.LEAD)


@pytest.mark.parametrize("kind", [Checked, Open, int])
def test_other_classes_are_refused(kind: type) -> None:
    with pytest.raises(TypeError):
        maker_of(kind)
