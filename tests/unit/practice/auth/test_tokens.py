"""The token book: shape, rotation, re-use detection, the five grants, revocation, expiry."""

import re

import pytest

from cadence_desk.practice.auth.client_apps import DESK_APP, TOOLS_APP
from cadence_desk.practice.auth.errors import OAuthError
from cadence_desk.practice.auth.tokens import TokenBook

SCOPE = "api refresh_token"


@pytest.fixture
def book() -> TokenBook:
    return TokenBook("00D7Q000000UfwdUAC", lambda: 1_795_500_000_000)


def _refresh_token(book: TokenBook, user: str = "u1") -> str:
    token = book.issue(user, DESK_APP, SCOPE).refresh_token
    assert token
    return token


def test_tokens_have_the_shape_tools_demand(book: TokenBook) -> None:
    grant = book.issue("u1", DESK_APP, SCOPE)
    assert re.fullmatch(r"00D\w{12,15}![.\w]+", grant.access_token)
    assert book.user_for(grant.access_token) == "u1"
    assert book.user_for("00D!x") is None


def test_only_the_refresh_scope_brings_a_refresh_token(book: TokenBook) -> None:
    assert book.issue("u1", DESK_APP, "api").refresh_token is None
    assert book.issue("u1", DESK_APP, "api offline_access").refresh_token


def test_rotation_replaces_the_refresh_token(book: TokenBook) -> None:
    old = _refresh_token(book)
    grant = book.refresh(old, DESK_APP)
    assert grant.refresh_token not in {None, old}
    assert book.refresh(str(grant.refresh_token), DESK_APP).access_token


def test_a_spent_refresh_token_ends_the_family(book: TokenBook) -> None:
    old = _refresh_token(book)
    grant = book.refresh(old, DESK_APP)
    with pytest.raises(OAuthError) as caught:
        book.refresh(old, DESK_APP)
    assert caught.value.error == "invalid_grant"
    assert book.user_for(grant.access_token) is None
    with pytest.raises(OAuthError):
        book.refresh(str(grant.refresh_token), DESK_APP)


def test_tools_keep_their_refresh_token(book: TokenBook) -> None:
    token = str(book.issue("u1", TOOLS_APP, SCOPE).refresh_token)
    first, second = book.refresh(token, TOOLS_APP), book.refresh(token, TOOLS_APP)
    assert first.refresh_token is second.refresh_token is None
    assert first.access_token != second.access_token


def test_rotation_can_be_switched_off_for_all(book: TokenBook) -> None:
    token = _refresh_token(book)
    assert book.refresh(token, DESK_APP, rotation=False).refresh_token is None
    assert book.refresh(token, DESK_APP).access_token


def test_a_refresh_token_belongs_to_its_app(book: TokenBook) -> None:
    with pytest.raises(OAuthError):
        book.refresh(_refresh_token(book), TOOLS_APP)


def test_the_sixth_grant_takes_the_place_of_the_oldest(book: TokenBook) -> None:
    grants = [book.issue("u1", DESK_APP, SCOPE) for _ in range(6)]
    others = [book.issue("u2", DESK_APP, SCOPE), book.issue("u1", TOOLS_APP, SCOPE)]
    alive = [book.user_for(one.access_token) for one in grants + others]
    assert alive == [None, "u1", "u1", "u1", "u1", "u1", "u2", "u1"]


def test_the_start_session_is_not_crowded_out(book: TokenBook) -> None:
    session = book.issue_session("u1")
    for _ in range(8):
        book.issue("u1", TOOLS_APP, SCOPE)
    assert book.user_for(session) == "u1"


def test_revoking_a_refresh_token_takes_the_access_tokens_along(book: TokenBook) -> None:
    grant = book.issue("u1", DESK_APP, SCOPE)
    assert book.revoke(str(grant.refresh_token)) is True
    assert book.user_for(grant.access_token) is None
    assert book.revoke(str(grant.refresh_token)) is False


def test_revoking_an_access_token_keeps_the_grant(book: TokenBook) -> None:
    grant = book.issue("u1", DESK_APP, SCOPE)
    assert book.revoke(grant.access_token) is True
    assert book.user_for(grant.access_token) is None
    assert book.refresh(str(grant.refresh_token), DESK_APP).access_token


def test_expiry_ends_access_and_keeps_refresh(book: TokenBook) -> None:
    one, other = book.issue("u1", DESK_APP, SCOPE), book.issue("u2", DESK_APP, SCOPE)
    assert book.expire("u1") == 1
    assert (book.user_for(one.access_token), book.user_for(other.access_token)) == (None, "u2")
    assert book.expire_all() == 1
    assert book.refresh(str(one.refresh_token), DESK_APP).user_id == "u1"


def test_revoking_all_needs_a_new_sign_in(book: TokenBook) -> None:
    token = _refresh_token(book)
    _refresh_token(book, "u2")
    assert book.revoke_all("u1") == 1
    with pytest.raises(OAuthError):
        book.refresh(token, DESK_APP)
    assert book.revoke_all() == 1


def test_grants_can_be_looked_up(book: TokenBook) -> None:
    grant = book.issue("u1", DESK_APP, SCOPE)
    assert book.grant_for(grant.access_token) is not None
    found = book.grant_for(str(grant.refresh_token))
    assert found is not None
    assert (found.user_id, found.scope) == ("u1", SCOPE)
    assert book.grant_for("nothing") is None
