"""Sessions of the older streaming face: one per handshake, with its channels and positions.

May import the event bus and topics. Used by the handlers beside it.
"""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cadence_desk.practice.events.bus import EventBus
    from cadence_desk.practice.events.encoding import ChangeEvent
    from cadence_desk.practice.events.topics import Topic

MOST_PER_REPLY = 100
REPLAY_NEW, REPLAY_ALL = -1, -2


@dataclass(slots=True)
class Channel:
    """One subscribed channel and how far it was delivered."""

    topic: Topic
    position: int


@dataclass(slots=True)
class CometSession:
    """One client between handshake and disconnect."""

    client_id: str
    user_id: str
    channels: dict[str, Channel] = field(default_factory=dict)
    last_seen: float = 0.0
    connected_before: bool = False

    def take(self, bus: EventBus) -> list[dict[str, object]]:
        """The next events of all channels as messages, at most a hundred, as far as the allowance goes."""
        room = min(MOST_PER_REPLY, bus.allowance.remaining(bus.now_ms()))
        messages: list[dict[str, object]] = []
        for name, channel in self.channels.items():
            for event in bus.after(channel.position):
                if channel.topic.carries(event):
                    if len(messages) >= room:
                        break
                    messages.append(_message(name, event, channel.topic))
                channel.position = event.replay
        if messages:
            bus.allowance.spend(len(messages), bus.now_ms())
        return messages


def _message(name: str, event: ChangeEvent, topic: Topic) -> dict[str, object]:
    return {
        "channel": name,
        "data": {
            "schema": event.schema.id,
            "payload": event.as_json(topic.hidden(event.entity)),
            "event": {"replayId": event.replay, "EventUuid": event.event_id},
        },
    }


class SessionBook:
    """All sessions; those that stay silent too long are forgotten at the next handshake."""

    def __init__(self, silence_seconds: float) -> None:
        self._silence = silence_seconds
        self._sessions: dict[str, CometSession] = {}

    def __len__(self) -> int:
        return len(self._sessions)

    def open(self, user_id: str) -> CometSession:
        """A new session for a handshake."""
        now = _now()
        for known in list(self._sessions.values()):
            if known.last_seen < now - self._silence:
                del self._sessions[known.client_id]
        session = CometSession(secrets.token_hex(14), user_id, last_seen=now)
        self._sessions[session.client_id] = session
        return session

    def find(self, client_id: object) -> CometSession | None:
        """The session of a client id, noted as seen."""
        session = self._sessions.get(str(client_id))
        if session is not None:
            session.last_seen = _now()
        return session

    def close(self, client_id: object) -> None:
        """Forgets a session."""
        self._sessions.pop(str(client_id), None)


def _now() -> float:
    return asyncio.get_running_loop().time()
