"""Access and refresh tokens: who holds which, rotation, re-use detection, revocation, expiry on demand.

Pure, single-threaded, kept in memory: a practice org forgets its sessions when it ends.
Used by the OAuth handlers, by REST and by the Pub/Sub service.
"""

import secrets
import string
from collections.abc import Callable
from dataclasses import dataclass, field

from cadence_desk.practice.auth.client_apps import ClientApp, ClientApps
from cadence_desk.practice.auth.errors import OAuthError

GRANTS_PER_USER_AND_APP = 5  # the next sign-in takes the place of the oldest one
_TOKEN_LETTERS = string.ascii_letters + string.digits + "._"
_REFRESH_SCOPES = frozenset({"refresh_token", "offline_access"})


@dataclass(frozen=True, slots=True)
class Grant:
    """What one sign-in or one refresh handed out."""

    access_token: str
    refresh_token: str | None
    user_id: str
    client_id: str
    scope: str
    issued_ms: int


@dataclass(slots=True)
class _Family:
    """All tokens that descend from one sign-in; they stand and fall together."""

    user_id: str
    client_id: str
    scope: str
    refresh_token: str | None = None
    spent: set[str] = field(default_factory=set)
    access: dict[str, int] = field(default_factory=dict)


class TokenBook:
    """Every live token of the org. `organization_id` may have 15 or 18 characters; tokens carry 15."""

    def __init__(
        self,
        organization_id: str,
        now_ms: Callable[[], int],
        apps: ClientApps | None = None,
    ) -> None:
        self.apps = apps or ClientApps()
        self._prefix = f"{organization_id[:15]}!"
        self._now_ms = now_ms
        self._families: list[_Family] = []
        self._by_access: dict[str, _Family] = {}
        self._by_refresh: dict[str, _Family] = {}

    def issue(self, user_id: str, client: ClientApp, scope: str) -> Grant:
        """Hand out a new grant. The sixth grant of a user and app revokes the oldest one."""
        peers = [f for f in self._families if (f.user_id, f.client_id) == (user_id, client.client_id)]
        for oldest in peers[: max(0, len(peers) + 1 - GRANTS_PER_USER_AND_APP)]:
            self._revoke(oldest)
        family = _Family(user_id, client.client_id, scope)
        self._families.append(family)
        if _REFRESH_SCOPES & set(scope.split()):
            self._new_refresh_token(family)
        return self._new_access_token(family)

    def issue_session(self, user_id: str, scope: str = "api web") -> str:
        """An access token outside every app, for the ready line of the stand-alone org; never crowded out."""
        family = _Family(user_id, "", scope)
        self._families.append(family)
        return self._new_access_token(family).access_token

    def refresh(self, refresh_token: str, client: ClientApp, *, rotation: bool = True) -> Grant:
        """A new access token; with rotation also a new refresh token (`rotation` can switch it off for all apps).

        Raises OAuthError(invalid_grant) for an unknown token. A spent token revokes its whole family,
        because either its owner or a thief holds a copy (help article 005316711).
        """
        family = self._by_refresh.get(refresh_token)
        if family is None or family.client_id != client.client_id:
            raise _stale()
        if refresh_token in family.spent:
            self._revoke(family)
            raise _stale()
        if not (client.rotates_refresh_tokens and rotation):
            grant = self._new_access_token(family)
            return Grant(
                grant.access_token, None, grant.user_id, grant.client_id, grant.scope, grant.issued_ms
            )
        family.spent.add(refresh_token)
        self._new_refresh_token(family)
        return self._new_access_token(family)

    def user_for(self, access_token: str) -> str | None:
        """The user behind a live access token, or None."""
        family = self._by_access.get(access_token)
        return family.user_id if family else None

    def grant_for(self, token: str) -> Grant | None:
        """What a live access token or the current refresh token stands for, or None."""
        family = self._by_access.get(token)
        if family:
            return Grant(token, None, family.user_id, family.client_id, family.scope, family.access[token])
        family = self._by_refresh.get(token)
        if family is None or token in family.spent:
            return None
        return Grant("", token, family.user_id, family.client_id, family.scope, self._now_ms())

    def revoke(self, token: str) -> bool:
        """End a token. A refresh token takes its access tokens along; False when it was not live."""
        family = self._by_access.get(token)
        if family:
            self._drop_access(family, token)
            return True
        family = self._by_refresh.get(token)
        if family is None or token in family.spent:
            return False
        self._revoke(family)
        return True

    def expire_all(self) -> int:
        """End every access token, keep the refresh tokens; the number of tokens ended."""
        return sum(self._expire(family) for family in self._families)

    def expire(self, user_id: str) -> int:
        """End the access tokens of one user, keep the refresh tokens; the number of tokens ended."""
        return sum(self._expire(family) for family in self._families if family.user_id == user_id)

    def revoke_all(self, user_id: str | None = None) -> int:
        """End every grant, of one user or of all: only a new sign-in helps; the number of grants ended."""
        doomed = [f for f in self._families if user_id is None or f.user_id == user_id]
        for family in doomed:
            self._revoke(family)
        return len(doomed)

    def _new_access_token(self, family: _Family) -> Grant:
        token = self._prefix + "AQ" + _random_text(86)
        issued_ms = self._now_ms()
        family.access[token] = issued_ms
        self._by_access[token] = family
        return Grant(token, family.refresh_token, family.user_id, family.client_id, family.scope, issued_ms)

    def _new_refresh_token(self, family: _Family) -> None:
        token = "5Aep" + _random_text(83)
        family.refresh_token = token
        self._by_refresh[token] = family

    def _drop_access(self, family: _Family, token: str) -> None:
        del family.access[token]
        del self._by_access[token]

    def _expire(self, family: _Family) -> int:
        doomed = list(family.access)
        for token in doomed:
            self._drop_access(family, token)
        return len(doomed)

    def _revoke(self, family: _Family) -> None:
        self._expire(family)
        for token in (family.refresh_token, *family.spent):
            if token is not None:
                self._by_refresh.pop(token, None)
        self._families.remove(family)


def _random_text(length: int) -> str:
    return "".join(secrets.choice(_TOKEN_LETTERS) for _ in range(length))


def _stale() -> OAuthError:
    return OAuthError("invalid_grant", "expired access/refresh token")
