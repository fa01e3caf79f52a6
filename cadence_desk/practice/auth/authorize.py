"""GET and POST /services/oauth2/authorize: the first half of the authorization code flow.

May import aiohttp; mounted by routes. Sources: help pages remoteaccess_oauth_web_server_flow and _flow_errors.
"""

from collections.abc import Mapping
from urllib.parse import urlencode, urlsplit

from aiohttp import web
from multidict import MultiMapping

from cadence_desk.practice.auth.client_apps import ClientApp
from cadence_desk.practice.auth.codes import Approval, CodeBook, SignInRequest, check_challenge
from cadence_desk.practice.auth.errors import OAuthError
from cadence_desk.practice.auth.pages import PersonChoice, problem_page, sign_in_page
from cadence_desk.practice.auth.people import all_people, person
from cadence_desk.practice.auth.scopes import check_scope
from cadence_desk.practice.auth.tokens import TokenBook
from cadence_desk.practice.org.world import PracticeOrg


class AuthorizePage:
    """Shows who may sign in, and sends the browser back to the app with a code or an error."""

    def __init__(self, org: PracticeOrg, tokens: TokenBook, codes: CodeBook) -> None:
        self._org = org
        self._tokens = tokens
        self._codes = codes

    async def show(self, request: web.Request) -> web.Response:
        """Check the request and show the page.

        A bad client or redirect address is told here, because there is no trusted address to return to;
        every later problem goes back to the app.
        """
        asked = request.query
        try:
            app, redirect_uri = self._known_app(asked)
        except OAuthError as problem:
            return _html(problem_page(problem.error, problem.description), status=400)
        state = asked.get("state")
        try:
            sign_in = _sign_in(asked, app, redirect_uri)
        except OAuthError as problem:
            return _back_to(redirect_uri, problem.body(), state)
        ticket = self._codes.open_ticket(sign_in)
        people = self._choices(asked.get("login_hint", ""))
        return _html(sign_in_page(app.name, sign_in.scope, ticket, people), form_target=redirect_uri)

    async def decide(self, request: web.Request) -> web.Response:
        """The button that was pressed: a practice user or Deny."""
        form = await request.post()
        sign_in = self._codes.take_ticket(str(form.get("ticket", "")))
        if sign_in is None:
            return _html(problem_page("invalid_request", "this page is out of date, start again"), status=400)
        chosen = person(self._org, str(form.get("user_id", "")))
        if "deny" in form or chosen is None:
            denial = OAuthError("access_denied", "end-user denied authorization")
            return _back_to(sign_in.redirect_uri, denial.body(), sign_in.state)
        code = self._codes.open_code(Approval(sign_in, chosen.user_id))
        return _back_to(sign_in.redirect_uri, {"code": code}, sign_in.state)

    def _known_app(self, asked: MultiMapping[str]) -> tuple[ClientApp, str]:
        app = self._tokens.apps.find(asked.get("client_id", ""))
        if app is None:
            raise OAuthError("invalid_client_id", "client identifier invalid")
        if not self._org.settings.app_installed:
            raise OAuthError("OAUTH_APPROVAL_ERROR_GENERIC", "app must be installed into org")
        redirect_uri = asked.get("redirect_uri", "")
        if redirect_uri not in app.redirect_uris:
            raise OAuthError("redirect_uri_mismatch", "redirect_uri must match configuration")
        return app, redirect_uri

    def _choices(self, login_hint: str) -> list[PersonChoice]:
        people = sorted(all_people(self._org), key=lambda one: one.username != login_hint)
        return [PersonChoice(one.user_id, one.name, one.username) for one in people]


def _sign_in(asked: MultiMapping[str], app: ClientApp, redirect_uri: str) -> SignInRequest:
    if asked.get("response_type") != "code":
        raise OAuthError("unsupported_response_type", "response type not supported")
    return SignInRequest(
        app=app,
        redirect_uri=redirect_uri,
        scope=check_scope(asked.get("scope", "")),
        state=asked.get("state"),
        challenge=check_challenge(asked.get("code_challenge"), asked.get("code_challenge_method"), app),
    )


def _back_to(redirect_uri: str, answer: Mapping[str, str], state: str | None) -> web.Response:
    fields = {**answer, **({"state": state} if state is not None else {})}
    return web.Response(
        status=302,
        headers={"Location": f"{redirect_uri}?{urlencode(fields)}", "Cache-Control": "no-store"},
    )


def _html(page: str, *, status: int = 200, form_target: str = "") -> web.Response:
    # browsers apply form-action to the redirect that follows a form as well, so the app's address is named
    target = urlsplit(form_target)
    destination = f" {target.scheme}://{target.netloc}" if form_target else ""
    policy = (
        "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; "
        f"form-action 'self'{destination}"
    )
    return web.Response(
        text=page,
        status=status,
        content_type="text/html",
        charset="utf-8",
        headers={
            "Content-Security-Policy": policy,
            "Cache-Control": "no-store",
            "Referrer-Policy": "no-referrer",
            "X-Content-Type-Options": "nosniff",
        },
    )
