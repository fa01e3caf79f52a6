"""Names stand beside those that read alike, whatever their accents and their case."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cadence_desk.domain.name_order import NameKeys, name_key


@pytest.mark.parametrize(
    "ordered",
    [
        ("Adam", "Ärmel", "Arzt", "Berg", "Zoe"),
        ("Eva", "Éva", "Evan", "Ewa"),
        ("Lukas", "Łukasz", "Lund", "Maria"),
        ("Olsen", "Ørsted", "Otto", "Zimmer"),
        ("Nunez", "Núñez", "Nuñoz"),
        ("strasse 1", "Straße 2", "Strasse 3"),
        ("", "1 GmbH", "anna", "中村"),
    ],
)
def test_accents_stand_beside_their_letters(ordered: tuple[str, ...]) -> None:
    mixed = [*ordered[1::2], *ordered[::2]]
    assert sorted(mixed, key=name_key) == list(ordered)


def test_case_plays_no_part_and_accents_tell_equals_apart() -> None:
    assert name_key("Ärmel") == name_key("ÄRMEL")
    assert name_key("Armel") < name_key("Ärmel") < name_key("Armela")
    composed, taken_apart = "Zo\u00eb", "Zoe\u0308"
    assert name_key("Zoe") < name_key(taken_apart) < name_key("Zoea")
    assert name_key("Zoe") < name_key(composed) < name_key("Zoea")


@given(st.lists(st.text(max_size=6), max_size=20))
def test_keys_of_many_are_those_of_each(texts: list[str]) -> None:
    keys = NameKeys(texts)
    assert len(keys) == len(texts)
    assert list(keys[:]) == [name_key(text) for text in texts] == [keys[at] for at in range(len(texts))]


@given(st.text(max_size=6), st.text(max_size=6))
def test_two_texts_have_one_key_only_when_they_differ_in_case_alone(some: str, other: str) -> None:
    assert (name_key(some) == name_key(other)) == (some.casefold() == other.casefold())
