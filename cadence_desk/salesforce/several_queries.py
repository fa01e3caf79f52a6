"""Several queries by as few calls as an org takes. May import domain; called by readers through the REST client.

Source: REST API guide, Composite: up to 5 queries in one request, which counts as one call.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from cadence_desk.domain.errors import AnswerUnreadable, NotAllowed, NotAvailable, OrgRefused
from cadence_desk.salesforce.composite import MOST_QUERIES, query_part
from cadence_desk.salesforce.rest import is_long
from cadence_desk.salesforce.soql import IDS_PER_QUERY, chunks

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cadence_desk.salesforce.composite import Part, PartAnswer
    from cadence_desk.salesforce.rest import RestClient
    from cadence_desk.salesforce.soql import SoqlQuery

Rows: TypeAlias = "list[dict[str, Any]]"
IDS_TOGETHER = 1_000
"""Ids in a query inside a composite request: 21,000 characters of the 100,000 that SOQL may have (SOQL limits).

No address has room for that; the body of a request has (Knowledge Article 000386264: the way around long addresses).
"""
_NO_FOR_GOOD = (NotAvailable, NotAllowed, OrgRefused)
_NO_ROWS = (*_NO_FOR_GOOD, AnswerUnreadable)


def rows_together(rest: RestClient, queries: Sequence[SoqlQuery], purpose: str) -> list[Rows | None]:
    """Return the rows of several queries; None for one that the org refuses for good or whose answer cannot be read.

    Raises:
        DeskError: the org could not be asked, or cannot answer one of them now.
    """
    found: list[Rows | None] = []
    for start in range(0, len(queries), MOST_QUERIES):
        some = queries[start : start + MOST_QUERIES]
        needs_body = len(some) > 1 or is_long(some[0].text())
        answers = _answers(rest, some, purpose) if needs_body else None
        if answers is None:
            found += [_rows_by_itself(rest, query, purpose) for query in some]
        else:
            found += [_rows_of(rest, answer, purpose) for answer in answers]
    return found


def _answers(rest: RestClient, queries: Sequence[SoqlQuery], purpose: str) -> list[PartAnswer] | None:
    parts = [query_part(f"query_{number}", query.text()) for number, query in enumerate(queries)]
    try:
        return parts_together(rest, parts, purpose)
    except AnswerUnreadable:
        return None  # each is asked by itself


def parts_together(rest: RestClient, parts: Sequence[Part], purpose: str) -> list[PartAnswer] | None:
    """Return what one composite request of reads brings; None where each has to be asked by itself.

    That is so for an hour where the org has no composite requests, and for this once where it refuses this one.

    Raises:
        DeskError: the org could not be asked, or its answer cannot be read.
    """
    if not rest.composites.taken:
        return None
    try:
        return rest.together(parts, purpose)
    except _NO_FOR_GOOD as refusal:
        rest.composites.note(refusal)
        return None


def most_ids(rest: RestClient) -> int:
    """Return about how many ids one call can ask for."""
    return IDS_TOGETHER if rest.composites.taken else IDS_PER_QUERY


def rows_by_ids(
    rest: RestClient,
    ids: Sequence[str],
    build: Callable[[Sequence[str]], SoqlQuery],
    purpose: str,
    *,
    deleted: bool = False,
) -> Rows:
    """Return the rows of a query about many ids, by as few calls as the org takes.

    What is refused as one long query is asked again by short ones: then the long one was what was wrong.

    Raises:
        DeskError: the org could not be asked, or refuses a short query.
    """
    found: Rows = []
    for some in chunks(ids, most_ids(rest)):
        known = _rows_by_body(rest, build(some), purpose, deleted) if len(some) > IDS_PER_QUERY else None
        if known is None:
            known = [row for few in chunks(some) for row in rest.rows(build(few), purpose, deleted=deleted)]
        found += known
    return found


def _rows_by_body(rest: RestClient, query: SoqlQuery, purpose: str, deleted: bool) -> Rows | None:  # noqa: FBT001
    answers = parts_together(rest, [query_part("query", query.text(), deleted=deleted)], purpose)
    return _rows_of(rest, answers[0], purpose) if answers is not None else None


def _rows_by_itself(rest: RestClient, query: SoqlQuery, purpose: str) -> Rows | None:
    if is_long(query.text()):
        return None
    try:
        return rest.rows(query, purpose)
    except _NO_ROWS:
        return None


def _rows_of(rest: RestClient, answer: PartAnswer, purpose: str) -> Rows | None:
    try:
        return [row for page in rest.pages_from(answer.value(), purpose) for row in page]
    except _NO_ROWS:
        return None
