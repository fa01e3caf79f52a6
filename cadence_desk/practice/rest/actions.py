"""/actions, /actions/standard and /actions/standard/NAME: list, describe and run invocable actions.

Source: Actions Developer Guide; status rule from recorded answers (400 with the result array when any input failed,
a switch of the org). Works on the org's action book.
"""

from typing import Any

from cadence_desk.practice.org.actions.model import ActionDef
from cadence_desk.practice.rest.calls import ApiCall, ApiReply
from cadence_desk.practice.rest.errors import ApiError, not_found
from cadence_desk.practice.rest.router import Route
from cadence_desk.practice.rest.service import RestService

MOST_INPUTS = 200  # no documented limit; a client is told to stay at 100, so this only stops a runaway


def action_root(call: ApiCall, service: RestService) -> ApiReply:
    """Where standard and custom actions are listed."""
    base = call.address("/actions")
    return service.freshness.reply(call, lambda: {"standard": f"{base}/standard", "custom": f"{base}/custom"})


def action_list(call: ApiCall, service: RestService) -> ApiReply:
    """Every standard action this user may see."""
    return service.freshness.reply(
        call,
        lambda: {
            "actions": [
                {
                    "label": one.label,
                    "name": one.name,
                    "type": one.type,
                    "url": call.address(f"/actions/standard/{one.name}"),
                }
                for one in service.org.describe_actions(call.user_id)
            ]
        },
    )


def custom_list(_call: ApiCall, _service: RestService) -> ApiReply:
    """This org has no custom actions."""
    return ApiReply(200, {"actions": []})


def describe(call: ApiCall, service: RestService) -> ApiReply:
    """Inputs and outputs of one action."""
    action = _action(call, service)
    return service.freshness.reply(call, action.as_json)


def invoke(call: ApiCall, service: RestService) -> ApiReply:
    """One result per input, in order. Raises ApiError for a request that is not a list of inputs."""
    action = _action(call, service)
    inputs = _inputs(call, action)
    results = service.org.run_action(action.name, inputs, call.user_id, call.origin)
    failed = any(not one.is_success for one in results)
    return ApiReply(
        service.org.settings.action_failure_status if failed else 200, [one.as_json() for one in results]
    )


def _action(call: ApiCall, service: RestService) -> ActionDef:
    asked = call.arguments["action"].lower()
    found = next(
        (one for one in service.org.describe_actions(call.user_id) if one.name.lower() == asked), None
    )
    if found is None:
        raise not_found()
    return found


def _inputs(call: ApiCall, action: ActionDef) -> list[dict[str, Any]]:
    inputs = call.json_object().get("inputs")
    if not isinstance(inputs, list) or not inputs or not all(isinstance(one, dict) for one in inputs):
        raise ApiError(400, "INVALID_API_INPUT", "The request must have a non-empty list called inputs", [])
    if len(inputs) > MOST_INPUTS:
        message = f"The number of inputs {len(inputs)} exceeds the limit of {MOST_INPUTS}"
        raise ApiError(400, "INVALID_API_INPUT", message, [])
    known = {one.name for one in action.inputs}
    unknown = sorted({name for one in inputs for name in one} - known)
    if unknown:
        raise ApiError(400, "INVALID_API_INPUT", f"Unknown input parameter: {unknown[0]}", [unknown[0]])
    return inputs


ROUTES = (
    Route("GET", "/actions", action_root),
    Route("GET", "/actions/standard", action_list),
    Route("GET", "/actions/custom", custom_list),
    Route("GET", "/actions/standard/{action}", describe),
    Route("POST", "/actions/standard/{action}", invoke),
)
