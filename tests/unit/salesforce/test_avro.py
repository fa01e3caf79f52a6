"""The Avro reader gives what fastavro gives, and refuses what would hurt; nothing makes it crash."""

from __future__ import annotations

import io
import json
from typing import Any

import fastavro
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cadence_desk.salesforce.avro import PAYLOAD_LIMIT, AvroProblem, AvroReader

ADDRESS = {
    "type": "record",
    "name": "Address",
    "fields": [
        {"name": "Street", "type": ["null", "string"]},
        {"name": "Latitude", "type": ["null", "double"]},
    ],
}
SCHEMA: dict[str, Any] = {
    "type": "record",
    "name": "Everything",
    "namespace": "com.sforce.eventbus",
    "fields": [
        {"name": "head", "type": {"type": "array", "items": "string"}},
        {"name": "kind", "type": {"type": "enum", "name": "Kind", "symbols": ["CREATE", "UPDATE"]}},
        {"name": "flag", "type": ["null", "boolean"]},
        {"name": "small", "type": "int"},
        {"name": "big", "type": "long"},
        {"name": "half", "type": "float"},
        {"name": "whole", "type": ["null", "double"]},
        {"name": "raw", "type": "bytes"},
        {"name": "hash", "type": {"type": "fixed", "name": "Hash", "size": 4}},
        {"name": "table", "type": {"type": "map", "values": ["null", "long"]}},
        {"name": "home", "type": ["null", ADDRESS]},
        {"name": "work", "type": ["null", "Address"]},
        {
            "name": "name",
            "type": [
                "null",
                "string",
                {"type": "record", "name": "P", "fields": [{"name": "x", "type": "string"}]},
            ],
        },
        {"name": "nothing", "type": "null"},
        {"name": "wrapped", "type": {"type": "string"}},
    ],
}

LONGS = st.integers(-(1 << 63), (1 << 63) - 1)
PLACES = st.one_of(
    st.none(),
    st.fixed_dictionaries(
        {"Street": st.none() | st.text(), "Latitude": st.none() | st.floats(allow_nan=False)}
    ),
)
RECORDS = st.fixed_dictionaries(
    {
        "head": st.lists(st.text(), max_size=5),
        "kind": st.sampled_from(["CREATE", "UPDATE"]),
        "flag": st.none() | st.booleans(),
        "small": st.integers(-(1 << 31), (1 << 31) - 1),
        "big": LONGS,
        "half": st.floats(width=32, allow_nan=False),
        "whole": st.none() | st.floats(allow_nan=False),
        "raw": st.binary(max_size=20),
        "hash": st.binary(min_size=4, max_size=4),
        "table": st.dictionaries(st.text(), st.none() | LONGS, max_size=4),
        "home": PLACES,
        "work": PLACES,
        "name": st.none() | st.text() | st.fixed_dictionaries({"x": st.text()}),
        "nothing": st.none(),
        "wrapped": st.text(),
    }
)


def encode(schema: dict[str, Any], record: dict[str, Any]) -> bytes:
    out = io.BytesIO()
    fastavro.schemaless_writer(out, fastavro.parse_schema(json.loads(json.dumps(schema))), record)
    return out.getvalue()


READER = AvroReader(json.dumps(SCHEMA))


@given(RECORDS)
def test_reads_as_fastavro_does(record: dict[str, Any]) -> None:
    payload = encode(SCHEMA, record)
    expected = fastavro.schemaless_reader(io.BytesIO(payload), fastavro.parse_schema(dict(SCHEMA)), None)
    assert READER.read(payload) == expected == record
    assert READER.read_first(payload) == record["head"]


@given(RECORDS, st.data())
def test_damaged_payloads_only_ever_raise_our_error(record: dict[str, Any], data: st.DataObject) -> None:
    payload = bytearray(encode(SCHEMA, record))
    for _ in range(data.draw(st.integers(1, 4))):
        index = data.draw(st.integers(0, len(payload) - 1))
        payload[index] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(payload)))
    for damaged in (bytes(payload), bytes(payload[:cut]), bytes(payload) + b"\0"):
        _read_or_refuse(READER, damaged)


@settings(max_examples=1000)
@given(st.binary(max_size=400))
def test_noise_only_ever_raises_our_error(payload: bytes) -> None:
    _read_or_refuse(READER, payload)


JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from(["record", "string", "int", "enum", "array", "x"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["type", "name", "fields", "items", "values", "symbols", "size", "namespace"]),
            inner,
        )
    ),
    max_leaves=30,
)


@settings(max_examples=500)
@given(st.dictionaries(st.sampled_from(["name", "namespace", "fields"]), JSON_VALUES), st.binary(max_size=50))
def test_odd_schemas_only_ever_raise_our_error(schema: dict[str, Any], payload: bytes) -> None:
    try:
        reader = AvroReader(json.dumps({**schema, "type": "record"}))
    except AvroProblem:
        return
    _read_or_refuse(reader, payload)


def _read_or_refuse(reader: AvroReader, payload: bytes) -> None:
    for read in (reader.read, reader.read_first):
        try:
            read(payload)
        except AvroProblem:
            continue


def record_of(*types: Any) -> str:
    fields = [{"name": f"f{index}", "type": kind} for index, kind in enumerate(types)]
    return json.dumps({"type": "record", "name": "R", "fields": fields})


def nested(depth: int) -> Any:
    kind: Any = "string"
    for _ in range(depth):
        kind = {"type": "array", "items": kind}
    return kind


@pytest.mark.parametrize(
    "schema",
    [
        record_of("R"),
        record_of(["null", "R"]),
        record_of({"type": "array", "items": "null"}),
        record_of({"type": "array", "items": {"type": "fixed", "name": "F", "size": 0}}),
        record_of({"type": "array", "items": {"type": "record", "name": "E", "fields": []}}),
        record_of(nested(9)),
        record_of([]),
        record_of("unheard-of"),
        record_of({"type": "enum", "name": "E"}),
        record_of({"type": "fixed", "name": "F", "size": 1 << 40}),
        record_of(7),
        record_of(),
        '"string"',
        "[]",
        "{",
        "[" * 100_000,
        json.dumps({"type": "record", "name": "R", "fields": [], "doc": "x" * 1_100_000}),
    ],
    ids=lambda schema: schema[:60],
)
def test_schemas_that_are_refused(schema: str) -> None:
    with pytest.raises(AvroProblem):
        AvroReader(schema)


@pytest.mark.parametrize(
    ("schema", "payload"),
    [
        (record_of({"type": "array", "items": "long"}), b"\xfe\xff\xff\xff\x0f"),
        (record_of("bytes"), b"\xfe\xff\xff\xff\xff\xff\xff\xff\xff\x01"),
        (record_of("string"), b"\x01"),
        (record_of("long"), b"\xff" * 11),
        (record_of("int"), b"\xfe\xff\xff\xff\xff\x01"),
        (record_of("boolean"), b"\x02"),
        (record_of("string"), b"\x02\xff"),
        (record_of(["null"]), b"\x02"),
        (record_of("null"), b"\0"),
        (record_of("string"), b"\0" * (PAYLOAD_LIMIT + 1)),
    ],
)
def test_payloads_that_are_refused(schema: str, payload: bytes) -> None:
    with pytest.raises(AvroProblem):
        AvroReader(schema).read(payload)


def test_values_that_cost_nothing_are_bounded() -> None:
    wide: Any = "null"
    for level in range(6):
        fields = [{"name": f"f{index}", "type": f"L{level}" if index else wide} for index in range(50)]
        wide = {"type": "record", "name": f"L{level + 1}", "fields": fields}
        if level == 0:
            wide = {
                "type": "record",
                "name": "L1",
                "fields": [{"name": f"f{i}", "type": "null"} for i in range(50)],
            }
    with pytest.raises(AvroProblem, match="too many values"):
        AvroReader(json.dumps(wide)).read(b"")


def test_negative_block_counts_carry_a_size() -> None:
    reader = AvroReader(record_of({"type": "array", "items": "long"}))
    assert reader.read(b"\x03\x04\x02\x04\x00") == {"f0": [1, 2]}
