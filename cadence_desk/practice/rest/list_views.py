"""/sobjects/T/listviews: list, one, recent, describe with its query, and results.

Works on the ListView records of the org. Source: REST API guide, List Views, List View Describe and Results (v67).
"""

from typing import Any, Final

from cadence_desk.practice.org.catalog.model import FieldDef, ObjectDef
from cadence_desk.practice.org.ids import canonical
from cadence_desk.practice.rest.calls import ApiCall, ApiReply
from cadence_desk.practice.rest.errors import ApiError, not_found
from cadence_desk.practice.rest.list_view_queries import ViewQuery, view_query
from cadence_desk.practice.rest.router import Route
from cadence_desk.practice.rest.service import RestService

_DEFAULT_ROWS: Final = 25
_MOST_ROWS: Final = 2000
_Row = dict[str, object]


def all_views(call: ApiCall, service: RestService) -> ApiReply:
    """Every list view of an object."""
    definition = service.object(call.arguments["sobject"])
    shown = [_summary(definition, row, call) for row in _views(definition, service)]
    return ApiReply(
        200,
        {
            "done": True,
            "listviews": shown,
            "nextRecordsUrl": None,
            "size": len(shown),
            "sobjectType": definition.name,
        },
    )


def one_view(call: ApiCall, service: RestService) -> ApiReply:
    """The summary of one list view."""
    definition = service.object(call.arguments["sobject"])
    return ApiReply(200, _summary(definition, _view(definition, call, service), call))


def describe(call: ApiCall, service: RestService) -> ApiReply:
    """Columns, order, condition and the whole query of a list view."""
    definition = service.object(call.arguments["sobject"])
    row = _view(definition, call, service)
    query = _query_of(definition, row, service)
    return ApiReply(
        200,
        {
            "columns": _columns(definition, query),
            "id": row["Id"],
            "orderBy": [
                {"fieldNameOrPath": query.order, "nullsPosition": "first", "sortDirection": "ascending"}
            ],
            "query": query.soql(),
            "scope": query.scope,
            "sobjectType": definition.name,
            "whereCondition": query.condition(),
        },
    )


def results(call: ApiCall, service: RestService) -> ApiReply:
    """Rows of a list view as lists of column and value."""
    definition = service.object(call.arguments["sobject"])
    row = _view(definition, call, service)
    query = _query_of(definition, row, service)
    limit = _whole(call, "limit", _DEFAULT_ROWS, _MOST_ROWS)
    offset = _whole(call, "offset", 0, _MOST_ROWS)
    soql = f"{query.soql()} LIMIT {limit} OFFSET {offset}"
    page = service.runner.run(
        soql, user_id=call.user_id, all_rows=False, batch_size=2000, version=call.version
    )
    records = [
        {
            "columns": [
                {"fieldNameOrPath": path, "value": _text(_value(one, path))} for path in query.selected()
            ]
        }
        for one in page.records
    ]
    return ApiReply(
        200,
        {
            "columns": _columns(definition, query),
            "developerName": row["DeveloperName"],
            "done": len(records) < limit,
            "id": row["Id"],
            "label": row["Name"],
            "records": records,
            "size": len(records),
        },
    )


def _views(definition: ObjectDef, service: RestService) -> list[_Row]:
    return service.org.store.rows(
        'SELECT "Id", "Name", "DeveloperName", "IsSoqlCompatible" FROM "ListView" '
        'WHERE "SobjectType" = ? AND "IsDeleted" = 0 ORDER BY "Name"',
        (definition.name,),
    )


def _view(definition: ObjectDef, call: ApiCall, service: RestService) -> _Row:
    wanted = canonical(call.arguments["view"])
    found = next((row for row in _views(definition, service) if row["Id"] == wanted), None)
    if wanted is None or found is None:
        raise not_found()
    return found


def _query_of(definition: ObjectDef, row: _Row, service: RestService) -> ViewQuery:
    return view_query(
        definition, str(row["DeveloperName"]), [one.name for one in service.visible(definition)]
    )


def _summary(definition: ObjectDef, row: _Row, call: ApiCall) -> dict[str, Any]:
    base = call.address(f"/sobjects/{definition.name}/listviews/{row['Id']}")
    return {
        "describeUrl": f"{base}/describe",
        "developerName": row["DeveloperName"],
        "id": row["Id"],
        "label": row["Name"],
        "resultsUrl": f"{base}/results",
        "soqlCompatible": bool(row["IsSoqlCompatible"]),
        "url": base,
    }


def _columns(definition: ObjectDef, query: ViewQuery) -> list[dict[str, Any]]:
    return [_column(path, definition.field(path), query) for path in query.selected()]


def _column(path: str, field: FieldDef | None, query: ViewQuery) -> dict[str, Any]:
    label = field.label if field else path.replace(".", " ")
    sorted_by = path == query.order
    return {
        "ascendingLabel": "Z-A" if sorted_by else None,
        "descendingLabel": "A-Z" if sorted_by else None,
        "fieldNameOrPath": path,
        "hidden": path not in query.columns,
        "label": label,
        "searchable": False,
        "selectListItem": path,
        "sortDirection": "ascending" if sorted_by else None,
        "sortIndex": 0 if sorted_by else None,
        "sortable": field.sortable if field else True,
        "type": field.type if field else "string",
    }


def _value(record: dict[str, Any], path: str) -> object:
    value: object = record
    for part in path.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    return value


def _text(value: object) -> str | None:
    """List view results carry every value as text."""
    if value is None:
        return None
    return str(value).lower() if isinstance(value, bool) else str(value)


def _whole(call: ApiCall, name: str, default: int, most: int) -> int:
    text = call.parameter(name, str(default))
    if not text.isdigit() or int(text) > most:
        raise ApiError(400, "INVALID_INPUT", f"{name} must be a whole number up to {most}")
    return int(text)


ROUTES = (
    Route("GET", "/sobjects/{sobject}/listviews", all_views),
    Route("GET", "/sobjects/{sobject}/listviews/recent", all_views),
    Route("GET", "/sobjects/{sobject}/listviews/{view}", one_view),
    Route("GET", "/sobjects/{sobject}/listviews/{view}/describe", describe),
    Route("GET", "/sobjects/{sobject}/listviews/{view}/results", results),
)
