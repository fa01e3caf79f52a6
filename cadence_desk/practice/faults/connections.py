"""What is done to the connection under a request: cut, reset, sent in part, sent slowly.

May import aiohttp. Called by the fulfilment of fates.
"""

from __future__ import annotations

import asyncio
import gzip
import socket
import struct
import sys

from aiohttp import web

from cadence_desk.practice.faults.rewriting import kept_headers

_TICK_SECONDS = 0.1


def cut(request: web.Request) -> None:
    """Closes the connection at once; what was not sent yet is lost."""
    if request.transport is not None:
        request.transport.abort()


def cut_after_flush(request: web.Request) -> None:
    """Closes the connection after what was written has left."""
    if request.transport is not None:
        request.transport.close()


def reset(request: web.Request) -> None:
    """Ends the connection with a TCP reset instead of an orderly end."""
    if request.transport is None:
        return
    raw = request.transport.get_extra_info("socket")
    if raw is not None:
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _linger_zero())
    request.transport.abort()


async def send_part(
    request: web.Request, response: web.StreamResponse, body: bytes, count: int, coding: str = ""
) -> web.StreamResponse:
    """Announces the whole body, as it is, in chunks or compressed, and sends its first bytes only."""
    if coding == "gzip":
        body = gzip.compress(body, mtime=0)
    sent = await _begin(request, response, None if coding == "chunked" else len(body), coding)
    await sent.write(body[:count])
    return sent


async def send_slowly(
    request: web.Request, response: web.StreamResponse, body: bytes, per_second: int
) -> web.StreamResponse:
    """Sends the whole body at so many bytes per second."""
    sent = await _begin(request, response, len(body))
    step = max(int(per_second * _TICK_SECONDS), 1)
    pause = step / per_second
    for start in range(0, len(body), step):
        await sent.write(body[start : start + step])
        await asyncio.sleep(pause)
    await sent.write_eof()
    return sent


async def _begin(
    request: web.Request, response: web.StreamResponse, length: int | None, coding: str = ""
) -> web.StreamResponse:
    headers: dict[str, str] = kept_headers(response)
    if coding == "gzip":
        headers["Content-Encoding"] = coding
    sent = web.StreamResponse(status=response.status, headers=headers)
    if length is None:
        sent.enable_chunked_encoding()
    else:
        sent.content_length = length
    await sent.prepare(request)
    return sent


def _linger_zero() -> bytes:
    """The option value that makes close() send a reset; Windows keeps two shorts, others two ints."""
    return struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)
