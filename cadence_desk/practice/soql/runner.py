"""Runs queries for the REST server: reads, compiles, fetches a page, keeps the cursor for the pages after it.

Imports the compilers and cursors. One per org; called by rest.
"""

from __future__ import annotations

import json
import sqlite3
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from cadence_desk.practice.soql.column_metadata import column_metadata
from cadence_desk.practice.soql.cursors import CursorBook, IdList
from cadence_desk.practice.soql.filters import Fragment
from cadence_desk.practice.soql.grouping import GroupCompiler, is_count, is_grouped
from cadence_desk.practice.soql.problems import (
    INVALID_LOCATOR,
    TOO_COMPLICATED,
    TOO_MANY_GROUPS,
    Misread,
    SoqlProblem,
    problem_for,
)
from cadence_desk.practice.soql.projection import Page, Projection
from cadence_desk.practice.soql.reading import read_query
from cadence_desk.practice.soql.sources import Reading
from cadence_desk.practice.soql.statements import QueryCompiler, RowsStatement

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cadence_desk.practice.org.catalog.model import Catalog
    from cadence_desk.practice.org.clock import VirtualClock
    from cadence_desk.practice.org.settings import OrgSettings
    from cadence_desk.practice.org.store import Store
    from cadence_desk.practice.soql.syntax import Query

LARGEST_PAGE = 2_000
SMALLEST_PAGE = 200
"""Rows of a page (facts on REST, section 2.1); the setting `smallest_query_page` may lower it for drills."""


@dataclass(frozen=True, slots=True)
class QueryPage:
    """One page of an answer, its records ready for JSON; `next_locator` is one path segment, None on the last page."""

    total_size: int
    done: bool
    records: list[dict[str, Any]]
    next_locator: str | None = None


class QueriedOrg(Protocol):
    """What a query needs of an org; `PracticeOrg` has it."""

    catalog: Catalog
    store: Store
    clock: VirtualClock
    settings: OrgSettings


@dataclass(slots=True)
class QueryRunner:
    """Answers queries over one org."""

    org: QueriedOrg
    _cursors: CursorBook[RowsStatement] = field(default_factory=CursorBook)

    def __post_init__(self) -> None:
        """Teach the store to fold the case of text beyond ASCII, which SQLite cannot."""
        self.org.store.connection.create_function("soql_lower", 1, _lower, deterministic=True)

    def run(self, soql: str, *, user_id: str, all_rows: bool, batch_size: int, version: str) -> QueryPage:
        """Return the first page of a query's answer.

        Args:
            soql: the query.
            user_id: whose query it is (scope Mine).
            all_rows: also find deleted records (queryAll).
            batch_size: rows per page; brought into the allowed range.
            version: the API version for record addresses, `62.0`.

        Raises:
            SoqlProblem: the org refuses the query.
        """
        reading = self._reading(user_id, all_rows=all_rows)
        with self._told(soql):
            query = read_query(soql)
            if is_count(query):
                return QueryPage(self._count(query, reading), done=True, records=[])
            if is_grouped(query):
                return self._groups(query, reading)
            return self._first_page(query, reading, self._page_size(batch_size), version.lstrip("v"))

    def more(self, locator: str, version: str) -> QueryPage:
        """Return the page that a locator of an earlier page names.

        Raises:
            SoqlProblem: INVALID_QUERY_LOCATOR, the cursor is unknown or older than two days.
        """
        found = self._cursors.find(locator, self.org.clock.now_ms())
        if found is None:
            raise SoqlProblem(INVALID_LOCATOR, "invalid query locator")
        cursor, first = found
        page = Page(version.lstrip("v"))
        records = self._records(cursor.plan, cursor.ids.part(first, cursor.batch_size), page)
        following = cursor.locator_at(first + cursor.batch_size)
        return QueryPage(len(cursor.ids), following is None, records, following)

    def columns(self, soql: str, *, user_id: str) -> dict[str, Any]:
        """Return what `columns=true` answers: the columns of the query instead of its records.

        Raises:
            SoqlProblem: the org refuses the query.
        """
        with self._told(soql):
            return column_metadata(read_query(soql), self._reading(user_id, all_rows=False))

    def _reading(self, user_id: str, *, all_rows: bool) -> Reading:
        org = self.org
        return Reading(org.catalog, org.store, org.settings, org.clock.now_ms(), user_id, all_rows)

    def _page_size(self, asked: int) -> int:
        smallest = getattr(self.org.settings, "smallest_query_page", SMALLEST_PAGE)
        return min(max(asked, smallest), LARGEST_PAGE)

    def _count(self, query: Query, reading: Reading) -> int:
        return int(self._rows(QueryCompiler(reading).count(query))[0][0])

    def _groups(self, query: Query, reading: Reading) -> QueryPage:
        statement = GroupCompiler(QueryCompiler(reading), query).compile()
        rows = self._rows(statement.find)
        if len(rows) > LARGEST_PAGE:
            sentence = (
                "Aggregate queries do not page: restrict this one with LIMIT or WHERE to a single batch"
            )
            raise SoqlProblem(TOO_MANY_GROUPS, sentence)
        records: list[dict[str, Any]] = []
        for row in rows:
            record: dict[str, Any] = {"attributes": {"type": "AggregateResult"}}
            for key, raw in zip(statement.keys, row, strict=True):
                record[key.name] = None if raw is None else key.render(raw)
            records.append(record)
        return QueryPage(len(records), done=True, records=records)

    def _first_page(self, query: Query, reading: Reading, batch_size: int, version: str) -> QueryPage:
        plan = QueryCompiler(reading).rows(query)
        ids = [row[0] for row in self._rows(plan.find)]
        records = self._records(plan, ids[:batch_size], Page(version))
        if len(ids) <= batch_size:
            return QueryPage(len(ids), done=True, records=records)
        cursor = self._cursors.open(IdList(ids), plan, batch_size, reading.now_ms)
        return QueryPage(len(ids), done=False, records=records, next_locator=cursor.locator_at(batch_size))

    def _records(self, plan: RowsStatement, ids: Sequence[str], page: Page) -> list[dict[str, Any]]:
        rows = self._rows(Fragment(plan.read, (json.dumps(ids),)))
        return self._rendered(plan.projection, rows, page)

    def _rendered(self, projection: Projection, rows: list[Any], page: Page) -> list[dict[str, Any]]:
        children: dict[tuple[int, str], list[dict[str, Any]]] = {}
        for number, plan in enumerate(projection.children):
            parents = json.dumps([row[0] for row in rows])
            found = self._rows(Fragment(plan.sql, (parents, *plan.values)))
            records = self._rendered(plan.projection, [row[1:] for row in found], page)
            for row, record in zip(found, records, strict=True):
                children.setdefault((number, row[0]), []).append(record)
        whole = Page(page.version, children)
        return [projection.record(row, whole) for row in rows]

    def _rows(self, fragment: Fragment) -> list[Any]:
        return self.org.store.connection.execute(fragment.sql, fragment.values).fetchall()

    @contextmanager
    def _told(self, soql: str) -> Iterator[None]:
        try:
            yield
        except Misread as misread:
            raise problem_for(soql, misread) from None
        except (RecursionError, sqlite3.OperationalError) as error:
            sentence = "The query selects too many fields or its filter is too complicated."
            raise SoqlProblem(TOO_COMPLICATED, sentence) from error


def _lower(text: str | float | None) -> str | float | None:
    return text.lower() if isinstance(text, str) else text
