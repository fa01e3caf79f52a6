"""Rules about the line, the API and its daily calls. Pure; called by rules."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from cadence_desk.domain.readiness.facts import Unread
from cadence_desk.domain.readiness.finding import failed, passed, unknown, unread, warned

if TYPE_CHECKING:
    from cadence_desk.domain.readiness.facts import Allowance, OrgFacts
    from cadence_desk.domain.readiness.finding import Finding

ENDING_SOON = timedelta(days=14)
SKEW_WARN, SKEW_FAIL = 60.0, 300.0
"""Seconds. Salesforce takes a signed statement that is at most 3 minutes off (JWT bearer flow)."""
FEW_LEFT, HARDLY_LEFT = 0.2, 0.02


def tls(facts: OrgFacts) -> Finding:
    """Which protocol and whose certificate."""
    line = facts.line
    if isinstance(line, Unread):
        return unread(line)
    if not line.tls:
        return unknown(f"The certificate of {line.host} could not be looked at.")
    issuer = f", certificate of {line.host} issued by “{line.issuer}”" if line.issuer else ""
    own = "; this org brings its own authority" if line.extra_authority else ""
    seen = f"{line.tls}{issuer}{own}."
    if line.ends is not None and line.now is not None and line.ends - line.now < ENDING_SOON:
        return warned(f"{seen} It ends on {line.ends:%Y-%m-%d}.")
    return passed(seen)


def proxy(facts: OrgFacts) -> Finding:
    """Which proxies stand between."""
    line = facts.line
    if isinstance(line, Unread):
        return unread(line)
    seen = f"REST: {line.proxy or 'none'}; events: {line.events_proxy or 'none'}."
    if not line.events_proxy_works:
        return warned(f"{seen} The event stream cannot go through this kind of proxy.")
    return passed(seen)


def clock(facts: OrgFacts) -> Finding:
    """How far this computer's clock is off."""
    line = facts.line
    if isinstance(line, Unread):
        return unread(line)
    if line.skew is None:
        return unknown("The org's answers carry no time.")
    off = abs(line.skew)
    where = "ahead of" if line.skew > 0 else "behind"
    seen = f"This computer is {_span(off)} {where} Salesforce."
    if off >= SKEW_FAIL:
        return failed(seen)
    if off >= SKEW_WARN:
        return warned(seen)
    return passed("It agrees with Salesforce." if off < 2 else seen)


def _span(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} minutes" if seconds < 7200 else f"{seconds / 3600:.0f} hours"


def api_access(facts: OrgFacts) -> Finding:
    """Whether the API answers at all."""
    if facts.api_refusal:
        return failed(facts.api_refusal)
    if isinstance(facts.offers, Unread):
        return unread(facts.offers)
    return passed("The REST API answers.")


def api_version(facts: OrgFacts) -> Finding:
    """Which version is used."""
    versions = facts.versions
    if isinstance(versions, Unread):
        return unread(versions)
    low, high = versions.tried
    offered = f"the org offers {versions.offered[0]} to {versions.offered[-1]}" if versions.offered else ""
    if not versions.used:
        return failed(f"None can be used: {offered or 'the org lists none'}, {versions.oldest} is the least.")
    seen = f"{versions.used}.0 is used; {offered}."
    if not low <= versions.used <= high:
        return warned(f"{seen} Tested are {low} to {high}.")
    return passed(seen)


def api_limit(facts: OrgFacts) -> Finding:
    """How many calls are left today."""
    calls = facts.limits.calls
    if isinstance(calls, Unread):
        return unread(calls)
    seen = f"{calls.left:,} of {calls.most:,} calls are left for the last 24 hours."
    return by_share(calls, seen, HARDLY_LEFT)


def by_share(allowance: Allowance, seen: str, least: float) -> Finding:
    """Return the finding for what is left of an allowance."""
    if allowance.share <= least:
        return failed(seen)
    return warned(seen) if allowance.share <= FEW_LEFT else passed(seen)
