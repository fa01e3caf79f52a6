"""Several queries by as few calls as an org takes. May import domain; called by readers through the REST client.

Source: REST API guide, Composite: up to 5 queries in one request, which counts as one call.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from cadence_desk.domain.errors import NotAllowed, NotAvailable, OrgRefused
from cadence_desk.salesforce.composite import MOST_QUERIES, query_part

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cadence_desk.salesforce.composite import Part, PartAnswer
    from cadence_desk.salesforce.rest import RestClient
    from cadence_desk.salesforce.soql import SoqlQuery

Rows: TypeAlias = "list[dict[str, Any]]"
_NO_FOR_GOOD = (NotAvailable, NotAllowed, OrgRefused)


def rows_together(rest: RestClient, queries: Sequence[SoqlQuery], purpose: str) -> list[Rows | None]:
    """Return the rows of several queries; None for one that the org refuses for good.

    Raises:
        DeskError: the org could not be asked, or cannot answer one of them now.
    """
    found: list[Rows | None] = []
    for start in range(0, len(queries), MOST_QUERIES):
        some = queries[start : start + MOST_QUERIES]
        answers = _answers(rest, some, purpose) if len(some) > 1 else None
        if answers is None:
            found += [_rows_by_itself(rest, query, purpose) for query in some]
        else:
            found += [_rows_of(rest, answer, purpose) for answer in answers]
    return found


def _answers(rest: RestClient, queries: Sequence[SoqlQuery], purpose: str) -> list[PartAnswer] | None:
    parts = [query_part(f"query_{number}", query.text()) for number, query in enumerate(queries)]
    return parts_together(rest, parts, purpose)


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


def _rows_by_itself(rest: RestClient, query: SoqlQuery, purpose: str) -> Rows | None:
    try:
        return rest.rows(query, purpose)
    except _NO_FOR_GOOD:
        return None


def _rows_of(rest: RestClient, answer: PartAnswer, purpose: str) -> Rows | None:
    try:
        first = answer.value()
    except _NO_FOR_GOOD:
        return None
    return [row for page in rest.pages_from(first, purpose) for row in page]
