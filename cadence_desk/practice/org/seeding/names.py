"""Plausible names, places, companies and phone numbers of many countries; every number is from a range kept for fiction.

Imports nothing of ours. Used by the sowing of people.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    import random
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Region:
    """Names and places that go together, and a phone number pattern where ``#`` is a digit."""

    given: tuple[str, ...]
    family: tuple[str, ...]
    places: tuple[tuple[str, str, str], ...]
    country: str
    phone: str


REGIONS = (
    Region(
        (
            "Olivia",
            "Liam",
            "Harper",
            "Noah",
            "Grace",
            "Ethan",
            "Maya",
            "Caleb",
            "Imani",
            "Wyatt",
            "Jada",
            "Marcus",
        ),
        (
            "Johnson",
            "Rivera",
            "O'Brien",
            "Washington",
            "Kim",
            "Patterson",
            "Nguyen",
            "Brooks",
            "Delgado",
            "Whitaker",
        ),
        (
            ("Portland", "OR", "97201"),
            ("Austin", "TX", "78701"),
            ("Chicago", "IL", "60601"),
            ("Boston", "MA", "02108"),
        ),
        "United States",
        "+1 (202) 555-01##",
    ),
    Region(
        ("Amelia", "Oscar", "Freya", "Callum", "Niamh", "Rhys", "Poppy", "Alistair"),
        ("Hughes", "MacLeod", "Ashworth", "Kaur", "Fitzgerald", "Bennett-Shaw", "Okonkwo", "Price"),
        (("London", "", "EC1A 1BB"), ("Leeds", "", "LS1 4AP"), ("Glasgow", "", "G1 1XQ")),
        "United Kingdom",
        "+44 20 7946 0###",
    ),
    Region(
        ("Jürgen", "Annika", "Lukas", "Svenja", "Matthias", "Käthe", "Ömer", "Friederike"),
        ("Müller", "Schäfer", "Großmann", "von der Heide", "Yılmaz", "Krüger", "Weiß", "Lehmann"),  # noqa: RUF001
        (("Berlin", "", "10115"), ("München", "", "80331"), ("Köln", "", "50667")),
        "Germany",
        "+49 30 23125 ###",
    ),
    Region(
        ("Élodie", "Thibault", "Chloé", "Amadou", "Inès", "Rémi", "Zoé", "Guillaume"),
        ("Lefèvre", "Dubois", "N'Diaye", "Garçon", "Moreau", "d'Artois", "Benali", "Rousseau"),
        (("Paris", "", "75002"), ("Lyon", "", "69001"), ("Nantes", "", "44000")),
        "France",
        "+33 1 99 00 ## ##",
    ),
    Region(
        ("Åsa", "Björn", "Freja", "Søren", "Aino", "Jónas", "Maja", "Øyvind"),
        ("Åkesson", "Lindström", "Sørensen", "Virtanen", "Jónsdóttir", "Nygård", "Holmqvist", "Bakke"),
        (("Stockholm", "", "111 20"), ("Göteborg", "", "411 03"), ("Malmö", "", "211 20")),
        "Sweden",
        "+46 8 465 004 ##",
    ),
    Region(
        ("Lucía", "Thiago", "Valentina", "Mateo", "Júlia", "Iñaki", "Camila", "João"),
        ("García Márquez", "Fernández", "Núñez", "Souza", "Ibáñez", "Gonçalves", "Peña", "Araújo"),
        (("Madrid", "", "28001"), ("Sevilla", "", "41001"), ("A Coruña", "", "15001")),
        "Spain",
        "+34 910 555 ###",
    ),
    Region(
        ("Aarav", "Priya", "Fatima", "Rohan", "Ananya", "Imran", "Lakshmi", "Sanjay"),
        ("Sharma", "Krishnamurthy", "Patel", "Iyer", "Choudhury", "Khan", "Venkataraman", "Das"),
        (("Mumbai", "MH", "400001"), ("Bengaluru", "KA", "560001"), ("Pune", "MH", "411001")),
        "India",
        "+91 22 5550 ####",
    ),
    Region(
        ("美咲", "Haruto", "Wei", "Ji-woo", "さくら", "Minh", "雪", "Xiùyīng"),
        ("佐藤", "Tanaka", "Wáng", "Park", "高橋", "Trần", "林", "Ōno"),
        (("Tokyo", "", "100-0001"), ("Osaka", "", "530-0001"), ("札幌市", "", "060-0001")),
        "Japan",
        "+81 3 5550 ####",
    ),
    Region(
        ("ليلى", "Youssef", "نور", "Amira", "נועה", "Kwame", "Zanele", "عمر"),
        ("حداد", "El-Sayed", "الخطيب", "Mensah", "לוי", "Dlamini", "Ben-Ami", "منصور"),
        (("Dubai", "", ""), ("Abu Dhabi", "", ""), ("الشارقة", "", "")),
        "United Arab Emirates",
        "+971 4 555 ####",
    ),
)

STRANGE = (
    ("ليلى", "الحسيني"),
    ("נועם", "בן־דוד"),
    ("Robin 🌻", "Park 👩‍🚀"),
    ("<b>Max</b>", "<img src=x onerror=alert(1)>"),
    ("Hubert Blaine Theophrastus Bartholomew", "Wolfeschlegelsteinhausenbergerdorff" * 2),
    ("X Æ", "O’Neil & Søns"),  # noqa: RUF001
    ("Null", "Null"),
    ("Zoë", "Ünïcödé"),
)
"""People every world has: right to left, emoji, markup, very long, look-alikes. They keep a screen honest."""

_FIRST = (
    "Alder", "Bluewater", "Copperleaf", "Driftwood", "Everline", "Fernhill", "Granite", "Harbor", "Ironbark", "Juniper",
    "Kestrel", "Lumen", "Meridian", "Northwind", "Orchard", "Pinecrest", "Quartz", "Riverbend", "Silverlake", "Tidewater",
    "Umbra", "Verdant", "Westgate", "Yarrow", "Zephyr",
)  # fmt: skip
_SECOND = (
    "Analytics", "Bio", "Capital", "Dynamics", "Energy", "Foods", "Freight", "Group", "Health", "Industries", "Labs",
    "Logistics", "Media", "Networks", "Optics", "Partners", "Robotics", "Software", "Systems", "Textiles", "Works",
)  # fmt: skip
_FORM = ("Inc.", "LLC", "GmbH", "Ltd", "AB", "S.A.", "K.K.", "Pty", "")
TITLES = (
    "VP Sales", "Head of Operations", "Chief Financial Officer", "IT Manager", "Procurement Lead", "Marketing Director",
    "Plant Manager", "Owner", "Office Manager", "Chief Technology Officer", "Director of Customer Success", "Buyer",
    "Facilities Coordinator", "Data Engineer", "Head of People",
)  # fmt: skip
STREETS = (
    "Harbor Street",
    "Mill Lane",
    "Station Road",
    "Oak Avenue",
    "Market Square",
    "Canal Walk",
    "Hill Drive",
)
_TRANSLATED = str.maketrans({"ß": "ss", "ø": "o", "Ø": "O", "æ": "ae", "Æ": "AE", "ı": "i", "ł": "l"})  # noqa: RUF001
_NOT_PLAIN = re.compile(r"[^a-z0-9]+")


@lru_cache(maxsize=16384)
def slug(text: str) -> str:
    """Return a text as it may stand in an address: plain small letters and digits, or ``x`` when none are left."""
    plain = unicodedata.normalize("NFKD", text.translate(_TRANSLATED)).encode("ascii", "ignore").decode()
    return _NOT_PLAIN.sub("", plain.lower())[:18] or "x"


_Choice = TypeVar("_Choice")


def pick(chance: random.Random, choices: Sequence[_Choice]) -> _Choice:
    """Return one of some choices; quicker than ``choice``, and a world makes a million of them."""
    return choices[int(chance.random() * len(choices))]


def place(chance: random.Random, region: Region) -> tuple[str | None, ...]:
    """Return city, state and postal code of a region; what a country does not use is empty."""
    return tuple(part or None for part in pick(chance, region.places))


def company(chance: random.Random) -> str:
    """Return a company's name."""
    parts = (pick(chance, _FIRST), pick(chance, _SECOND), pick(chance, _FORM))
    return " ".join(part for part in parts if part)


def dialled(pattern: str, chance: random.Random) -> str:
    """Return a phone number of a pattern."""
    digits = f"{int(chance.random() * 10**6):06d}"
    places = iter(digits)
    return "".join(next(places) if char == "#" else char for char in pattern)
