"""All knowledge of a kind of operation stands in one class: none is missing, none stands elsewhere."""

from __future__ import annotations

import inspect

import pytest

from cadence_desk.desk.moves import BY_TARGET, UNDOABLE
from cadence_desk.domain.operations import KIND_WORDS, Kind
from cadence_desk.sync.kinds.kind import OperationKind, Reversibility
from cadence_desk.sync.kinds.registry import ACTION_OF_KIND, KINDS
from tests.unit.store.desk_files import operation

FIVE = ("prepare", "send", "verify", "invert", "reversibility")


def test_every_kind_is_registered_once() -> None:
    assert set(KINDS) == set(Kind) == set(KIND_WORDS)
    assert len({type(one) for one in KINDS.values()}) == len(KINDS)


@pytest.mark.parametrize("kind", Kind)
def test_a_kind_answers_all_five_questions(kind: Kind) -> None:
    known = KINDS[kind]
    assert known.kind is kind
    for name in FIVE:
        method = getattr(type(known), name)
        assert not getattr(method, "__isabstractmethod__", False), f"{kind.value} has no {name}"
        assert list(inspect.signature(method).parameters) == list(
            inspect.signature(getattr(OperationKind, name)).parameters
        )
    label, stays = known.reversibility(operation("1", kind=kind))
    assert label in Reversibility
    assert stays or label is Reversibility.REVERSIBLE, "what stays is told where not all can be taken back"
    inverse = known.invert(operation("1", kind=kind))
    assert inverse is None or inverse in KINDS


def test_lists_of_kinds_name_kinds_that_exist() -> None:
    assert {Kind(name) for name in ACTION_OF_KIND} == set(Kind) - {
        Kind.LOG_CALL,
        Kind.ADD_TASK,
        Kind.DELETE_TASK,
    }
    assert set(Kind) >= BY_TARGET | UNDOABLE
