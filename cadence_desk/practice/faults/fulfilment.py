"""What each fate does to a request: one small function per kind, found in one table.

May import aiohttp, org, auth and the modules beside it. Called by the middleware.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import math
from typing import TYPE_CHECKING, Any, Protocol

from aiohttp import web

from cadence_desk.practice.faults.connections import cut, cut_after_flush, reset, send_part, send_slowly
from cadence_desk.practice.faults.fates import FateKind
from cadence_desk.practice.faults.late_commits import LateCommits, until
from cadence_desk.practice.faults.rewriting import half, kept_headers, reversed_lists

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from cadence_desk.practice.auth.tokens import TokenBook
    from cadence_desk.practice.faults.fates import Fate
    from cadence_desk.practice.org.world import PracticeOrg

    Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
    Happening = Callable[["Fate", "Visit"], Awaitable[web.StreamResponse]]

_LARGEST_KEPT = 256 * 1024
_ERROR_CODES = {
    401: "INVALID_SESSION_ID",
    403: "REQUEST_LIMIT_EXCEEDED",
    429: "REQUEST_LIMIT_EXCEEDED",
    503: "SERVER_UNAVAILABLE",
}


class ReplyNote(Protocol):
    """Where the reply is noted."""

    def write(self, response: web.StreamResponse | None, *, delivered: bool) -> None:
        """Notes the reply and whether the client got it whole."""


class Visit:
    """One request on its way: can be executed once, and knows where to note the reply."""

    def __init__(self, request: web.Request, handler: Handler, note: ReplyNote, purpose: str) -> None:
        self.request = request
        self.purpose = purpose
        self.note = note
        self._handler = handler

    async def execute(self) -> web.StreamResponse:
        """Lets the org do it; an HTTP error that the handler raises is a reply like any other."""
        try:
            return await self._handler(self.request)
        except web.HTTPException as error:
            return error

    def gone(self, response: web.StreamResponse | None) -> web.StreamResponse:
        """Notes that the client got nothing whole; the returned reply meets a closed connection."""
        self.note.write(response, delivered=False)
        return response or web.Response()

    def told(self, response: web.StreamResponse) -> web.StreamResponse:
        """Notes a delivered reply."""
        self.note.write(response, delivered=True)
        return response


class Fulfilment:
    """Makes fates happen; keeps the last replies for stale answers and the late commits that still wait."""

    def __init__(self, org: PracticeOrg, tokens: TokenBook) -> None:
        self._org = org
        self._tokens = tokens
        self.late = LateCommits(org)
        self._last: dict[str, web.Response] = {}
        self._table: dict[FateKind, Happening] = {
            FateKind.DELAY: self._delay,
            FateKind.DROP_BEFORE_COMMIT: self._drop_before_commit,
            FateKind.COMMIT_THEN_DROP: self._commit_then_drop,
            FateKind.COMMIT_LATE: self._commit_late,
            FateKind.STATUS: self._status,
            FateKind.EXPIRE_TOKENS: self._expire_tokens,
            FateKind.TRUNCATE: self._truncate,
            FateKind.SLOW_BODY: self._slow_body,
            FateKind.RESET: self._reset,
            FateKind.DUPLICATE_REPLY: self._duplicate_reply,
            FateKind.REORDER: self._reorder,
            FateKind.BAD_PAYLOAD: self._bad_payload,
        }

    async def happen(self, fate: Fate, visit: Visit) -> web.StreamResponse:
        """Serves one request under its fate."""
        return await self._table[fate.kind](fate, visit)

    async def plain(self, visit: Visit) -> web.StreamResponse:
        """Serves one request that no fate waits for."""
        response = visit.told(await visit.execute())
        self._keep(visit.purpose, response)
        return response

    async def aclose(self) -> None:
        """Ends the late commits that still wait."""
        await self.late.aclose()

    def expire(self, user: str) -> int:
        """Ends access tokens of one user, or all; how many."""
        return self._tokens.expire(user) if user else self._tokens.expire_all()

    async def _delay(self, fate: Fate, visit: Visit) -> web.StreamResponse:
        await self._wait(fate)
        return visit.told(await visit.execute())

    async def _drop_before_commit(self, fate: Fate, visit: Visit) -> web.StreamResponse:  # noqa: ARG002  one shape for all
        cut(visit.request)
        return visit.gone(None)

    async def _commit_then_drop(self, fate: Fate, visit: Visit) -> web.StreamResponse:  # noqa: ARG002  one shape for all
        response = await visit.execute()
        cut(visit.request)
        return visit.gone(response)

    async def _commit_late(self, fate: Fate, visit: Visit) -> web.StreamResponse:
        await visit.request.read()
        cut(visit.request)
        due = math.inf if fate.seconds else self._org.clock.now_ms() + fate.virtual_ms
        self.late.begin(self._later(fate, visit, due), due)
        return web.Response()

    async def _later(self, fate: Fate, visit: Visit, due: float) -> None:
        await (self._wait(fate) if due == math.inf else until(self._org, due))
        visit.gone(await visit.execute())

    async def _wait(self, fate: Fate) -> None:
        await asyncio.sleep(fate.seconds)
        await until(self._org, self._org.clock.now_ms() + fate.virtual_ms)

    async def _status(self, fate: Fate, visit: Visit) -> web.StreamResponse:
        if fate.commit:
            await visit.execute()
        code = _ERROR_CODES.get(fate.status, "UNKNOWN_EXCEPTION")
        words = [{"message": f"The practice org was told to answer {fate.status}.", "errorCode": code}]
        body = json.dumps(words) if fate.body is None else fate.body
        headers = {"Content-Type": "application/json;charset=UTF-8", **fate.headers}
        return visit.told(web.Response(status=fate.status, headers=headers, body=body.encode()))

    async def _expire_tokens(self, fate: Fate, visit: Visit) -> web.StreamResponse:
        self.expire(fate.user)
        return visit.told(await visit.execute())

    async def _truncate(self, fate: Fate, visit: Visit) -> web.StreamResponse:
        response = await visit.execute()
        visit.gone(response)
        with contextlib.suppress(ConnectionError):  # a client that is gone cannot be cut off
            sent = await send_part(visit.request, response, _bytes_of(response), fate.count, fate.coding)
            cut_after_flush(visit.request)
            return sent
        return response

    async def _slow_body(self, fate: Fate, visit: Visit) -> web.StreamResponse:
        response = await visit.execute()
        try:
            sent = await send_slowly(visit.request, response, _bytes_of(response), max(fate.count, 1))
        except ConnectionError:  # the client did not wait for the end
            return visit.gone(response)
        visit.told(response)
        return sent

    async def _reset(self, fate: Fate, visit: Visit) -> web.StreamResponse:
        response = await visit.execute() if fate.commit else None
        reset(visit.request)
        return visit.gone(response)

    async def _duplicate_reply(self, fate: Fate, visit: Visit) -> web.StreamResponse:  # noqa: ARG002  one shape for all
        response = await visit.execute()
        stale = self._last.get(visit.purpose)
        if stale is None:
            self._keep(visit.purpose, response)
            return visit.told(response)
        return visit.told(_copy(stale, _bytes_of(stale)))

    async def _reorder(self, fate: Fate, visit: Visit) -> web.StreamResponse:  # noqa: ARG002  one shape for all
        response = await visit.execute()
        return visit.told(_copy(response, reversed_lists(_bytes_of(response))))

    async def _bad_payload(self, fate: Fate, visit: Visit) -> web.StreamResponse:
        response = await visit.execute()
        body = half(_bytes_of(response)) if fate.body is None else fate.body.encode()
        return visit.told(_copy(response, body))

    def _keep(self, purpose: str, response: web.StreamResponse) -> None:
        body = _bytes_of(response)
        if body and len(body) <= _LARGEST_KEPT:
            self._last[purpose] = _copy(response, body)


def _bytes_of(response: web.StreamResponse) -> bytes:
    body: Any = response.body if isinstance(response, web.Response) else b""
    return bytes(body) if isinstance(body, bytes | bytearray) else b""


def _copy(response: web.StreamResponse, body: bytes) -> web.Response:
    return web.Response(status=response.status, headers=kept_headers(response), body=body)
