"""How single values look in JSON."""

import pytest

from cadence_desk.practice.org.catalog.model import FieldDef
from cadence_desk.practice.soql.cells import to_json
from tests.unit.practice.soql.small_org import NOW_MS


@pytest.mark.parametrize(
    ("kind", "raw", "shown"),
    [
        ("datetime", NOW_MS, "2026-11-24T10:00:00.000+0000"),
        ("date", "2026-11-24", "2026-11-24"),
        ("boolean", 0, False),
        ("boolean", 1, True),
        ("int", 7, 7),
        ("double", 7, 7.0),
        ("currency", 12.5, 12.5),
        ("string", "text", "text"),
        ("string", None, None),
        ("datetime", None, None),
        ("address", None, None),
        ("address", {"MailingCity": None}, None),
    ],
)
def test_a_value_by_its_type(kind: str, raw: object, shown: object) -> None:
    found = to_json(FieldDef("MailingAddress", "x", kind), raw)
    assert found == shown
    assert type(found) is type(shown)


def test_an_address_has_all_its_keys() -> None:
    shown = to_json(
        FieldDef("MailingAddress", "x", "address"), {"MailingCity": "Lyon", "MailingLatitude": 45.5}
    )
    assert shown == {
        "city": "Lyon",
        "country": None,
        "geocodeAccuracy": None,
        "latitude": 45.5,
        "longitude": None,
        "postalCode": None,
        "state": None,
        "street": None,
    }
