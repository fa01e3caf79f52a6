"""Made-up people by the hundred thousand, the same for a seed, in the table that the window paints from."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from cadence_desk.domain.people import Person, PersonKind
from cadence_desk.domain.record_ids import RecordId, checksum
from cadence_desk.sync.people_table import PeopleTable

if TYPE_CHECKING:
    from collections.abc import Iterator

FIRST = (
    "Ada",
    "Ben",
    "Chloé",
    "Dmitri",
    "Ewa",
    "Farid",
    "Grace",
    "Hugo",
    "Ines",
    "Jonas",
    "Kavya",
    "Luca",
    "Zoë",
)
LAST = (
    "Nowak",
    "Okafor",
    "Schmidt",
    "Tanaka",
    "Urbina",
    "Vogel",
    "Whitfield",
    "Xu",
    "Young",
    "Zimmer",
    "Smith",
)
COMPANIES = tuple(
    f"{word} {kind}" for word in LAST for kind in ("Rail", "Foods", "Tools", "Dental", "Optics")
)
CITIES = ("Leeds", "Oslo", "Lyon", "Austin", "Porto", "Vienna")
NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def people(count: int, seed: int = 7) -> Iterator[Person]:
    """Yield people with names, companies and addresses that repeat as they do in a company's own records."""
    chance = random.Random(seed)
    for number in range(count):
        first, last = chance.choice(FIRST), f"{chance.choice(LAST)}{number % 977}"
        body = f"00Q5f000{number:07d}"
        yield Person(
            id=RecordId(body + checksum(body)),
            kind=PersonKind.LEAD,
            name=f"{first} {last}",
            account_name=chance.choice(COMPANIES),
            title=chance.choice(("Buyer", "Founder", "Head of Operations")),
            email=f"{first}.{last}@example.com".lower(),
            phone=f"+44 20 {number:07d}",
            city=chance.choice(CITIES),
            status=chance.choice(("Open", "Working", "Nurturing")),
            modified=NOON - timedelta(minutes=chance.randrange(200_000)),
        )


def people_table(count: int) -> PeopleTable:
    """Return a filled table."""
    table = PeopleTable()
    for number, person in enumerate(people(count)):
        cadence = ("Outbound UK",) if number % 5 == 0 else ()
        table.show(person, cadence, f"Rep {number % 40}", 0)
    return table
