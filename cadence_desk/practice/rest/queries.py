"""/query, /query/LOCATOR and /queryAll.

Works on the query runner. Source: REST API guide, Query; columns=true is what the Salesforce CLI asks for.
"""

from typing import Any

from cadence_desk.practice.rest.calls import ApiCall, ApiReply
from cadence_desk.practice.rest.errors import ApiError
from cadence_desk.practice.rest.router import Route
from cadence_desk.practice.rest.service import RestService
from cadence_desk.practice.soql.runner import QueryPage

LARGEST_BATCH = 2000


def _query(call: ApiCall, service: RestService) -> ApiReply:
    return _run(call, service, all_rows=False)


def _query_all(call: ApiCall, service: RestService) -> ApiReply:
    return _run(call, service, all_rows=True)


def _run(call: ApiCall, service: RestService, *, all_rows: bool) -> ApiReply:
    soql = call.parameter("q")
    if not soql.strip():
        raise ApiError(400, "MALFORMED_QUERY", "SOQL statements cannot be empty or null")
    if call.flag("columns"):
        return ApiReply(200, service.runner.columns(soql, user_id=call.user_id))
    page = service.runner.run(
        soql, user_id=call.user_id, all_rows=all_rows, batch_size=batch_size(call), version=call.version
    )
    return ApiReply(200, page_value(page, call))


def _more(call: ApiCall, service: RestService) -> ApiReply:
    return ApiReply(200, page_value(service.runner.more(call.arguments["locator"], call.version), call))


def page_value(page: QueryPage, call: ApiCall) -> dict[str, Any]:
    """The answer of one page; `nextRecordsUrl` only when there is more."""
    value: dict[str, Any] = {"totalSize": page.total_size, "done": page.done}
    if page.next_locator is not None:
        value["nextRecordsUrl"] = call.address(f"/query/{page.next_locator}")
    value["records"] = page.records
    return value


def batch_size(call: ApiCall) -> int:
    """The hint of Sforce-Query-Options, which the runner brings into its range; unreadable means 2,000."""
    for part in call.header("sforce-query-options").split(","):
        name, _, value = part.strip().partition("=")
        if name.lower() == "batchsize" and value.strip().isdigit():
            return int(value)
    return LARGEST_BATCH


ROUTES = (
    Route("GET", "/query", _query),
    Route("GET", "/queryAll", _query_all),
    Route("GET", "/query/{locator}", _more),
    Route("GET", "/queryAll/{locator}", _more),
)
