"""What a rule finds: result, what was seen and, where it differs, what to do. Used by the rules of this package."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cadence_desk.domain.readiness.checks import CheckResult

if TYPE_CHECKING:
    from collections.abc import Collection

    from cadence_desk.domain.readiness.facts import Unread


@dataclass(frozen=True, slots=True)
class Finding:
    """The outcome of one rule; an empty `fix` leaves the one of the check's page."""

    result: CheckResult
    seen: str
    fix: str = ""


def passed(seen: str) -> Finding:
    """Return a pass."""
    return Finding(CheckResult.PASS, seen)


def warned(seen: str, fix: str = "") -> Finding:
    """Return a warning."""
    return Finding(CheckResult.WARN, seen, fix)


def failed(seen: str, fix: str = "") -> Finding:
    """Return a failure."""
    return Finding(CheckResult.FAIL, seen, fix)


def unknown(seen: str) -> Finding:
    """Return that it could not be told."""
    return Finding(CheckResult.UNKNOWN, seen)


def unread(fact: Unread) -> Finding:
    """Return that a fact could not be read, with its reason."""
    return unknown(f"Could not be read: {fact.why}")


def listed(names: Collection[str]) -> str:
    """Return names for a sentence."""
    return ", ".join(names)
