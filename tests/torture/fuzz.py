"""Mangled answers, events and endings, by seed: the client never crashes, never believes half an answer, never claims a no.

``run(cases, seed)`` is one tier of the rig; ``python -m tests.torture.fuzz [CASES] [SEED]`` runs it alone.
"""

from __future__ import annotations

import json
import random
import sys
import time
import traceback
from functools import partial
from typing import TYPE_CHECKING, Any

from cadence_desk.domain.errors import DeskError, Executed
from cadence_desk.salesforce import http_adapter
from cadence_desk.salesforce.errors import errors_in
from tests.torture.fuzz_events import ending, event, schema
from tests.torture.fuzz_wire import FRAMINGS, Answer, Call, Wire, recorded, wired
from tests.torture.report import Tier

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cadence_desk.salesforce.connect import OrgConnection

HANG_SECONDS = 20.0
"""Far more than any case takes: the machine may be busy."""
SMALL_LIMIT = 300_000
"""The bound of 25 MB is brought down so that answers beyond it cost little."""
SURELY_NOT = (401, 407, 410, 413, 414, 431)
"""A refusal before any work is done (tests/unit/salesforce/test_error_table.py holds the table)."""
HTML = b"<!DOCTYPE html><html><head><title>Sign in</title></head><body><form>...</form></body></html>"
ODD: tuple[Any, ...] = (
    None,
    True,
    0,
    -1,
    1e308,
    "",
    "x" * 5000,
    "\x00",
    "<b>",
    [],
    {},
    [[]],
    {"a": []},
    "2026-99-99T00:00:00Z",
)


class Wrong(AssertionError):
    """The client did what it must never do."""


class Fuzz:
    """All cases of one run."""

    def __init__(self, client: OrgConnection, calls: list[Call], wire: Wire) -> None:
        self._client = client
        self._calls = calls
        self._wire = wire
        self._cuts = self._all_cuts()

    # ------------------------------------------------------------ one exchange

    def _play(self, call: Call, place: int, raw: bytes) -> tuple[object, DeskError | None]:
        """Make a call whose answer number `place` comes as these bytes."""
        script = [one.raw() for one in call.answers]
        script[place] = raw
        self._wire.clear()
        self._wire.script = script
        began = time.monotonic()
        try:
            value, error = call.make(self._client), None
        except DeskError as told:
            value, error = None, told
        if time.monotonic() - began > HANG_SECONDS:
            raise Wrong(f"{call.name} hung")
        return value, error

    def _pick(self, dice: random.Random) -> tuple[Call, int]:
        call = dice.choice(self._calls) if dice.random() < 0.6 else dice.choice(self._calls[-3:])
        return call, dice.randrange(len(call.answers))

    # ------------------------------------------------------------ cut at every byte

    def _all_cuts(self) -> list[tuple[Call, int, str, int]]:
        """Every byte of every answer, in every framing; of long bodies the ends and each 97th byte."""
        found = []
        for call in self._calls:
            for place, answer in enumerate(call.answers):
                for framing in FRAMINGS:
                    size = len(answer.raw(framing))
                    near = 2_500
                    found += [
                        (call, place, framing, cut)
                        for cut in range(size)
                        if cut < near or cut > size - near or cut % 97 == 0
                    ]
        return found

    def cut(self, dice: random.Random, number: int) -> None:
        """Half an answer is none: lost or unreadable, and a write is in doubt."""
        call, place, framing, cut = self._cuts[(number * 7919) % len(self._cuts)]
        answer = call.answers[place]
        raw = answer.raw(framing)
        value, error = self._play(call, place, raw[:cut])
        whole = answer.status == 204 or not raw[cut:].strip() or answer.status >= 400 or call.optional
        if error is None and not whole:
            raise Wrong(f"{call.name}: {framing} cut at {cut} of {len(raw)} is believed: {value!r:.100}")
        if error is not None:
            self._doubted(call, error, f"{framing} cut at {cut}")

    def _doubted(self, call: Call, error: DeskError, what: str) -> None:
        if call.write and error.executed is not Executed.UNKNOWN:
            raise Wrong(f"{call.name}: {what} says executed {error.executed.value} ({error.code})")

    # ------------------------------------------------------------ other answers

    def other_body(self, dice: random.Random, number: int) -> None:
        """HTML, another content type, nothing, a bomb, too much: no Salesforce answer."""
        call, place = self._pick(dice)
        told = call.answers[place]
        bodies: tuple[tuple[str, bytes], ...] = (
            ("text/html", HTML),
            ("application/json", HTML),
            ("text/html;charset=UTF-8", told.body or b"{}"),
            ("application/octet-stream", told.body or b"{}"),
            ("application/json", b"[" * dice.choice((900, 5_000, 100_000))),
            ("application/json", b'{"a":' * 20_000 + b"1" + b"}" * 20_000),
            ("application/json", b"[" + b" " * (SMALL_LIMIT + 10) + b"]"),
            ("application/json", b"\xff\xfe" + told.body),
            ("application/json", b"1" * 6_000),
            ("application/json", b""),
        )
        kind, body = bodies[number % len(bodies)]
        framing = dice.choice(FRAMINGS)
        status = told.status if told.status < 300 else 200
        status = 200 if status == 204 else status
        value, error = self._play(call, place, Answer(status, kind, body).raw(framing))
        if told.status >= 400 or call.optional:
            return  # what was an error before may be one now, and what is not needed is done without
        if error is None and not (body == b"" and framing != "close"):
            raise Wrong(f"{call.name}: {kind} {body[:40]!r} is believed: {value!r:.100}")
        if error is not None:
            self._doubted(call, error, f"{kind} {body[:20]!r}")

    def other_status(self, dice: random.Random, number: int) -> None:
        """Whatever the status, only a refusal in good form, or one before any work, says that nothing was done."""
        call, place = self._pick(dice)
        status = dice.choice((*range(300, 309), *range(400, 452), *range(500, 512), 520, 599, 299, 999))
        refusal = [
            {
                "errorCode": dice.choice(("ENTITY_IS_LOCKED", "INVALID_FIELD", "UNKNOWN_EXCEPTION", "")),
                "message": "x",
            }
        ]
        body = dice.choice(
            (call.answers[place].body, HTML, b"", b"[]", json.dumps(refusal).encode(), b"[" * 3_000)
        )
        _value, error = self._play(
            call, place, Answer(status, "application/json", body).raw(dice.choice(FRAMINGS))
        )
        if error is None or not call.write:
            return
        formed = bool(list(errors_in(_loaded(body))))
        if error.executed is Executed.NO and status not in SURELY_NOT and not formed:
            raise Wrong(f"{call.name}: {status} {body[:30]!r} says that nothing was executed")
        if status >= 500 and error.executed is Executed.NO:
            raise Wrong(f"{call.name}: {status} says that nothing was executed")

    def other_value(self, dice: random.Random, number: int) -> None:
        """Anything may stand where something else should: a value or an error comes of it, never a crash."""
        call, place = self._pick(dice)
        told = call.answers[place]
        shape = _loaded(told.body)
        if shape is None:
            return
        for _ in range(dice.randint(1, 3)):
            shape = _mutated(shape, dice)
        body = json.dumps(shape).encode()
        _value, error = self._play(
            call, place, Answer(told.status, told.kind, body).raw(dice.choice(FRAMINGS))
        )
        if error is not None and told.status < 300:
            self._doubted(call, error, f"a value was changed: {body[:80]!r}")

    def flipped(self, dice: random.Random, number: int) -> None:
        """Bytes change on the way, in the head as well."""
        call, place = self._pick(dice)
        raw = bytearray(call.answers[place].raw(dice.choice(FRAMINGS)))
        for _ in range(dice.randint(1, 6)):
            raw[dice.randrange(len(raw))] = dice.randrange(256)
        if dice.random() < 0.2:
            start = dice.randrange(len(raw))
            raw[start:start] = raw[dice.randrange(len(raw)) :][: dice.randint(1, 200)]
        self._play(call, place, bytes(raw))

    # ------------------------------------------------------------ all kinds

    def kinds(self) -> list[tuple[str, int, Callable[[random.Random, int], None]]]:
        """Name, weight and what is done."""
        return [
            ("cut answers", 40, self.cut),
            ("other bodies", 8, self.other_body),
            ("other statuses", 10, self.other_status),
            ("other values", 14, self.other_value),
            ("changed bytes", 8, self.flipped),
            ("events", 14, event),
            ("schemas", 4, schema),
            ("endings of streams", 2, ending),
        ]


def _loaded(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _places(shape: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    items = shape.items() if isinstance(shape, dict) else enumerate(shape) if isinstance(shape, list) else ()
    for key, inner in items:
        yield from _places(inner, (*path, key))


def _mutated(shape: Any, dice: random.Random) -> Any:
    """Return a copy in which one place holds something else, or is gone, or comes twice."""
    path = dice.choice(list(_places(shape)))
    copy = json.loads(json.dumps(shape))
    if not path:
        return dice.choice(ODD)
    around = copy
    for key in path[:-1]:
        around = around[key]
    key = path[-1]
    way = dice.random()
    if way < 0.25 and isinstance(around, dict):
        del around[key]
    elif way < 0.35 and isinstance(around, list):
        around.insert(key, around[key])
    elif way < 0.5 and isinstance(around[key], str):
        around[key] = around[key][: dice.randint(0, len(around[key]))] + dice.choice(("", "'", "\u202e", "9"))
    else:
        around[key] = dice.choice(ODD)
    return copy


def run(cases: int, seed: int) -> Tier:
    """Run so many cases and count them; every one that goes wrong is kept by its number, which with the seed repeats it."""
    tier, began = Tier("fuzz"), time.monotonic()
    client, calls = recorded()
    wire = Wire()
    limit, http_adapter.BODY_LIMIT = http_adapter.BODY_LIMIT, SMALL_LIMIT
    counts: dict[str, int] = {}
    try:
        with wired(wire):
            fuzz = Fuzz(client, calls, wire)
            kinds = fuzz.kinds()
            for number in range(cases):
                dice = random.Random(f"{seed}:{number}")
                name, _, case = dice.choices(kinds, [weight for _, weight, _ in kinds])[0]
                counts[name] = counts.get(name, 0) + 1
                _count(tier, (seed, number, name), partial(case, dice, number))
    finally:
        http_adapter.BODY_LIMIT = limit
        client.lanes.close(1.0)
    tier.fault_points, tier.seconds = cases, time.monotonic() - began
    for row, kind in (
        (4, "other bodies"),
        (10, "other statuses"),
        (11, "cut answers"),
        (30, "events"),
        (29, "schemas"),
    ):
        tier.met(row, counts.get(kind, 0), bad=sum(kind in words for _, words in tier.failing))
    told = ", ".join(f"{count:,} {name}" for name, count in sorted(counts.items()))
    tier.outcomes.append(f"{cases:,} fuzz cases, {len(tier.failing)} went wrong: {told}")
    return tier


def _count(tier: Tier, which: tuple[int, int, str], case: Callable[[], None]) -> None:
    seed, number, name = which
    try:
        case()
    except Wrong as wrong:
        tier.fail(seed, f"case {number}, {name}: {wrong}")
    except Exception as crash:  # noqa: BLE001 - a crash is what is looked for
        where = traceback.extract_tb(crash.__traceback__)[-1]
        words = (
            f"{type(crash).__name__} in {where.filename.rpartition('/')[2]}:{where.lineno}: {crash!s:.200}"
        )
        tier.fail(seed, f"case {number}, {name}: crash: {words}")


def main(cases: int = 50_000, seed: int = 1) -> int:
    """Run alone and print."""
    tier = run(cases, seed)
    for _, words in tier.failing[:50]:
        sys.stdout.write(f"{words}\n")
    sys.stdout.write(f"{tier.outcomes[0]}; {tier.seconds:.0f} s\n")
    return 1 if tier.failing else 0


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
