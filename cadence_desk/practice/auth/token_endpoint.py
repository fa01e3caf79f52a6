"""POST /services/oauth2/token: codes, refresh tokens, client credentials and statements in exchange for access tokens.

May import aiohttp; mounted by routes. Sources: help pages on the OAuth endpoints and flow errors.
"""

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Callable, Mapping
from typing import Final
from urllib.parse import unquote_plus

from aiohttp import web

from cadence_desk.practice.auth.addresses import base_address
from cadence_desk.practice.auth.client_apps import ClientApp
from cadence_desk.practice.auth.codes import CodeBook
from cadence_desk.practice.auth.errors import OAuthError
from cadence_desk.practice.auth.id_tokens import IdTokenSigner
from cadence_desk.practice.auth.people import all_people, person
from cadence_desk.practice.auth.scopes import check_scope
from cadence_desk.practice.auth.statements import GRANT_TYPE, StatementReader, not_approved
from cadence_desk.practice.auth.tokens import Grant, TokenBook
from cadence_desk.practice.org.world import PracticeOrg

NO_STORE: Final = {"Cache-Control": "no-store", "Pragma": "no-cache"}


class TokenEndpoint:
    """Answers every grant type this org supports; all others are unsupported_grant_type."""

    def __init__(self, org: PracticeOrg, tokens: TokenBook, codes: CodeBook, signer: IdTokenSigner) -> None:
        self._org = org
        self._tokens = tokens
        self._codes = codes
        self._signer = signer
        self._statements = StatementReader()
        self._signature_key = secrets.token_bytes(32)
        self._grant_types: dict[str, Callable[[Mapping[str, str], ClientApp], Grant]] = {
            "authorization_code": self._from_code,
            "refresh_token": self._from_refresh_token,
            "client_credentials": self._from_client_credentials,
        }

    async def post(self, request: web.Request) -> web.Response:
        """Exchange; 400 with error and error_description when refused."""
        try:
            grant = self._grant(await read_parameters(request), base_address(request))
        except OAuthError as problem:
            return web.json_response(problem.body(), status=400, headers=NO_STORE)
        return web.json_response(self._body(grant, base_address(request)), headers=NO_STORE)

    def _grant(self, asked: Mapping[str, str], own_address: str) -> Grant:
        if self._org.settings.sign_in_ip_locked:
            raise OAuthError("invalid_grant", "ip restricted")
        if asked.get("grant_type") == GRANT_TYPE:
            return self._from_statement(asked.get("assertion", ""), own_address)
        make = self._grant_types.get(asked.get("grant_type", ""))
        if make is None:
            raise OAuthError("unsupported_grant_type", "grant type not supported")
        return make(asked, self._client(asked.get("client_id", "")))

    def _client(self, client_id: str) -> ClientApp:
        app = self._tokens.apps.find(client_id)
        if app is None:
            raise OAuthError("invalid_client_id", "client identifier invalid")
        if not self._org.settings.app_installed:
            raise OAuthError("invalid_client", "app must be installed into org")
        return app

    def _from_code(self, asked: Mapping[str, str], app: ClientApp) -> Grant:
        approval = self._codes.redeem(
            asked.get("code", ""), app, asked.get("redirect_uri", ""), asked.get("code_verifier")
        )
        return self._tokens.issue(approval.user_id, app, approval.request.scope)

    def _from_refresh_token(self, asked: Mapping[str, str], app: ClientApp) -> Grant:
        known = self._tokens.grant_for(asked.get("refresh_token", ""))
        if known is not None and person(self._org, known.user_id) is None:
            raise OAuthError("inactive_user", "user is inactive")
        rotation = self._org.settings.rotate_refresh_tokens
        return self._tokens.refresh(asked.get("refresh_token", ""), app, rotation=rotation)

    def _from_client_credentials(self, asked: Mapping[str, str], app: ClientApp) -> Grant:
        """The app runs as the org's default user; this flow gives no refresh token."""
        if not app.client_credentials:
            raise OAuthError("invalid_grant", "no client credentials user enabled")
        names = [
            name for name in check_scope(asked.get("scope", "api id")).split() if name != "refresh_token"
        ]
        return self._tokens.issue(self._org.default_user_id, app, " ".join(names))

    def _from_statement(self, assertion: str, own_address: str) -> Grant:
        """A statement under the app's certificate, for a user whom an admin approved; no refresh token comes with it."""
        claims = self._statements.claims(assertion)
        app = self._client(str(claims.get("iss") or ""))
        certificate = self._tokens.apps.certificate(app.client_id)
        if certificate is None:
            raise OAuthError("invalid_grant", "invalid assertion")
        statement = self._statements.check(assertion, claims, certificate, own_address)
        user = next((one for one in all_people(self._org) if one.username == statement.username), None)
        if user is None or user.user_id not in self._org.settings.approved_users:
            raise not_approved()
        return self._tokens.issue(user.user_id, app, "api id web")

    def _body(self, grant: Grant, base: str) -> dict[str, str]:
        identity = f"{base}/id/{self._org.organization_id}/{grant.user_id}"
        issued_at = str(grant.issued_ms)
        body = {
            "access_token": grant.access_token,
            "signature": self._signature(identity + issued_at),
            "scope": grant.scope,
            "instance_url": base,
            "id": identity,
            "token_type": "Bearer",
            "issued_at": issued_at,
        }
        if grant.refresh_token is not None:
            body["refresh_token"] = grant.refresh_token
        if "openid" in grant.scope.split():
            body["id_token"] = self._signer.sign(base, identity, grant)
        return body

    def _signature(self, text: str) -> str:
        return base64.b64encode(
            hmac.digest(self._signature_key, text.encode("utf-8"), hashlib.sha256)
        ).decode("ascii")


async def read_parameters(request: web.Request) -> dict[str, str]:
    """Form fields, query parameters and the client id of a Basic header; a secret is never looked at."""
    found = dict(request.query)
    form = await request.post()
    found.update({name: value for name, value in form.items() if isinstance(value, str)})
    if "client_id" not in found:
        found["client_id"] = _basic_user(request.headers.get("Authorization", ""))
    return found


def _basic_user(header: str) -> str:
    scheme, _, payload = header.partition(" ")
    if scheme.lower() != "basic":
        return ""
    try:
        text = base64.b64decode(payload, validate=True).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError) as error:
        raise OAuthError("invalid_client", "invalid client credentials") from error
    return unquote_plus(text.partition(":")[0])
