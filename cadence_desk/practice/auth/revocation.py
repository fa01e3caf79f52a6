"""/services/oauth2/revoke and /services/oauth2/introspect.

May import aiohttp; mounted by routes. Source: Mobile SDK guide, revoking tokens; RFC 7662 for introspection.
"""

from aiohttp import web

from cadence_desk.practice.auth.errors import OAuthError
from cadence_desk.practice.auth.people import person
from cadence_desk.practice.auth.token_endpoint import NO_STORE, read_parameters
from cadence_desk.practice.auth.tokens import TokenBook
from cadence_desk.practice.org.world import PracticeOrg

_HINTS = ("access_token", "refresh_token")
_INTROSPECTED_SECONDS = 7200  # the session timeout a new org has


class TokenDesk:
    """Ends tokens and tells what a token is worth."""

    def __init__(self, org: PracticeOrg, tokens: TokenBook) -> None:
        self._org = org
        self._tokens = tokens

    async def revoke(self, request: web.Request) -> web.Response:
        """200 with an empty body, or 400 invalid_token / unsupported_token_type. GET and POST alike."""
        asked = await read_parameters(request)
        if asked.get("token_type_hint", _HINTS[0]) not in _HINTS:
            problem = OAuthError("unsupported_token_type", "this token type is not supported")
        elif self._tokens.revoke(asked.get("token", "")):
            return web.Response(status=200, headers=NO_STORE)
        else:
            problem = OAuthError("invalid_token", "invalid token")
        return web.json_response(problem.body(), status=400, headers=NO_STORE)

    async def introspect(self, request: web.Request) -> web.Response:
        """The state of an access or refresh token; an unknown one is simply not active."""
        asked = await read_parameters(request)
        grant = self._tokens.grant_for(asked.get("token", ""))
        if grant is None:
            return web.json_response({"active": False}, headers=NO_STORE)
        user = person(self._org, grant.user_id)
        issued = grant.issued_ms // 1000
        body = {
            "active": True,
            "scope": grant.scope,
            "client_id": grant.client_id,
            "username": user.username if user else "",
            "sub": f"{request.scheme}://{request.host}/id/{self._org.organization_id}/{grant.user_id}",
            "token_type": "access_token" if grant.access_token else "refresh_token",
            "iat": issued,
            "nbf": issued,
            "exp": issued + _INTROSPECTED_SECONDS,
        }
        return web.json_response(body, headers=NO_STORE)
