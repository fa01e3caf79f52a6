"""The first look into a cache: the rows of a sound file of ours, and nothing is changed whatever it meets."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from cadence_desk.domain.errors import DeskError, FileDamaged, KeyLost, StoreError, WrongOwner
from cadence_desk.domain.record_ids import RecordId
from cadence_desk.store.cache_batch import CacheBatch
from cadence_desk.store.cache_look import first_rows
from cadence_desk.store.owner import Owner
from tests.unit.store.desk_files import OWNER, cipher, done, raw
from tests.unit.store.test_cache import TRACKER, cache, people

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Give a closed cache with three people; the first two are in a cadence, and one was."""
    path = tmp_path / "profile" / "cache.db"
    persons = people(3)
    trackers = [
        replace(TRACKER, id=RecordId(f"tracker {number}"), target_id=one.id, is_active=active)
        for number, (one, active) in enumerate(zip(persons, (True, True, False), strict=True))
    ]
    file = cache(path)
    done(file.open())
    done(file.save(CacheBatch(people=persons, trackers=trackers)))
    assert file.close(30)
    return path


def test_people_come_with_the_trackers_that_run(path: Path) -> None:
    found, trackers = first_rows(path, OWNER, cipher(), 100)
    assert found == people(3)
    assert [one.id for one in trackers] == ["tracker 0", "tracker 1"]


def test_no_more_people_than_asked_for_and_only_their_trackers(path: Path) -> None:
    found, trackers = first_rows(path, OWNER, cipher(), 1)
    assert found == people(1)
    assert [one.target_id for one in trackers] == [found[0].id]


def test_the_trackers_are_those_of_the_same_people_whatever_the_order_of_their_ids(path: Path) -> None:
    first = people(2)[0]
    file = cache(path)
    done(file.open())
    done(file.save(CacheBatch(deleted=[first.id])))
    done(file.save(CacheBatch(people=[first])))
    assert file.close(30)
    found, trackers = first_rows(path, OWNER, cipher(), 1)
    assert found == people(2)[1:]
    assert [one.target_id for one in trackers] == [found[0].id]


def test_a_file_that_was_not_closed_is_read_with_what_its_log_holds(path: Path) -> None:
    file = cache(path)
    done(file.open())
    done(file.save(CacheBatch(deleted=[people(3)[0].id])))
    assert first_rows(path, OWNER, cipher(), 100)[0] == people(3)[1:]
    assert file.close(30)


@pytest.mark.parametrize(
    ("owner", "key", "error"),
    [
        (Owner("00D000000000001AAA", "005000000000002AAA"), b"k" * 32, WrongOwner),
        (Owner("00D000000000002AAA", "005000000000001AAA"), b"k" * 32, WrongOwner),
        (OWNER, b"x" * 32, KeyLost),
    ],
)
def test_the_file_of_another_or_under_another_key_shows_nothing_and_stays_as_it_is(
    path: Path, owner: Owner, key: bytes, error: type[DeskError]
) -> None:
    before = path.read_bytes()
    with pytest.raises(error):
        first_rows(path, owner, cipher(key), 100)
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    "harm",
    [
        "PRAGMA user_version = 99",
        "UPDATE person SET personal_enc = zeroblob(80)",
        "UPDATE person SET kind = 'robot'",
        "DELETE FROM file_meta",
        "DROP TABLE tracker",
    ],
)
def test_a_file_of_another_version_or_with_a_fault_shows_nothing_and_stays_as_it_is(
    path: Path, harm: str
) -> None:
    with raw(path) as link:
        link.execute(harm)
    before = path.read_bytes()
    with pytest.raises((FileDamaged, KeyLost)):
        first_rows(path, OWNER, cipher(), 100)
    assert path.read_bytes() == before


def test_bytes_that_are_no_database_show_nothing(path: Path) -> None:
    path.write_bytes(b"not a database at all" * 1_000)
    with pytest.raises(FileDamaged):
        first_rows(path, OWNER, cipher(), 100)


def test_where_there_is_no_file_none_is_made(tmp_path: Path) -> None:
    with pytest.raises(StoreError):
        first_rows(tmp_path / "cache.db", OWNER, cipher(), 100)
    assert list(tmp_path.iterdir()) == []
