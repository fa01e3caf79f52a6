"""Columns keep their slots, texts, keys, facets and flags; rows say what a rep needs."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cadence_desk.domain.people import PersonKind
from cadence_desk.sync import people_table, tracker_table
from cadence_desk.sync.columns import SEPARATOR, ColumnStore, Row, search_text
from cadence_desk.sync.people_table import PeopleTable
from cadence_desk.sync.tracker_table import TrackerTable, TrackerWords, current_step, late_words
from tests.unit.sync.records import NOON, person, step, tracker

NOW = NOON.timestamp()
WORDS = TrackerWords("Anna", "Outbound", "Robin")


def store() -> ColumnStore:
    return ColumnStore({"name": "Name", "age": "Age"}, keyed=("age",), facets=("kind",))


def row(name: str, age: int, kind: str = "a", flags: int = 0) -> Row:
    return Row((name, str(age)), {"age": age}, {"kind": kind}, flags, name.casefold())


def test_slots_are_stable_and_never_used_twice() -> None:
    table = store()
    for number, name in enumerate(("Anna", "Bert", "Änne")):
        table.put(str(number), row(name, number))
    assert table.drop("1")
    assert not table.drop("1")
    assert not table.drop("nobody")
    table.put("3", row("Dora", 3))
    assert list(table.ids()) == ["0", "1", "2", "3"]
    assert list(table.alive()) == [1, 0, 1, 1]
    assert (table.size, table.count) == (4, 3)
    table.put("1", row("Bert again", 9))
    assert table.slot_of("1") == 1
    assert list(table.texts("name")) == ["Anna", "Bert again", "Änne", "Dora"]
    assert table.slot_of("nobody") is None


def test_keys_are_own_ones_or_folded_texts_and_follow_changes() -> None:
    table = store()
    table.put("0", row("Anna", 7))
    assert list(table.keys("age")) == [7]
    assert list(table.keys("name")) == ["anna"]
    table.put("0", row("BERT", 8))
    table.put("1", row("Dora", 1))
    assert list(table.keys("name")) == ["bert", "dora"]
    assert list(table.keys("age")) == [8, 1]
    assert list(table.haystack()) == ["bert", "dora"]


def test_facets_flags_and_titles() -> None:
    table = store()
    table.put("0", row("Anna", 7, "lead", 5))
    assert (list(table.facet("kind")), list(table.flags())) == (["lead"], [5])
    assert (table.title("age"), list(table.columns)) == ("Age", ["name", "age"])
    with pytest.raises(ValueError, match="zip"):
        table.put("1", Row(("too few",), {"age": 1}))


def test_clearing_starts_a_new_epoch() -> None:
    table = store()
    table.put("0", row("Anna", 7))
    assert table.keys("name")
    table.clear()
    assert (table.size, table.count, table.epoch) == (0, 0, 1)
    table.put("9", row("Bert", 1))
    assert (table.slot_of("9"), list(table.keys("name"))) == (0, ["bert"])


def test_few_texts_are_kept_once() -> None:
    table = store()
    for number in range(3):
        table.put(str(number), row(b"Running".decode(), number))
    first, *others = table.texts("name")
    assert all(other is first for other in others)
    long = "x" * 41
    table.put("9", row(long, 1))
    assert table.texts("name")[3] == long


def test_a_search_never_runs_from_one_column_into_the_next() -> None:
    assert search_text("Anna", "BERT") == f"anna{SEPARATOR}bert"


# ---------------------------------------------------------------- people


def test_a_person_shows_where_they_stand() -> None:
    table = PeopleTable()
    table.show(
        person(1, email="Anna@Example.org", mobile="+49 1", do_not_call=True), ["Outbound"], "Robin", 2
    )
    table.show(person(2, kind=PersonKind.CONTACT, modified=None, phone="1", mobile="2"), ["A", "B"], "", 0)
    table.show(person(3), [], "", 0)
    assert list(table.texts("in_cadence")) == ["Outbound", "2 cadences", ""]
    assert list(table.texts("phone")) == ["+49 1", "1", ""]
    assert list(table.facet("in_cadence")) == ["1", "1", "0"]
    assert list(table.facet("kind")) == ["Lead", "Contact", "Lead"]
    assert list(table.flags()) == [
        people_table.IN_CADENCE | people_table.DO_NOT_CALL | 2,
        people_table.IN_CADENCE,
        0,
    ]
    assert list(table.keys("modified")) == [NOW, 0.0, NOW]
    assert "anna@example.org" in table.haystack()[0]
    assert table.texts("modified")[1] == ""


# ---------------------------------------------------------------- trackers


def test_a_tracker_shows_its_step_and_how_late_it_is() -> None:
    table = TrackerTable()
    due = step(due=NOON - timedelta(hours=3))
    table.show(tracker(1), due, WORDS, NOW)
    table.show(tracker(2, state="Paused"), due, WORDS, NOW)
    table.show(tracker(3, state="Complete"), due, WORDS, NOW)
    table.show(tracker(4), None, WORDS, NOW)
    assert list(table.texts("overdue")) == ["3 h", "", "", ""]
    assert list(table.facet("overdue")) == ["1", "0", "0", "0"]
    assert list(table.facet("active")) == ["1", "1", "0", "1"]
    flags = tracker_table
    assert list(table.flags()) == [flags.ACTIVE | flags.OVERDUE, flags.ACTIVE | flags.PAUSED, 0, flags.ACTIVE]
    assert list(table.keys("due"))[2:] == [float("inf"), float("inf")]


def test_errors_are_shown_from_the_step_or_the_tracker() -> None:
    table = TrackerTable()
    table.show(tracker(1), step(state="Error", error_code="EmailBounced"), WORDS, NOW)
    table.show(
        tracker(2, state="Error", error_message="Broken"),
        None,
        TrackerWords("A", "B", "C", "Waiting", 6),
        NOW,
    )
    assert list(table.texts("error")) == ["EmailBounced", "Broken"]
    assert table.flags()[1] == tracker_table.ERROR | 6
    assert table.texts("operation")[1] == "Waiting"


@pytest.mark.parametrize(
    ("title", "kind", "words"),
    [
        ("Intro", "MakeACall", "Intro (Call)"),
        ("Call again", "MakeACall", "Call again"),
        ("", "Wait", "Wait"),
        ("Odd", "SomethingNew", "Odd (SomethingNew)"),
        ("Odd", "", "Odd"),
    ],
)
def test_the_words_of_a_step(title: str, kind: str, words: str) -> None:
    assert current_step(tracker(current_step_title=title, current_step_type=kind), None) == words
    assert current_step(tracker(), step(title=title, type=kind)) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-5, ""),
        (0, ""),
        (1, "1 min"),
        (59, "1 min"),
        (3599, "59 min"),
        (3600, "1 h"),
        (172_799, "47 h"),
        (172_800, "2 days"),
    ],
)
def test_lateness_in_words(seconds: float, words: str) -> None:
    assert late_words(seconds) == words
