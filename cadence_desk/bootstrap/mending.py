"""What is wrong with the files of a profile, and what a person can have done about it: keys, outbox and words together.

Implements domain.mending.Mending. Built by launch for the start page and for the command line; blocks.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from cadence_desk.bootstrap.chosen_secrets import ChosenSecrets
from cadence_desk.bootstrap.machine import MachineClock
from cadence_desk.domain.errors import BadValue, DeskError, KeyLost, KeyStoreLocked
from cadence_desk.domain.mending import Remedy, Trouble
from cadence_desk.domain.operations import KIND_WORDS, STATE_WORDS, Kind, OperationState
from cadence_desk.settings.last_user import read_last_user
from cadence_desk.store.ciphers import ColumnCipher
from cadence_desk.store.keys import (
    KEY_FILE,
    DataKey,
    fingerprint_now,
    key_name,
    open_data_key,
    read_entries,
    recovery_words,
    replace_data_key,
    take_recovery_words,
)
from cadence_desk.store.mending import OutboxMending, read_states, write_operations, write_states
from cadence_desk.store.owner import Owner

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from cadence_desk.bootstrap.opening import OpenProfile
    from cadence_desk.domain.operations import Operation
    from cadence_desk.domain.orgs import Identity
    from cadence_desk.domain.ports import Clock
    from cadence_desk.store.moves import ClearOperation

_NO_KEY = bytes(32)
_ENDED = frozenset({OperationState.SETTLED, OperationState.CANCELLED, OperationState.SUPERSEDED})


def outbox_of(opened: OpenProfile, identity: Identity | None = None) -> tuple[Path, Owner]:
    """Return the folder and the owner of the files of a profile's last user. Raises BadValue when there was none."""
    known = identity or read_last_user(opened.paths.profile(opened.profile.key))
    if known is None:
        raise BadValue(
            f"Nobody has signed in to {opened.profile.name} on this computer yet.",
            hint="There is nothing to mend.",
        )
    folder = opened.paths.files(opened.profile.key, known.organization_id, known.user_id)
    return folder, Owner(known.organization_id, known.user_id)


def locked_trouble(error: KeyStoreLocked) -> Trouble:
    """Return what to tell about a key store that is locked: to ask it once more would only prompt once more."""
    words = f"{error.message.rstrip('.')}. Your notes are safe in their file and wait there. {error.hint}"
    return Trouble(error.code, "The key store is locked", words, (), (Remedy.RETRY,))


class ProfileMending:
    """The mending of one open profile."""

    def __init__(
        self,
        opened: OpenProfile,
        identity: Identity | None = None,
        secrets: ChosenSecrets | None = None,
        clock: Clock | None = None,
    ) -> None:
        self._folder, self._owner = outbox_of(opened, identity)
        self._secrets = secrets or ChosenSecrets(
            f"{opened.paths.service} {opened.profile.key}", opened.key_file
        )
        self._clock = clock or MachineClock()
        self._secret_name = key_name(self._owner)

    # ------------------------------------------------------------ looking

    def look(self) -> Trouble | None:
        """Return what is wrong; None when the outbox can be opened. Raises DeskError."""
        try:
            key = self._key()
        except KeyLost as error:
            return self._key_lost(error, read_states(self._path))
        except KeyStoreLocked as error:
            return locked_trouble(error)
        state = self._mending(key.cipher()).look()
        if state.key_lost is not None:
            return self._key_lost(state.key_lost, state.clear)
        if state.damage is None or state.findings is None:
            return None
        found = state.findings
        facts = (
            f"File: {found.path}",
            f"Backups: {', '.join(found.backups) or 'none'}"
            + (f"; the newest good one is {found.good_backup}" if found.good_backup else ""),
            f"Can still be read in the file: {_count(len(found.readable), 'change')}{_states(found.readable)}",
            f"Only in the backup: {_count(len(found.only_in_backup), 'change')}{_states(found.only_in_backup)}",
            f"Cannot be read: {_count(found.unreadable, 'row')}",
        )
        words = f"{state.damage.message.rstrip('.')}. The file was not changed. {state.damage.hint}"
        remedies = (Remedy.RESTORE, Remedy.EXPORT) if found.all else (Remedy.RESTORE,)
        return Trouble(
            state.damage.code, "The file with your waiting changes is damaged", words, facts, remedies
        )

    def _key_lost(self, error: KeyLost, clear: Sequence[ClearOperation]) -> Trouble:
        unended = [one for one in clear if one.state not in {state.value for state in _ENDED}]
        sealed = [one for one in unended if one.sealed]
        facts = [*self._key_facts(), *_people(sealed)]
        free = Counter(one.kind for one in unended if not one.sealed)
        if free:
            kinds = ", ".join(f"{KIND_WORDS[Kind(kind)]} ({number})" for kind, number in free.items())
            facts.append(f"Need no text and can go on: {kinds}")
        words = f"{error.message} Nothing was sent and nothing was changed: your notes are in the file as they were."
        remedies = [Remedy.RETRY, Remedy.WITHOUT_TEXTS, Remedy.RECOVERY_KEY]
        remedies += [Remedy.EXPORT] if clear else []
        return Trouble(
            error.code,
            "The key to your notes is missing",
            words,
            tuple(facts),
            (*remedies, Remedy.START_NEW),
        )

    def _key_facts(self) -> list[str]:
        now = self._secrets.kind
        try:
            entry = read_entries(self._folder / KEY_FILE, self._secret_name)[0]
        except DeskError:
            return [f"Key store before: not known; now: {now}"]
        there = fingerprint_now(self._secrets, entry) if self._secrets.durable else ""
        before = f"{entry.store or 'not known'}" + (f" with key {entry.wrapping}" if entry.wrapping else "")
        return [
            f"Key store before: {before}",
            f"Key store now: {now} with {f'key {there}' if there else 'no key'}",
        ]

    # ------------------------------------------------------------ mending

    def apply(self, remedy: Remedy, words: str = "") -> str:
        """Do it and return what to tell. Raises DeskError."""
        if remedy is Remedy.RETRY:
            self._secrets.choose_again()
            return ""
        if remedy is Remedy.RESTORE:
            return self._restore()
        if remedy is Remedy.WITHOUT_TEXTS:
            key = self._new_key()
            self._mending(key.cipher()).give_up_texts()
            return (
                "The profile opens without the texts. They stay in the file, for the day the key comes back."
            )
        if remedy is Remedy.RECOVERY_KEY:
            self._store_wanted()
            take_recovery_words(self._folder, self._secrets, self._secret_name, words, self._secrets.kind)
            return "The recovery key fits: everything is readable again."
        if remedy is Remedy.START_NEW:
            lost = self._mending(ColumnCipher(_NO_KEY, "none")).set_aside()
            self._new_key()
            return f"The old file is kept as {lost.path.name}. Nothing that waits in it is sent."
        raise BadValue("Say where to: --export FILE.")

    def export(self, path: Path) -> str:
        """Write what can be read as a table and return what to tell. Raises DeskError."""
        try:
            key = self._key()
        except KeyLost:
            return self._export_states(path)
        state = self._mending(key.cipher()).look()
        if state.findings is None:
            return self._export_states(path)
        write_operations(path, state.findings.all)
        return f"{_count(len(state.findings.all), 'change')} written to {path}."

    def show_key(self) -> str:
        """Return the recovery key of this profile, to be written down. Raises DeskError."""
        self._store_wanted()
        return recovery_words(self._key())

    def _export_states(self, path: Path) -> str:
        clear = read_states(self._path)
        write_states(path, clear)
        return f"What needs no key was written to {path}: {_count(len(clear), 'change')}, without texts."

    def _restore(self) -> str:
        recovery = self._mending(self._key().cipher()).restore()
        told = f"{_count(recovery.operations, 'change')} restored"
        if recovery.backup:
            told += f", with the help of {recovery.backup}"
        if recovery.doubted:
            told += f". Salesforce is asked about {recovery.doubted} of them before anything is sent; that takes 11 minutes"
        if recovery.left_out:
            told += f". {_count(recovery.left_out, 'row')} could not be read"
        return f"{told}. The damaged file is kept as {recovery.kept_as.name}."

    @property
    def _path(self) -> Path:
        return self._folder / "outbox.db"

    def _mending(self, cipher: ColumnCipher) -> OutboxMending:
        return OutboxMending(self._path, self._owner, cipher, self._clock)

    def _key(self) -> DataKey:
        return open_data_key(self._folder, self._secrets, self._secret_name, self._secrets.kind)

    def _new_key(self) -> DataKey:
        return replace_data_key(self._folder, self._secrets, self._secret_name, self._secrets.kind)

    def _store_wanted(self) -> None:
        if not self._secrets.durable:
            raise BadValue(
                "This computer has no key store, so there is nothing a recovery key could be kept in.",
                hint="Use --key-file FILE.",
            )


def _people(sealed: Sequence[ClearOperation]) -> list[str]:
    """Return one line per person whose texts cannot be read, the most first."""
    by_person = Counter(one.target_id for one in sealed)
    lines = [
        f"{_count(number, 'note')} to {person} cannot be read"
        for person, number in by_person.most_common(_MOST)
    ]
    rest = sum(by_person.values()) - sum(number for _, number in by_person.most_common(_MOST))
    return [*lines, f"and {_count(rest, 'more note')} to others"] if rest else lines


_MOST = 8


def _states(operations: Iterable[Operation]) -> str:
    counts = Counter(one.state for one in operations)
    told = ", ".join(f"{number} {STATE_WORDS[state].partition(':')[0]}" for state, number in counts.items())
    return f" ({told})" if told else ""


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
