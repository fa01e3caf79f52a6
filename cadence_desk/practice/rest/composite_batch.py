"""/composite/batch: up to 25 independent calls, one after the other, nothing rolled back.

Source: REST API guide, Batch: actions, query, sobjects and limits may be mixed; each counts as a call.
"""

import json
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

from cadence_desk.practice.rest.calls import ApiCall, ApiReply, error_reply
from cadence_desk.practice.rest.errors import ApiError
from cadence_desk.practice.rest.router import Route
from cadence_desk.practice.rest.service import RestService
from cadence_desk.practice.rest.versions import read_version

MOST_CALLS: Final = 25
_FORBIDDEN: Final = ("/composite",)
_HALTED: Final = [
    {"errorCode": "BATCH_PROCESSING_HALTED", "message": "The request was halted after an error"}
]


def batch(call: ApiCall, service: RestService) -> ApiReply:
    """200 with one result per call; `hasErrors` tells whether any failed."""
    body = call.json_object()
    asked = body.get("batchRequests")
    if not isinstance(asked, list) or not asked or not all(isinstance(one, dict) for one in asked):
        raise ApiError(
            400, "JSON_PARSER_ERROR", "The request must have a non-empty list called batchRequests"
        )
    if len(asked) > MOST_CALLS:
        raise ApiError(400, "LIMIT_EXCEEDED", f"A batch may have at most {MOST_CALLS} requests")
    service.usage.count(len(asked) - 1)
    halts = body.get("haltOnError") is True
    results: list[dict[str, Any]] = []
    failed = False
    for one in asked:
        if failed and halts:
            results.append({"statusCode": 412, "result": _HALTED})
            continue
        reply = _one(one, call, service)
        failed = failed or reply.status >= 400
        results.append({"statusCode": reply.status, "result": reply.value})
    return ApiReply(200, {"hasErrors": failed, "results": results})


def _one(asked: dict[str, Any], call: ApiCall, service: RestService) -> ApiReply:
    headers = {"content-type": "application/json"}
    try:
        inner = sub_call(call, asked.get("method"), asked.get("url"), asked.get("richInput"), headers)
    except ApiError as problem:
        return error_reply([problem])
    return service.dispatch(inner)


def sub_call(call: ApiCall, method: object, url: object, body: object, headers: dict[str, str]) -> ApiCall:
    """A call inside a call. The address may be full (/services/data/vNN.0/...) or start at the version.

    Raises ApiError for a missing method or address, for a version that is not served and for a composite within a composite.
    """
    if not isinstance(url, str) or not isinstance(method, str):
        raise ApiError(400, "JSON_PARSER_ERROR", "Each request inside needs method and url")
    parts = urlsplit(url)
    path = parts.path.strip("/").removeprefix("services/data/")
    version, _, rest = path.partition("/")
    found = "/" + rest.strip("/") if rest.strip("/") else ""
    if found.lower().startswith(_FORBIDDEN) and not found.lower().startswith("/composite/sobjects"):
        raise ApiError(400, "INVALID_INPUT", f"The resource {found} cannot be used inside another composite")
    kept = {name: value for name, value in call.headers.items() if name == "sforce-call-options"}
    return ApiCall(
        method=method.upper(),
        path=found,
        version=read_version(version),
        user_id=call.user_id,
        parameters=tuple(parse_qsl(parts.query, keep_blank_values=True)),
        headers={**kept, **headers},
        body=b"" if body is None else json.dumps(body).encode("utf-8"),
        base=call.base,
    )


ROUTES = (Route("POST", "/composite/batch", batch),)
