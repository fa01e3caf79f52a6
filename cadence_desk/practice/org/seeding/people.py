"""Sows leads, contacts, person accounts and the companies contacts work for, many at a time.

Imports names and the sower. A world of N people has N leads, contacts and person accounts together.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cadence_desk.practice.org.catalog.people import INDUSTRIES, RATINGS, SOURCES
from cadence_desk.practice.org.seeding import names
from cadence_desk.practice.org.seeding.sowing import DAY, HOUR, Sower

if TYPE_CHECKING:
    from collections.abc import Iterator

_AUDIT = ("OwnerId", "CreatedDate", "CreatedById", "LastModifiedDate", "LastModifiedById", "SystemModstamp")
_PERSON = (
    "Salutation",
    "FirstName",
    "LastName",
    "Name",
    "Title",
    "Phone",
    "MobilePhone",
    "Email",
    "LeadSource",
)
_CONSENT = ("HasOptedOutOfEmail", "DoNotCall", "EmailBouncedDate", "EmailBouncedReason")
_PLACE = ("Street", "City", "State", "PostalCode", "Country")
_LEAD: tuple[str, ...] = (
    "Id",
    *_PERSON,
    *_CONSENT,
    *_PLACE,
    "Company",
    "Status",
    "Industry",
    "Rating",
    *_AUDIT,
)
_LEAD += ("IsConverted", "ConvertedDate", "ConvertedAccountId", "ConvertedContactId")
_CONTACT: tuple[str, ...] = (
    "Id",
    *_PERSON,
    *_CONSENT,
    *(f"Mailing{part}" for part in _PLACE),
    "AccountId",
    "IsPersonAccount",
    *_AUDIT,
)
_COMPANY: tuple[str, ...] = (
    "Id",
    "Name",
    *(f"Billing{part}" for part in _PLACE),
    "Phone",
    "Website",
    "Industry",
    "Type",
    *_AUDIT,
)
_COMPANY += ("NumberOfEmployees", "AnnualRevenue", "Rating")
_ACCOUNT: tuple[str, ...] = (
    "Id",
    "Name",
    "Salutation",
    "FirstName",
    "LastName",
    "PersonTitle",
    "Phone",
    "PersonMobilePhone",
    "PersonEmail",
)
_ACCOUNT += ("PersonLeadSource", "PersonHasOptedOutOfEmail", "PersonDoNotCall", "PersonEmailBouncedDate")
_ACCOUNT += (
    "PersonEmailBouncedReason",
    *(f"PersonMailing{part}" for part in _PLACE),
    "IsPersonAccount",
    "PersonContactId",
)
_ACCOUNT += (*(f"Billing{part}" for part in _PLACE), *_AUDIT)

_SALUTATIONS = ("Mr.", "Ms.", "Dr.", "Mx.", None, None, None)
_SOURCES = tuple(SOURCES.split(","))
_INDUSTRIES = tuple(INDUSTRIES.split(","))
_RATINGS = (*RATINGS.split(","), None)
_STATUSES = ("Open - Not Contacted", "Open - Not Contacted", "Working - Contacted", "Closed - Not Converted")

Value = str | int | None


@dataclass(slots=True)
class Person:
    """One drawn person, before it becomes a lead, contact or person account."""

    named: tuple[Value, ...]
    consent: tuple[Value, ...]
    place: tuple[Value, ...]
    audit: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Crowd:
    """How many of each kind a world has."""

    leads: int
    contacts: int
    person_accounts: int
    companies: int
    converted: int

    @classmethod
    def of(cls, people: int) -> Crowd:
        """Divide a number of people: most are leads, a third contacts, a tenth person accounts.

        Leads that were converted once come on top: nobody works them.
        """
        persons = people // 10
        contacts = people * 3 // 10
        leads = people - persons - contacts
        return cls(leads, contacts, persons, max(3, contacts // 4), -(-leads // 40) if contacts else 0)


def sow_people(sower: Sower, people: int) -> None:
    """Sow a world of so many people."""
    crowd = Crowd.of(people)
    draw = Drawing(sower)
    companies = list(sower.ids.many("001", crowd.companies))
    sower.bulk("Account", _COMPANY, _companies(sower, draw, companies))
    contacts = list(sower.ids.many("003", crowd.contacts))
    sower.bulk("Contact", _CONTACT, _contacts(sower, draw, contacts, companies))
    accounts = list(sower.ids.many("001", crowd.person_accounts))
    hidden = list(sower.ids.many("003", crowd.person_accounts))
    drawn = [draw.person(place) for place in range(crowd.person_accounts)]
    sower.bulk("Account", _ACCOUNT, _persons(accounts, hidden, drawn))
    sower.bulk("Contact", _CONTACT, _hidden(accounts, hidden, drawn))
    sower.bulk("Lead", _LEAD, _leads(sower, draw, crowd, contacts))
    _opportunities(sower, companies, contacts)


class Drawing:
    """Draws people and their owners by the world's chance."""

    def __init__(self, sower: Sower) -> None:
        cast = sower.cast
        self._sower = sower
        self._chance = sower.chance
        self._drawn = 0
        self._owners: tuple[str, ...] = (
            *(cast.reps[0],) * 8,
            *(cast.reps[1],) * 4,
            *(cast.reps[2],) * 3,
            *(cast.reps[3],) * 3,
        )
        self._owners += (cast.unlicensed,)
        self._lead_owners: tuple[str, ...] = (*self._owners, cast.queue, cast.queue)

    def person(self, place: int, *, lead: bool = False, firm: str | None = None) -> Person:
        """Draw one person; the first few of each kind have strange names."""
        chance = self._chance
        region = names.REGIONS[chance.randrange(len(names.REGIONS))]
        strange = names.STRANGE[place] if place < len(names.STRANGE) else None
        first, last = strange or (names.pick(chance, region.given), names.pick(chance, region.family))
        self._drawn += 1
        phone = None if chance.random() < 0.05 else names.dialled(region.phone, chance)
        mobile = names.dialled(region.phone, chance) if chance.random() < 0.4 else None
        named = (
            names.pick(chance, _SALUTATIONS),
            first,
            last,
            f"{first} {last}",
            names.pick(chance, names.TITLES),
            phone,
            mobile,
            self._email(first, last, firm),
            names.pick(chance, _SOURCES),
        )
        city = names.place(chance, region)
        street = f"{chance.randrange(1, 240)} {names.pick(chance, names.STREETS)}"
        return Person(named, self._consent(), (street, *city, region.country), self.stamps(lead=lead))

    def stamps(self, *, lead: bool = False) -> tuple[Value, ...]:
        """Draw an owner and the dates of a record's making and last change."""
        chance = self._chance
        owner = names.pick(chance, self._lead_owners if lead else self._owners)
        made = self._sower.start - chance.randrange(1, 400 * 24) * HOUR - chance.randrange(3600) * 1000
        changed = made + int(chance.random() * (self._sower.start - made)) // 1000 * 1000
        human = owner if owner.startswith("005") else self._sower.cast.admin
        return (owner, made, self._sower.cast.admin, changed, human, changed)

    def _email(self, first: str, last: str, firm: str | None) -> str | None:
        if self._chance.random() < 0.04:
            return None
        host = f"{names.slug(firm)}.example.com" if firm else f"mail{self._drawn % 7}.example.org"
        return f"{names.slug(first)}.{names.slug(last)}{self._drawn}@{host}"

    def _consent(self) -> tuple[Value, ...]:
        luck = self._chance.random()
        bounced = luck > 0.97
        return (
            int(luck < 0.03),
            int(0.03 <= luck < 0.06),
            self._sower.start - self._chance.randrange(1, 60) * DAY if bounced else None,
            "550 5.1.1 mailbox unknown" if bounced else None,
        )


def _companies(sower: Sower, draw: Drawing, ids: list[str]) -> Iterator[tuple[Value, ...]]:
    chance = sower.chance
    for one in ids:
        name = names.company(chance)
        region = names.pick(chance, names.REGIONS)
        street = f"{chance.randrange(1, 240)} {names.pick(chance, names.STREETS)}"
        yield (
            one,
            name,
            street,
            *names.place(chance, region),
            region.country,
            names.dialled(region.phone, chance),
            f"https://{names.slug(name)}.example.com",
            names.pick(chance, _INDUSTRIES),
            names.pick(chance, ("Prospect", "Customer", "Partner")),
            *draw.stamps(),
            chance.randrange(3, 9000),
            chance.randrange(1, 900) * 100_000,
            names.pick(chance, _RATINGS),
        )


def _contacts(
    sower: Sower, draw: Drawing, ids: list[str], companies: list[str]
) -> Iterator[tuple[Value, ...]]:
    for place, one in enumerate(ids):
        who = draw.person(place)
        yield (one, *who.named, *who.consent, *who.place, names.pick(sower.chance, companies), 0, *who.audit)


def _persons(accounts: list[str], hidden: list[str], drawn: list[Person]) -> Iterator[tuple[Value, ...]]:
    for account, contact, who in zip(accounts, hidden, drawn, strict=True):
        salutation, first, last, name, *rest = who.named
        yield (
            account,
            name,
            salutation,
            first,
            last,
            *rest,
            *who.consent,
            *who.place,
            1,
            contact,
            *who.place,
            *who.audit,
        )


def _hidden(accounts: list[str], hidden: list[str], drawn: list[Person]) -> Iterator[tuple[Value, ...]]:
    for account, contact, who in zip(accounts, hidden, drawn, strict=True):
        yield (contact, *who.named, *who.consent, *who.place, account, 1, *who.audit)


def _leads(sower: Sower, draw: Drawing, crowd: Crowd, contacts: list[str]) -> Iterator[tuple[Value, ...]]:
    chance = sower.chance
    for place, one in enumerate(sower.ids.many("00Q", crowd.leads + crowd.converted)):
        firm = names.company(chance)
        who = draw.person(place, lead=True, firm=firm)
        converted = place >= crowd.leads
        status = "Closed - Converted" if converted else names.pick(chance, _STATUSES)
        tail: tuple[Value, ...] = (0, None, None, None)
        if converted:
            contact = names.pick(chance, contacts)
            account = sower.store.value('SELECT "AccountId" FROM "Contact" WHERE "Id" = ?', (contact,))
            tail = (1, "2026-01-15", str(account), contact)
        own = (firm, status, names.pick(chance, _INDUSTRIES), names.pick(chance, _RATINGS))
        yield (one, *who.named, *who.consent, *who.place, *own, *who.audit, *tail)


def _opportunities(sower: Sower, companies: list[str], contacts: list[str]) -> None:
    chance = sower.chance
    stages = ("Prospecting", "Qualification", "Proposal/Price Quote", "Closed Won", "Closed Lost")
    amount = min(40, len(companies))
    rows = []
    for number in range(amount):
        stage = stages[number % len(stages)]
        row: dict[str, object] = {
            "AccountId": companies[number],
            "Name": f"Opportunity {number + 1}",
            "StageName": stage,
            "Amount": chance.randrange(5, 500) * 1000,
            "Probability": 50,
            "CloseDate": "2026-12-31",
            "IsClosed": int(stage.startswith("Closed")),
            "IsWon": int(stage == "Closed Won"),
            "ContactId": contacts[number] if number < len(contacts) else None,
        }
        rows.append(row)
    sower.sow("Opportunity", rows, age_days=30)
