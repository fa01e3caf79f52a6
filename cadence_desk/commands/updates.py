"""`cadence-desk updates`: where newer versions are announced, and whether there is one now. Installs nothing.

Called by launch, which hands in how the plan is kept and how it is looked up. Exit codes: 0 fine; launch ends with 2
when something cannot be used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cadence_desk.domain.errors import BadValue
from cadence_desk.domain.updates import UpdatePlan, check_source, raw_key

if TYPE_CHECKING:
    from collections.abc import Callable

    from cadence_desk.domain.updates import UpdateNotice

EXIT_FINE = 0


def change(plan: UpdatePlan, keep: Callable[[UpdatePlan], None]) -> int:
    """Keep where newer versions are announced and with which key. Raises BadValue when one cannot be used."""
    if not plan.wanted:
        raise BadValue("Give --source and --key together: an announcement counts only with a signature.")
    check_source(plan.source)
    raw_key(plan.key)
    keep(plan)
    print(f"Newer versions are looked for at {plan.source}, once a start.")
    return EXIT_FINE


def switch_off(keep: Callable[[UpdatePlan], None]) -> int:
    """Look nowhere any more."""
    keep(UpdatePlan())
    print("Newer versions are not looked for.")
    return EXIT_FINE


def look(plan: UpdatePlan, own: str, find: Callable[[UpdatePlan, str], UpdateNotice | None]) -> int:
    """Look now and tell. Raises DeskError with what is wrong."""
    if not plan.wanted:
        print(
            "Newer versions are not looked for. Switch it on: cadence-desk updates --source WHERE --key KEY"
        )
        return EXIT_FINE
    notice = find(plan, own)
    print(
        notice.line() if notice is not None else f"This is version {own}; {plan.source} announces none newer."
    )
    return EXIT_FINE
