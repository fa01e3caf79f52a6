"""The People list: one row per lead, contact and person account. Filled by the board, painted by the window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cadence_desk.sync.columns import ColumnStore, local_text, make_row, search_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cadence_desk.domain.people import Person

IN_CADENCE = 1
OPEN_OPERATION = 2
ATTENTION = 4
DO_NOT_CALL = 8


class PeopleTable(ColumnStore):
    """Columns and facets of the People list."""

    def __init__(self) -> None:
        super().__init__(
            {
                "name": "Name",
                "in_cadence": "In cadence",
                "kind": "Kind",
                "company": "Company",
                "title": "Title",
                "status": "Status",
                "owner": "Owner",
                "email": "Email",
                "phone": "Phone",
                "city": "City",
                "modified": "Last change",
            },
            keyed=("modified",),
            facets=("kind", "in_cadence", "owner"),
        )

    def show(self, person: Person, cadence_names: Sequence[str], owner: str, marks: int) -> None:
        """Write a person's row; `cadence_names` are those of the active trackers."""
        in_cadence = cadence_names[0] if len(cadence_names) == 1 else f"{len(cadence_names)} cadences"
        text = in_cadence if cadence_names else ""
        flags = marks | (IN_CADENCE if cadence_names else 0) | (DO_NOT_CALL if person.do_not_call else 0)
        phone = person.phone or person.mobile
        stamp = person.modified.timestamp() if person.modified else 0.0
        kind = person.kind.value
        texts = (
            person.name, text, kind, person.account_name, person.title, person.status, owner, person.email, phone,
            person.city, local_text(person.modified),
        )  # fmt: skip
        searched = search_text(
            person.name, person.account_name, person.title, person.email, phone, person.city, text, owner
        )
        facets = {"kind": kind, "in_cadence": "1" if cadence_names else "0", "owner": owner}
        self.put(person.id, make_row(texts, {"modified": stamp}, facets, flags, searched))
