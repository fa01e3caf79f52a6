"""Removes everything of one org, or of all, from this computer: sign-ins, secrets, files, logs. Nothing in Salesforce.

Called by the command line, which has asked. Blocks. What could not be removed is told, and the rest is removed all the same.
"""

from __future__ import annotations

import contextlib
import shutil
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cadence_desk.bootstrap.chosen_secrets import ChosenSecrets
from cadence_desk.bootstrap.opening import open_profile
from cadence_desk.domain.errors import BadValue, DeskError, FileBusy
from cadence_desk.domain.operations import OPEN_STATES, OperationState
from cadence_desk.domain.orgs import Banner, OrgProfile
from cadence_desk.store.keys import KEY_FILE, read_entries
from cadence_desk.store.mending import read_states

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from cadence_desk.bootstrap.opening import OpenProfile
    from cadence_desk.bootstrap.orgs import ComputerOrgs
    from cadence_desk.settings.paths import Paths

_UNSENT = {state.value for state in OPEN_STATES | {OperationState.DRAFT}}


@dataclass(slots=True)
class Wiped:
    """What was removed and what could not be."""

    removed: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)


class Wiping:
    """Wipes the orgs of this computer."""

    def __init__(self, orgs: ComputerOrgs, paths: Paths, key_file: Path | None) -> None:
        self._orgs = orgs
        self._paths = paths
        self._key_file = key_file

    def keys(self) -> list[str]:
        """Return every org that has a profile or left files here."""
        known = [profile.key for profile in self._orgs.profiles()]
        folder = self._paths.root / "profiles"
        left = sorted(one.name for one in folder.iterdir() if one.is_dir()) if folder.is_dir() else []
        return [*known, *(key for key in left if key not in known)]

    def unsent(self, key: str) -> Counter[str]:
        """Return how much in the outboxes of an org is not over, by state; files that cannot be read count as one."""
        found: Counter[str] = Counter()
        for folder in self._user_folders(key):
            try:
                found.update(one.state for one in read_states(folder / "outbox.db") if one.state in _UNSENT)
            except DeskError:
                found["unknown"] += 1
        return found

    def wipe(self, key: str) -> Wiped:
        """Remove one org. Raises BadValue when there is none, FileBusy while it is open."""
        if key not in self.keys():
            raise BadValue(f"There is no org “{key}” on this computer.")
        told = Wiped()
        opened = self._held(key)
        try:
            self._end_sign_in(opened, told)
            self._forget_secrets(key, told)
            self._remove_files(key, told)
        finally:
            opened.close()
        self._remove(self._paths.profile(key), "its folder", told, quiet=True)
        self._orgs.forget(key)
        told.removed.append(f"the profile {key}")
        return told

    def wipe_rest(self) -> Wiped:
        """Remove what belongs to no org: preferences, list of orgs, logs and scratch files."""
        told, root = Wiped(), self._paths.root
        for path, name in (
            (self._paths.logs, "logs"),
            (self._paths.scratch, "scratch files"),
            (self._paths.preferences, "preferences"),
            (self._paths.profile_book, "the list of orgs"),
            (root / "profiles", "the folder of profiles"),
        ):
            self._remove(path, name, told)
        for broken in (*root.glob("*.broken-*"), *root.glob("*.new")) if root.is_dir() else ():
            self._remove(broken, broken.name, told)
        with contextlib.suppress(OSError):
            root.rmdir()
        if root.is_dir():
            told.left += [f"{one.name} in {root}: it is not ours" for one in sorted(root.iterdir())]
        return told

    def _held(self, key: str) -> OpenProfile:
        known = {profile.key: profile for profile in self._orgs.profiles()}
        profile = known.get(key) or OrgProfile(
            key, key, "https://login.salesforce.com", "", (), banner=Banner.PRODUCTION
        )
        try:
            return open_profile(profile, self._paths, self._key_file)
        except FileBusy as error:
            raise FileBusy(f"{key} is open in a window.", hint="Close it first, then wipe.") from error

    def _end_sign_in(self, opened: OpenProfile, told: Wiped) -> None:
        try:
            confirmed = self._orgs.sign_out(opened)
        except DeskError as error:
            told.left.append(f"the sign-in: {error.message}")
            return
        if confirmed:
            told.removed.append("the sign-in, confirmed by Salesforce")
        else:
            told.removed.append("the sign-in on this computer")
            told.left.append(
                "the sign-in at Salesforce: it did not confirm. Revoke Cadence Desk in your Salesforce settings"
            )

    def _forget_secrets(self, key: str, told: Wiped) -> None:
        from cadence_desk.salesforce.proxies import login_secret

        secrets = ChosenSecrets(f"{self._paths.service} {key}", self._key_file)
        # a key file has one drawer for all: two profiles of the same user share the key of their files
        shared = {name for other in self.keys() if other != key for name in self._key_names(other)}
        own = [name for name in self._key_names(key) if name not in shared]
        names = [f"{key}/refresh-token", login_secret(key), *own]
        try:
            for name in names:
                secrets.delete(name)
        except DeskError as error:
            told.left.append(f"secrets in the key store: {error.message} {error.hint}".strip())
        else:
            told.removed.append(f"the secrets in the key store ({secrets.kind})")

    def _key_names(self, key: str) -> Iterable[str]:
        for folder in self._user_folders(key):
            name = f"data-key-{folder.name}"
            yield name
            with contextlib.suppress(DeskError):
                for entry in read_entries(folder / KEY_FILE, name):
                    yield entry.secret

    def _user_folders(self, key: str) -> list[Path]:
        folder = self._paths.profile(key)
        if not folder.is_dir():
            return []
        return sorted(one for one in folder.iterdir() if one.is_dir() and "-" in one.name)

    def _remove_files(self, key: str, told: Wiped) -> None:
        for folder in self._user_folders(key):
            self._remove(folder, f"files of {folder.name}", told)

    @staticmethod
    def _remove(path: Path, name: str, told: Wiped, *, quiet: bool = False) -> None:
        if not path.exists():
            return
        try:
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink()
        except OSError as error:
            told.left.append(f"{name}: {error.strerror}")
        else:
            if not quiet:
                told.removed.append(name)
