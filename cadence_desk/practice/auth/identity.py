"""/services/oauth2/userinfo, /id/ORG/USER, /id/keys and the OpenID discovery document.

May import aiohttp; mounted by routes. Source: Identity URLs and userinfo in the platform's identity guide.
"""

from aiohttp import web

from cadence_desk.practice.auth.addresses import base_address
from cadence_desk.practice.auth.id_tokens import IdTokenSigner
from cadence_desk.practice.auth.people import Person, person
from cadence_desk.practice.auth.scopes import KNOWN_SCOPES
from cadence_desk.practice.auth.tokens import TokenBook
from cadence_desk.practice.org.world import PracticeOrg

_REST = "/services/data/v{version}/"


def bearer_token(request: web.Request) -> str | None:
    """The token of this request: `Bearer` or `OAuth` header, else ?oauth_token= or ?access_token=."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() in {"bearer", "oauth"} and token.strip():
        return token.strip()
    return request.query.get("oauth_token") or request.query.get("access_token")


class IdentityService:
    """Tells the holder of a token who it speaks for."""

    def __init__(self, org: PracticeOrg, tokens: TokenBook, signer: IdTokenSigner) -> None:
        self._org = org
        self._tokens = tokens
        self._signer = signer

    async def userinfo(self, request: web.Request) -> web.Response:
        """OpenID claims of the token's user; 403 for a token that is not live."""
        user = self._holder(request)
        if user is None:
            return _refused(request)
        base = base_address(request)
        body = {
            "sub": f"{base}/id/{self._org.organization_id}/{user.user_id}",
            "user_id": user.user_id,
            "organization_id": self._org.organization_id,
            "preferred_username": user.username,
            "nickname": user.first_name or user.last_name,
            "name": user.name,
            "email": user.email,
            "email_verified": True,
            "given_name": user.first_name,
            "family_name": user.last_name,
            "zoneinfo": user.time_zone,
            "profile": f"{base}/{user.user_id}",
            "urls": _urls(base, self._org.organization_id, user.user_id),
            "active": True,
            "user_type": "STANDARD",
            "language": user.language,
            "locale": user.locale,
        }
        return web.json_response(body)

    async def identity(self, request: web.Request) -> web.Response:
        """The identity document; only for the token's own org and user."""
        user = self._holder(request)
        if user is None:
            return _refused(request)
        asked_org, asked_user = request.match_info["org"], request.match_info["user"]
        if asked_org[:15] != self._org.organization_id[:15]:
            return web.Response(status=403, text="Wrong_Org")
        if asked_user[:15] != user.user_id[:15]:
            return web.Response(status=403, text="Bad_Id")
        base = base_address(request)
        body = {
            "id": f"{base}/id/{self._org.organization_id}/{user.user_id}",
            "asserted_user": True,
            "user_id": user.user_id,
            "organization_id": self._org.organization_id,
            "username": user.username,
            "nick_name": user.first_name or user.last_name,
            "display_name": user.name,
            "email": user.email,
            "email_verified": True,
            "first_name": user.first_name,
            "last_name": user.last_name,
            "timezone": user.time_zone,
            "urls": _urls(base, self._org.organization_id, user.user_id),
            "active": True,
            "user_type": "STANDARD",
            "language": user.language,
            "locale": user.locale,
        }
        return web.json_response(body)

    async def discovery(self, request: web.Request) -> web.Response:
        """The OpenID discovery document, with addresses on the host that was asked."""
        base = base_address(request)
        oauth = f"{base}/services/oauth2"
        body = {
            "issuer": base,
            "authorization_endpoint": f"{oauth}/authorize",
            "token_endpoint": f"{oauth}/token",
            "revocation_endpoint": f"{oauth}/revoke",
            "introspection_endpoint": f"{oauth}/introspect",
            "userinfo_endpoint": f"{oauth}/userinfo",
            "jwks_uri": f"{base}/id/keys",
            "scopes_supported": list(KNOWN_SCOPES),
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "token_endpoint_auth_methods_supported": ["none", "client_secret_post", "client_secret_basic"],
            "code_challenge_methods_supported": ["S256"],
            "grant_types_supported": ["authorization_code", "refresh_token", "client_credentials"],
        }
        return web.json_response(body)

    async def keys(self, _request: web.Request) -> web.Response:
        """The public key that identity tokens are signed with."""
        return web.json_response(self._signer.key_document())

    def _holder(self, request: web.Request) -> Person | None:
        user_id = self._tokens.user_for(bearer_token(request) or "")
        return person(self._org, user_id) if user_id else None


def _refused(request: web.Request) -> web.Response:
    reason = "Bad_OAuth_Token" if bearer_token(request) else "Missing_OAuth_Token"
    return web.Response(status=403, text=reason)


def _urls(base: str, organization_id: str, user_id: str) -> dict[str, str]:
    rest = base + _REST
    return {
        "enterprise": f"{base}/services/Soap/c/{{version}}/{organization_id[:15]}",
        "metadata": f"{base}/services/Soap/m/{{version}}/{organization_id[:15]}",
        "partner": f"{base}/services/Soap/u/{{version}}/{organization_id[:15]}",
        "rest": rest,
        "sobjects": f"{rest}sobjects/",
        "search": f"{rest}search/",
        "query": f"{rest}query/",
        "recent": f"{rest}recent/",
        "profile": f"{base}/{user_id}",
        "custom_domain": base,
    }
