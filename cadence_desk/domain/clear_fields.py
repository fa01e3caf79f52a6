"""Which fields of an operation need no key: ids, codes, times and the names of the org's own set-up, never a person's.

What consists of nothing else goes on after a lost key. Imports no other room; read by the store.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cadence_desk.domain.operations import Operation

CLEAR_FIELDS = frozenset({
    # what is asked
    "assignee_id", "start_step", "related_to_id", "cadence_name", "target_type", "resume_at", "disposition", "step_id",
    "day", "duration", "due", "replaces",
    # what was seen
    "tracker_id", "trackers_before", "state_before", "owner_before", "disposition_before", "task_id", "own_task",
    "org_time", "unsure_since", "doubted_at", "resent_at", "state",
})  # fmt: skip
"""By name: a text is never judged by its looks."""

UNREADABLE = "unreadable"
"""Evidence of an operation whose text was sealed with a key that is gone: the state in which it rests in the file."""

UNREADABLE_KEY = "unreadable_key"
"""Evidence beside it: id of the key that is gone."""


def is_unreadable(operation: Operation) -> bool:
    """Return True when what an operation asks for cannot be read any more: it is never sent, a person decides."""
    return UNREADABLE in (operation.evidence or {})


def split(values: Mapping[str, object]) -> tuple[dict[str, object], dict[str, object]]:
    """Return what may stand in clear and what has to be sealed; an empty value says nothing about anybody."""
    clear = {
        name: value for name, value in values.items() if name in CLEAR_FIELDS or value is None or value == ""
    }
    return clear, {name: value for name, value in values.items() if name not in clear}
