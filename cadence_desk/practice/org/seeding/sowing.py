"""Writes new rows with ids and audit stamps, without change capture: a world before its first event.

Imports store, catalog and ids. Used by the other parts of this package.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cadence_desk.practice.org.chance import chance_for
from cadence_desk.practice.org.derived import full_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from cadence_desk.practice.org.catalog.model import Catalog
    from cadence_desk.practice.org.ids import IdMint
    from cadence_desk.practice.org.store import Store

DAY = 86_400_000
HOUR = 3_600_000
MINUTE = 60_000


@dataclass(slots=True)
class Cast:
    """The ids of the users and groups of a world, and what else later parts of the seeding need to name."""

    organization: str = ""
    admin: str = ""
    automated: str = ""
    reps: tuple[str, ...] = ()
    unlicensed: str = ""
    inactive: str = ""
    queue: str = ""
    calls: dict[str, str] = field(default_factory=dict)
    emails: dict[str, str] = field(default_factory=dict)
    cadences: dict[str, str] = field(default_factory=dict)


class Sower:
    """Sows rows of one world; ``chance`` makes every choice, so that a seed always grows the same world."""

    def __init__(self, store: Store, catalog: Catalog, ids: IdMint, seed: int, start_ms: int) -> None:
        self.store = store
        self.catalog = catalog
        self.ids = ids
        self.start = start_ms // 1000 * 1000
        self.chance = chance_for("world", seed)
        self.cast = Cast()

    def sow(self, sobject: str, rows: Iterable[Mapping[str, object]], *, age_days: int = 200) -> list[str]:
        """Write a few rows and return their ids; stamps and defaults are filled where a row has none."""
        definition = self.catalog.require(sobject)
        made: list[str] = []
        for given in rows:
            row = {
                one.name: _default(one.type, one.default) for one in definition.fields.values() if one.stored
            }
            row.update(given)
            row["Id"] = given.get("Id") or self.ids.mint(definition.key_prefix or "000")
            self._stamp(row, self.start - age_days * DAY)
            if definition.has_person_name and row.get("LastName"):
                row["Name"] = full_name(row.get("FirstName"), row.get("LastName"))
            self.store.bulk(sobject, tuple(row), [tuple(row.values())])
            made.append(str(row["Id"]))
        return made

    def _stamp(self, row: dict[str, object], moment: int) -> None:
        row["CreatedDate"] = row.get("CreatedDate") or moment
        row["LastModifiedDate"] = row.get("LastModifiedDate") or row["CreatedDate"]
        row["SystemModstamp"] = row["LastModifiedDate"]
        for name in ("CreatedById", "LastModifiedById", "OwnerId"):
            if name in row:
                row[name] = row[name] or self.cast.admin
        row["IsDeleted"] = 0

    def bulk(self, sobject: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        """Write many whole rows."""
        self.store.bulk(sobject, columns, rows)


def _default(kind: str, default: object) -> object:
    return int(bool(default)) if kind == "boolean" else default
