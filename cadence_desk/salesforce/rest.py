"""REST calls to the org: simple-salesforce behind our own session, one renewal on 401, errors through the gate.

May import domain; simple-salesforce is loaded with the first call. Called by every reader and writer of this room.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING, Any, TypeGuard, TypeVar
from urllib.parse import quote

from cadence_desk.domain.errors import AnswerUnreadable, DeskError, NotAvailable
from cadence_desk.salesforce.composite import Composites, query_part, unwrapped, wrapped
from cadence_desk.salesforce.errors import is_cured_by_refresh, translate_exception
from cadence_desk.salesforce.exchange import Exchange, begin
from cadence_desk.salesforce.hosts import may_go
from cadence_desk.salesforce.retry import RetryRules
from cadence_desk.salesforce.rows import listed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from simple_salesforce.api import Salesforce

    from cadence_desk.salesforce.composite import Part, PartAnswer
    from cadence_desk.salesforce.session import OrgSession
    from cadence_desk.salesforce.soql import SoqlQuery
    from cadence_desk.salesforce.transport import Transport

T = TypeVar("T")

RULES = RetryRules()
MOST_RENEWALS = 2
"""Renewals of the session within one call; a session that is refused still then is over."""

PREFERRED = (66, 68)
"""API versions this build was tried with."""
ACCEPTED_FROM = 60
"""Older ones answer a part of what is asked; accepted with a note."""

LONG_QUERY = 7500
"""Characters of an encoded query that still go into an address: 16,384 is the limit for address and headers."""


@dataclass(frozen=True, slots=True)
class ElementList:
    """An answer that is a list of per-element results, at whatever status it came."""

    status: int
    items: list[dict[str, Any]]


class _Clients(threading.local):
    def __init__(self) -> None:
        self.by_place: dict[tuple[str, str], Salesforce] = {}


class RestClient:
    """Speaks REST for one org session. Each thread has its own connection."""

    def __init__(self, session: OrgSession, transport: Transport) -> None:
        self.session = session
        self._transport = transport
        self._clients = _Clients()
        self._lock = threading.Lock()
        self._version = ""
        self.composites = Composites(monotonic)
        self.ahead: dict[str, Any] = {}
        """First pages of queries, and other answers, that were asked for together and are wanted next; each is used once."""

    def version(self) -> str:
        """Return the API version to use, negotiated once.

        Raises:
            NotAvailable: the org offers no version this build can use.
        """
        with self._lock:
            known = self._version
        if known:
            return known
        found = choose_version(self.get_absolute("/services/data/", "versions"))
        with self._lock:
            self._version = found
        return found

    def get(self, path: str, purpose: str, headers: Mapping[str, str] | None = None) -> Any:
        """GET a path below the version's root; an empty answer is None."""
        return self._run(purpose, lambda sf: sf.restful(path, headers=dict(headers or {})))

    def get_absolute(self, path: str, purpose: str) -> Any:
        """GET a path from the instance's root; raises DeskError for anything but JSON at 200."""

        def ask(origin: str, exchange: Exchange) -> Any:
            answer = self._transport.session(origin, self.session.bearer).get(origin + path)
            if answer.status_code != 200:
                raise _Answered(answer.status_code, _body(answer), exchange)
            return answer.json()

        return self._guarded(purpose, write=False, call=ask)

    def send(self, method: str, path: str, purpose: str, body: Mapping[str, Any]) -> Any:
        """Write: POST or PATCH a JSON body; an empty answer is None. Never retried but after a 401."""
        return self._run(purpose, lambda sf: sf.restful(path, method=method, json=body), write=True)

    def delete(self, path: str, purpose: str) -> None:
        """Delete one record. Never retried but after a 401."""
        self._run(purpose, lambda sf: sf.restful(path, method="DELETE"), write=True)

    def send_elements(self, path: str, purpose: str, body: Mapping[str, Any]) -> ElementList:
        """POST and return per-element results, whatever the status: items that carry isSuccess are an answer.

        Raises:
            DeskError: the request as a whole failed.
        """

        def ask(sf: Salesforce) -> ElementList:
            try:
                items = sf.restful(path, method="POST", json=body)
                status = 200
            except Exception as error:
                items, status = getattr(error, "content", None), getattr(error, "status", 0)
                if not is_element_list(items):
                    raise
            if not is_element_list(items):
                raise AnswerUnreadable("The answer holds no results.")
            return ElementList(status, items)

        return self._run(purpose, ask, write=True)

    def pages(
        self, query: SoqlQuery, purpose: str, *, deleted: bool = False
    ) -> Iterator[list[dict[str, Any]]]:
        """Yield the rows of a query in the pages the org makes."""
        yield from self.pages_of(query.text(), purpose, deleted=deleted)

    def pages_of(self, soql: str, purpose: str, *, deleted: bool = False) -> Iterator[list[dict[str, Any]]]:
        """As pages, for a query the org itself wrote (that of a list view)."""
        yield from self.pages_from(self._first_page(soql, purpose, deleted=deleted), purpose)

    def pages_from(self, page: Any, purpose: str) -> Iterator[list[dict[str, Any]]]:
        """Yield the rows of a query's first page and of those that follow it."""
        while True:
            if not isinstance(page, dict):
                raise AnswerUnreadable("The answer to a query holds no records.")
            yield listed(page.get("records"))
            if page.get("done", True):
                return
            following = page.get("nextRecordsUrl")
            if not following:  # whoever is missing must not pass for one who is not there
                raise AnswerUnreadable("The org has more records and does not say where.")
            page = self._more(str(following), purpose)

    def rows(self, query: SoqlQuery, purpose: str, *, deleted: bool = False) -> list[dict[str, Any]]:
        """Return all rows of a query."""
        return [row for page in self.pages(query, purpose, deleted=deleted) for row in page]

    def together(self, parts: Sequence[Part], purpose: str, *, write: bool = False) -> list[PartAnswer]:
        """Ask several things by one composite request: one call of the daily limit (REST guide, Composite).

        Raises:
            DeskError: the request as a whole failed; parts that failed are answers.
        """
        body = wrapped(parts, self.version())
        return self._run(
            purpose,
            lambda sf: unwrapped(sf.restful("composite", method="POST", json=body), parts),
            write=write,
        )

    def _first_page(self, soql: str, purpose: str, *, deleted: bool) -> Any:
        known = None if deleted else self.ahead.pop(soql, None)
        if known is not None:
            return known
        if not is_long(soql):
            return self._run(purpose, lambda sf: sf.query(soql, include_deleted=deleted))
        (answer,) = self.together([query_part("query", soql, deleted=deleted)], purpose)
        return answer.value()

    def _more(self, path: str, purpose: str) -> Any:
        if not path.startswith("/services/data/"):
            raise AnswerUnreadable("The org names a next page that is none of its own.")
        return self._run(purpose, lambda sf: sf.query_more(path, identifier_is_url=True))

    def _run(self, purpose: str, call: Callable[[Salesforce], T], *, write: bool = False) -> T:
        version = self.version()
        return self._guarded(purpose, write=write, call=lambda origin, _: call(self._client(origin, version)))

    def _guarded(self, purpose: str, *, write: bool, call: Callable[[str, Exchange], T]) -> T:
        """Call with renewals on 401; a read is repeated by the rules, a write never."""
        renewals, repeats = 0, 0
        while True:
            try:
                return self._once(purpose, write, call)
            except _Expired as expired:
                # A 401 executed nothing, so even a write may go again. Once more than once: between a renewal and
                # its use a session can end again, and a second refusal would send a person to the browser for nothing.
                if renewals >= MOST_RENEWALS:
                    raise expired.error from None
                renewals += 1
                self.session.renew(expired.generation)
            except DeskError as error:
                if not RULES.may(error, write=write) or repeats >= RULES.often(error):
                    raise
                time.sleep(RULES.long(repeats, error))
                repeats += 1

    def _once(self, purpose: str, write: bool, call: Callable[[str, Exchange], T]) -> T:  # noqa: FBT001
        origin = self.session.instance_url
        exchange = begin(purpose, write=write)
        try:
            return call(origin, exchange)
        except Exception as error:  # noqa: BLE001 - the gate sorts them all
            told = translate_exception(error, exchange)
            if _is_expired(error) or (not write and self._has_moved(exchange)):
                raise _Expired(exchange.generation, told) from None
            raise told from None

    def _has_moved(self, exchange: Exchange) -> bool:
        """Return True when an org's own server sends on to another one of the org: a renewal tells where it lives."""
        return bool(exchange.sent_on) and may_go(self.session.profile, exchange.sent_on)

    def _client(self, origin: str, version: str) -> Salesforce:
        found = self._clients.by_place.get((origin, version))
        session = self._transport.session(origin, self.session.bearer)
        if found is None or found.session is not session:
            from simple_salesforce.api import Salesforce

            found = Salesforce(
                session_id="unused",  # the session signs each request with the token of the moment
                instance_url=origin,
                version=version,
                session=session,
                object_pairs_hook=dict,
            )
            self._clients.by_place[origin, version] = found
        return found


def is_long(soql: str) -> bool:
    """Return True for a query that goes into the body of a composite request, because no address has room for it."""
    return len(quote(soql)) > LONG_QUERY


class _Answered(Exception):
    """Shaped like the errors of simple-salesforce."""

    def __init__(self, status: int, content: object, exchange: Exchange) -> None:
        super().__init__(status)
        self.status = status
        self.content = content
        self.exchange = exchange


class _Expired(Exception):
    """A signal inside this module: one renewal may cure it."""

    def __init__(self, generation: int, error: DeskError) -> None:
        super().__init__("expired")
        self.generation = generation
        self.error = error


def _is_expired(error: Exception) -> bool:
    return is_cured_by_refresh(getattr(error, "status", 0), getattr(error, "content", None))


def _body(answer: Any) -> Any:
    try:
        return answer.json()
    except (ValueError, RecursionError):
        return None


def is_element_list(body: object) -> TypeGuard[list[dict[str, Any]]]:
    """Return True for a list whose items are per-element results of an action."""
    return (
        isinstance(body, list)
        and bool(body)
        and all(isinstance(item, dict) and isinstance(item.get("isSuccess"), bool) for item in body)
    )


def listed_versions(listed: object) -> tuple[int, ...]:
    """Return the API versions of an org's list, oldest first."""
    found = set()
    for item in listed if isinstance(listed, list) else ():
        text = str(item.get("version", "")) if isinstance(item, dict) else ""
        if text.replace(".", "", 1).isdigit():
            found.add(int(float(text)))
    return tuple(sorted(found))


def choose_version(listed: object) -> str:
    """Return the highest version this build was tried with, else the newest it accepts.

    Raises:
        NotAvailable: none is new enough.
    """
    found = listed_versions(listed)
    tried = [number for number in found if PREFERRED[0] <= number <= PREFERRED[1]]
    older = [number for number in found if ACCEPTED_FROM <= number < PREFERRED[0]]
    if not tried and not older:
        raise NotAvailable("The org offers no API version that this version of Cadence Desk can use.")
    return f"{max(tried or older)}.0"


def is_preferred(version: str) -> bool:
    """Return True when this build was tried with the version."""
    return PREFERRED[0] <= float(version) <= PREFERRED[1]
