"""Mangled change events, schemas and endings of streams. Called by fuzz."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import fastavro

from cadence_desk.domain.changes import ChangeType
from cadence_desk.domain.errors import Executed
from cadence_desk.domain.people import Person, PersonKind
from cadence_desk.domain.trackers import StepTracker, Tracker
from cadence_desk.salesforce.avro import AvroProblem, AvroReader
from cadence_desk.salesforce.event_service import translate_rpc_error
from cadence_desk.salesforce.events import Delivered, decode
from cadence_desk.salesforce.plain_events import plain_reader
from cadence_desk.salesforce.quarantine import Quarantine
from cadence_desk.salesforce.stream_errors import BY_CODE, BY_STATUS, PREFIX, problem_of
from cadence_desk.sync.board import Board
from cadence_desk.sync.event_fields import ENTITIES
from cadence_desk.sync.parts import Tables
from tests.engine.model_world import record_id
from tests.engine.virtual_time import SteeredClock

if TYPE_CHECKING:
    import random
    from collections.abc import Mapping

    from cadence_desk.domain.changes import ChangeEvent

PREFIXES = {
    "ActionCadenceTracker": "0qB",
    "ActionCadenceStepTracker": "8HF",
    "Lead": "00Q",
    "Contact": "003",
    "Task": "00T",
}
KINDS = [kind.value for kind in ChangeType if kind is not ChangeType.UNREADABLE]
MOST_EVENTS = 200_000

_HEADER = {
    "type": "record",
    "name": "ChangeEventHeader",
    "fields": [
        {"name": "entityName", "type": "string"},
        {"name": "recordIds", "type": {"type": "array", "items": "string"}},
        {"name": "changeType", "type": {"type": "enum", "name": "ChangeType", "symbols": KINDS}},
        {"name": "changeOrigin", "type": "string"},
        {"name": "transactionKey", "type": "string"},
        {"name": "sequenceNumber", "type": "int"},
        {"name": "commitTimestamp", "type": "long"},
        {"name": "commitNumber", "type": "long"},
        {"name": "commitUser", "type": "string"},
        *(
            {"name": name, "type": {"type": "array", "items": "string"}}
            for name in ("nulledFields", "diffFields", "changedFields")
        ),
    ],
}
_ADDRESS = {"type": "record", "name": "Address", "fields": [{"name": "City", "type": ["null", "string"]}]}
FIELDS: tuple[tuple[str, Any], ...] = (
    ("State", "string"), ("IsTrackerActive", "boolean"), ("OwnerId", "string"), ("TargetId", "string"),
    ("ActionCadenceId", "string"), ("ActionCadenceTrackerId", "string"), ("CurrentStepId", "string"),
    ("DueDateTime", "long"), ("ScheduledResumeDateTime", "long"), ("CreatedDate", "long"), ("LastModifiedDate", "long"),
    ("Title", "string"), ("Phone", "string"), ("Email", "string"), ("DoNotCall", "boolean"), ("IsConverted", "boolean"),
    ("WhoId", "string"), ("Subject", "string"), ("Status", "string"), ("Address", _ADDRESS),
)  # fmt: skip
"""One shape for all entities: what a row shows, under any type."""

_BOARD = [Board(SteeredClock(), Tables())]
_QUARANTINE = Quarantine()


def made_schema(dice: random.Random) -> dict[str, Any]:
    """Return an event schema; now and then a field has another type than the one we know."""
    types = ["string", "long", "boolean", "double", "bytes", "int", {"type": "array", "items": "string"}]
    fields = [
        {
            "name": name,
            "type": ["null", dice.choice(types) if dice.random() < 0.05 and name != "Address" else kind],
        }
        for name, kind in FIELDS
    ]
    return {
        "type": "record",
        "name": "LeadChangeEvent",
        "namespace": "com.sforce.eventbus",
        "fields": [{"name": "ChangeEventHeader", "type": _HEADER}, *fields],
    }


def _value(kind: Any, dice: random.Random) -> object:
    if isinstance(kind, dict):
        return {"City": dice.choice((None, "Ulm"))} if kind["type"] == "record" else ["x"]
    texts = ("", "x", record_id("0qB", dice.randrange(5)), "Paused", "\x00", "\u202eevil", "9" * 400)
    numbers = (0, -1, 1_790_000_000_000, (1 << 63) - 1, -(1 << 63), 253_402_300_800_000)
    made: dict[str, object] = {
        "string": dice.choice(texts),
        "long": dice.choice(numbers),
        "int": dice.choice((0, -1, (1 << 31) - 1)),
        "boolean": dice.random() < 0.5,
        "double": dice.choice((0.0, 1e308, float("inf"))),
        "bytes": b"\x00\xff",
    }
    return made[kind]


def made_record(schema: Mapping[str, Any], entity: str, dice: random.Random) -> dict[str, Any]:
    ids: list[str] = [
        record_id(PREFIXES[entity], dice.randrange(5)) for _ in range(dice.choice((1, 1, 1, 3)))
    ]
    odd: tuple[list[str], ...] = ([], [], [], [], ["001*"], [""], ["000000000000000AAA"], ["'; DROP"])
    ids += dice.choice(odd)
    bitmap = dice.choice(
        (["0x" + f"{dice.getrandbits(24):06X}"], [], ["0xZZ"], ["99999-0x01"], ["0x" + "F" * 4_000])
    )
    header = {
        "entityName": dice.choice((entity, entity, entity, "", "Account", "x" * 300)),
        "recordIds": ids,
        "changeType": dice.choice(KINDS),
        "changeOrigin": "", "transactionKey": "t", "commitUser": "005",
        "sequenceNumber": 1,
        "commitTimestamp": dice.choice((1_790_000_000_000 + dice.randrange(10**6), 0, (1 << 63) - 1, -1)),
        "commitNumber": dice.getrandbits(60),
        "nulledFields": bitmap if dice.random() < 0.3 else [], "diffFields": bitmap if dice.random() < 0.1 else [],
        "changedFields": bitmap,
    }  # fmt: skip
    body = {
        field["name"]: _value(field["type"][1], dice) if dice.random() < 0.5 else None
        for field in schema["fields"][1:]
    }
    return {"ChangeEventHeader": header, **body}


def damaged(payload: bytes, dice: random.Random) -> bytes:
    way = dice.random()
    if way < 0.25:
        return payload
    if way < 0.45:
        return payload[: dice.randrange(len(payload) + 1)]
    changed = bytearray(payload)
    for _ in range(dice.randint(1, 5)):
        changed[dice.randrange(len(changed))] = dice.choice((0, 1, 2, 0x7F, 0x80, 0xFF, dice.randrange(256)))
    if way < 0.5:
        changed += b"\x80" * 30
    if way > 0.995:
        changed += bytes(1_400_000)
    return bytes(changed)


def _filled() -> Board:
    """Return a board that knows the records which the events speak of."""
    board = Board(SteeredClock(), Tables())
    old = datetime(2026, 1, 1, tzinfo=UTC)
    at = range(5)
    board.take_people([Person(record_id("00Q", one), PersonKind.LEAD, "Ada", modified=old) for one in at])
    board.take_people([Person(record_id("003", one), PersonKind.CONTACT, "Bo", modified=old) for one in at])
    board.take_trackers([
        Tracker(record_id("0qB", one), record_id("00Q", one), record_id("77C", 1), "Running", is_active=True, modified=old)
        for one in at
    ])  # fmt: skip
    board.take_steps([
        StepTracker(record_id("8HF", one), record_id("0qB", one), "Active", "Call", "First", modified=old) for one in at
    ])  # fmt: skip
    return board


def _same_quickly(delivered: Delivered, reader: AvroReader | None, events: list[ChangeEvent]) -> None:
    """Read the event the quick way as well: it says the same, or nothing."""
    quick = plain_reader(reader) if reader is not None else None
    plain = (
        quick.read(delivered.payload, delivered.event_id, delivered.replay_id) if quick is not None else None
    )
    if plain is not None and [plain] != events:
        raise AssertionError("the quick way and the careful one differ")


def event(dice: random.Random, number: int) -> None:
    """An event comes mangled: it becomes events that the board can take, whatever they say."""
    if number % 500 == 0 or not len(_BOARD[0].trackers):
        _BOARD[0] = _filled()
    board = _BOARD[0]
    shape = made_schema(dice)
    entity = dice.choice(ENTITIES)
    out = io.BytesIO()
    fastavro.schemaless_writer(
        out, fastavro.parse_schema(json.loads(json.dumps(shape))), made_record(shape, entity, dice)
    )
    delivered = Delivered(
        f"e{number}", damaged(out.getvalue(), dice), b"\0" * 10, f"/data/{entity}ChangeEvent"
    )
    reader = AvroReader(json.dumps(shape)) if dice.random() < 0.97 else None
    events = decode(delivered, reader, lambda bad, why: _QUARANTINE.take(bad, "s", why))
    _same_quickly(delivered, reader, events)
    if not events or len(events) > MOST_EVENTS:
        raise AssertionError(f"{len(events)} events came of one")
    for one in events:
        board.take_event(one)
    while board.projection.pending:
        board.projection.write_rows(200)
    for entity_name, wanted in sorted(board.reads):
        board.finish_read(entity_name, wanted, found=dice.random() < 0.9)
    board.reads.clear()
    board.read_entities.clear()
    if _QUARANTINE.held_bytes > 256 * 1024 or len(_QUARANTINE.kept) > 100:
        raise AssertionError("the quarantine grows")


def schema(dice: random.Random, number: int) -> None:
    """A schema comes mangled: it is used or refused, and what it reads is bounded."""
    del number
    bombs: tuple[Any, ...] = (
        {"type": "record", "name": "N", "fields": [{"name": "n", "type": ["null", "N"]}]},
        {"type": "record", "name": "N", "fields": [{"name": "n", "type": {"type": "array", "items": "null"}}]},
        {"type": "record", "name": "N", "fields": [{"name": "n", "type": {"type": "fixed", "name": "F", "size": 1 << 40}}]},
        {"type": "record", "name": "N", "fields": [{"name": str(at), "type": "null"} for at in range(3_000)]},
    )  # fmt: skip
    made: Any = dice.choice(bombs) if dice.random() < 0.3 else made_schema(dice)
    text = json.dumps(made)
    way = dice.random()
    if way < 0.3:
        deep = dice.choice((9, 50, 3_000))
        inner = '{"type":"array","items":' * deep + '"int"' + "}" * deep
        text = '{"type":"record","name":"D","fields":[{"name":"a","type":' + inner + "}]}"
    elif way < 0.6:
        at = dice.randrange(len(text))
        text = text[:at] + dice.choice(('"', "[", "{", "}", "null", "1e999", "\\u0000")) + text[at + 1 :]
    elif way < 0.62:
        text = " " * (1 << 20) + text
    try:
        reader = AvroReader(text)
        reader.read(bytes(dice.choices((0, 1, 2, 4, 0x80, 0xFF), k=dice.randint(0, 600))))
    except AvroProblem:
        return


class _Told:
    """An error as grpc shows one."""

    def __init__(self, dice: random.Random) -> None:
        codes = [PREFIX + code for code in BY_CODE] + ["", "nobody.knows", b"\xff\xfe", "x" * 9_000]
        self._trailers = dice.choice((
            None, [], [("error-code", dice.choice(codes))], [("error-code", dice.choice(codes)), ("rpc-id", "r")],
            [("error-code-bin", b"\x00"), ("x", b"\xff")],
        ))  # fmt: skip
        names = [*BY_STATUS, "UNAVAILABLE", "INTERNAL", "CANCELLED", "UNKNOWN", "DATA_LOSS"]
        self._code = type("Code", (), {"name": dice.choice(names)})
        details = (
            None,
            "",
            "x" * 100_000,
            "rpcId: 1",
            "\ud800",
            "HTTP proxy returned response code 999",
            "<b>",
        )
        self._details = dice.choice(details)

    def trailing_metadata(self) -> Any:
        return self._trailers

    def code(self) -> Any:
        return self._code

    def details(self) -> Any:
        return self._details


def ending(dice: random.Random, number: int) -> None:
    """A stream ends in any way: it becomes one of our errors, which a read can be repeated after."""
    told: Any = _Told(dice) if number % 3 else object()
    problem = translate_rpc_error(told)
    if problem.error.executed is not Executed.NO or len(problem.error.server_text) > 1_000:
        raise AssertionError(f"an ending became {problem.error!r}")
    problem_of(dice.choice(("", "x", "OK")), PREFIX * dice.randint(0, 3), "y" * dice.randrange(50))
