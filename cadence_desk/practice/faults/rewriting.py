"""How a reply is spoiled: lists turned round, bodies cut, headers kept.

Pure but for aiohttp's reply type. Called by the fulfilment of fates.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from aiohttp import web

_FRAMING = frozenset(
    {"content-length", "transfer-encoding", "content-encoding", "date", "server", "connection"}
)


def kept_headers(response: web.StreamResponse) -> dict[str, str]:
    """The headers of a reply without those that belong to its framing."""
    return {name: value for name, value in response.headers.items() if name.lower() not in _FRAMING}


def reversed_lists(body: bytes) -> bytes:
    """The same JSON with its outermost lists turned round: rows answer to the wrong inputs."""
    try:
        data: Any = json.loads(body)
    except ValueError:
        return body
    if isinstance(data, list):
        data.reverse()
    elif isinstance(data, dict):
        for value in data.values():
            if isinstance(value, list):
                value.reverse()
    return json.dumps(data).encode()


def half(body: bytes) -> bytes:
    """The first half: JSON that does not end, in a reply whose length is right."""
    return body[: len(body) // 2]
