"""Yesterday's rows: only of who was signed in last, the key store is asked once, and the desk gets what was found."""

from __future__ import annotations

import json
from dataclasses import replace
from threading import Thread
from typing import TYPE_CHECKING

import pytest

from cadence_desk.bootstrap.yesterday import CACHE_FILE, Yesterday
from cadence_desk.domain.errors import KeyLost
from cadence_desk.domain.orgs import WayIn
from cadence_desk.domain.record_ids import parse_record_id
from cadence_desk.settings.key_file import KeyFileSecrets
from cadence_desk.settings.last_user import write_last_user
from cadence_desk.store.keys import key_name, open_data_key
from tests.unit.bootstrap.used_profile import ANN, IDENTITY, OTHER, OWNER, used_profile
from tests.unit.store.test_cache import TRACKER

if TYPE_CHECKING:
    from pathlib import Path

    from cadence_desk.bootstrap.opening import OpenProfile


@pytest.fixture
def opened(tmp_path: Path) -> OpenProfile:
    return used_profile(tmp_path)


def cache_of(opened: OpenProfile) -> Path:
    return opened.paths.files("one", OWNER.org_id, OWNER.user_id) / CACHE_FILE


def test_rows_fill_the_table_and_go_to_the_desk_with_the_key_once(opened: OpenProfile) -> None:
    yesterday = Yesterday(opened)
    assert yesterday.read()
    yesterday.fill()
    assert list(yesterday.people.ids()) == [ANN.id], "who is gone from the org is in no list"
    assert [yesterday.people.texts(name)[0] for name in ("name", "in_cadence", "owner")] == [
        "Ann",
        "Cadence",
        "Rep",
    ]
    cipher, rows = yesterday.hand_over(OWNER)
    assert cipher is not None
    assert cipher.durable
    assert rows == ([ANN], [TRACKER])
    assert yesterday.hand_over(OWNER) == (None, ((), ()))


def test_the_desk_waits_for_the_end_of_the_reading(opened: OpenProfile) -> None:
    yesterday, found = Yesterday(opened), []
    desk = Thread(target=lambda: found.append(yesterday.hand_over(OWNER)), daemon=True)
    desk.start()
    assert not found
    assert yesterday.read()
    desk.join(20)
    assert [rows.people for _cipher, rows in found] == [[ANN]]


def test_another_user_gets_neither_rows_nor_the_key(opened: OpenProfile) -> None:
    yesterday = Yesterday(opened)
    assert yesterday.read()
    assert yesterday.hand_over(OTHER) == (None, ((), ()))


def test_a_key_that_is_gone_is_told_in_the_words_of_the_attempt_and_asked_for_again_later(
    opened: OpenProfile, tmp_path: Path
) -> None:
    (tmp_path / "secrets.key").unlink()
    yesterday = Yesterday(opened)
    assert not yesterday.read()
    with pytest.raises(KeyLost, match="no key for this profile"):
        yesterday.hand_over(OWNER)
    assert yesterday.hand_over(OWNER) == (None, ((), ()))


def test_a_cache_under_another_key_shows_nothing_and_is_left_to_the_desk(
    opened: OpenProfile, tmp_path: Path
) -> None:
    (cache_of(opened).parent / "data.key").unlink()
    fresh = open_data_key(
        cache_of(opened).parent, KeyFileSecrets(tmp_path / "secrets.key"), f"{key_name(OWNER)}-2"
    )
    before = cache_of(opened).read_bytes()
    yesterday = Yesterday(opened)
    assert not yesterday.read()
    assert cache_of(opened).read_bytes() == before
    cipher, rows = yesterday.hand_over(OWNER)
    assert cipher is not None
    assert (cipher.key_id, rows) == (fresh.key_id, ((), ()))


def test_without_a_cache_the_key_store_is_not_asked(
    opened: OpenProfile, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache_of(opened).unlink()
    yesterday = Yesterday(opened)
    monkeypatch.setattr(yesterday.secrets, "_chosen", pytest.fail)
    assert not yesterday.read()
    assert yesterday.hand_over(OWNER) == (None, ((), ()))


def test_a_token_from_outside_shows_nobodys_rows(opened: OpenProfile) -> None:
    given = replace(opened, profile=replace(opened.profile, way_in=WayIn.TOKEN))
    assert not Yesterday(given).read()


def test_rows_of_who_was_signed_in_before_are_not_shown(opened: OpenProfile) -> None:
    later = replace(IDENTITY, user_id=parse_record_id(OTHER.user_id))
    write_last_user(opened.paths.profile("one"), later)
    assert not Yesterday(opened).read()
    assert (
        json.loads((opened.paths.profile("one") / "last_user.json").read_text())["user_id"] == OTHER.user_id
    )
