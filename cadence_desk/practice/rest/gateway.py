"""The door between HTTP and the resources: version, token, usage, JSON, gzip, and errors as arrays.

May import aiohttp. Mounted by the application at /services/data; composites come in through `dispatch`.
"""

import gzip
import json
import logging
import re
from typing import Final

from aiohttp import web

from cadence_desk.practice.auth.addresses import base_address
from cadence_desk.practice.auth.identity import bearer_token
from cadence_desk.practice.auth.tokens import TokenBook
from cadence_desk.practice.org.values import DmlError
from cadence_desk.practice.rest.calls import ApiCall, ApiReply, error_reply
from cadence_desk.practice.rest.dml_errors import api_error
from cadence_desk.practice.rest.errors import ApiError
from cadence_desk.practice.rest.router import Router
from cadence_desk.practice.rest.service import RestService
from cadence_desk.practice.rest.versions import read_version, version_list
from cadence_desk.practice.soql.problems import SoqlProblem

CONTENT_TYPE: Final = "application/json;charset=UTF-8"
_SLASHES: Final = re.compile(r"/{2,}")
LONGEST_HEAD: Final = 16_384
_log = logging.getLogger(__name__)


class Gateway:
    """Turns a web request into a call and a reply into a web response."""

    def __init__(self, router: Router, service: RestService, tokens: TokenBook) -> None:
        self._router = router
        self._service = service
        self._tokens = tokens

    async def versions(self, request: web.Request) -> web.Response:
        """The version list: no token, no usage header."""
        settings = self._service.org.settings
        return respond(request, ApiReply(200, version_list(settings.oldest_api, settings.newest_api)))

    async def answer(self, request: web.Request) -> web.Response:
        """Any resource of a version."""
        try:
            call = await self._call(request)
        except ApiError as problem:
            reply = error_reply([problem])
        else:
            reply = self.dispatch(call)
        return respond(request, reply, {"Sforce-Limit-Info": self._service.usage.header()})

    def dispatch(self, call: ApiCall) -> ApiReply:
        """Answer a call; every failure becomes an error answer, so that a composite can go on."""
        try:
            return self._router.dispatch(call, self._service)
        except ApiError as problem:
            return error_reply([problem])
        except SoqlProblem as problem:
            return error_reply([ApiError(400, problem.code, problem.message)])
        except DmlError as problem:
            return error_reply([api_error(problem)])
        except Exception:  # noqa: BLE001 - the last line of defense: the caller gets the platform's 500
            _log.exception("a %s call failed unexpectedly", call.method)
            message = "An unexpected error occurred; the log of the practice org tells more."
            return error_reply([ApiError(500, "UNKNOWN_EXCEPTION", message)])

    async def _call(self, request: web.Request) -> ApiCall:
        _check_length(request)
        version, _, path = _SLASHES.sub("/", request.match_info["rest"].lstrip("/")).partition("/")
        settings = self._service.org.settings
        number = read_version(version, settings.oldest_api, settings.newest_api)
        user_id = self._tokens.user_for(bearer_token(request) or "")
        if user_id is None:
            raise ApiError(401, "INVALID_SESSION_ID", "Session expired or invalid")
        if not settings.api_enabled:
            raise ApiError(403, "API_DISABLED_FOR_ORG", "The REST API is not enabled for this Organization.")
        self._service.usage.count()
        method = (
            request.query.get("_HttpMethod", request.method) if request.method == "POST" else request.method
        )
        return ApiCall(
            method=method.upper(),
            path="/" + path.strip("/") if path.strip("/") else "",
            version=number,
            user_id=user_id,
            parameters=tuple(request.query.items()),
            headers={name.lower(): value for name, value in request.headers.items()},
            body=await request.read(),
            base=base_address(request),
        )


def _check_length(request: web.Request) -> None:
    """Raises ApiError: 414 for an address, 431 for address and headers beyond the platform's 16,384 bytes.

    Source: knowledge article 000386264.
    """
    address = len(request.raw_path)
    if address > LONGEST_HEAD:
        raise ApiError(414, "URI_TOO_LONG", f"The address may have at most {LONGEST_HEAD} bytes")
    if address + sum(len(name) + len(value) for name, value in request.raw_headers) > LONGEST_HEAD:
        message = f"Address and headers may have at most {LONGEST_HEAD} bytes together"
        raise ApiError(431, "REQUEST_HEADER_FIELDS_TOO_LARGE", message)


def respond(request: web.Request, reply: ApiReply, headers: dict[str, str] | None = None) -> web.Response:
    """The web response: JSON with its character set, compressed when the client accepts gzip."""
    sent = {**reply.headers, **(headers or {})}
    if reply.value is None:
        return web.Response(status=reply.status, headers=sent)
    body = json.dumps(reply.value, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
    sent["Content-Type"] = CONTENT_TYPE
    sent["Vary"] = "Accept-Encoding"
    if "gzip" in request.headers.get("Accept-Encoding", "").lower():
        # the fastest level: the bytes only travel through the loopback interface
        body = gzip.compress(body, compresslevel=1, mtime=0)
        sent["Content-Encoding"] = "gzip"
    return web.Response(status=reply.status, body=body, headers=sent)
