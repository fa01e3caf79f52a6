"""Event schemas against the shape of a captured one."""

import base64
import json
from typing import Any

import fastavro
import pytest

from cadence_desk.practice.events.schemas import CHANGE_TYPES, SchemaBook, build_schema
from cadence_desk.practice.org.catalog.model import Catalog, FieldDef
from cadence_desk.practice.org.catalog.objects import build_catalog

ENTITIES = ("ActionCadenceTracker", "ActionCadenceStepTracker", "Task", "Lead", "Contact")
# field order and types of a captured ChangeEventHeader
HEADER = [
    ("entityName", "string"),
    ("recordIds", {"type": "array", "items": "string"}),
    ("changeType", {"name": "ChangeType", "type": "enum", "symbols": list(CHANGE_TYPES)}),
    ("changeOrigin", "string"),
    ("transactionKey", "string"),
    ("sequenceNumber", "int"),
    ("commitTimestamp", "long"),
    ("commitNumber", "long"),
    ("commitUser", "string"),
    ("nulledFields", {"type": "array", "items": "string"}),
    ("diffFields", {"type": "array", "items": "string"}),
    ("changedFields", {"type": "array", "items": "string"}),
]


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return build_catalog()


def written(catalog: Catalog, entity: str) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(SchemaBook(catalog).current(entity).text)
    return data


@pytest.mark.parametrize("entity", ENTITIES)
def test_the_header_is_field_zero_as_captured(catalog: Catalog, entity: str) -> None:
    schema = written(catalog, entity)
    assert (schema["name"], schema["type"], schema["namespace"]) == (
        f"{entity}ChangeEvent",
        "record",
        "com.sforce.eventbus",
    )
    header = schema["fields"][0]
    assert (header["name"], header["doc"]) == ("ChangeEventHeader", "Data:ComplexValueType")
    assert [(field["name"], field["type"]) for field in header["type"]["fields"]] == HEADER


@pytest.mark.parametrize("entity", ENTITIES)
def test_every_other_field_may_be_null_and_none_is_derived(catalog: Catalog, entity: str) -> None:
    fields = written(catalog, entity)["fields"][1:]
    assert all(field["type"][0] == "null" and field["default"] is None for field in fields)
    names = {field["name"] for field in fields}
    assert {"LastModifiedDate", "CreatedById"} <= names
    assert not names & {"Id", "IsDeleted", "SystemModstamp", "IsActionTaken", "SecondsOverdue"}
    assert len(names) == len(fields)


def test_types_follow_the_captured_map(catalog: Catalog) -> None:
    lead = {field["name"]: field["type"][1] for field in written(catalog, "Lead")["fields"][1:]}
    assert lead["Company"] == lead["OwnerId"] == lead["Status"] == lead["Email"] == "string"
    assert lead["CreatedDate"] == lead["ConvertedDate"] == "long"
    assert (lead["DoNotCall"], lead["NumberOfEmployees"], lead["AnnualRevenue"]) == (
        "boolean",
        "int",
        "double",
    )


def test_compounds_are_records_and_the_second_use_is_by_name(catalog: Catalog) -> None:
    contact = {field["name"]: field["type"][1] for field in written(catalog, "Contact")["fields"][1:]}
    assert [part["name"] for part in contact["Name"]["fields"]] == ["Salutation", "FirstName", "LastName"]
    assert [part["name"] for part in contact["MailingAddress"]["fields"]][:2] == ["Street", "City"]
    assert contact["OtherAddress"] == "Address"
    assert not {"FirstName", "LastName", "MailingCity", "OtherStreet"} & set(contact)


def test_a_schema_parses_and_its_id_is_a_16_byte_hash(catalog: Catalog) -> None:
    for entity in ENTITIES:
        schema = SchemaBook(catalog).current(entity)
        fastavro.parse_schema(json.loads(schema.text))
        assert len(schema.id) == 22
        assert len(base64.urlsafe_b64decode(schema.id + "==")) == 16


def test_places_count_the_header_as_field_zero(catalog: Catalog) -> None:
    schema = SchemaBook(catalog).current("Contact")
    names = [field["name"] for field in json.loads(schema.text)["fields"]]
    assert schema.place("Email") == (names.index("Email"), None)
    assert schema.place("MailingCity") == (names.index("MailingAddress"), 1)
    assert schema.place("LastName") == (names.index("Name"), 2)
    assert schema.place("Id") is None


def test_a_new_field_makes_a_new_schema_and_the_old_one_stays() -> None:
    catalog = build_catalog()
    book = SchemaBook(catalog)
    before, other = book.current("Lead"), book.current("Task")
    catalog.add_field("Lead", FieldDef("Region__c", "Region", "string", length=40))
    after = book.current("Lead")
    assert after.id != before.id
    assert json.loads(after.text)["fields"][-1]["name"] == "Region__c"
    assert book.by_id(before.id) is before
    assert book.by_id(after.id) is after
    assert book.current("Task").id == other.id


def test_only_objects_with_change_events_have_a_schema(catalog: Catalog) -> None:
    with pytest.raises(KeyError):
        SchemaBook(catalog).current("User")
    assert SchemaBook(catalog).by_id("nothing") is None


def test_equal_definitions_give_equal_ids(catalog: Catalog) -> None:
    lead = catalog.find("Lead")
    assert lead is not None
    assert build_schema(lead).id == SchemaBook(build_catalog()).current("Lead").id
