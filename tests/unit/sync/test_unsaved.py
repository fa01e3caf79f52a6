"""What is not saved yet is taken in slices, also when a new file wants everything again."""

from __future__ import annotations

from datetime import UTC, datetime

from cadence_desk.domain.people import Person, PersonKind
from cadence_desk.sync.shelf import Shelf
from cadence_desk.sync.unsaved import Unsaved
from tests.engine.model_world import lead

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def person(number: int, name: str = "Ada") -> Person:
    return Person(lead(number), PersonKind.LEAD, name, modified=NOW)


def test_everything_again_is_looked_up_slice_by_slice() -> None:
    unsaved, shelf = Unsaved(), Shelf[Person]("Lead")
    for number in range(25):
        shelf.put_row(person(number))
    unsaved.begin_again([shelf])
    shelf.forget(lead(3), None)
    unsaved.note("Lead", lead(3), None)
    first = unsaved.take(10)
    assert len(first) == 10
    assert first["Lead", lead(3)] is None, "what is known of it since counts"
    shelf.put_row(person(24, "Bea"))
    unsaved.note("Lead", lead(24), person(24, "Bea"))
    shelf.forget(lead(23), None)
    unsaved.note("Lead", lead(23), None)
    rest = {}
    while unsaved.any:
        part = unsaved.take(10)
        assert len(part) <= 10
        rest.update(part)
    whole = {**first, **rest}
    assert whole == {
        **{("Lead", lead(number)): person(number) for number in range(23) if number != 3},
        ("Lead", lead(3)): None,
        ("Lead", lead(23)): None,
        ("Lead", lead(24)): person(24, "Bea"),
    }
    assert unsaved.take(10) == {}


def test_a_slice_that_could_not_be_saved_comes_again() -> None:
    unsaved, shelf = Unsaved(), Shelf[Person]("Lead")
    for number in range(12):
        shelf.put_row(person(number))
    unsaved.begin_again([shelf])
    failed = unsaved.take(5)
    unsaved.note("Lead", lead(0), person(0, "Bea"))
    unsaved.put_back(failed)
    found = unsaved.take()
    assert len(found) == 12
    assert found["Lead", lead(0)] == person(0, "Bea")
    assert not unsaved.any
