"""Delivered events become change events, one per record; what cannot be read is told, not lost."""

from __future__ import annotations

import io
import json
from typing import Any

import fastavro
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cadence_desk.domain.changes import ChangeEvent, ChangeType
from cadence_desk.salesforce.avro import AvroReader
from cadence_desk.salesforce.events import Delivered, decode, entity_of

KINDS = [kind.value for kind in ChangeType if kind is not ChangeType.UNREADABLE] + ["NEW_KIND"]
TEXTS = {"type": "array", "items": "string"}
SCHEMA: dict[str, Any] = {
    "type": "record",
    "name": "LeadChangeEvent",
    "namespace": "com.sforce.eventbus",
    "fields": [
        {
            "name": "ChangeEventHeader",
            "type": {
                "type": "record",
                "name": "ChangeEventHeader",
                "fields": [
                    {"name": "entityName", "type": "string"},
                    {"name": "recordIds", "type": TEXTS},
                    {"name": "changeType", "type": {"type": "enum", "name": "ChangeType", "symbols": KINDS}},
                    {"name": "changeOrigin", "type": "string"},
                    {"name": "transactionKey", "type": "string"},
                    {"name": "sequenceNumber", "type": "int"},
                    {"name": "commitTimestamp", "type": "long"},
                    {"name": "commitNumber", "type": "long"},
                    {"name": "commitUser", "type": "string"},
                    {"name": "nulledFields", "type": TEXTS},
                    {"name": "diffFields", "type": TEXTS},
                    {"name": "changedFields", "type": TEXTS},
                ],
            },
        },
        {"name": "Title", "type": ["null", "string"]},
        {"name": "DoNotCall", "type": ["null", "boolean"]},
        {
            "name": "Address",
            "type": [
                "null",
                {
                    "type": "record",
                    "name": "Address",
                    "fields": [
                        {"name": "City", "type": ["null", "string"]},
                        {"name": "State", "type": ["null", "string"]},
                    ],
                },
            ],
        },
        {"name": "Company", "type": ["null", "string"]},
    ],
}
READER = AvroReader(json.dumps(SCHEMA))
FIRST, SECOND = "00Q7Q0000000001", "00Q7Q0000000002"


def event(header: dict[str, Any] | None = None, **values: Any) -> Delivered:
    told = {
        "entityName": "Lead",
        "recordIds": [FIRST],
        "changeType": "UPDATE",
        "changeOrigin": "com/salesforce/api/rest/66.0;client=CadenceDesk",
        "transactionKey": "t-1",
        "sequenceNumber": 1,
        "commitTimestamp": 1_700_000_000_000,
        "commitNumber": 9,
        "commitUser": "0057Q000000UfwdQAC",
        "nulledFields": [],
        "diffFields": [],
        "changedFields": ["0x02"],
        **(header or {}),
    }
    body = {"Title": None, "DoNotCall": None, "Address": None, "Company": None, **values}
    out = io.BytesIO()
    parsed = fastavro.parse_schema(json.loads(json.dumps(SCHEMA)))
    fastavro.schemaless_writer(out, parsed, {"ChangeEventHeader": told, **body})
    return Delivered("e-1", out.getvalue(), b"\0" * 10, "/data/LeadChangeEvent")


def test_an_update() -> None:
    header = {"changedFields": ["0x0A", "3-0x01"], "nulledFields": ["0x10"]}
    (found,) = decode(event(header, Title="Boss", Address={"City": "Ulm", "State": None}), READER)
    assert found == ChangeEvent(
        event_id="e-1",
        entity="Lead",
        record_id=found.record_id,
        type=ChangeType.UPDATE,
        commit_ms=1_700_000_000_000,
        commit_number=9,
        sequence=1,
        transaction_key="t-1",
        commit_user="0057Q000000UfwdQAC",
        origin="com/salesforce/api/rest/66.0;client=CadenceDesk",
        changed=frozenset({"Title", "Address", "Address.City"}),
        nulled=frozenset({"Company"}),
        values={"Title": "Boss", "Address.City": "Ulm"},
        replay_id=b"\0" * 10,
    )
    assert len(found.record_id) == 18


def test_a_false_is_a_value() -> None:
    (found,) = decode(event(DoNotCall=False), READER)
    assert found.values == {"DoNotCall": False}


def test_a_merged_event_is_fanned_out_and_doubles_dropped() -> None:
    found = decode(event({"recordIds": [FIRST, SECOND, FIRST]}), READER)
    assert [each.record_id[:15] for each in found] == [FIRST, SECOND]
    assert {each.event_id for each in found} == {"e-1"}


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in {"GAP_OVERFLOW", "NEW_KIND"}])
def test_every_kind(kind: str) -> None:
    (found,) = decode(event({"changeType": kind, "changedFields": []}), READER)
    assert found.type.value == kind


@pytest.mark.parametrize(
    "header", [{"changeType": "GAP_OVERFLOW", "recordIds": ["000000000000000AAA"]}, {"recordIds": ["00Q*"]}]
)
def test_what_concerns_all_records_names_none(header: dict[str, Any]) -> None:
    (found,) = decode(event(header), READER)
    assert (found.type, found.record_id, found.entity) == (ChangeType.GAP_OVERFLOW, "", "Lead")


def test_a_difference_is_no_value() -> None:
    (found,) = decode(event({"diffFields": ["0x02"]}, Title="--- \n+++ x\n"), READER)
    assert found.type is ChangeType.GAP_UPDATE


@pytest.mark.parametrize(
    ("delivered", "ids"),
    [
        (event({"changeType": "NEW_KIND"}), [FIRST]),
        (event({"changedFields": ["nonsense"]}), [FIRST]),
        (event({"recordIds": ["not an id"]}), [""]),
        (event({"recordIds": []}), [""]),
    ],
)
def test_what_is_not_understood_is_read_again(delivered: Delivered, ids: list[str]) -> None:
    found = decode(delivered, READER)
    assert [each.type for each in found] == [ChangeType.UNREADABLE] * len(ids)
    assert [each.record_id[:15] for each in found] == ids
    assert all(each.entity == "Lead" for each in found)


def test_a_cut_body_still_names_its_records() -> None:
    whole = event({"recordIds": [FIRST, SECOND]}, Title="x" * 500)
    cut = Delivered(whole.event_id, whole.payload[:-300], whole.replay_id, whole.topic)
    found = decode(cut, READER)
    assert [(each.type, each.record_id[:15]) for each in found] == [
        (ChangeType.UNREADABLE, FIRST),
        (ChangeType.UNREADABLE, SECOND),
    ]
    assert all(each.is_gap for each in (one.type for one in found))
    assert found[0].commit_ms == 1_700_000_000_000


def test_without_a_schema_the_topic_tells_the_entity() -> None:
    (found,) = decode(event(), None)
    assert (found.type, found.entity, found.record_id) == (ChangeType.UNREADABLE, "Lead", "")
    assert entity_of("/data/Thing__ChangeEvent") == "Thing"
    assert entity_of("/data/ChangeEvents") == ""


@given(st.binary(max_size=300))
def test_noise_never_raises(payload: bytes) -> None:
    assert decode(Delivered("e", payload, b"", "/data/LeadChangeEvent"), READER)
