"""The aiohttp middleware in front of the org: writes the history and lets armed fates happen.

May import aiohttp, org, auth and the modules beside it. Built by serving.
"""

from __future__ import annotations

import itertools
import json
from typing import TYPE_CHECKING, Any

from aiohttp import web

from cadence_desk.practice.faults.fates import facts_of
from cadence_desk.practice.faults.fulfilment import Fulfilment, Visit
from cadence_desk.practice.org.history import current_request

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from cadence_desk.practice.auth.tokens import TokenBook
    from cadence_desk.practice.faults.board import FateBoard
    from cadence_desk.practice.faults.fates import RequestFacts
    from cadence_desk.practice.org.world import PracticeOrg

    Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

_LARGEST_NOTE = 256 * 1024
_SECRET_PURPOSES = frozenset({"token", "authorize", "revoke", "introspect"})
_READS = frozenset({"GET", "HEAD"})


class FateMiddleware:
    """One per served org, outermost of all; every request gets a number that its commits carry in the history."""

    def __init__(self, org: PracticeOrg, tokens: TokenBook, board: FateBoard) -> None:
        self._org = org
        self._tokens = tokens
        self._board = board
        self._numbers = itertools.count(1)
        self._fulfilment = Fulfilment(org, tokens)

    @property
    def handle(self) -> Any:
        """The function that aiohttp calls."""

        @web.middleware
        async def under_fate(request: web.Request, handler: Handler) -> web.StreamResponse:
            return await self._serve(request, handler)

        return under_fate

    async def aclose(self) -> None:
        """Ends late commits that still wait."""
        await self._fulfilment.aclose()

    async def catch_up(self) -> None:
        """Wait for the late commits that are due."""
        await self._fulfilment.late.catch_up()

    async def _serve(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        facts = facts_of(request.method, request.path, request.headers.get("Sforce-Call-Options", ""))
        number = f"r{next(self._numbers)}"
        mark = current_request.set(number)
        fate = self._board.meet(facts)
        try:
            note = _ReplyNote(self._org, facts, fate.kind.value if fate else "")
            if not await self._note_invocation(request, facts):
                note.write(None, delivered=False)
                return web.Response()
            visit = Visit(request, handler, note, facts.purpose)
            response = await (self._fulfilment.happen(fate, visit) if fate else self._fulfilment.plain(visit))
        finally:
            current_request.reset(mark)
        if isinstance(response, web.HTTPException):
            raise response
        return response

    async def _note_invocation(self, request: web.Request, facts: RequestFacts) -> bool:
        """Writes the request down; False when its client died before the whole request was here: nothing is done then."""
        whole, body = True, None
        if facts.purpose not in _SECRET_PURPOSES:
            try:
                body = await _request_body(request)
            except (ConnectionError, web.RequestPayloadError):
                whole = False
        self._org.history.append(
            "invocation",
            method=facts.method,
            path=facts.path,
            query=""
            if facts.purpose in _SECRET_PURPOSES or "oauth_token" in request.query
            else request.query_string,
            purpose=facts.purpose,
            user_id=self._user(request),
            body=body,
        )
        return whole

    def _user(self, request: web.Request) -> str:
        token = request.headers.get("Authorization", "").partition(" ")[2].strip()
        return self._tokens.user_for(token) or ""


class _ReplyNote:
    """Writes the reply of one request into the history, whether or not it reached the client."""

    def __init__(self, org: PracticeOrg, facts: RequestFacts, fate: str) -> None:
        self._org = org
        self._facts = facts
        self._fate = fate

    def write(self, response: web.StreamResponse | None, *, delivered: bool) -> None:
        """Notes status and body; a request dropped before it was executed has neither."""
        told: dict[str, Any] = {"fate": self._fate} if self._fate else {}
        self._org.history.append(
            "reply",
            status=response.status if response else None,
            delivered=delivered,
            body=self._body(response),
            **told,
        )

    def _body(self, response: web.StreamResponse | None) -> Any:
        reads = self._facts.method in _READS or self._facts.purpose in {*_SECRET_PURPOSES, "cometd"}
        if reads or not isinstance(response, web.Response) or not isinstance(response.body, bytes):
            return None
        return _json_or_none(response.body)


async def _request_body(request: web.Request) -> Any:
    if request.method in _READS or not request.can_read_body:
        return None
    return _json_or_none(await request.read())


def _json_or_none(raw: bytes) -> Any:
    if not raw or len(raw) > _LARGEST_NOTE:
        return None
    try:
        return json.loads(raw)
    except ValueError:
        return None
