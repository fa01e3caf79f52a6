"""All OAuth and identity addresses of the practice org, ready to be added to the web application.

May import aiohttp; called by rest.application.
"""

import time
from typing import Final

from aiohttp import web

from cadence_desk.practice.auth.authorize import AuthorizePage
from cadence_desk.practice.auth.codes import CodeBook
from cadence_desk.practice.auth.id_tokens import IdTokenSigner
from cadence_desk.practice.auth.identity import IdentityService
from cadence_desk.practice.auth.revocation import TokenDesk
from cadence_desk.practice.auth.token_endpoint import TokenEndpoint
from cadence_desk.practice.auth.tokens import TokenBook
from cadence_desk.practice.org.world import PracticeOrg

ROOT: Final = "/{slashes:/*}"
"""The start of every address: the Salesforce CLI puts a path behind an instance URL that ends with a slash."""


def oauth_routes(org: PracticeOrg, tokens: TokenBook) -> list[web.RouteDef]:
    """Routes that share one code book and one signer."""
    codes = CodeBook(time.monotonic)
    signer = IdTokenSigner()
    page = AuthorizePage(org, tokens, codes)
    endpoint = TokenEndpoint(org, tokens, codes, signer)
    desk = TokenDesk(org, tokens)
    identity = IdentityService(org, tokens, signer)
    oauth = f"{ROOT}services/oauth2"
    return [
        web.get(f"{oauth}/authorize", page.show),
        web.post(f"{oauth}/authorize", page.decide),
        web.post(f"{oauth}/token", endpoint.post),
        web.get(f"{oauth}/revoke", desk.revoke),
        web.post(f"{oauth}/revoke", desk.revoke),
        web.post(f"{oauth}/introspect", desk.introspect),
        web.get(f"{oauth}/userinfo", identity.userinfo),
        web.post(f"{oauth}/userinfo", identity.userinfo),
        web.get(f"{ROOT}id/keys", identity.keys),
        web.get(f"{ROOT}id/{{org}}/{{user}}", identity.identity),
        web.get(f"{ROOT}.well-known/openid-configuration", identity.discovery),
    ]
