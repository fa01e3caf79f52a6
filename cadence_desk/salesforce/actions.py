"""Runs invocable actions: described inputs, chunks, one outcome per input at any status. May import domain.

Source: Actions guide, Invoking Actions and Sales Engagement Actions. A write is never repeated here on doubt.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from cadence_desk.domain.errors import AnswerUnreadable, DeskError, Executed, NotAvailable
from cadence_desk.domain.ports import ActionAnswer, ActionOutcome
from cadence_desk.salesforce import rows
from cadence_desk.salesforce.action_inputs import build_inputs
from cadence_desk.salesforce.context import OrgPart
from cadence_desk.salesforce.exchange import current
from cadence_desk.salesforce.soql import SoqlQuery

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from cadence_desk.salesforce.context import OrgContext

CHUNK = 50
CHUNK_LIMIT = 100
"""No limit is published; 200 at once failed for others where 100 worked."""
CHUNK_FLOOR = 5

TOO_LARGE = frozenset({"HTTP 413", "HTTP 414", "HTTP 431"})


class ActionsClient(OrgPart):
    """Runs the actions of one org."""

    def __init__(self, org: OrgContext) -> None:
        super().__init__(org)
        self._chunk = CHUNK
        self._lock = threading.Lock()
        self._cadence_names: dict[str, str] = {}

    @property
    def chunk_size(self) -> int:
        """How many inputs go into one request just now; shrinks after trouble, grows back after success."""
        return self._chunk

    def run_action(self, name: str, inputs: Sequence[Mapping[str, object]]) -> ActionAnswer:
        """Run an action over any number of inputs, given by their documented names.

        Returns one outcome per input, in order. `mixed` answers may have been rolled back by the org.

        Raises:
            NotAvailable: the org does not list the action, or has no input for a given value.
            BadValue: a required input is missing.
            DeskError: a request failed as a whole; `executed` is UNKNOWN once an earlier chunk went through.
        """
        capabilities = self._org.capabilities()
        action = capabilities.actions.get(name)
        if action is None or not capabilities.offers(name):
            raise NotAvailable(capabilities.why_not(name))
        built = [build_inputs(action, given, self._name_of_cadence) for given in inputs]
        outcomes: dict[int, ActionOutcome] = {}
        date: datetime | None = None
        waiting = list(range(len(built)))
        while waiting:
            chunk = next_chunk(waiting, built, self._chunk)
            try:
                found, date = self._send(action.name, [built[index] for index in chunk])
            except DeskError as error:
                if self._may_split(error, chunk):
                    continue
                if outcomes:
                    error.executed = Executed.UNKNOWN
                raise
            outcomes.update(zip(chunk, found, strict=True))
            waiting = [index for index in waiting if index not in outcomes]
        return ActionAnswer(tuple(outcomes[index] for index in range(len(built))), date)

    def _send(self, name: str, inputs: list[dict[str, Any]]) -> tuple[list[ActionOutcome], datetime | None]:
        answer = self._org.rest.send_elements(
            f"actions/standard/{quote(name)}", f"action {name}", {"inputs": inputs}
        )
        if len(answer.items) != len(inputs):
            raise AnswerUnreadable("The org answered with another number of results than was asked.")
        outcomes = [parse_outcome(item) for item in answer.items]
        self._learn(failed=len({outcome.ok for outcome in outcomes}) > 1)
        return outcomes, current().server_date

    def _learn(self, *, failed: bool) -> None:
        with self._lock:
            if failed:
                self._chunk = max(CHUNK_FLOOR, self._chunk // 2)
            else:
                self._chunk = min(CHUNK, self._chunk + 5)

    def _may_split(self, error: DeskError, chunk: Sequence[int]) -> bool:
        """Return True when the request was refused for its size alone: then halves may pass."""
        if error.executed is not Executed.NO or error.server_code not in TOO_LARGE or len(chunk) < 2:
            return False
        with self._lock:
            self._chunk = max(1, len(chunk) // 2)
        return True

    def _name_of_cadence(self, cadence_id: str) -> str:
        known = self._cadence_names.get(cadence_id)
        if known is None:
            query = SoqlQuery("ActionCadence", ("Id", "Name")).where("Id", "=", cadence_id)
            found = self._org.rest.rows(query, "cadences")
            if not found:
                raise NotAvailable("The cadence does not exist, or your user cannot see it.")
            known = self._cadence_names[cadence_id] = rows.text(found[0], "Name")
        return known


def next_chunk(waiting: Sequence[int], built: Sequence[Mapping[str, Any]], size: int) -> list[int]:
    """Return the next inputs to send together: at most `size`, and never the same target twice."""
    chunk: list[int] = []
    seen: set[str] = set()
    for index in waiting:
        target = subject_of(built[index])
        if target and target in seen:
            continue
        seen.add(target)
        chunk.append(index)
        if len(chunk) >= min(size, CHUNK_LIMIT):
            break
    return chunk


def subject_of(built: Mapping[str, Any]) -> str:
    """Return the id that an input acts on, for keeping doubles apart."""
    by_name = {name.lower(): value for name, value in built.items()}
    for name in (
        "targetid",
        "actioncadencetrackerid",
        "recordid",
        "actioncadencesteptrackerid",
        "steptrackerid",
    ):
        value = by_name.get(name)
        if isinstance(value, str) and value:
            return value[:15]
    return ""


def parse_outcome(item: Mapping[str, Any]) -> ActionOutcome:
    """Return one element of an answer; keys may be missing in a success (Actions guide, samples)."""
    outputs = item.get("outputValues")
    values = outputs if isinstance(outputs, dict) else None
    if item.get("isSuccess") is True:
        return ActionOutcome(ok=True, outputs=values)
    errors = [error for error in item.get("errors") or () if isinstance(error, dict)]
    messages = [str(error.get("message")) for error in errors if error.get("message")]
    code = next((str(error["statusCode"]) for error in errors if error.get("statusCode")), "")
    if not messages and values and values.get("error"):
        messages = [str(values["error"])]
    return ActionOutcome(ok=False, code=code, message="\n".join(messages), outputs=values)
