"""Fates and the rules that deal them out: which requests, after how many, how often, with which figures.

Pure. Armed by the control surface, asked by the middleware.
"""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, field, fields
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import Any


class FateKind(StrEnum):
    """What may happen to one request. `control/CONTROL.md` describes each in a line."""

    DELAY = "delay"
    DROP_BEFORE_COMMIT = "drop_before_commit"
    COMMIT_THEN_DROP = "commit_then_drop"
    COMMIT_LATE = "commit_late"
    STATUS = "status"
    EXPIRE_TOKENS = "expire_tokens"
    TRUNCATE = "truncate"
    SLOW_BODY = "slow_body"
    RESET = "reset"
    DUPLICATE_REPLY = "duplicate_reply"
    REORDER = "reorder"
    BAD_PAYLOAD = "bad_payload"


CODINGS = ("", "chunked", "gzip")
"""How a body that is cut may travel: as it is, in chunks, compressed."""


@dataclass(frozen=True, slots=True)
class RequestFacts:
    """What a rule can look at."""

    method: str
    path: str
    action: str
    purpose: str
    client: str = ""


@dataclass(frozen=True, slots=True)
class Match:
    """Which requests a rule is for; an empty field fits everything, `path` takes `*` and `?`."""

    method: str = ""
    path: str = ""
    action: str = ""
    purpose: str = ""
    client: str = ""

    def fits(self, facts: RequestFacts) -> bool:
        """Whether a request is meant."""
        return (
            self.method.upper() in {"", facts.method}
            and (not self.path or fnmatchcase(facts.path, self.path))
            and self.action.lower() in {"", facts.action.lower()}
            and self.purpose in {"", facts.purpose}
            and self.client in {"", facts.client}
        )


@dataclass(slots=True)
class Fate:
    """An armed rule. `after` requests pass first, then `times` requests meet it (0 = until disarmed).

    With `share` below 1 only that part of the fitting requests meets it, drawn by a chance of the rule's own.
    `seconds` serves delay and commit_late (0 there with `virtual_ms` set: org time); `count` is bytes kept for
    truncate, bytes per second for slow_body; `coding` is how a truncated body travels; `commit` says whether status and reset execute the request first.
    """

    kind: FateKind
    match: Match = field(default_factory=Match)
    times: int = 1
    after: int = 0
    share: float = 1.0
    seconds: float = 0.0
    virtual_ms: int = 0
    count: int = 0
    status: int = 503
    headers: dict[str, str] = field(default_factory=dict)
    body: str | None = None
    coding: str = ""
    commit: bool = False
    user: str = ""
    number: int = 0
    met: int = 0

    def as_dict(self) -> dict[str, Any]:
        """The rule as the control surface shows it."""
        return asdict(self)


_PURPOSES: tuple[tuple[str, str], ...] = (
    (r"/services/oauth2/(token|authorize|revoke|introspect|userinfo)$", ""),
    (r"/services/data/v[\d.]+/(?:query|queryAll)/[^/]+$", "query_more"),
    (r"/services/data/v[\d.]+/(?:query|queryAll)$", "query"),
    (r"/services/data/v[\d.]+/actions", "action"),
    (r"/services/data/v[\d.]+/composite", "composite"),
    (r"/services/data/v[\d.]+/sobjects/[^/]+/describe", "describe"),
    (r"/services/data/v[\d.]+/sobjects/[^/]+/listviews", "listview"),
    (r"/services/data/v[\d.]+/sobjects$", "describe"),
    (r"/services/data/v[\d.]+/sobjects/", "record"),
    (r"/services/data/v[\d.]+/(?:search|parameterizedSearch)", "search"),
    (r"/services/data/v[\d.]+/limits", "limits"),
    (r"/services/data", "versions"),
    (r"/id/", "identity"),
    (r"/cometd", "cometd"),
)
PURPOSES = (
    "token",
    "authorize",
    "revoke",
    "introspect",
    "userinfo",
    *dict.fromkeys(name for _, name in _PURPOSES if name),
    "other",
)


def facts_of(method: str, path: str, call_options: str = "") -> RequestFacts:
    """Sorts a request by its address, whose trailing slash makes no difference, and by the client it names itself.

    A client names itself in Sforce-Call-Options: `client=Name` (REST API guide, Call Options Header).
    """
    path = path.rstrip("/") or "/"
    found = re.search(r"/actions/(?:standard|custom/\w+)/(\w+)$", path)
    client = re.search(r"(?:^|[,;\s])client=([^,;\s]+)", call_options)
    return RequestFacts(
        method,
        path,
        found.group(1) if found else "",
        _purpose(path),
        client.group(1) if client else "",
    )


def _purpose(path: str) -> str:
    for pattern, name in _PURPOSES:
        found = re.match(pattern, path)
        if found:
            return name or str(found.group(1))
    return "other"


def read_fate(data: dict[str, Any]) -> Fate:
    """A rule from its JSON shape. Raises ValueError that names what is wrong and what is possible."""
    data = dict(data)
    name = data.pop("fate", None)
    if name not in set(FateKind):
        raise ValueError(f"fate must be one of: {', '.join(FateKind)}")
    match = _read_match(data.pop("match", {}))
    known = {
        item.name: item.type for item in fields(Fate) if item.name not in {"kind", "match", "number", "met"}
    }
    for key, value in data.items():
        if key not in known:
            raise ValueError(f"{key} is not a part of a fate; known: {', '.join(sorted(known))}")
        if not _fits_type(value, str(known[key])):
            raise ValueError(f"{key} must be of type {known[key]}")
    fate = Fate(FateKind(name), match, **data)
    if fate.share > 1:
        raise ValueError("share is a part of all fitting requests: from 0 to 1")
    if fate.coding not in CODINGS:
        raise ValueError(f"coding must be one of: {', '.join(one for one in CODINGS if one)}")
    return fate


def _read_match(data: Any) -> Match:
    known = {item.name for item in fields(Match)}
    if (
        not isinstance(data, dict)
        or not set(data) <= known
        or not all(isinstance(v, str) for v in data.values())
    ):
        raise ValueError(f"match is an object of texts with the keys: {', '.join(sorted(known))}")
    if data.get("purpose", "") not in {"", *PURPOSES}:
        raise ValueError(f"purpose must be one of: {', '.join(PURPOSES)}")
    return Match(**data)


def _fits_type(value: Any, name: str) -> bool:
    if name == "bool":
        return isinstance(value, bool)
    if name == "int":
        return isinstance(value, int) and not isinstance(value, bool) and value >= 0
    if name == "float":
        return isinstance(value, int | float) and not isinstance(value, bool) and value >= 0
    if name.startswith("dict"):
        return isinstance(value, dict) and all(isinstance(part, str) for part in value.values())
    return isinstance(value, str)
