"""What a colleague does in a cadence, by name: finish a step, log a call, convert a lead, open an email.

May import org. Called by the edits beside it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cadence_desk.practice.control.shapes import BadRequestError, count_of, text_of
from cadence_desk.practice.org.conversion import convert
from cadence_desk.practice.org.engine.parts import STEP_OBJECT, Refusal, tracker_of
from cadence_desk.practice.org.engine.runs import Enrollment

if TYPE_CHECKING:
    from collections.abc import Callable

    from cadence_desk.practice.org.transaction import Transaction
    from cadence_desk.practice.org.world import PracticeOrg

    Shape = dict[str, Any]
    Verb = Callable[[Transaction, Shape], Shape]

EMAIL_EVENTS = ("EmailOpen", "EmailLinkClick", "EmailReply", "EmailHardBounce", "EmailSoftBounce")


class EngineVerbs:
    """The verbs of POST /edit; each runs in one transaction of the named colleague."""

    def __init__(self, org: PracticeOrg) -> None:
        self._org = org
        self._table: dict[str, Verb] = {
            "complete_step": self._complete_step,
            "skip_step": self._skip_step,
            "log_call": self._log_call,
            "email_event": self._email_event,
            "enroll": self._enroll,
            "pause": self._pause,
            "resume": self._resume,
            "remove": self._remove,
            "convert_lead": self._convert_lead,
        }

    @property
    def names(self) -> tuple[str, ...]:
        """All verbs."""
        return tuple(sorted(self._table))

    def run(self, shape: Shape, user: str, origin: str) -> Shape:
        """Does what a verb says. Raises BadRequestError, with the engine's code for what it refuses."""
        verb = self._table.get(text_of(shape, "verb"))
        if verb is None:
            raise BadRequestError(f"verb must be one of: {', '.join(self.names)}")
        try:
            with self._org.transaction(user, origin) as work:
                return verb(work, shape)
        except Refusal as refused:
            raise BadRequestError(f"refused: {refused.code}") from refused

    def _complete_step(self, work: Transaction, shape: Shape) -> Shape:
        step = _step_id(work, shape)
        self._org.engine.runs.complete(work, step)
        return {"step_tracker": step}

    def _skip_step(self, work: Transaction, shape: Shape) -> Shape:
        step = _step_id(work, shape)
        self._org.engine.runs.skip(work, step)
        return {"step_tracker": step}

    def _log_call(self, work: Transaction, shape: Shape) -> Shape:
        call = self._call(shape)
        if "person" in shape:
            more = {"WhoId": text_of(shape, "person"), "Subject": "Call", "TaskSubtype": "Call"}
            return {"task": work.insert("Task", {**call, **more})}
        step = _step_id(work, shape)
        task = self._org.engine.tasks.find(step)
        if task is not None and not task["IsClosed"]:
            work.update("Task", str(task["Id"]), call)
        if (work.read(STEP_OBJECT, step) or {}).get("State") == "Active":
            self._org.engine.runs.complete(work, step)
        return {"step_tracker": step, "task": str(task["Id"]) if task else None}

    def _call(self, shape: Shape) -> Shape:
        return {
            "Status": self._org.engine.tasks.closed_status(),
            "CallDisposition": text_of(shape, "disposition", "Meaningful Connect"),
            "CallDurationInSeconds": count_of(shape, "seconds", 60),
            "CallType": "Outbound",
            "Description": shape.get("comments"),
        }

    def _email_event(self, work: Transaction, shape: Shape) -> Shape:
        step, event = _step_id(work, shape), text_of(shape, "event")
        if event not in EMAIL_EVENTS:
            raise BadRequestError(f"event must be one of: {', '.join(EMAIL_EVENTS)}")
        self._org.engine.emails.engage(work, step, event)
        return {"step_tracker": step}

    def _enroll(self, work: Transaction, shape: Shape) -> Shape:
        owner = text_of(shape, "owner", work.user_id)
        order = Enrollment(text_of(shape, "target"), text_of(shape, "cadence"), owner)
        return {"tracker": self._org.engine.runs.enroll(work, order)}

    def _pause(self, work: Transaction, shape: Shape) -> Shape:
        until = count_of(shape, "resume_ms", 0) or None
        self._org.engine.runs.pause(work, _tracker(work, shape), until)
        return {}

    def _resume(self, work: Transaction, shape: Shape) -> Shape:
        self._org.engine.runs.resume(work, _tracker(work, shape))
        return {}

    def _remove(self, work: Transaction, shape: Shape) -> Shape:
        self._org.engine.runs.remove(work, _tracker(work, shape), shape.get("disposition"))
        return {}

    def _convert_lead(self, work: Transaction, shape: Shape) -> Shape:
        return {"contact": convert(work, text_of(shape, "lead"))}


def _tracker(work: Transaction, shape: Shape) -> dict[str, object]:
    return tracker_of(work, text_of(shape, "tracker"))


def _step_id(work: Transaction, shape: Shape) -> str:
    """The step tracker named, or the current one of the tracker named."""
    if "step_tracker" in shape:
        return text_of(shape, "step_tracker")
    current = _tracker(work, shape)["CurrentStepId"]
    if not current:
        raise BadRequestError("the tracker stands on no step")
    return str(current)
