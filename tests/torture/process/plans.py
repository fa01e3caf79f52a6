"""Schedules from seeds: what a person does, what befalls requests, streams, clocks and the process, in which order."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from typing_extensions import override

if TYPE_CHECKING:
    from collections.abc import Callable

SPARE = "spare"
"""People who are in no cadence when the schedule begins; the others stand at a call step."""

DESK = {"client": "CadenceDesk"}
"""The rig reads the org by plain requests: those are never disturbed."""
TASKS = {**DESK, "path": "*/sobjects/Task*"}
TOGETHER = {**DESK, "purpose": "composite"}
"""A look-up, or the task of a step found, written and looked after."""
ACTIONS = {**DESK, "method": "POST", "purpose": "action"}
ADDING = {**DESK, "method": "POST", "action": "assignTargetToSalesCadence"}
QUERIES = {**DESK, "purpose": "query"}
_WRITES = (TASKS, TOGETHER, ACTIONS, ACTIONS, ADDING)
_VERBS = (
    "pause", "resume", "remove", "skip_step", "complete_step", "set_disposition", "change_assignee",
)  # fmt: skip
_LONGEST_REQUEST_MS = 600_000


@dataclass(frozen=True)
class Step:
    """One thing that happens, with the fault rows it stands for."""

    do: str
    parts: dict[str, Any] = field(default_factory=dict)
    rows: tuple[int, ...] = ()

    @override
    def __str__(self) -> str:
        told = ", ".join(f"{name}={value}" for name, value in self.parts.items())
        return f"{self.do}({told})"


@dataclass(frozen=True)
class Plan:
    """A whole schedule."""

    seed: int
    settings: dict[str, Any]
    people: int
    steps: tuple[Step, ...]

    @property
    def keyed(self) -> bool:
        """Whether the org has the unique key."""
        return not self.settings["hidden_fields"]


def plan_of(seed: int) -> Plan:
    """Return the schedule of a seed: always the same."""
    dice = random.Random(f"process/{seed}")
    settings = {
        "hidden_fields": [] if dice.random() < 0.5 else ["Task.CD_Op_Id__c"],
        "task_logging": dice.random() < 0.4,
        "contract": "brief" if dice.random() < 0.12 else "documented",
        "partial_save": dice.random() < 0.7,
        "action_failure_status": dice.choice((400, 200)),
        "complete_step_on_task_close": dice.random() < 0.15,
    }
    people = dice.randint(2, 4)
    steps = _Writer(dice, people, keyed=not settings["hidden_fields"]).write(dice.randint(7, 14))
    return Plan(seed, settings, people, steps)


class _Writer:
    """Writes one schedule."""

    def __init__(self, dice: random.Random, people: int, *, keyed: bool) -> None:
        self._dice = dice
        self._keyed = keyed
        self._people = people
        self._number = 0
        self._table: tuple[tuple[int, Callable[[], Step]], ...] = (
            (26, self._log),
            (14, self._enroll),
            (16, self._move),
            (6, self._draft),
            (3, lambda: Step("discard", {"person": self._person()})),
            (30, self._fate),
            (9, self._stream),
            (4, self._expire),
            (3, self._limit),
            (12, self._kill),
            (4, lambda: Step("restart")),
            (4, self._sleep),
            (8, lambda: Step("pass", {"seconds": self._dice.choice((0.0, 2.0, 20.0, 120.0))})),
            (3, lambda: Step("wrong_clock", {"seconds": self._dice.choice((-86_400, 86_400, -3600))}, (18,))),
            (8, self._colleague),
            (2, lambda: Step("undo")),
        )

    def write(self, count: int) -> tuple[Step, ...]:
        """Draw so many steps; there is always something to send."""
        shares = [share for share, _ in self._table]
        makers = self._dice.choices([maker for _, maker in self._table], shares, k=count)
        steps = [make() for make in makers]
        at = self._dice.randint(0, len(steps))
        steps[at:at] = [self._hard_fate(), self._log()] if self._dice.random() < 0.6 else [self._log()]
        return tuple(steps)

    def _hard_fate(self) -> Step:
        """What a client without a key can tell least: the answer lost, or the commit late."""
        where = self._dice.choice(({**TASKS, "method": "PATCH" if self._keyed else "POST"}, TOGETHER))
        if self._dice.random() < 0.4:
            return Step("fate", {"fate": "commit_then_drop", "match": where}, (12,))
        figures, rows = _late(self._dice)
        return Step("fate", {"fate": "commit_late", "match": where, **figures}, rows)

    def _person(self) -> int:
        return self._dice.randrange(self._people)

    def _anybody(self) -> int | str:
        return SPARE if self._dice.random() < 0.4 else self._person()

    def _text(self) -> str:
        self._number += 1
        return f"note {self._number}"

    def _log(self) -> Step:
        follow_up = self._dice.random() < 0.2
        parts = {"person": self._anybody(), "notes": self._text(), "number": self._dice.randrange(4)}
        return Step("log", {**parts, "follow_up": follow_up})

    def _draft(self) -> Step:
        return Step("draft", {"person": self._anybody(), "notes": self._text()})

    def _enroll(self) -> Step:
        return Step("enroll", {"count": self._dice.choice((1, 1, 2, 3)), "again": self._dice.random() < 0.3})

    def _move(self) -> Step:
        return Step("move", {"verb": self._dice.choice(_VERBS), "person": self._person()})

    def _fate(self) -> Step:
        kind = self._dice.choice(tuple(_FATES))
        figures, rows = _FATES[kind](self._dice)
        where = self._dice.choice((*_WRITES, QUERIES)) if self._dice.random() < 0.9 else DESK
        if kind in _FOR_WRITES and where in (QUERIES, DESK):
            where = TASKS
        parts = {"match": where, "times": self._dice.choice((1, 1, 1, 2)), **figures}
        return Step("fate", {"fate": kind.partition(":")[0], **parts}, rows)

    def _stream(self) -> Step:
        name = self._dice.choice(tuple(_STREAMS))
        parts, rows = _STREAMS[name]
        return Step("stream", {"action": name.partition(":")[0], **parts}, rows)

    def _expire(self) -> Step:
        return Step("expire", rows=(6,))

    def _limit(self) -> Step:
        return Step("limit", {"spent": self._dice.random() < 0.7}, (8,))

    def _kill(self) -> Step:
        caches = self._dice.random() < 0.3
        return Step("kill", {"at": self._dice.randint(1, 45), "caches": caches})

    def _sleep(self) -> Step:
        return Step("sleep", {"seconds": self._dice.choice((90, 1200, 8 * 3600))}, (19,))

    def _colleague(self) -> Step:
        verb = self._dice.choice(
            ("remove", "pause", "resume", "complete_step", "skip_step", "title", "enroll")
        )
        return Step("colleague", {"verb": verb, "person": self._person()})


Drawn = tuple[dict[str, Any], tuple[int, ...]]


def _late(dice: random.Random) -> Drawn:
    return {"virtual_ms": dice.randrange(1000, _LONGEST_REQUEST_MS)}, (13,)


def _html(status: int, *, commit: bool = False) -> Callable[[random.Random], Drawn]:
    body = "<html><body>come back later</body></html>"
    headers = {"Content-Type": "text/html"}
    row = 4 if status == 200 else 10
    return lambda _: ({"status": status, "body": body, "headers": headers, "commit": commit}, (row,))


def _cut(dice: random.Random) -> Drawn:
    return {"count": dice.randrange(0, 60), "coding": dice.choice(("", "chunked", "gzip"))}, (11,)


_FATES: dict[str, Callable[[random.Random], Drawn]] = {
    "delay": lambda dice: ({"seconds": dice.choice((0.05, 0.3))}, (20,)),
    "drop_before_commit": lambda _: ({}, (20,)),
    "commit_then_drop": lambda _: ({}, (12,)),
    "commit_then_drop:twice": lambda _: ({}, (12,)),
    "commit_late": _late,
    "commit_late:again": _late,
    "commit_late:at_once": lambda dice: ({"seconds": dice.choice((0.02, 0.2))}, (13,)),
    "status:503": lambda _: ({"status": 503}, (9,)),
    "status:503 asked": lambda _: ({"status": 503, "headers": {"Retry-After": "30"}}, (9,)),
    "status:503 done": lambda _: ({"status": 503, "commit": True, "body": ""}, (9,)),
    "status:500 done": _html(500, commit=True),
    "status:502": _html(502),
    "status:504 done": _html(504, commit=True),
    "status:portal": _html(200),
    "status:429": lambda _: ({"status": 429, "headers": {"Retry-After": "1"}}, (8,)),
    "status:limit": lambda _: ({"status": 403}, (8,)),
    "expire_tokens": lambda _: ({}, (6,)),
    "truncate": _cut,
    "truncate:again": _cut,
    "slow_body": lambda _: ({"count": 400}, (17,)),
    "reset": lambda _: ({}, (20,)),
    "reset:done": lambda _: ({"commit": True}, (12, 20)),
    "duplicate_reply": lambda _: ({}, (14,)),
    "reorder": lambda _: ({}, (14,)),
    "bad_payload": lambda _: ({}, (11,)),
    "bad_payload:null": lambda _: ({"body": "null"}, (11,)),
}
_FOR_WRITES = frozenset({"slow_body"})
"""A whole list at some hundred bytes a second takes minutes of real time."""
_STREAMS: dict[str, Drawn] = {
    "drop": ({}, (21,)),
    "drop:session": ({"status": "UNAUTHENTICATED"}, (22,)),
    "drop:limit": ({"status": "RESOURCE_EXHAUSTED"}, (23,)),
    "drop:mark": ({"status": "INVALID_ARGUMENT", "refuse": 1}, (24,)),
    "forget_replay_ids": ({}, (25,)),
    "stall": ({}, (31,)),
    "duplicate": ({"count": 3}, (28,)),
    "rewind": ({"count": 4}, (28,)),
    "reverse": ({"count": 3}, (28,)),
    "corrupt": ({"count": 2}, (30,)),
    "gap": ({"entity": "*", "next": 2}, (26,)),
    "overflow": ({"entity": "*", "next": 1}, (27,)),
    "new_schema": ({"entity": "Task", "type": "string"}, (29,)),
    "close_door": ({}, (21,)),
}
