"""Finds the handler of a call by method and path.

Pure. Filled by the application from the ROUTES of the resource modules; used by gateway and composites.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from urllib.parse import unquote

from cadence_desk.practice.rest.calls import ApiCall, ApiReply
from cadence_desk.practice.rest.errors import ApiError, not_found
from cadence_desk.practice.rest.service import RestService

Handler = Callable[[ApiCall, RestService], ApiReply]


@dataclass(frozen=True, slots=True)
class Route:
    """One resource: `{name}` in the pattern stands for one path segment."""

    method: str
    pattern: str
    handler: Handler


class Router:
    """Routes in order; the first whose path and method fit answers."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self._routes = [(route, _compiled(route.pattern)) for route in routes]

    def dispatch(self, call: ApiCall, service: RestService) -> ApiReply:
        """Answer a call. HEAD is GET; the gateway drops the body.

        Raises ApiError 404 for an unknown path and 405 for a known path with another method.
        """
        method = "GET" if call.method == "HEAD" else call.method
        allowed: list[str] = []
        for route, expression in self._routes:
            found = expression.fullmatch(call.path)
            if found is None:
                continue
            if route.method == method:
                arguments = {name: unquote(value) for name, value in found.groupdict().items()}
                return route.handler(call.with_arguments(arguments), service)
            allowed.append(route.method)
        if allowed:
            names = ",".join(dict.fromkeys([*allowed, *(["HEAD"] if "GET" in allowed else [])]))
            raise ApiError(
                405, "METHOD_NOT_ALLOWED", f"HTTP Method '{call.method}' not allowed. Allowed are {names}"
            )
        raise not_found()


def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", pattern), re.IGNORECASE)
