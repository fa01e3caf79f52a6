"""Shows sown runs on the people's own records, many at a time.

Imports the store. Used by the sowing of trackers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cadence_desk.practice.org.store import Store

_NAMES = (
    "ActionCadenceId",
    "ActionCadenceAssigneeId",
    "ActionCadenceState",
    "ScheduledResumeDateTime",
    "ActiveTrackerCount",
)


def show_on_people(
    store: Store, engaged: list[tuple[str | int | None, ...]], first_calls: dict[str, int]
) -> None:
    """Fill the Sales Engagement fields; each row has the values of ``_NAMES`` and the person's id."""
    connection = store.connection
    pairs = ", ".join(f'"{name}" = ?' for name in _NAMES)
    for prefix, table in (("00Q", "Lead"), ("003", "Contact")):
        rows = [one for one in engaged if str(one[-1]).startswith(prefix)]
        connection.executemany(f'UPDATE "{table}" SET {pairs} WHERE "Id" = ?', rows)
        calls = [(at, who) for who, at in first_calls.items() if who.startswith(prefix)]
        connection.executemany(f'UPDATE "{table}" SET "FirstCallDateTime" = ? WHERE "Id" = ?', calls)
    shown = {f"Person{name}": name for name in _NAMES} | {"FirstCallDateTime": "FirstCallDateTime"}
    mirrored = ", ".join(
        f'"{name}" = (SELECT c."{source}" FROM "Contact" c WHERE c."Id" = "Account"."PersonContactId")'
        for name, source in shown.items()
    )
    connection.execute(f'UPDATE "Account" SET {mirrored} WHERE "IsPersonAccount" = 1')
