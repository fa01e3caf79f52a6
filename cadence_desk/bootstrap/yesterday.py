"""Yesterday: the first rows that the last user's files hold, read while there is neither a desk nor a loop.

Loads the key, the cache file and the People table, and nothing else; called by launch and handed on to compose.
"""

from __future__ import annotations

import logging
from threading import Event
from typing import TYPE_CHECKING, NamedTuple

from cadence_desk.bootstrap.chosen_secrets import ChosenSecrets
from cadence_desk.domain.errors import DeskError
from cadence_desk.domain.orgs import WayIn
from cadence_desk.settings.last_user import read_last_user
from cadence_desk.store.cache_look import first_rows
from cadence_desk.store.keys import KEY_FILE, key_name, open_data_key
from cadence_desk.store.owner import Owner
from cadence_desk.sync.people_table import PeopleTable

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from cadence_desk.bootstrap.opening import OpenProfile
    from cadence_desk.domain.orgs import Identity
    from cadence_desk.domain.people import Person
    from cadence_desk.domain.trackers import Tracker
    from cadence_desk.store.ciphers import ColumnCipher

CACHE_FILE = "cache.db"
MOST = 500
"""So many people are shown before the desk is there; the engine brings the others."""

_log = logging.getLogger(__name__)


class Shown(NamedTuple):
    """Rows that stand in a table before there is an engine."""

    people: Sequence[Person] = ()
    trackers: Sequence[Tracker] = ()


class Yesterday:
    """What a start shows first.

    `read` runs once, in a thread of its own; `fill` belongs to the thread of the window; `hand_over` to the lane that
    makes the engine. The key store is asked once, by whoever comes first: it may ask a person.
    """

    def __init__(self, opened: OpenProfile) -> None:
        self.profile = opened.profile
        self.identity = known_user(opened)
        self.secrets = chosen_secrets(opened)
        self.people = PeopleTable()
        """The table of the People list: the engine goes on with it."""
        self._paths = opened.paths
        self._over = Event()
        self._owner: Owner | None = None
        self._cipher: ColumnCipher | None = None
        self._refusal: DeskError | None = None
        self._rows = Shown()

    def read(self) -> bool:
        """Read what can be shown; blocks on the key store. Returns False when there is nothing, for whatever reason."""
        try:
            if self.identity is not None:
                self._read(self.identity)
        except DeskError as error:
            _log.info("nothing is shown before the desk is there: %s", error.code)
        finally:
            self._over.set()
        return bool(self._rows.people)

    def _read(self, identity: Identity) -> None:
        files = self._paths.files(self.profile.key, identity.organization_id, identity.user_id)
        if not ((files / CACHE_FILE).exists() and (files / KEY_FILE).exists()):
            return
        self._owner = owner = Owner(identity.organization_id, identity.user_id)
        cipher = self._open_key(files, owner)
        people, trackers = first_rows(files / CACHE_FILE, owner, cipher, MOST)
        self._rows = Shown([one for one in people if not (one.is_deleted or one.is_converted)], trackers)

    def _open_key(self, files: Path, owner: Owner) -> ColumnCipher:
        try:
            self._cipher = open_data_key(files, self.secrets, key_name(owner), self.secrets.kind).cipher()
        except DeskError as error:
            self._refusal = error
            raise
        return self._cipher

    def fill(self) -> None:
        """Write the rows that were read into the table, as the projection will."""
        people, trackers = self._rows
        cadences: dict[str, list[str]] = {}
        for tracker in trackers:
            cadences.setdefault(tracker.target_id, []).append(tracker.cadence_name)
        for person in people:
            self.people.show(person, cadences.get(person.id, ()), person.owner_name, 0)

    def hand_over(self, owner: Owner) -> tuple[ColumnCipher | None, Shown]:
        """Wait until the reading is over and give its cipher and rows away, once; nothing to anybody else.

        Raises:
            DeskError: the key could not be had, in the words of the attempt.
        """
        self._over.wait()
        known, cipher, refusal, rows = self._owner, self._cipher, self._refusal, self._rows
        self._owner, self._cipher, self._refusal, self._rows = None, None, None, Shown()
        if known != owner:
            return None, Shown()
        if refusal is not None:
            raise refusal
        return cipher, rows


def known_user(opened: OpenProfile) -> Identity | None:
    """Return who was signed in last; a token from outside may be anybody's."""
    if opened.profile.way_in is WayIn.TOKEN:
        return None
    return read_last_user(opened.paths.profile(opened.profile.key))


def chosen_secrets(opened: OpenProfile) -> ChosenSecrets:
    """Return the secret store of a profile, chosen at its first use."""
    return ChosenSecrets(f"{opened.paths.service} {opened.profile.key}", opened.key_file)
