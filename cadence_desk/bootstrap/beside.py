"""What can be told of an outbox while another process holds its profile: states, not texts.

Imports store and settings. Called by the command line only; opens nothing for writing and needs no key.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from cadence_desk.settings.last_user import read_last_user
from cadence_desk.store.connections import FileOptions, open_for_reading, translated
from cadence_desk.store.outbox_rows import read_clear

if TYPE_CHECKING:
    from cadence_desk.bootstrap.opening import OpenProfile
    from cadence_desk.store.moves import ClearOperation


def outbox_beside(opened: OpenProfile) -> list[ClearOperation]:
    """Return the operations of whoever used this profile last, without their texts. Raises StoreError."""
    known = read_last_user(opened.paths.profile(opened.profile.key))
    if known is None:
        return []
    path = opened.paths.files(opened.profile.key, known.organization_id, known.user_id) / "outbox.db"
    if not path.exists():
        return []
    with translated(), contextlib.closing(open_for_reading(path, FileOptions())) as link:
        return read_clear(link)


def holder_of(opened: OpenProfile) -> str:
    """Return who holds the profile, in words."""
    process = opened.lock.holder()
    return f"process {process}" if process else "another process"
