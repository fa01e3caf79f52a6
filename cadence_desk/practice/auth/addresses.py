"""The scheme and host that the client used, which every address in an answer must follow.

Used by OAuth and REST handlers.
"""

from aiohttp import web


def base_address(request: web.Request) -> str:
    """Scheme and host of this request, without a slash at the end."""
    return f"{request.scheme}://{request.host}"
