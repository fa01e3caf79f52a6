"""/composite: up to 25 sub-requests in order, later ones may use answers of earlier ones, all or none if asked.

Source: REST API guide, Composite: one API call, HTTP 200 even when every sub-request failed; actions are not allowed.
"""

import re
from typing import Any, Final

from cadence_desk.practice.rest.calls import ApiCall, ApiReply, error_reply
from cadence_desk.practice.rest.composite_batch import sub_call
from cadence_desk.practice.rest.errors import ApiError
from cadence_desk.practice.rest.references import resolved, resolved_address
from cadence_desk.practice.rest.router import Route
from cadence_desk.practice.rest.service import RestService

MOST_CALLS: Final = 25
_MOST_HEAVY: Final = 5  # query, queryAll and collections together
_HEAVY: Final = re.compile(r"/services/data/v\d+\.0/(query|queryall|composite/sobjects)\b", re.IGNORECASE)
_NAME: Final = re.compile(r"[A-Za-z0-9_]+")
_ROLLED_BACK: Final = ApiError(
    400,
    "PROCESSING_HALTED",
    "The transaction was rolled back since another operation in the same transaction failed.",
)


class _AnyFailedError(Exception):
    """Rolls an all-or-none composite back."""


def composite(call: ApiCall, service: RestService) -> ApiReply:
    """200 with one answer per sub-request."""
    body = call.json_object()
    asked = _sub_requests(body)
    replies: list[ApiReply] = []
    if body.get("allOrNone") is True:
        try:
            with service.shared_transaction(call):
                _run(asked, call, service, replies, stop_at_error=True)
        except _AnyFailedError:
            replies = _rolled_back(replies, len(asked))
    else:
        _run(asked, call, service, replies, stop_at_error=False)
    answers = [_answer(one, reply) for one, reply in zip(asked, replies, strict=True)]
    return ApiReply(200, {"compositeResponse": answers})


def _run(
    asked: list[dict[str, Any]],
    call: ApiCall,
    service: RestService,
    replies: list[ApiReply],
    *,
    stop_at_error: bool,
) -> None:
    answers: dict[str, Any] = {}
    for one in asked:
        reply = _one(one, call, service, answers)
        replies.append(reply)
        if reply.status < 400:
            answers[one["referenceId"]] = reply.value
        elif stop_at_error:
            raise _AnyFailedError


def _one(asked: dict[str, Any], call: ApiCall, service: RestService, answers: dict[str, Any]) -> ApiReply:
    headers = {str(name).lower(): str(value) for name, value in (asked.get("httpHeaders") or {}).items()}
    try:
        url = resolved_address(str(asked.get("url", "")), answers)
        inner = sub_call(call, asked.get("method"), url, resolved(asked.get("body"), answers), headers)
        _refuse_actions(inner)
    except ApiError as problem:
        return error_reply([problem])
    return service.dispatch(inner)


def _refuse_actions(inner: ApiCall) -> None:
    if inner.path.lower().startswith("/actions"):
        raise ApiError(400, "INVALID_INPUT", f"The resource {inner.path} cannot be used inside a composite")


def _sub_requests(body: dict[str, Any]) -> list[dict[str, Any]]:
    asked = body.get("compositeRequest")
    if not isinstance(asked, list) or not asked or not all(isinstance(one, dict) for one in asked):
        raise ApiError(
            400, "JSON_PARSER_ERROR", "The request must have a non-empty list called compositeRequest"
        )
    if len(asked) > MOST_CALLS:
        raise ApiError(400, "LIMIT_EXCEEDED", f"A composite may have at most {MOST_CALLS} sub-requests")
    if sum(1 for one in asked if _HEAVY.match(str(one.get("url")))) > _MOST_HEAVY:
        raise ApiError(
            400, "LIMIT_EXCEEDED", f"A composite may have at most {_MOST_HEAVY} queries and collections"
        )
    names = [one.get("referenceId") for one in asked]
    if not all(isinstance(name, str) and _NAME.fullmatch(name) for name in names) or len(set(names)) < len(
        names
    ):
        raise ApiError(
            400, "INVALID_INPUT", "Each sub-request needs a referenceId of its own: letters, digits, _"
        )
    return asked


def _rolled_back(replies: list[ApiReply], amount: int) -> list[ApiReply]:
    """Keep the answer of the one that failed; everything else was undone or never ran."""
    undone = error_reply([_ROLLED_BACK])
    kept = [reply if reply.status >= 400 else undone for reply in replies]
    return kept + [undone] * (amount - len(kept))


def _answer(asked: dict[str, Any], reply: ApiReply) -> dict[str, Any]:
    return {
        "body": reply.value,
        "httpHeaders": dict(reply.headers),
        "httpStatusCode": reply.status,
        "referenceId": asked["referenceId"],
    }


ROUTES = (Route("POST", "/composite", composite),)
