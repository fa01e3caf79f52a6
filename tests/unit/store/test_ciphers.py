"""A sealed value opens only with its key and only where it stands."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cadence_desk.domain.errors import KeyLost
from cadence_desk.store.ciphers import ColumnCipher, aead

KEY = bytes(range(32))
ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=200)


def cipher(org_id: str = "00D") -> ColumnCipher:
    return ColumnCipher(KEY, "key1", org_id)


@given(ANY_TEXT, ANY_TEXT.map(lambda text: text.encode("utf-8", "replace").decode("utf-8")))
def test_any_text_comes_back(text: str, row_id: str) -> None:
    assert cipher().open(cipher().seal(text, "table", row_id, "column"), "table", row_id, "column") == text


@pytest.mark.parametrize("place", [("other", "1", "c"), ("t", "2", "c"), ("t", "1", "d"), ("t|1", "", "c")])
def test_a_value_moved_elsewhere_does_not_open(place: tuple[str, str, str]) -> None:
    with pytest.raises(KeyLost):
        cipher().open(cipher().seal("text", "t", "1", "c"), *place)


def test_a_value_of_another_org_or_key_does_not_open() -> None:
    blob = cipher().seal("text", "t", "1", "c")
    for other in (cipher("00X"), ColumnCipher(b"x" * 32, "key1", "00D"), ColumnCipher(KEY, "key2", "00D")):
        with pytest.raises(KeyLost):
            other.open(blob, "t", "1", "c")
    assert cipher("00X").for_org("00D").open(blob, "t", "1", "c") == "text"


def test_every_changed_byte_is_noticed() -> None:
    blob = cipher().seal("text", "t", "1", "c")
    for number in range(len(blob)):
        changed = bytearray(blob)
        changed[number] ^= 1
        with pytest.raises(KeyLost):
            cipher().open(bytes(changed), "t", "1", "c")
    for length in range(len(blob)):
        with pytest.raises(KeyLost):
            cipher().open(blob[:length], "t", "1", "c")


def test_the_same_text_never_looks_the_same() -> None:
    assert len({cipher().seal("text", "t", "1", "c") for _ in range(50)}) == 50


def test_a_digest_tells_equal_from_different_under_one_key_only() -> None:
    assert cipher().digest("a") == cipher().digest("a") != cipher().digest("b")
    assert ColumnCipher(b"x" * 32, "key1").digest("a") != cipher().digest("a")


def test_a_short_key_is_a_bug() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        aead(b"short")
