"""The org's own clock, as noted with a send: an effect's absence proves nothing before that clock says so.

The clock of this computer may be set wrong or jump. Used in lanes by attempts, the verifier and the kinds.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from cadence_desk.domain.errors import DeskError

if TYPE_CHECKING:
    from cadence_desk.domain.operations import Operation
    from cadence_desk.domain.ports import OrgGateway

ORG_TIME = "org_time"
"""Evidence: Unix seconds of the org's clock just before an operation was sent."""

UNSURE = "unsure_since"
"""Evidence of an operation that was sent again at once: when its doubtful send was, which may yet be carried out."""

SKEW = timedelta(minutes=2)
"""Room for the difference between the two clocks where only ours is known, and for rounding."""


def org_time(gateway: OrgGateway) -> float | None:
    """Return Unix seconds of the org's clock, or None when it does not tell; blocks."""
    try:
        return gateway.server_now().timestamp()
    except DeskError:
        return None


def sent_org_time(operation: Operation) -> float | None:
    """Return the org's time just before the last send; None when it was not known."""
    at = (operation.evidence or {}).get(ORG_TIME)
    return float(at) if isinstance(at, int | float) else None


def is_unsure(operation: Operation) -> bool:
    """Return True while an earlier send may yet be carried out: then no refusal and no withdrawal is the last word."""
    return bool((operation.evidence or {}).get(UNSURE))


def sent_since(operation: Operation) -> datetime:
    """Return a time in the org's clock before which the operation's last send cannot have begun."""
    at = sent_org_time(operation)
    if at is None:
        at = operation.sent or operation.created
    return datetime.fromtimestamp(at, tz=UTC) - SKEW
