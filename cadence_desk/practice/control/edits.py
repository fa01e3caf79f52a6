"""Edits by a colleague: records written, actions run, steps worked, as somebody else in the org would.

May import org. Called by the control surface.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cadence_desk.practice.control.shapes import BadRequestError, text_of, user_of
from cadence_desk.practice.control.verbs import EngineVerbs
from cadence_desk.practice.org.values import DmlError

if TYPE_CHECKING:
    from cadence_desk.practice.org.transaction import Transaction
    from cadence_desk.practice.org.world import PracticeOrg

    Shape = dict[str, Any]

_MOST_EDITS = 200_000


class ColleagueEdits:
    """Does what POST /edit asks; a list of edits is one transaction."""

    def __init__(self, org: PracticeOrg) -> None:
        self._org = org
        self._verbs = EngineVerbs(org)

    @property
    def verbs(self) -> tuple[str, ...]:
        """The engine verbs."""
        return self._verbs.names

    def run(self, shape: Shape) -> Shape:
        """Runs an edit, a list of edits, an action or an engine verb. Raises BadRequestError."""
        user = user_of(self._org, shape) or self._colleague()
        origin = str(shape.get("origin", ""))
        try:
            if "action" in shape:
                return self._action(shape, user, origin)
            if "verb" in shape:
                return self._verbs.run(shape, user, origin)
            return self._edits(shape.get("edits", [shape]), user, origin)
        except DmlError as refused:
            raise BadRequestError(f"{refused.status_code}: {refused}") from refused

    def _colleague(self) -> str:
        """An active licensed user other than the default one."""
        default = self._org.default_user_id
        others = (str(row["Id"]) for row in self._org.users() if row["IsActive"] and row["Id"] != default)
        return next(others, default)

    def _edits(self, edits: Any, user: str, origin: str) -> Shape:
        if not isinstance(edits, list) or not 0 < len(edits) <= _MOST_EDITS:
            raise BadRequestError(f"edits must be a list of 1 to {_MOST_EDITS} edits")
        if not all(isinstance(edit, dict) for edit in edits):
            raise BadRequestError("each edit must be an object")
        with self._org.transaction(user, origin) as work:
            ids = [_edit(work, edit) for edit in edits]
        return {"ids": ids}

    def _action(self, shape: Shape, user: str, origin: str) -> Shape:
        inputs = shape.get("inputs")
        if not isinstance(inputs, list) or not all(isinstance(item, dict) for item in inputs):
            raise BadRequestError("inputs must be a list of objects")
        name = text_of(shape, "action")
        try:
            results = self._org.run_action(name, inputs, user, origin)
        except KeyError as problem:
            raise BadRequestError(f"the contract in force has no action called {name}") from problem
        return {"results": [one.as_json() for one in results]}


def _edit(work: Transaction, edit: Shape) -> str:
    """One record: `fields` without `id` creates, with `id` changes; `delete`, `undelete` and `purge` are flags."""
    sobject = text_of(edit, "sobject")
    fields = edit.get("fields", {})
    if not isinstance(fields, dict):
        raise BadRequestError("fields must be an object")
    if "id" not in edit:
        return work.insert(sobject, fields)
    record_id = text_of(edit, "id")
    if edit.get("delete") is True:
        work.delete(sobject, record_id)
    elif edit.get("purge") is True:
        work.store.purge(sobject, record_id)
    elif edit.get("undelete") is True:
        work.undelete(sobject, record_id)
    else:
        work.update(sobject, record_id, fields)
    return record_id
