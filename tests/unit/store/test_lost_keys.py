"""A key that is lost, exchanged or rotated, in every state of an operation: nothing is sent that cannot be read, nothing is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cadence_desk.domain.clear_fields import UNREADABLE, is_unreadable
from cadence_desk.domain.errors import BadValue, KeyLost
from cadence_desk.domain.operations import OPEN_STATES, TRANSITIONS, Kind, OperationState
from cadence_desk.store.keys import (
    KEY_FILE,
    open_data_key,
    read_entries,
    recovery_words,
    replace_data_key,
    take_recovery_words,
)
from cadence_desk.store.mending import OutboxMending, read_states
from tests.unit.store.desk_files import OWNER, StillClock, cipher, done, opened, operation, outbox
from tests.unit.store.test_keys import MemorySecrets

if TYPE_CHECKING:
    from pathlib import Path

    from cadence_desk.store.ciphers import ColumnCipher

S = OperationState
OPEN: frozenset[OperationState] = OPEN_STATES | frozenset({S.DRAFT})
OLD = cipher(b"o" * 32, "old")
NEW = cipher(b"n" * 32, "new")
CLEAR = {
    Kind.ENROLL: {"assignee_id": "005", "cadence_name": "Welcome", "target_type": "Lead", "start_step": ""},
    Kind.REMOVE: {"disposition": "Not interested"},
    Kind.PAUSE: {"resume_at": "2026-01-02T00:00:00.000Z"},
    Kind.RESUME: {},
    Kind.CHANGE_ASSIGNEE: {"assignee_id": "005"},
    Kind.COMPLETE_STEP: {},
    Kind.SET_DISPOSITION: {"disposition": "Not interested"},
    Kind.SKIP_STEP: {"reason": ""},
}


def way_to(goal: OperationState) -> list[OperationState]:
    """Return states that lead from a draft to another one."""
    ways: list[list[OperationState]] = [[S.DRAFT]]
    while ways:
        way = ways.pop(0)
        if way[-1] is goal:
            return way[1:]
        ways += [
            [*way, one] for one in sorted(TRANSITIONS[way[-1]], key=lambda one: one.value) if one not in way
        ]
    raise AssertionError(goal)


def filled(path: Path, with_cipher: ColumnCipher = OLD) -> None:
    """One call in every state, and one of each kind that needs no text."""
    with opened(path, with_cipher=with_cipher, boot_id="before") as file:
        for number, state in enumerate(S):
            done(file.add([operation(state.value, target_id=f"00Q{number}", evidence={"task_id": "00T1"})]))
            for to in way_to(state):
                done(file.move(state.value, to, "on its way"))
        rows = [
            operation(kind.value, kind=kind, state=S.QUEUED, payload=payload, target_id=f"003{kind.value}")
            for kind, payload in CLEAR.items()
        ]
        done(file.add(rows))


def given_up(path: Path, with_cipher: ColumnCipher = NEW) -> None:
    file = outbox(path, with_cipher=with_cipher)
    with pytest.raises(KeyLost):
        done(file.open())
    assert file.close(30)
    OutboxMending(path, OWNER, with_cipher, StillClock()).give_up_texts()


def test_nothing_is_changed_and_everything_clear_can_be_told_before_anybody_decides(
    outbox_path: Path,
) -> None:
    filled(outbox_path)
    before = outbox_path.read_bytes()
    for _ in range(2):
        state = OutboxMending(outbox_path, OWNER, cipher(b"n" * 32, "new"), StillClock()).look()
        assert state.key_lost is not None
        assert {one.op_id: one.state for one in state.clear if one.sealed} == {
            one.value: one.value for one in S
        }
        assert {one.kind for one in state.clear if not one.sealed} == {kind.value for kind in CLEAR}
    assert outbox_path.read_bytes() == before


def test_without_texts_calls_of_every_state_rest_and_the_others_go_on(outbox_path: Path) -> None:
    filled(outbox_path)
    given_up(outbox_path)
    with opened(outbox_path, with_cipher=NEW, boot_id="after") as file:
        assert file.report.lost is not None
        assert file.report.lost.states == {one.value: 1 for one in OPEN}
        assert done(file.adopt_foreign()) == []
        kept = {one.op_id: one for one in done(file.load())}
        for state in S:
            found = kept[state.value]
            assert found.state is (S.NEEDS_REVIEW if state in OPEN else state)
            assert is_unreadable(found) is (state in OPEN)
            assert found.payload == {}
        for kind, payload in CLEAR.items():
            assert kept[kind.value].payload == payload
            assert done(file.move(kind.value, S.SENDING, "its turn")).payload == payload


@pytest.mark.parametrize("state", [one for one in S if one in OPEN])
def test_what_cannot_be_read_is_never_sent_and_closed_by_a_person_only(
    outbox_path: Path, state: OperationState
) -> None:
    filled(outbox_path)
    given_up(outbox_path)
    with opened(outbox_path, with_cipher=NEW) as file:
        for to in (S.QUEUED, S.SENDING):
            with pytest.raises(BadValue):
                done(file.move(state.value, to, "must not happen"))
        done(file.move(state.value, S.SETTLED if state is S.ACCEPTED else S.CANCELLED, "a person looked"))
    ended = {one.op_id: one.state for one in read_states(outbox_path)}
    assert ended[state.value] == ("settled" if state is S.ACCEPTED else "cancelled")


def test_when_the_key_comes_back_everything_goes_on_where_it_was(outbox_path: Path) -> None:
    filled(outbox_path)
    given_up(outbox_path)
    with opened(outbox_path, with_cipher=NEW) as file:
        done(file.add([operation("since then", target_id="00Qnew")]))
    both = cipher(b"n" * 32, "new")
    both = type(both)(b"n" * 32, "new", older={"old": b"o" * 32})
    with opened(outbox_path, with_cipher=both, boot_id="before") as file:
        assert file.report.lost is None
        kept = {one.op_id: one for one in done(file.load())}
        for state in S:
            assert kept[state.value].state is state
            assert kept[state.value].payload == {"notes": f"note of {state.value}"}
        assert kept["since then"].payload == {"notes": "note of since then"}


def test_a_row_sealed_with_a_key_that_nobody_gave_up_is_damage(outbox_path: Path) -> None:
    filled(outbox_path)
    given_up(outbox_path)
    state = OutboxMending(outbox_path, OWNER, cipher(b"x" * 32, "third"), StillClock()).look()
    assert state.key_lost is not None, "the present key is asked for, whatever was given up before"


def test_a_data_key_is_replaced_on_a_word_and_the_old_one_kept(tmp_path: Path) -> None:
    secrets = MemorySecrets()
    first = open_data_key(tmp_path, secrets, "acme", "Store.One")
    kept = secrets.values.pop("acme")
    with pytest.raises(KeyLost):
        open_data_key(tmp_path, secrets, "acme", "Store.Two")
    second = replace_data_key(tmp_path, secrets, "acme", "Store.Two")
    assert second.key != first.key
    assert second.older == {}
    assert [one.store for one in read_entries(tmp_path / KEY_FILE, "acme")] == ["Store.Two", "Store.One"]
    assert open_data_key(tmp_path, secrets, "acme").key == second.key
    secrets.values["acme"] = kept
    assert open_data_key(tmp_path, secrets, "acme").older == {first.key_id: first.key}


def test_a_recovery_key_opens_what_the_key_store_lost(tmp_path: Path) -> None:
    secrets = MemorySecrets()
    key = open_data_key(tmp_path, secrets, "acme", "Store.One")
    words = recovery_words(key)
    assert len(words) == 69
    assert key.key.hex() not in words
    secrets.values.clear()
    for wrong in ("", "AAAA-BBBB", words[:-1], words.replace(words[0], "7" if words[0] != "7" else "2", 1)):
        with pytest.raises(BadValue):
            take_recovery_words(tmp_path, secrets, "acme", wrong)
    with pytest.raises(BadValue, match="another profile"):
        take_recovery_words(
            tmp_path, secrets, "acme", recovery_words(open_data_key(tmp_path / "b", secrets, "b"))
        )
    assert take_recovery_words(tmp_path, secrets, "acme", words.lower().replace("-", " ")).key == key.key
    assert open_data_key(tmp_path, secrets, "acme").key == key.key
    assert not (set(secrets.values) - {name for name in secrets.values if name.startswith(("acme-r", "b"))})


def test_states_are_told_of_unreadable_rows(outbox_path: Path) -> None:
    filled(outbox_path)
    given_up(outbox_path)
    with opened(outbox_path, with_cipher=NEW) as file:
        found = {one.op_id: one.evidence for one in done(file.load()) if is_unreadable(one)}
    assert {name: (seen or {})[UNREADABLE] for name, seen in found.items()} == {
        one.value: one.value for one in OPEN
    }
