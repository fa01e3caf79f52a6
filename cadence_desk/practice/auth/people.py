"""The users of the practice org as the sign-in and the identity answers need them.

Reads User rows of the org model. Called by the OAuth handlers.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from cadence_desk.practice.org.world import PracticeOrg


@dataclass(frozen=True, slots=True)
class Person:
    """An active user."""

    user_id: str
    username: str
    first_name: str
    last_name: str
    email: str
    time_zone: str
    language: str
    locale: str

    @property
    def name(self) -> str:
        """First and last name."""
        return f"{self.first_name} {self.last_name}".strip()


def all_people(org: PracticeOrg) -> list[Person]:
    """Every active user, in the org's order."""
    found = (person(org, str(row["Id"])) for row in org.users())
    return [one for one in found if one is not None]


def person(org: PracticeOrg, user_id: str) -> Person | None:
    """The active user with this 15 or 18 character id."""
    row = org.store.read("User", user_id)
    return _person(row) if row is not None and row.get("IsActive") else None


def _person(row: Mapping[str, object]) -> Person:
    def text(field: str, otherwise: str = "") -> str:
        value = row.get(field)
        return value if isinstance(value, str) and value else otherwise

    username = text("Username")
    last_name = text("LastName") or text("Name") or username
    return Person(
        user_id=text("Id"),
        username=username,
        first_name=text("FirstName"),
        last_name=last_name,
        email=text("Email", username),
        time_zone=text("TimeZoneSidKey", "UTC"),
        language=text("LanguageLocaleKey", "en_US"),
        locale=text("LocaleSidKey", "en_US"),
    )
