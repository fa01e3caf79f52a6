"""The rule of one event on one record: every line of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from cadence_desk.domain.changes import ChangeEvent, ChangeType
from cadence_desk.sync.reconcile import (
    Effect,
    Forget,
    Order,
    ReadEntity,
    ReadRecord,
    Stamp,
    Upsert,
    Wait,
    changed_values,
    reconcile,
)
from tests.unit.sync.records import NOON_MS, RUN, event

T = ChangeType
ENTITY = "ActionCadenceTracker"


def told(kind: ChangeType = T.UPDATE, at: int = 0, **values: Any) -> ChangeEvent:
    return event(ENTITY, RUN, kind, at, **values)


def order(at: int) -> Order:
    return (NOON_MS + at, at, 1)


def names(effects: list[Effect]) -> list[str]:
    return [type(one).__name__ for one in effects]


FROM_REST = Stamp(row_ms=NOON_MS)
FROM_EVENT = Stamp(base=order(0))
GONE = Stamp(gone=order(0))


@pytest.mark.parametrize(
    ("stamp", "given", "effects"),
    [
        (None, told(T.GAP_OVERFLOW), ["ReadEntity"]),
        (FROM_REST, replace(told(T.UNREADABLE), record_id=""), ["ReadEntity"]),
        (None, told(T.SNAPSHOT), []),
        (replace(FROM_REST, reading=True), told(State="x"), ["Wait"]),
        # gaps
        (None, told(T.GAP_CREATE), ["ReadRecord"]),
        (FROM_REST, told(T.GAP_UPDATE, -5000), []),
        (FROM_REST, told(T.GAP_UPDATE), ["ReadRecord"]),
        (FROM_EVENT, told(T.GAP_DELETE), ["ReadRecord"]),
        (GONE, told(T.GAP_UNDELETE, -5000), ["ReadRecord"]),
        # deletions
        (None, told(T.DELETE), ["Forget"]),
        (GONE, told(T.DELETE, 5), ["Forget"]),
        (GONE, told(T.DELETE, -5), []),
        (FROM_REST, told(T.DELETE, 5), ["ReadRecord"]),
        (FROM_EVENT, told(T.DELETE, 5), ["Forget"]),
        (FROM_EVENT, told(T.DELETE, 0), ["ReadRecord"]),
        (FROM_EVENT, told(T.DELETE, -5), []),
        # appearances
        (None, told(T.CREATE), ["Upsert"]),
        (GONE, told(T.UNDELETE, 5), ["Upsert"]),
        (GONE, told(T.UNDELETE, -5), []),
        (GONE, told(T.CREATE, 5), ["ReadRecord"]),
        (FROM_REST, told(T.CREATE, -5000, State="x"), []),
        (FROM_REST, told(T.CREATE, 5000, State="x"), ["Upsert"]),
        (FROM_EVENT, told(T.CREATE), []),
        (FROM_EVENT, told(T.CREATE, 5), ["ReadRecord"]),
        # updates
        (None, told(State="x"), ["ReadRecord"]),
        (GONE, told(at=5, State="x"), ["ReadRecord"]),
        (GONE, told(at=-5, State="x"), []),
        (FROM_REST, told(at=-5000, State="x"), []),
        (FROM_REST, told(at=400, State="x"), ["ReadRecord"]),
        (FROM_REST, told(at=1000, State="x"), ["Upsert"]),
        (FROM_EVENT, told(at=5, State="x"), ["Upsert"]),
        (FROM_EVENT, told(at=0, State="x"), ["ReadRecord"]),
        (FROM_EVENT, told(at=-5, State="x"), []),
    ],
)
def test_every_case(stamp: Stamp | None, given: ChangeEvent, effects: list[str]) -> None:
    assert names(reconcile(stamp, given)) == effects


def test_an_old_appearance_of_what_is_unknown_is_read() -> None:
    for kind in (T.CREATE, T.UNDELETE):
        assert names(reconcile(None, told(kind), NOON_MS)) == ["ReadRecord"], (
            "read later, and not there: gone since"
        )
        assert names(reconcile(None, told(kind, 2000), NOON_MS)) == ["Upsert"]


def test_the_records_own_time_decides_against_a_row_from_rest() -> None:
    late_commit = told(at=60_000, State="x", LastModifiedDate=NOON_MS - 5000)
    assert reconcile(FROM_REST, late_commit) == []
    tie = told(at=60_000, State="x", LastModifiedDate=NOON_MS + 300)
    assert reconcile(FROM_REST, tie) == [ReadRecord(ENTITY, RUN)]


def test_an_older_event_still_brings_what_no_newer_one_touched() -> None:
    stamp = Stamp(base=order(0), fields={"State": order(10)})
    (effect,) = reconcile(stamp, told(at=5, State="old", OwnerId="new"))
    assert effect == Upsert(ENTITY, RUN, {"OwnerId": "new"}, order(5))


def test_the_commit_number_orders_only_inside_one_millisecond() -> None:
    stamp = Stamp(base=(NOON_MS, 50, 1))
    same = replace(told(State="x"), commit_number=51)
    earlier = replace(told(at=-1, State="x"), commit_number=99)
    assert names(reconcile(stamp, same)) == ["Upsert"]
    assert reconcile(stamp, earlier) == []


def test_what_an_update_sets() -> None:
    given = replace(
        told(State="x", OwnerId=None), nulled=frozenset({"OwnerId", "Address.City", "Name.Suffix"}),
        values={"State": "x", "OwnerId": None, "Name": {"Suffix": None}},
    )  # fmt: skip
    assert changed_values(given) == {"State": "x", "OwnerId": None, "Address": None, "Name": {"Suffix": None}}


def test_effects_say_what_they_are_about() -> None:
    deleted = told(T.DELETE)
    assert reconcile(None, deleted) == [Forget(ENTITY, RUN, order(0))]
    assert reconcile(None, told(T.GAP_OVERFLOW)) == [ReadEntity(ENTITY)]
    waiting = told(State="x")
    assert reconcile(Stamp(reading=True), waiting) == [Wait(ENTITY, RUN, waiting)]
    (whole,) = reconcile(None, told(T.CREATE, State="x"))
    assert isinstance(whole, Upsert)
    assert whole.whole
