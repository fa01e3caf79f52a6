"""Rules about logging calls: tasks, statuses, results, the way a call takes and how doubles are kept out. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cadence_desk.domain.calls import UNCATEGORIZED
from cadence_desk.domain.protection import TASK_KEY
from cadence_desk.domain.readiness.facts import Unread
from cadence_desk.domain.readiness.finding import failed, listed, passed, unknown, unread, warned

if TYPE_CHECKING:
    from cadence_desk.domain.orgs import ObjectDescription
    from cadence_desk.domain.readiness.facts import OrgFacts
    from cadence_desk.domain.readiness.finding import Finding

TASK_MARK = "CallObject"
STEP_LINK = "ActionCadenceStepTrackerId"
CALL_FIELDS = ("Subject", "Status", "WhoId", "CallDisposition", "CallDurationInSeconds", "Description")
NEEDED_FIELDS = ("Status", "WhoId", "CallDisposition")
_NO_TASKS = "Tasks cannot be seen."


def _task(facts: OrgFacts) -> ObjectDescription | Unread | None:
    return facts.offers if isinstance(facts.offers, Unread) else facts.offers.objects.get("Task")


def task_create(facts: OrgFacts) -> Finding:
    """Whether tasks can be created."""
    task = _task(facts)
    if isinstance(task, Unread):
        return unread(task)
    if task is None:
        return failed(_NO_TASKS)
    if task.createable is False or not any(field.createable for field in task.fields.values()):
        return failed("You may see tasks but not create them.")
    return passed("You may create tasks.")


def task_fields(facts: OrgFacts) -> Finding:
    """Whether what a call holds can be written."""
    task = _task(facts)
    if isinstance(task, Unread):
        return unread(task)
    if task is None:
        return failed(_NO_TASKS)
    fixed = [name for name in CALL_FIELDS if name not in task.fields or not task.fields[name].createable]
    if any(name in NEEDED_FIELDS for name in fixed):
        return failed(f"Cannot be written: {listed(fixed)}.")
    return (
        warned(f"Left out, because they cannot be written: {listed(fixed)}.")
        if fixed
        else passed("Result, duration, notes and person can be written.")
    )


def task_status(facts: OrgFacts) -> Finding:
    """Whether a call can be closed."""
    statuses = facts.calls.statuses
    if isinstance(statuses, Unread):
        return unread(statuses)
    closed = [one.value for one in statuses if one.is_closed]
    if not closed:
        return failed("None of the task statuses is a closed one.")
    return passed(f"Calls are closed as “{closed[0]}”.")


def call_path(facts: OrgFacts) -> Finding:
    """Which way a call on a step takes."""
    task = _task(facts)
    if isinstance(task, Unread) or isinstance(facts.offers, Unread):
        return unread(task if isinstance(task, Unread) else Unread())
    if task is None:
        return failed(_NO_TASKS)
    if facts.offers.offers("completeActionCadenceStep"):
        return passed("One action logs the call and completes its step.")
    link = task.fields.get(STEP_LINK)
    if not facts.offers.offers("sendSalesCadenceEvent"):
        return warned("A call is logged as a task; its step cannot be completed from here.")
    if link is None or not link.filterable:
        return warned(
            f"Task.{STEP_LINK} is hidden: a call becomes a task of its own, then its step is completed."
        )
    return passed("The step's own task is closed with the call, then the step is completed.")


def call_protection(facts: OrgFacts) -> Finding:
    """How strongly a call is kept from being logged twice."""
    task = _task(facts)
    if isinstance(task, Unread):
        return unread(task)
    if task is None:
        return failed(_NO_TASKS)
    key, mark = task.fields.get(TASK_KEY), task.fields.get(TASK_MARK)
    if key is not None and key.external_id and key.unique and key.createable and key.filterable:
        return passed(f"Strong: every call has a key of its own in {TASK_KEY}.")
    weak = f"{TASK_KEY} is {_lack(key is not None, key is not None and key.external_id)}"
    if mark is not None and mark.createable and mark.filterable:
        return warned(f"Fair: {weak}; calls are marked in {TASK_MARK} and looked for after a wait.")
    return warned(f"Weak: {weak}, and no other mark can be set; after a lost answer a person decides.")


def _lack(exists: bool, external: bool) -> str:  # noqa: FBT001 - two answers about one field
    if not exists:
        return "missing"
    return "not unique, or not writable by you" if external else "no external id"


def call_results(facts: OrgFacts) -> Finding:
    """Whether call results are defined."""
    results = facts.calls.results
    if isinstance(results, Unread):
        return unread(results)
    if not results:
        return warned("There are none; reps type the result.")
    return passed(f"{len(results)}: {listed([one.text for one in results])}.")


def call_outcomes(facts: OrgFacts) -> Finding:
    """Whether call results map to outcomes."""
    results = facts.calls.results
    if isinstance(results, Unread):
        return unread(results)
    if not results:
        return unknown("There are no call results.")
    loose = [one.text for one in results if one.outcome == UNCATEGORIZED]
    if loose:
        return warned(f"Mapped to no outcome: {listed(loose)}.")
    return passed(f"All {len(results)} are mapped.")


def call_scripts(facts: OrgFacts) -> Finding:
    """Whether call scripts can be read."""
    if isinstance(facts.offers, Unread):
        return unread(facts.offers)
    if not facts.offers.has_object("CallTemplate"):
        return warned("Call scripts are hidden from you; calls show none.")
    scripts = facts.calls.scripts
    if isinstance(scripts, Unread):
        return unread(scripts)
    return passed("They can be read.") if scripts else passed("They can be read; there is none yet.")
