"""The quick way through an event says what the careful one says, or leaves it: over random, odd and mangled events."""

from __future__ import annotations

import io
import json
import random
from functools import cache
from typing import Any

import fastavro
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cadence_desk.domain.changes import ChangeEvent, ChangeType
from cadence_desk.salesforce.avro import AvroReader
from cadence_desk.salesforce.events import Delivered, decode
from cadence_desk.salesforce.plain_events import PlainReader, plain_reader
from tests.bench.live_events import LEAD, EventMaker
from tests.torture.fuzz_events import damaged, made_record, made_schema

ROUNDS = 40
"""Events of each example of hypothesis."""
LEADS = ("Lead", "Contact", "ActionCadenceTracker")


@cache
def readers(text: str) -> tuple[AvroReader, PlainReader | None]:
    careful = AvroReader(text)
    return careful, plain_reader(careful)


def both_ways(text: str, payload: bytes) -> tuple[ChangeEvent | None, list[ChangeEvent]]:
    careful, quick = readers(text)
    assert quick is not None
    told = decode(Delivered("e", payload, b"mark", "/data/LeadChangeEvent"), careful)
    return quick.read(payload, "e", b"mark"), told


def written(schema: dict[str, Any], record: dict[str, Any]) -> bytes:
    out = io.BytesIO()
    fastavro.schemaless_writer(out, fastavro.parse_schema(json.loads(json.dumps(schema))), record)
    return out.getvalue()


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32))
def test_random_and_mangled_events(seed: int) -> None:
    dice = random.Random(seed)
    schema = made_schema(dice)
    text = json.dumps(schema)
    for _ in range(ROUNDS):
        payload = written(schema, made_record(schema, dice.choice(LEADS), dice))
        for one in (payload, damaged(payload, dice)):
            quick, careful = both_ways(text, one)
            assert quick is None or [quick] == careful


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_noise_is_left_to_the_careful_way_or_means_the_same(data: st.DataObject) -> None:
    schema = made_schema(random.Random(1))
    payload = written(schema, made_record(schema, "Lead", random.Random(data.draw(st.integers(0, 99)))))
    at = data.draw(st.integers(0, len(payload)))
    noise = payload[:at] + data.draw(st.binary(max_size=12)) + payload[at + data.draw(st.integers(0, 12)) :]
    quick, careful = both_ways(json.dumps(schema), noise)
    assert quick is None or [quick] == careful


def plain_record(schema: dict[str, Any], **header: Any) -> dict[str, Any]:
    told = {
        "entityName": "Lead",
        "recordIds": ["00Q7Q0000000001UAA"],
        "changeType": "UPDATE",
        "changeOrigin": "com/salesforce/api/rest/67.0;client=" + "x" * 60,
        "transactionKey": "t",
        "sequenceNumber": 1,
        "commitTimestamp": 1_790_000_000_000,
        "commitNumber": (1 << 60) + 1,
        "commitUser": "005000000000001AAA",
        "nulledFields": [],
        "diffFields": [],
        "changedFields": ["0x08"],
        **header,
    }
    body: dict[str, Any] = dict.fromkeys(field["name"] for field in schema["fields"][1:])
    return {"ChangeEventHeader": told, **body}


SCHEMA = made_schema(random.Random(4))


@pytest.mark.parametrize(
    ("header", "plain"),
    [
        ({}, True),
        ({"nulledFields": ["0x10"], "changedFields": ["0x18", "20-0x01"]}, True),
        ({"changedFields": []}, True),
        ({"changeType": "DELETE", "changedFields": []}, True),
        ({"changeType": "GAP_UPDATE", "changedFields": []}, True),
        ({"changeType": "GAP_OVERFLOW", "recordIds": ["000000000000000AAA"]}, False),
        ({"recordIds": ["00Q7Q0000000001UAA", "00Q7Q0000000002UAA"]}, False),
        ({"recordIds": ["00Q7Q0000000001"]}, False),
        ({"recordIds": ["00Q7Q0000000001XXX"]}, False),
        ({"recordIds": ["00Q*"]}, False),
        ({"recordIds": []}, False),
        ({"diffFields": ["0x08"]}, False),
        ({"changedFields": ["nonsense"]}, False),
        ({"changedFields": ["0x" + "F" * 40]}, False),
    ],
)
def test_what_is_plain(header: dict[str, Any], plain: bool) -> None:
    quick, careful = both_ways(json.dumps(SCHEMA), written(SCHEMA, plain_record(SCHEMA, **header)))
    assert (quick is not None) is plain
    assert quick is None or [quick] == careful


def test_compound_fields_and_every_kind_of_value_are_read_quickly() -> None:
    record = plain_record(SCHEMA)
    record.update(Title="Boss \u00fc", DoNotCall=False, LastModifiedDate=-1, Address={"City": "Ulm"})
    quick, careful = both_ways(json.dumps(SCHEMA), written(SCHEMA, record))
    assert quick is not None
    assert quick.values == {
        "Title": "Boss \u00fc",
        "DoNotCall": False,
        "LastModifiedDate": -1,
        "Address.City": "Ulm",
    }
    assert [quick] == careful


def test_the_events_that_the_bench_sends_are_plain() -> None:
    maker = EventMaker(["00Q7Q0000000001UAA"], ["0qB7Q0000000001UAA"], 1_790_000_000_000)
    text = maker.schemas.current(LEAD).text
    for _ in range(3):
        quick, careful = both_ways(text, maker.lead().event.payload)
        assert quick is not None
        assert quick.type is ChangeType.UPDATE
        assert [quick] == careful


def worded(change: str) -> dict[str, Any]:
    schema: dict[str, Any] = json.loads(json.dumps(SCHEMA))
    fields = schema["fields"]
    if change == "order":
        head = fields[0]["type"]["fields"]
        head[0], head[3] = head[3], head[0]
    elif change == "more in the header":
        fields[0]["type"]["fields"].append({"name": "new", "type": "string"})
    elif change == "a field that must have a value":
        fields[3]["type"] = "string"
    elif change == "null last":
        fields[3]["type"] = ["string", "null"]
    elif change == "a name twice":
        fields[3]["name"] = fields[4]["name"]
    elif change == "another first field":
        fields[0]["name"] = "Header"
    return schema


@pytest.mark.parametrize(
    "change",
    [
        "order",
        "more in the header",
        "a field that must have a value",
        "null last",
        "a name twice",
        "another first field",
    ],
)
def test_a_schema_that_is_worded_otherwise_has_no_quick_way(change: str) -> None:
    assert plain_reader(AvroReader(json.dumps(worded(change)))) is None
    assert plain_reader(AvroReader(json.dumps(worded("")))) is not None
