"""Takes hold of a profile: its folder and its lock. Quick, so it comes before the first paint.

Imports no network and no cryptography library; called by launch and commands, and handed on to compose.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cadence_desk.domain.errors import StoreError
from cadence_desk.domain.orgs import GivenAccess
from cadence_desk.store.folders import make_private_folder
from cadence_desk.store.profile_lock import ProfileLock

if TYPE_CHECKING:
    from pathlib import Path

    from cadence_desk.domain.orgs import OrgProfile
    from cadence_desk.settings.paths import Paths


@dataclass(frozen=True, slots=True)
class OpenProfile:
    """A profile that this process holds.

    Attributes:
        profile: how to reach the org.
        paths: where its files lie.
        lock: held until `close`.
        key_file: where secrets go when the machine's key store is not wanted.
        given: what the environment gives in place of a person's sign-in.
    """

    profile: OrgProfile
    paths: Paths
    lock: ProfileLock
    key_file: Path | None = None
    given: GivenAccess = field(default_factory=GivenAccess)

    @property
    def inbox(self) -> Path:
        """The folder in which a second start leaves its arguments."""
        return self.paths.inbox(self.profile.key)

    @property
    def token_lock(self) -> Path:
        """The lock file of the stored sign-in: beside a key file, because two homes may share one."""
        if self.key_file is None:
            return self.paths.profile(self.profile.key) / "sign-in.lock"
        file = self.key_file.expanduser().absolute()
        return file.with_name(f"{file.name}.{self.profile.key}.lock")

    def close(self) -> None:
        """Give the profile free."""
        self.lock.release()


def open_profile(
    profile: OrgProfile, paths: Paths, key_file: Path | None = None, given: GivenAccess | None = None
) -> OpenProfile:
    """Take the profile's lock.

    Raises:
        FileBusy: another window or command holds it.
        StoreError: its folder cannot be made.
    """
    opened = look_into_profile(profile, paths, key_file, given)
    opened.lock.acquire()
    return opened


def look_into_profile(
    profile: OrgProfile, paths: Paths, key_file: Path | None = None, given: GivenAccess | None = None
) -> OpenProfile:
    """Return a profile without taking its lock: for commands that open none of its files.

    Raises:
        StoreError: its folder cannot be made.
    """
    folder = paths.profile(profile.key)
    try:
        paths.ensure()
        make_private_folder(folder.parent)
        make_private_folder(folder)
    except OSError as error:
        raise StoreError(f"The folder {folder} cannot be used ({error.strerror}).") from error
    return OpenProfile(profile, paths, ProfileLock(folder), key_file, given or GivenAccess())
