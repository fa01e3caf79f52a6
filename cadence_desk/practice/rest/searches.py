"""/parameterizedSearch (GET and POST) and a plain form of /search.

Source: REST API guide, Parameterized Search: q, in, overallLimit, defaultLimit, sobjects with fields, where, limit.
"""

import re
from dataclasses import dataclass
from typing import Any, Final

from cadence_desk.practice.org.catalog.model import ObjectDef
from cadence_desk.practice.rest.calls import ApiCall, ApiReply
from cadence_desk.practice.rest.errors import ApiError
from cadence_desk.practice.rest.router import Route
from cadence_desk.practice.rest.search_terms import found_ids, read_scope, read_term
from cadence_desk.practice.rest.service import RestService

_MOST: Final = 2000
_MOST_PER_OBJECT: Final = 200
_SOSL: Final = re.compile(
    r"\s*FIND\s*\{(?P<term>[^}]*)\}\s*(?:IN\s+(?P<scope>\w+)\s+FIELDS\s*)?(?:RETURNING\s+(?P<targets>.+?))?\s*",
    re.IGNORECASE | re.DOTALL,
)
_TARGET: Final = re.compile(r"(\w+)\s*(?:\(([^()]*)\))?\s*(?:,|$)")
_DEFAULT_OBJECTS: Final = ("Lead", "Contact", "Account")


@dataclass(frozen=True, slots=True)
class _Target:
    definition: ObjectDef
    fields: tuple[str, ...]
    where: str
    most: int


def search_by_parameters(call: ApiCall, service: RestService) -> ApiReply:
    """Parameters in the query."""
    shared = _names(call.parameter("fields"))
    default = _amount(call.parameter("defaultLimit") or _MOST_PER_OBJECT, _MOST_PER_OBJECT)
    targets = [
        _target(
            service,
            name,
            _names(call.parameter(f"{name}.fields")) or shared,
            call.parameter(f"{name}.where"),
            _amount(call.parameter(f"{name}.limit") or default, _MOST_PER_OBJECT),
        )
        for value in call.parameter_values("sobject")
        for name in _names(value)
    ]
    overall = _amount(call.parameter("overallLimit") or _MOST, _MOST)
    return _search(call, service, (call.parameter("q"), call.parameter("in")), targets, overall)


def search_by_body(call: ApiCall, service: RestService) -> ApiReply:
    """Parameters in a JSON body."""
    body = call.json_object()
    shared = tuple(str(one) for one in body.get("fields") or ())
    default = _amount(body.get("defaultLimit") or _MOST_PER_OBJECT, _MOST_PER_OBJECT)
    asked = body.get("sobjects") or []
    if not isinstance(asked, list) or not all(isinstance(one, dict) for one in asked):
        raise ApiError(400, "JSON_PARSER_ERROR", "sobjects must be a list of objects")
    targets = [
        _target(
            service,
            str(one.get("name", "")),
            tuple(str(name) for name in one.get("fields") or ()) or shared,
            str(one.get("where") or ""),
            _amount(one.get("limit") or default, _MOST_PER_OBJECT),
        )
        for one in asked
    ]
    overall = _amount(body.get("overallLimit") or _MOST, _MOST)
    return _search(call, service, (str(body.get("q") or ""), str(body.get("in") or "")), targets, overall)


def search_by_sosl(call: ApiCall, service: RestService) -> ApiReply:
    """FIND {words} [IN ALL|NAME|EMAIL|PHONE FIELDS] [RETURNING Object(fields), ...] and nothing more of SOSL."""
    found = _SOSL.fullmatch(call.parameter("q"))
    if found is None:
        raise ApiError(
            400, "MALFORMED_SEARCH", "unexpected token: this org reads FIND, IN and RETURNING only"
        )
    targets = [
        _target(service, name, _names(fields), "", _MOST_PER_OBJECT)
        for name, fields in _TARGET.findall(found["targets"] or "")
    ]
    return _search(call, service, (found["term"], found["scope"] or ""), targets, _MOST)


def _search(
    call: ApiCall, service: RestService, what: tuple[str, str], targets: list[_Target], overall: int
) -> ApiReply:
    words, scope = read_term(what[0]), read_scope(what[1])
    if not targets:
        targets = [_target(service, name, (), "", _MOST_PER_OBJECT) for name in _DEFAULT_OBJECTS]
    records: list[dict[str, Any]] = []
    for target in targets:
        ids = found_ids(service, target.definition, words, scope, _MOST)
        records.extend(_rows(call, service, target, ids)[: overall - len(records)])
    return ApiReply(200, {"searchRecords": records})


def _rows(call: ApiCall, service: RestService, target: _Target, ids: list[str]) -> list[dict[str, Any]]:
    if not ids:
        return []
    listed = ", ".join(f"'{one}'" for one in ids)
    where = f" AND ({target.where})" if target.where else ""
    soql = (
        f"SELECT {', '.join(target.fields or ('Id',))} FROM {target.definition.name} "
        f"WHERE Id IN ({listed}){where} LIMIT {target.most}"
    )
    page = service.runner.run(
        soql, user_id=call.user_id, all_rows=False, batch_size=2000, version=call.version
    )
    return page.records


def _target(service: RestService, name: str, fields: tuple[str, ...], where: str, most: int) -> _Target:
    definition = service.org.catalog.find(name)
    if definition is None or not definition.searchable or service.org.settings.hides_object(definition.name):
        raise ApiError(400, "INVALID_TYPE", f"sObject type '{name}' is not supported in search.")
    return _Target(definition, fields, where, most)


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


def _amount(value: object, most: int) -> int:
    text = str(value)
    if not text.isdigit() or not 1 <= int(text) <= most:
        raise ApiError(400, "INVALID_SEARCH", f"a limit must be a whole number from 1 to {most}")
    return int(text)


ROUTES = (
    Route("GET", "/parameterizedSearch", search_by_parameters),
    Route("POST", "/parameterizedSearch", search_by_body),
    Route("GET", "/search", search_by_sosl),
)
