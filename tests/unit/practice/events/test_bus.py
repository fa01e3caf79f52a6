"""What the bus makes of commits: merged, folded, gapped, overflowed, kept for replay."""

from __future__ import annotations

import io
import itertools
from typing import Any

import fastavro
import pytest

from cadence_desk.practice.events.bus import OVERFLOW_ID, EventBus
from cadence_desk.practice.events.encoding import ChangeEvent, replay_bytes

HOUR_MS = 3_600_000


def decoded(event: ChangeEvent, *hidden: str) -> dict[str, Any]:
    read: Any = fastavro.schemaless_reader(
        io.BytesIO(event.payload(frozenset(hidden))), event.schema.parsed, None
    )
    return dict(read)


def names(event: ChangeEvent, listed: list[str]) -> set[str]:
    """An own small reader of bitmap lists."""
    found: set[str] = set()
    for part in listed:
        parent, _, digits = part.rpartition("-")
        bits = [bit for bit in range(200) if int(digits, 16) >> bit & 1]
        slots = event.schema.slots
        for bit in bits:
            slot = slots[int(parent) - 1] if parent else slots[bit - 1]
            found.add(f"{slot.name}.{slot.parts[bit].name}" if parent else slot.name)
    return found


@pytest.fixture
def start(bus: EventBus) -> int:
    return bus.latest


def test_an_update_carries_changed_values_and_its_bitmaps(
    bus: EventBus, small_org: Any, changes: Any, start: int
) -> None:
    small_org.commit(changes.update("00Q1", Title="Boss", City="Bonn", Industry=None, DoNotCall=1))
    (event,) = bus.after(start)
    body = decoded(event)
    header = body["ChangeEventHeader"]
    assert (body["Title"], body["Address"]["City"], body["Industry"], body["DoNotCall"]) == (
        "Boss",
        "Bonn",
        None,
        True,
    )
    assert body["Name"] is None
    assert names(event, header["changedFields"]) == {
        "Title",
        "Address.City",
        "Industry",
        "DoNotCall",
        "LastModifiedDate",
    }
    assert names(event, header["nulledFields"]) == {"Industry"}
    assert (header["diffFields"], header["changeType"], header["recordIds"]) == ([], "UPDATE", ["00Q1"])


def test_dates_and_times_travel_as_epoch_milliseconds(
    bus: EventBus, small_org: Any, changes: Any, start: int
) -> None:
    small_org.commit(changes.create("00Q1", LastName="Q", ConvertedDate="1970-01-03", CreatedDate=1234))
    (event,) = bus.after(start)
    body = decoded(event)
    assert (body["ConvertedDate"], body["CreatedDate"]) == (2 * 86_400_000, 1234)
    assert body["ChangeEventHeader"]["changedFields"] == []


def test_the_same_change_of_several_records_is_one_event(
    bus: EventBus, small_org: Any, changes: Any, start: int
) -> None:
    small_org.commit(
        changes.update("00Q1", 1, Title="X"),
        changes.update("00Q2", 2, Title="Y"),
        changes.update("00Q3", 3, Title="X"),
    )
    told = [(event.record_ids, event.stamp.sequence) for event in bus.after(start)]
    assert told == [(("00Q1", "00Q3"), 1), (("00Q2",), 2)]


def test_several_changes_of_one_record_are_one_event(
    bus: EventBus, small_org: Any, changes: Any, start: int
) -> None:
    small_org.commit(
        changes.create("00Q1", 1, LastName="A", Title="old"),
        changes.update("00Q1", 2, LastName="B", Title=None),
        changes.update("00Q2", 3, Title="one"),
        changes.update("00Q2", 4, Company="two", Title="one"),
    )
    created, updated = bus.after(start)
    assert (created.change_type, decoded(created)["Name"]["LastName"], decoded(created)["Title"]) == (
        "CREATE",
        "B",
        None,
    )
    assert set(updated.changed) == {"Title", "Company", "LastModifiedDate"}


def test_made_and_deleted_in_one_transaction_is_silence(
    bus: EventBus, small_org: Any, changes: Any, start: int
) -> None:
    small_org.commit(changes.create("00Q1", 1, LastName="A"), changes.other("DELETE", "00Q1", 2))
    assert list(bus.after(start)) == []


def test_delete_has_no_body_and_undelete_the_whole_one(
    bus: EventBus, small_org: Any, changes: Any, start: int
) -> None:
    small_org.commit(changes.other("DELETE", "00Q1", LastName="A"))
    small_org.commit(changes.other("UNDELETE", "00Q1", LastName="A", Company="C"))
    deleted, back = bus.after(start)
    assert all(value is None for name, value in decoded(deleted).items() if name != "ChangeEventHeader")
    assert (decoded(back)["Name"]["LastName"], decoded(back)["Company"]) == ("A", "C")


def test_an_entity_that_is_not_selected_is_silent(
    bus: EventBus, small_org: Any, changes: Any, start: int
) -> None:
    small_org.settings.selected_entities.discard("Lead")
    small_org.commit(changes.update("00Q1", Title="X"))
    assert list(bus.after(start)) == []


def test_a_hidden_field_is_null_though_the_schema_lists_it(
    bus: EventBus, small_org: Any, changes: Any, start: int
) -> None:
    small_org.commit(changes.update("00Q1", Title="X", Company="C"))
    (event,) = bus.after(start)
    assert decoded(event, "Company")["Company"] is None
    assert decoded(event)["Company"] == "C"


def test_too_many_changes_end_in_one_overflow_per_entity(
    bus: EventBus, small_org: Any, changes: Any, start: int
) -> None:
    bus.overflow_limit = 5
    small_org.commit(*(changes.update(f"00Q{n}", n, Title=str(n)) for n in range(1, 6)))
    told = [(event.change_type, event.record_ids) for event in bus.after(start)]
    assert told == [
        ("UPDATE", ("00Q1",)),
        ("UPDATE", ("00Q2",)),
        ("GAP_OVERFLOW", (OVERFLOW_ID,)),
    ]


def test_armed_gaps_and_a_change_of_more_than_a_megabyte(
    bus: EventBus, small_org: Any, changes: Any, start: int
) -> None:
    bus.drills.gaps["Lead"] = 1
    for text in ("first", "second", "x" * 1_000_001):
        small_org.commit(changes.update("00Q1", Description=text))
    events = list(bus.after(start))
    assert [event.change_type for event in events] == ["GAP_UPDATE", "UPDATE", "GAP_UPDATE"]
    gap = decoded(events[0])
    assert gap["Description"] is None
    assert gap["ChangeEventHeader"]["changedFields"] == gap["ChangeEventHeader"]["nulledFields"] == []


def test_replay_ids_are_ten_bytes_rising_and_with_holes(
    bus: EventBus, small_org: Any, changes: Any, start: int
) -> None:
    for number in range(50):
        small_org.commit(changes.update("00Q1", Title=str(number)))
    ids = [event.replay for event in bus.after(start)]
    assert ids == sorted(set(ids))
    assert any(later - earlier > 1 for earlier, later in itertools.pairwise(ids))
    assert (len(replay_bytes(ids[0])), replay_bytes(ids[0])[8:]) == (10, b"\0\0")


def test_replay_is_strictly_after_and_expires_after_72_hours(
    bus: EventBus, small_org: Any, changes: Any, start: int
) -> None:
    small_org.commit(changes.update("00Q1", Title="a"))
    small_org.clock.jump(40 * HOUR_MS)
    small_org.commit(changes.update("00Q1", Title="b"))
    first, second = bus.after(start)
    assert list(bus.after(first.replay)) == [second]
    small_org.clock.jump(33 * HOUR_MS)
    assert not bus.window.knows(first.replay)
    assert bus.window.knows(second.replay)
    assert list(bus.after(bus.window.before_first())) == [second]


def test_only_issued_ids_are_known_and_a_reset_forgets_all(
    bus: EventBus, small_org: Any, changes: Any
) -> None:
    small_org.commit(changes.update("00Q1", Title="a"))
    mark = bus.mark()
    assert bus.window.knows(mark)
    assert not bus.window.knows(mark + 1)
    bus.forget()
    assert not bus.window.knows(mark)
    assert bus.window.knows(bus.latest)


def test_the_json_form_has_names_and_leaves_unset_fields_out(
    bus: EventBus, small_org: Any, changes: Any, start: int
) -> None:
    small_org.commit(changes.update("00Q1", Title=None, City="Bonn", ConvertedDate="2026-01-02"))
    (event,) = bus.after(start)
    body = event.as_json()
    assert set(body) == {"ChangeEventHeader", "Title", "Address", "ConvertedDate", "LastModifiedDate"}
    assert (body["Title"], body["Address"], body["ConvertedDate"]) == (None, {"City": "Bonn"}, "2026-01-02")
    header: Any = body["ChangeEventHeader"]
    assert set(header["changedFields"]) == {"Title", "Address.City", "ConvertedDate", "LastModifiedDate"}
    assert "nulledFields" not in header


def test_listeners_hear_once_per_commit(bus: EventBus, small_org: Any, changes: Any) -> None:
    heard: list[int] = []
    bus.listen(lambda: heard.append(1))
    small_org.commit(changes.update("00Q1", 1, Title="a"), changes.update("00Q2", 2, Title="b"))
    assert heard == [1]
