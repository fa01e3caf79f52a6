"""/recent, and the recent items of one object.

The practice org keeps no view history: recent means last changed by the user. Source: REST guide, Recently Viewed.
"""

from typing import Any

from cadence_desk.practice.org.catalog.model import ObjectDef
from cadence_desk.practice.rest.calls import ApiCall, ApiReply
from cadence_desk.practice.rest.errors import ApiError
from cadence_desk.practice.rest.router import Route
from cadence_desk.practice.rest.service import RestService

_RECENT_PER_OBJECT = 10
_MOST = 200


def recent_of(definition: ObjectDef, call: ApiCall, service: RestService) -> list[dict[str, Any]]:
    """The records of one object that the user changed last."""
    return [item for _, item in _recent(definition, call, service, _RECENT_PER_OBJECT)]


def recent(call: ApiCall, service: RestService) -> ApiReply:
    """The user's last changed records of every searchable object, newest first, at most ?limit= (200)."""
    text = call.parameter("limit", str(_MOST))
    if not text.isdigit():
        raise ApiError(400, "INVALID_LIMIT", "limit must be a whole number")
    most = min(int(text), _MOST)
    found = [
        entry
        for definition in service.org.catalog.objects
        if definition.searchable
        for entry in _recent(definition, call, service, most)
    ]
    found.sort(key=lambda entry: entry[0], reverse=True)
    return ApiReply(200, [item for _, item in found[:most]])


def _recent(
    definition: ObjectDef, call: ApiCall, service: RestService, most: int
) -> list[tuple[int, dict[str, Any]]]:
    name_field = definition.name_field()
    if not definition.searchable or name_field is None:
        return []
    rows = service.org.store.rows(
        f'SELECT "Id", "{name_field.name}" AS shown, "SystemModstamp" AS stamp FROM "{definition.name}" '
        'WHERE "IsDeleted" = 0 AND "LastModifiedById" = ? ORDER BY "SystemModstamp" DESC LIMIT ?',
        (call.user_id, most),
    )
    return [(int(str(row["stamp"])), _item(definition, call, row, name_field.name)) for row in rows]


def _item(definition: ObjectDef, call: ApiCall, row: dict[str, object], name_field: str) -> dict[str, Any]:
    url = call.address(f"/sobjects/{definition.name}/{row['Id']}")
    return {
        "attributes": {"type": definition.name, "url": url},
        "Id": row["Id"],
        name_field: row["shown"],
    }


ROUTES = (Route("GET", "/recent", recent),)
