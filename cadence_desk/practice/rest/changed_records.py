"""/sobjects/T/updated and /sobjects/T/deleted: ids of what changed in a span of time.

Source: REST API guide, sObject Get Updated and Get Deleted.
"""

from typing import Final

from cadence_desk.practice.org.values import moment_ms, moment_text
from cadence_desk.practice.rest.calls import ApiCall, ApiReply
from cadence_desk.practice.rest.errors import ApiError
from cadence_desk.practice.rest.router import Route
from cadence_desk.practice.rest.service import RestService

_DAY_MS: Final = 86_400_000
_OLDEST_DAYS: Final = 30
_MOST_IDS: Final = 600_000


def updated(call: ApiCall, service: RestService) -> ApiReply:
    """Ids of records created or changed from start to end."""
    definition = service.object(call.arguments["sobject"])
    start, end = _span(call, service)
    rows = service.org.store.rows(
        f'SELECT "Id" FROM "{definition.name}" WHERE "IsDeleted" = 0 AND "SystemModstamp" >= ? '
        f'AND "SystemModstamp" < ? ORDER BY "SystemModstamp" LIMIT {_MOST_IDS}',
        (start, end),
    )
    return ApiReply(200, {"ids": [row["Id"] for row in rows], "latestDateCovered": moment_text(end)})


def deleted(call: ApiCall, service: RestService) -> ApiReply:
    """Ids and moments of records that went to the recycle bin from start to end."""
    definition = service.object(call.arguments["sobject"])
    start, end = _span(call, service)
    rows = service.org.store.rows(
        f'SELECT "Id", "SystemModstamp" AS stamp FROM "{definition.name}" WHERE "IsDeleted" = 1 '
        f'AND "SystemModstamp" >= ? AND "SystemModstamp" < ? ORDER BY "SystemModstamp" LIMIT {_MOST_IDS}',
        (start, end),
    )
    gone = [{"id": row["Id"], "deletedDate": moment_text(int(str(row["stamp"])))} for row in rows]
    return ApiReply(
        200,
        {
            "deletedRecords": gone,
            "earliestDateAvailable": moment_text(service.org.clock.now_ms() - _OLDEST_DAYS * _DAY_MS),
            "latestDateCovered": moment_text(end),
        },
    )


def _span(call: ApiCall, service: RestService) -> tuple[int, int]:
    start, end = _moment(call, "start"), _moment(call, "end")
    now = service.org.clock.now_ms()
    if start < now - _OLDEST_DAYS * _DAY_MS:
        raise ApiError(400, "INVALID_REPLICATION_DATE", "startDate before org replication enabled date")
    if end <= start:
        raise ApiError(
            400, "INVALID_REPLICATION_DATE", "endDate must be at least one minute greater than startDate"
        )
    return start, min(end, now)


def _moment(call: ApiCall, name: str) -> int:
    text = call.parameter(name)
    if not text:
        raise ApiError(400, "MISSING_ARGUMENT", f"{name} is required")
    try:
        # an unescaped plus sign of the offset arrives as a space
        return moment_ms(text.replace(" ", "+"))
    except ValueError as error:
        raise ApiError(
            400, "INVALID_REPLICATION_DATE", f"{name} is not a date and time: use ISO 8601"
        ) from error


ROUTES = (
    Route("GET", "/sobjects/{sobject}/updated", updated),
    Route("GET", "/sobjects/{sobject}/deleted", deleted),
)
