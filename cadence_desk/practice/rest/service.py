"""What every REST resource works on: the org, the query runner, usage, freshness, and one open transaction.

May import the org model and soql. Made by the application; handed to handlers with each call.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from email.utils import formatdate, parsedate_to_datetime
from typing import Any

from cadence_desk.practice.org.catalog.model import FieldDef, ObjectDef
from cadence_desk.practice.org.settings import OPERATION_KEY
from cadence_desk.practice.org.transaction import Transaction
from cadence_desk.practice.org.world import PracticeOrg
from cadence_desk.practice.rest.calls import ApiCall, ApiReply
from cadence_desk.practice.rest.errors import not_found
from cadence_desk.practice.rest.usage import ApiUsage
from cadence_desk.practice.soql.runner import QueryRunner

Dispatch = Callable[[ApiCall], ApiReply]
_SHAPING = (
    "contract",
    "hidden_fields",
    "hidden_objects",
    "read_only_objects",
    "unavailable_actions",
    "unlicensed_users",
    "person_accounts",
    "operation_key",
    "unknown_picklists",
)
"""The settings that describes follow."""


@dataclass(slots=True)
class RestService:
    """The shared ground of the resources. `dispatch` answers a sub-request as a call of its own."""

    org: PracticeOrg
    runner: QueryRunner
    usage: ApiUsage
    freshness: "Freshness"
    dispatch: Dispatch
    open_transaction: Transaction | None = None

    def visible(self, definition: ObjectDef) -> Iterator[FieldDef]:
        """The fields of an object that are not hidden by the settings."""
        hides = self.org.settings.hides_field
        return (
            self._shaped(definition, one)
            for one in definition.fields.values()
            if not hides(definition.name, one.name)
        )

    def field(self, definition: ObjectDef, name: str) -> FieldDef | None:
        """A visible field by name, ignoring case."""
        found = definition.field(name)
        if found is None or self.org.settings.hides_field(definition.name, found.name):
            return None
        return self._shaped(definition, found)

    def _shaped(self, definition: ObjectDef, one: FieldDef) -> FieldDef:
        """The operation's key as the settings have it: unique, an external id only, or a plain text."""
        kind = self.org.settings.operation_key
        if kind == "unique" or definition.name != "Task" or one.name != OPERATION_KEY:
            return one
        external = kind == "external"
        return replace(one, unique=False, external_id=external, id_lookup=external)

    def object(self, name: str) -> ObjectDef:
        """An object by name, ignoring case. Raises ApiError 404 NOT_FOUND."""
        found = self.org.catalog.find(name)
        if found is None or self.org.settings.hides_object(found.name):
            raise not_found()
        if found.name in self.org.settings.read_only_objects:
            return replace(found, createable=False, updateable=False, deletable=False)
        return found

    @contextmanager
    def transaction(self, call: ApiCall) -> Iterator[Transaction]:
        """A transaction of this call, or the one that an all-or-none composite has open around it."""
        if self.open_transaction is not None:
            with self.open_transaction.attempt():
                yield self.open_transaction
            return
        with self.org.transaction(call.user_id, call.origin) as transaction:
            yield transaction

    @contextmanager
    def shared_transaction(self, call: ApiCall) -> Iterator[Transaction]:
        """One transaction for everything that is dispatched inside; an exception rolls it back."""
        with self.org.transaction(call.user_id, call.origin) as transaction:
            self.open_transaction = transaction
            try:
                yield transaction
            finally:
                self.open_transaction = None


class Freshness:
    """When the metadata last changed, for If-Modified-Since on describes and actions.

    HTTP dates have whole seconds, so a change within the second of an earlier answer counts as the next second.
    """

    def __init__(self, org: PracticeOrg) -> None:
        self._org = org
        self._seen = self._fingerprint()
        self._modified_s = int(time.time())

    def reply(self, call: ApiCall, value: Callable[[], Any]) -> ApiReply:
        """304 without body when nothing changed since the date the caller names, else the value."""
        modified = self._modified()
        headers = {"Last-Modified": formatdate(modified, usegmt=True)}
        asked = _http_date(call.header("if-modified-since"))
        if asked is not None and asked >= modified:
            return ApiReply(304, None, headers)
        return ApiReply(200, value(), headers)

    def _modified(self) -> int:
        now = self._fingerprint()
        if now != self._seen:
            self._seen = now
            self._modified_s = max(int(time.time()), self._modified_s + 1)
        return self._modified_s

    def _fingerprint(self) -> tuple[object, ...]:
        settings = self._org.settings
        return (
            self._org.catalog.version,
            repr([getattr(settings, name) for name in _SHAPING]),
        )


def _http_date(text: str) -> float | None:
    if not text:
        return None
    try:
        return parsedate_to_datetime(text).timestamp()
    except ValueError:
        return None
