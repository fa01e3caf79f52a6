"""The checks by code, and one line of the readiness page. Imports nothing of ours; used by rules, desk, ui and commands."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


class CheckResult(Enum):
    """How a check came out."""

    PASS = "pass"  # noqa: S105 - a word of the report
    WARN = "warn"
    """The desk works, with a restriction."""
    FAIL = "fail"
    """Something that the desk is for does not work."""
    UNKNOWN = "unknown"
    """It could not be read; nothing is guessed."""

    @property
    def word(self) -> str:
        """The word on the screen."""
        return self.value.capitalize()


class CheckCode(Enum):
    """Every check, in the order of the report."""

    TLS = "TLS"
    PROXY = "PROXY"
    CLOCK = "CLOCK"
    API_ACCESS = "API_ACCESS"
    API_VERSION = "API_VERSION"
    API_LIMIT = "API_LIMIT"
    USER_ACTIVE = "USER_ACTIVE"
    LICENSE = "LICENSE"
    PERMISSION_SET = "PERMISSION_SET"
    CADENCE_USER = "CADENCE_USER"
    CADENCE_OBJECTS = "CADENCE_OBJECTS"
    CADENCE_FIELDS = "CADENCE_FIELDS"
    CADENCE_ACTIONS = "CADENCE_ACTIONS"
    ACTION_INPUTS = "ACTION_INPUTS"
    DISPOSITIONS = "DISPOSITIONS"
    SEVERAL_CADENCES = "SEVERAL_CADENCES"
    PEOPLE_FIELDS = "PEOPLE_FIELDS"
    PERSON_ACCOUNTS = "PERSON_ACCOUNTS"
    TASK_CREATE = "TASK_CREATE"
    TASK_FIELDS = "TASK_FIELDS"
    TASK_STATUS = "TASK_STATUS"
    CALL_PATH = "CALL_PATH"
    CALL_PROTECTION = "CALL_PROTECTION"
    CALL_RESULTS = "CALL_RESULTS"
    CALL_OUTCOMES = "CALL_OUTCOMES"
    CALL_SCRIPTS = "CALL_SCRIPTS"
    EVENT_BUS = "EVENT_BUS"
    EVENT_PERMISSION = "EVENT_PERMISSION"
    EVENT_ALLOWANCE = "EVENT_ALLOWANCE"
    EVENTS_TRACKER = "EVENTS_TRACKER"
    EVENTS_STEP = "EVENTS_STEP"
    EVENTS_LEAD = "EVENTS_LEAD"
    EVENTS_CONTACT = "EVENTS_CONTACT"
    EVENTS_TASK = "EVENTS_TASK"


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the report.

    Attributes:
        seen: what was found, in a sentence.
        why: why it matters.
        fix: the way through Setup, or what to do on this computer.
    """

    code: CheckCode
    title: str
    result: CheckResult
    seen: str
    why: str
    fix: str

    def as_dict(self) -> dict[str, str]:
        """Return the line as it stands in JSON."""
        return {
            "code": self.code.value,
            "title": self.title,
            "result": self.result.value,
            "seen": self.seen,
            "why": self.why,
            "fix": self.fix,
        }


def as_text(checks: Sequence[Check]) -> str:
    """Return all lines as plain text, to be copied or printed."""
    parts = []
    for check in checks:
        lines = [f"{check.result.word.upper():8}{check.code.value:17} {check.title}: {check.seen}"]
        if check.result is not CheckResult.PASS:
            lines += [f"        Why: {check.why}", f"        Fix: {check.fix}"]
        parts.append("\n".join(lines))
    return "\n".join(parts)


def summary(checks: Sequence[Check]) -> str:
    """Return how many lines came out how, the worst first."""
    order = (CheckResult.FAIL, CheckResult.WARN, CheckResult.UNKNOWN, CheckResult.PASS)
    counts = [(sum(1 for one in checks if one.result is result), result) for result in order]
    return "  ·  ".join(f"{count} {result.value}" for count, result in counts if count)
