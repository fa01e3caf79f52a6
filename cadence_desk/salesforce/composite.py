"""Composite requests: several parts in one call, each with an answer of its own; called by the REST client.

Source: REST API guide, Composite: at most 25 parts of which 5 may be queries, one call of the org's daily limit,
HTTP 200 even when parts failed. Actions are not among what a part may ask for.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from cadence_desk.domain.errors import AnswerUnreadable, Executed, NotAvailable
from cadence_desk.salesforce.errors import translate_answer
from cadence_desk.salesforce.exchange import Exchange

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from cadence_desk.domain.errors import DeskError

MOST_QUERIES = 5
"""Queries in one composite request (REST guide, Composite: sub-request limits)."""
AGAIN_SECONDS = 3600.0
"""So long an org that has no composite requests is not asked for one again."""
_NO_SUCH_DOOR = frozenset({"NOT_FOUND", "METHOD_NOT_ALLOWED"})
"""The resource is not there, or takes no POST (REST guide, Status Codes and Error Responses: 404, 405)."""


class Composites:
    """Whether an org takes composite requests.

    Only the answer that there is no such resource says no. A permission that is missing, a request that is malformed
    or too large, a field that is unknown: all that is about one request and not about the next.
    """

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._none_until: float | None = None

    @property
    def taken(self) -> bool:
        """True unless the org said within the last hour that it has none."""
        return self._none_until is None or self._now() >= self._none_until

    @taken.setter
    def taken(self, value: bool) -> None:
        self._none_until = None if value else self._now() + AGAIN_SECONDS

    def note(self, refusal: DeskError) -> bool:
        """Remember for an hour when a refused request says that the org has no composites; returns True then."""
        says_so = (
            isinstance(refusal, NotAvailable)
            and refusal.executed is Executed.NO
            and refusal.server_code in _NO_SUCH_DOOR
        )
        if says_so:
            self.taken = False
        return says_so


@dataclass(frozen=True, slots=True)
class Part:
    """One request inside: its path stands below the version's root, its name is how later parts refer to it."""

    name: str
    path: str
    method: str = "GET"
    body: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class PartAnswer:
    """What the org said to one part."""

    status: int
    body: Any

    def value(self, *, write: bool = False) -> Any:
        """Return the body of a success. Raises DeskError as the part's own status and body say."""
        if not 200 <= self.status <= 299:
            raise translate_answer(self.status, self.body, Exchange(write=write))
        return self.body


def query_part(name: str, soql: str, *, deleted: bool = False) -> Part:
    """Return the part that asks a query."""
    return Part(name, f"{'queryAll' if deleted else 'query'}?q={quote(soql, safe='')}")


def wrapped(parts: Sequence[Part], version: str) -> dict[str, Any]:
    """Return the body of a composite request; a part that fails does not stop or undo the others."""
    asked = []
    for part in parts:
        one: dict[str, Any] = {
            "method": part.method,
            "url": f"/services/data/v{version}/{part.path}",
            "referenceId": part.name,
        }
        if part.body is not None:
            one["body"] = dict(part.body)
        asked.append(one)
    return {"allOrNone": False, "compositeRequest": asked}


def unwrapped(answer: object, parts: Sequence[Part]) -> list[PartAnswer]:
    """Return the answers in the order of the parts.

    Raises:
        AnswerUnreadable: it is no answer to these parts.
    """
    given = answer.get("compositeResponse") if isinstance(answer, dict) else None
    if not isinstance(given, list) or len(given) != len(parts):
        raise AnswerUnreadable("The answer to several questions at once cannot be read.")
    return [_part_answer(one, part.name) for one, part in zip(given, parts, strict=True)]


def _part_answer(given: object, name: str) -> PartAnswer:
    try:
        told, status, body = given["referenceId"], int(given["httpStatusCode"]), given["body"]  # type: ignore[index]
    except (TypeError, LookupError, ValueError, OverflowError):
        told, status, body = None, 0, None
    if told != name or not 100 <= status <= 599:
        raise AnswerUnreadable("The answer to several questions at once cannot be read.")
    return PartAnswer(status, body)
