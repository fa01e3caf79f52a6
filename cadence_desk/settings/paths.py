"""Where everything lies: one folder per user, or the folder given with --home.

Imports no other room; platformdirs is imported when no home was given. Called by the launcher and the command line.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

APP = "CadenceDesk"
_SAFE = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,63}\Z")


class Paths:
    """The folders and files of the desk. Nothing is made before `ensure` or the first write.

    On Windows the local, never the roaming, application folder is used: a database must not travel
    (platformdirs, user_data_path with roaming off).
    """

    def __init__(self, home: Path | None = None) -> None:
        self.is_default = home is None
        self.root = _default_root() if home is None else home.expanduser().absolute()

    @property
    def preferences(self) -> Path:
        """The file with preferences."""
        return self.root / "preferences.json"

    @property
    def profile_book(self) -> Path:
        """The file with org profiles."""
        return self.root / "orgs.json"

    @property
    def logs(self) -> Path:
        """The folder of logs."""
        return self.root / "logs"

    @property
    def scratch(self) -> Path:
        """The folder for files that may be deleted whenever no desk runs."""
        return self.root / "scratch"

    @property
    def service(self) -> str:
        """The name under which secrets are kept: a home of its own never meets the secrets of another."""
        if self.is_default:
            return "Cadence Desk"
        import hashlib  # most starts need none

        return f"Cadence Desk {hashlib.sha256(os.fsencode(self.root)).hexdigest()[:12]}"

    def profile(self, key: str) -> Path:
        """Return the folder of an org profile: lock, inbox and the files of each user."""
        return self.root / "profiles" / _checked(key)

    def inbox(self, key: str) -> Path:
        """Return the folder in which a second start leaves its arguments."""
        return self.profile(key) / "inbox"

    def files(self, key: str, org_id: str, user_id: str) -> Path:
        """Return the folder of the two databases of one org and user."""
        return self.profile(key) / f"{_checked(org_id)}-{_checked(user_id)}"

    def ensure(self) -> None:
        """Make the root folder, for this user only."""
        self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
        if os.name == "posix" and self.root.stat().st_mode & 0o077:
            self.root.chmod(0o700)


def _default_root() -> Path:
    import platformdirs

    return Path(platformdirs.user_data_path(APP, appauthor=False, roaming=False))


def _checked(part: str) -> str:
    """Return a folder name that cannot lead elsewhere; raises ValueError for any other."""
    if not _SAFE.match(part):
        raise ValueError("a profile folder is named with letters, digits and dashes")
    return part
