"""Who was signed in last, so that the lists can show before the org answers. Holds no secret.

Imports domain. Called by bootstrap.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

from cadence_desk.domain.errors import BadValue
from cadence_desk.domain.orgs import Identity
from cadence_desk.domain.record_ids import parse_record_id
from cadence_desk.settings.whole_files import replace_file

if TYPE_CHECKING:
    from pathlib import Path

NAME = "last_user.json"


def read_last_user(folder: Path) -> Identity | None:
    """Return who was signed in last in this profile; None when that is unknown or unreadable."""
    try:
        content = json.loads((folder / NAME).read_text(encoding="utf-8"))
        return Identity(
            parse_record_id(content["organization_id"]),
            parse_record_id(content["user_id"]),
            str(content["username"]),
            str(content["display_name"]),
            str(content["instance_url"]),
        )
    except (OSError, ValueError, KeyError, TypeError, BadValue):
        return None


def write_last_user(folder: Path, identity: Identity) -> None:
    """Keep who is signed in; a folder that cannot be written is no reason to stop."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        replace_file(folder / NAME, json.dumps(asdict(identity)).encode("utf-8"))
    except OSError:
        return
