"""What cannot be read is kept by number and bytes, named by our own words, and never shown."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from cadence_desk.salesforce.avro import AvroReader
from cadence_desk.salesforce.events import Delivered, decode
from cadence_desk.salesforce.quarantine import Quarantine
from cadence_desk.salesforce.stream import SCHEMA_LIMIT, UNUSABLE, SchemaCache

if TYPE_CHECKING:
    import pytest

NOTE = b"Zimmerpflanze"


def delivered(number: int = 1, payload: bytes = NOTE) -> Delivered:
    return Delivered(f"e{number}", payload, b"\0" * 10, "/data/LeadChangeEvent")


def test_number_and_bytes_are_bounded(caplog: pytest.LogCaptureFixture) -> None:
    quarantine = Quarantine(most_events=10, most_bytes=1_000)
    with caplog.at_level(logging.WARNING):
        for number in range(10_000):
            quarantine.take(delivered(number, b"x" * (number % 400)), "schema", "a text is not UTF-8")
    assert quarantine.total == 10_000
    assert len(quarantine.kept) <= 10
    assert quarantine.held_bytes == sum(len(one.payload) for one in quarantine.kept) <= 1_000
    assert quarantine.kept[-1].event_id == "e9999"
    assert len(caplog.records) < 20, "a flood does not fill the log"


def test_one_larger_than_the_room_is_counted_without_its_payload() -> None:
    quarantine = Quarantine(most_bytes=100)
    quarantine.take(delivered(1, b"x" * 1_300_000), "schema", "the payload is too large")
    (kept,) = quarantine.kept
    assert (kept.size, kept.payload) == (1_300_000, b"")


def test_nothing_of_a_payload_is_shown(caplog: pytest.LogCaptureFixture) -> None:
    quarantine = Quarantine()
    reasons: list[str] = []
    reader = AvroReader('{"type": "record", "name": "E", "fields": [{"name": "a", "type": "string"}]}')

    def refuse(bad: Delivered, why: str) -> None:
        reasons.append(why)
        quarantine.take(bad, "s", why)

    with caplog.at_level(logging.DEBUG):
        for one in (None, reader):
            decode(delivered(), one, refuse)
    assert len(quarantine.kept) == 2
    assert NOTE.decode() not in f"{quarantine.kept!r}{caplog.text}"
    assert reasons[0] == "its schema cannot be used"


def test_schemas_are_kept_by_use_up_to_sixty_four() -> None:
    cache, fetched = SchemaCache(), []

    def fetch(schema_id: str) -> str:
        fetched.append(schema_id)
        return '{"type": "record", "name": "E", "fields": [{"name": "a", "type": "string"}]}'

    for number in range(200):
        cache.get("always", fetch)
        cache.get(f"s{number}", fetch)
    assert len(cache._kept) == SCHEMA_LIMIT == 64
    assert fetched.count("always") == 1
    cache.get("s0", fetch)
    assert fetched.count("s0") == 2


def test_a_schema_that_cannot_be_used_is_asked_for_once() -> None:
    fetched: list[str] = []

    def fetch(schema_id: str) -> str:
        fetched.append(schema_id)
        return "[" * 5_000

    cache = SchemaCache()
    assert cache.get("deep", fetch) is UNUSABLE
    assert cache.get("deep", fetch) is UNUSABLE
    assert fetched == ["deep"]
