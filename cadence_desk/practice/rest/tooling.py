"""/tooling/query: only the channel members, which tell what is selected for Change Data Capture.

Source: Tooling API, PlatformEventChannelMember; without View Setup and Configuration the object is not there.
"""

import re
from typing import Any

from cadence_desk.practice.rest.calls import ApiCall, ApiReply
from cadence_desk.practice.rest.errors import ApiError
from cadence_desk.practice.rest.router import Route
from cadence_desk.practice.rest.service import RestService

MEMBER = "PlatformEventChannelMember"
CHANNEL = "ChangeEvents"
_FORM = re.compile(r"\s*SELECT\s+([\w\s,]+?)\s+FROM\s+(\w+)\s*\Z", re.IGNORECASE)


def tooling_query(call: ApiCall, service: RestService) -> ApiReply:
    """The selected entities as channel members. Raises ApiError for any other object, and for conditions."""
    found = _FORM.match(call.parameter("q"))
    if found is None:
        raise ApiError(400, "MALFORMED_QUERY", "Only SELECT ... FROM without conditions is answered here.")
    if found[2].lower() != MEMBER.lower() or not service.org.settings.setup_visible:
        raise ApiError(400, "INVALID_TYPE", f"sObject type '{found[2]}' is not supported.")
    wanted = [part.strip() for part in found[1].split(",")]
    records = [_record(call, wanted, entity) for entity in sorted(service.org.settings.selected_entities)]
    return ApiReply(
        200,
        {
            "size": len(records),
            "totalSize": len(records),
            "done": True,
            "queryLocator": None,
            "entityTypeName": MEMBER,
            "records": records,
        },
    )


def _record(call: ApiCall, wanted: list[str], entity: str) -> dict[str, Any]:
    event = f"{entity}ChangeEvent"
    values = {"DeveloperName": f"{CHANNEL}_{event}", "EventChannel": CHANNEL, "SelectedEntity": event}
    by_name = {name.lower(): name for name in values}
    record: dict[str, Any] = {
        "attributes": {"type": MEMBER, "url": call.address(f"/tooling/sobjects/{MEMBER}")}
    }
    for name in wanted:
        if name.lower() not in by_name:
            raise ApiError(400, "INVALID_FIELD", f"No such column '{name}' on entity '{MEMBER}'.")
        record[by_name[name.lower()]] = values[by_name[name.lower()]]
    return record


ROUTES = (Route("GET", "/tooling/query", tooling_query),)
