"""A table whose rows are deleted gives their places back, piece by piece, and nothing else about it changes."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cadence_desk.sync import compaction
from cadence_desk.sync.columns import ColumnStore, Row
from cadence_desk.sync.compaction import Compaction, is_sparse, tidy

if TYPE_CHECKING:
    from collections.abc import Iterator


def store() -> ColumnStore:
    return ColumnStore({"name": "Name", "age": "Age"}, keyed=("age",), facets=("kind",))


def row(number: int) -> Row:
    return Row(
        (f"Name {number}", str(number)),
        {"age": number},
        {"kind": f"k{number % 3}"},
        number % 8,
        f"name {number}",
    )


def filled(count: int) -> ColumnStore:
    table = store()
    for number in range(count):
        table.put(f"id{number}", row(number))
    return table


def told(table: ColumnStore) -> dict[str, tuple[object, ...]]:
    """Return all live rows by id, read through every column."""
    columns = (
        table.texts("name"),
        table.texts("age"),
        table.keys("name"),
        table.keys("age"),
        table.facet("kind"),
        table.flags(),
        table.haystack(),
        table.ids(),
    )
    assert {len(column) for column in columns} == {table.size} == {len(table.alive())}
    live = [slot for slot in range(table.size) if table.alive()[slot]]
    assert [table.slot_of(table.ids()[slot]) for slot in live] == live
    return {table.ids()[slot]: tuple(column[slot] for column in columns) for slot in live}


def wanted(naive: dict[str, int]) -> dict[str, tuple[object, ...]]:
    return {
        key: (f"Name {n}", str(n), f"name {n}", n, f"k{n % 3}", n % 8, f"name {n}", key)
        for key, n in naive.items()
    }


moves = st.lists(
    st.tuples(
        st.sampled_from(("put", "put", "drop", "drop", "begin", "step", "step", "step", "step", "clear")),
        st.integers(0, 11),
        st.integers(0, 99),
    ),
    max_size=60,
)


class Both:
    """A table and a plain dict that are changed alike, and a compaction that goes on meanwhile."""

    def __init__(self) -> None:
        self.table = store()
        self.naive: dict[str, int] = {}
        self.work: Iterator[None] = iter(())
        self.before: dict[str, int] = {}
        self.epoch = -1

    def put(self, key: str, value: int) -> None:
        self.table.put(key, row(value))
        self.naive[key] = value

    def drop(self, key: str, _value: int) -> None:
        assert self.table.drop(key) == (self.naive.pop(key, None) is not None)

    def clear(self, _key: str, _value: int) -> None:
        self.table.clear()
        self.naive.clear()

    def begin(self, _key: str, _value: int) -> None:
        self.finish()
        self.before = {one: slot for slot, one in enumerate(self.table.ids()) if self.table.alive()[slot]}
        self.epoch = self.table.epoch
        self.work = Compaction(self.table, bytes(self.table.alive())).work()

    def step(self, _key: str, _value: int) -> None:
        next(self.work, None)

    def finish(self) -> None:
        for _ in self.work:
            pass

    def check(self) -> None:
        assert told(self.table) == wanted(self.naive)
        where = self.table.moves_since(self.epoch)
        if where is not None:
            assert [self.table.ids()[where[slot]] for slot in self.before.values()] == list(self.before)


@given(moves)
@settings(max_examples=300)
def test_any_mix_of_changes_and_pieces_keeps_the_table_equal_to_a_plain_one(
    steps: list[tuple[str, int, int]],
) -> None:
    both = Both()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compaction, "_PIECE", 3)
        for what, number, value in steps:
            getattr(both, what)(f"id{number}", value)
            both.check()
        both.finish()
        both.check()


def test_places_do_not_grow_with_what_is_deleted() -> None:
    table = filled(0)

    async def live() -> list[int]:
        places = []
        for day in range(6):
            for number in range(day * 5_000, (day + 1) * 5_000):
                table.put(f"id{number}", row(number))
            for number in range(day * 5_000, (day + 1) * 5_000 - 10):
                table.drop(f"id{number}")
            await tidy(table)
            places.append(table.size)
        return places

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compaction, "TOLD_SECONDS", 0.0)
        places = asyncio.run(live())
    assert max(places) < 5_100
    assert table.count == 60
    assert all(len(part) == table.size for part in table.parts())
    assert table.slot_of("id0") is None


def test_only_a_sparse_table_is_touched() -> None:
    table = filled(9_000)
    for number in range(4_400):
        table.drop(f"id{number}")
    assert not is_sparse(table)
    assert not asyncio.run(tidy(table))
    assert table.epoch == 0
    for number in range(4_400, 4_600):
        table.drop(f"id{number}")
    assert is_sparse(table)
    assert not is_sparse(filled(10))


def test_rows_that_just_went_keep_their_place_until_the_lists_have_heard() -> None:
    table = filled(10)
    for number in range(8):
        table.drop(f"id{number}")
    before = bytes(table.alive())
    table.drop("id8")
    for _ in Compaction(table, before).work():
        pass
    assert list(table.ids()) == ["id8", "id9"]
    assert list(table.alive()) == [0, 1]
    assert list(table.moves_since(0) or ()) == [-1] * 8 + [0, 1]
    table.forget_moves()
    assert table.moves_since(0) is None


def test_a_table_that_changes_too_fast_is_left_for_another_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compaction, "_MOST_CHANGES", 3)
    table = filled(10)
    table.drop("id3")
    work = Compaction(table, bytes(table.alive()))
    steps = work.work()
    next(steps)
    for number in range(5, 9):
        table.put(f"id{number}", row(number + 1))
    assert list(steps)
    assert (work.done, table.epoch, table.size, table.journal) == (False, 0, 10, None)


def test_a_table_that_began_anew_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compaction, "TOLD_SECONDS", 0.0)
    table = filled(9_000)
    for number in range(8_000):
        table.drop(f"id{number}")

    async def clear_soon() -> None:
        table.clear()

    async def both() -> tuple[bool, None]:
        return await asyncio.gather(tidy(table), clear_soon())

    assert list(asyncio.run(both())) == [False, None]
    assert table.size == 0
