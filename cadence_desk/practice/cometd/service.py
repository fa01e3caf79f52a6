"""CometD long polling at /cometd/<version>: handshake, connect, subscribe, unsubscribe, disconnect.

May import aiohttp, org, auth, events. Added to the web application by serving; for other people's clients only.
Source: Streaming API Developer Guide; what two clients need is in the tests under tests/interop.
"""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

from aiohttp import web

from cadence_desk.practice.cometd.sessions import (
    REPLAY_ALL,
    REPLAY_NEW,
    Channel,
    CometSession,
    SessionBook,
)
from cadence_desk.practice.events.refusals import RefusedError
from cadence_desk.practice.events.topics import find_topic

if TYPE_CHECKING:
    from collections.abc import Callable

    from cadence_desk.practice.auth.tokens import TokenBook
    from cadence_desk.practice.events.bus import EventBus
    from cadence_desk.practice.org.world import PracticeOrg

    Message = dict[str, Any]

CONNECT_SECONDS = 110.0
"""How long a connect is held; the client must be back within 40 seconds of the reply (guide, page "Timeouts")."""
_BACK_SECONDS = 40.0
_MOST_MESSAGES = 100


class CometService:
    """Answers Bayeux messages; every request carries the token, as Salesforce asks."""

    def __init__(self, org: PracticeOrg, tokens: TokenBook, bus: EventBus) -> None:
        self._org = org
        self._tokens = tokens
        self._bus = bus
        self._sessions = SessionBook(CONNECT_SECONDS + _BACK_SECONDS)
        self._closing = False
        self._waiting: set[asyncio.Event] = set()
        self.connect_seconds = CONNECT_SECONDS
        self._answers: dict[str, Callable[[Message, CometSession], Message]] = {
            "/meta/subscribe": self._subscribe,
            "/meta/unsubscribe": self._unsubscribe,
            "/meta/disconnect": self._disconnect,
        }

    def routes(self) -> list[web.RouteDef]:
        """The addresses for the web application."""
        return [
            web.post("/cometd/{version}", self.handle),
            web.post("/cometd/{version}/{rest:.*}", self.handle),
            web.get("/cometd/{version}", self.handle),
        ]

    def close(self) -> None:
        """Lets waiting connects answer at once."""
        self._closing = True
        for news in self._waiting:
            news.set()

    async def handle(self, request: web.Request) -> web.Response:
        """Answers a batch of messages; a connect is held until there is something to tell."""
        messages = await _messages(request)
        if messages is None:
            return web.json_response([{"successful": False, "error": "400::Bad message"}], status=400)
        user_id = self._user(request)
        if user_id is None:
            return web.json_response([_unauthorized(message) for message in messages])
        replies: list[Message] = []
        for message in messages[:_MOST_MESSAGES]:
            replies.extend(await self._answer(message, user_id))
        return web.json_response(replies)

    def _user(self, request: web.Request) -> str | None:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() not in {"bearer", "oauth"}:
            return None
        return self._tokens.user_for(token.strip())

    async def _answer(self, message: Message, user_id: str) -> list[Message]:
        channel = str(message.get("channel", ""))
        if channel == "/meta/handshake":
            return [self._handshake(message, user_id)]
        session = self._sessions.find(message.get("clientId"))
        if session is None or session.user_id != user_id:
            return [_failed(message, "403::Unknown client", reconnect="handshake")]
        if channel == "/meta/connect":
            return await self._connect(message, session)
        answer = self._answers.get(channel)
        if answer is None:
            return [_failed(message, "403::Publishing is not allowed on this channel")]
        return [answer(message, session)]

    def _handshake(self, message: Message, user_id: str) -> Message:
        session = self._sessions.open(user_id)
        return _reply(
            message,
            clientId=session.client_id,
            version="1.0",
            minimumVersion="1.0",
            supportedConnectionTypes=["long-polling"],
            ext={"replay": True, "payload.format": True},
        )

    async def _connect(self, message: Message, session: CometSession) -> list[Message]:
        reply = _reply(message, clientId=session.client_id)
        reply["advice"] = {
            "reconnect": "retry",
            "interval": 0,
            "timeout": int(self.connect_seconds * 1000),
        }
        if not session.connected_before:
            session.connected_before = True
            return [*session.take(self._bus), reply]
        if not self._bus.allowance.remaining(self._bus.now_ms()):
            return [_failed(message, "403::Organization total events daily limit exceeded")]
        events = await self._next_events(session, _asked_seconds(message, self.connect_seconds))
        return [*events, reply]

    async def _next_events(self, session: CometSession, seconds: float) -> list[Message]:
        news = asyncio.Event()
        self._bus.listen(news.set)
        self._waiting.add(news)
        try:
            async with asyncio.timeout(seconds):
                while not (events := session.take(self._bus)) and not self._closing:
                    news.clear()
                    await news.wait()
        except TimeoutError:
            return []
        finally:
            self._bus.unlisten(news.set)
            self._waiting.discard(news)
        return events

    def _subscribe(self, message: Message, session: CometSession) -> Message:
        asked = message.get("subscription")
        names = [str(name) for name in asked] if isinstance(asked, list) else [str(asked)]
        replays = (message.get("ext") or {}).get("replay") or {}
        for name in names:
            refusal = self._open_channel(name, replays.get(name, REPLAY_NEW), session)
            if refusal:
                return _failed(message, refusal, subscription=asked)
        return _reply(message, clientId=session.client_id, subscription=asked)

    def _open_channel(self, name: str, replay: object, session: CometSession) -> str:
        try:
            topic = find_topic(self._org, name, session.user_id)
        except RefusedError:
            return f"404::Unknown channel:{name}"
        if not topic.may_subscribe():
            return f"403:{name}:User is not allowed to subscribe to this channel"
        position = self._position(replay)
        if position is None:
            return (
                f"400::The replayId {{{replay}}} is not valid: use -2 for all kept events or -1 for new ones"
            )
        session.channels[name] = Channel(topic, position)
        return ""

    def _position(self, replay: object) -> int | None:
        if replay == REPLAY_NEW:
            return self._bus.latest
        if replay == REPLAY_ALL:
            return self._bus.window.before_first()
        return replay if isinstance(replay, int) and self._bus.window.knows(replay) else None

    def _unsubscribe(self, message: Message, session: CometSession) -> Message:
        asked = message.get("subscription")
        for name in asked if isinstance(asked, list) else [asked]:
            session.channels.pop(str(name), None)
        return _reply(message, clientId=session.client_id, subscription=asked)

    def _disconnect(self, message: Message, session: CometSession) -> Message:
        self._sessions.close(session.client_id)
        return _reply(message, clientId=session.client_id)


async def _messages(request: web.Request) -> list[Message] | None:
    """The messages of a request: a JSON array or object, or a `message` form or query value; None when unreadable."""
    if request.method == "GET":
        raw = request.query.get("message", "")
    elif request.content_type == "application/x-www-form-urlencoded":
        raw = str((await request.post()).get("message", ""))
    else:
        raw = await request.text()
    try:
        data = json.loads(raw)
    except ValueError:
        return None
    messages = data if isinstance(data, list) else [data]
    return messages if all(isinstance(message, dict) for message in messages) else None


def _asked_seconds(message: Message, most: float) -> float:
    """A client may ask for a shorter wait by its advice."""
    advice = message.get("advice")
    timeout = advice.get("timeout") if isinstance(advice, dict) else None
    return min(timeout / 1000, most) if isinstance(timeout, int | float) and timeout >= 0 else most


def _reply(message: Message, **more: object) -> Message:
    reply: Message = {"channel": message.get("channel"), "successful": True, **more}
    if "id" in message:
        reply["id"] = message["id"]
    return reply


def _failed(message: Message, error: str, *, reconnect: str = "", **more: object) -> Message:
    reply = _reply(message, error=error, **more)
    reply["successful"] = False
    if reconnect:
        reply["advice"] = {"reconnect": reconnect, "interval": 0}
    return reply


def _unauthorized(message: Message) -> Message:
    reply = _failed(message, "401::Authentication invalid", reconnect="none")
    reply["ext"] = {"sfdc": {"failureReason": "401::Authentication invalid"}, "replay": True}
    return reply
