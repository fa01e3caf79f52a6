"""Drills on the event streams: what POST /stream can do, one function per action, found in one table.

May import org and events. Called by the control surface.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import grpc

from cadence_desk.practice.control.shapes import BadRequestError, count_of, entity_of, text_of, texts_of
from cadence_desk.practice.events import refusals
from cadence_desk.practice.events.refusals import Refusal
from cadence_desk.practice.events.stream_drills import StreamMood
from cadence_desk.practice.org.catalog.model import FieldDef

if TYPE_CHECKING:
    from collections.abc import Callable

    from cadence_desk.practice.events.bus import EventBus
    from cadence_desk.practice.events.pubsub import PubSubService
    from cadence_desk.practice.events.subscription import Subscription
    from cadence_desk.practice.org.world import PracticeOrg

    Shape = dict[str, Any]
    Drill = Callable[[Shape], Shape]

_ENDINGS: dict[str, Refusal | None] = {
    "UNAVAILABLE": refusals.UNAVAILABLE,
    "UNAUTHENTICATED": refusals.AUTH_ERROR,
    "RESOURCE_EXHAUSTED": refusals.LIMIT_EXCEEDED,
    "PERMISSION_DENIED": refusals.CANNOT_SUBSCRIBE,
    "INVALID_ARGUMENT": refusals.REPLAY_CORRUPTED,
    "INTERNAL": Refusal(
        grpc.StatusCode.INTERNAL, "subscription.internal.error", "The subscription met an internal error."
    ),
    "clean": None,
}
_GAPS = ("CREATE", "UPDATE", "DELETE", "UNDELETE")
_FIELD_TYPES = ("string", "boolean", "int", "double", "date", "datetime", "picklist")
_FOR_STREAMS = ("duplicate", "rewind", "reverse", "corrupt")


class StreamDrills:
    """Does what POST /stream asks."""

    def __init__(self, org: PracticeOrg, bus: EventBus, service: PubSubService) -> None:
        self._org = org
        self._bus = bus
        self._service = service
        self._table: dict[str, Drill] = {
            "drop": self._drop,
            "close_door": self._close_door,
            "open_door": self._open_door,
            "gap": self._gap,
            "overflow": self._overflow,
            "new_schema": self._new_schema,
            "forget_replay_ids": self._forget,
            "migrate": self._migrate,
        }
        for mood in StreamMood:
            self._table[{"normal": "normal", "stalled": "stall"}.get(mood.value, mood.value)] = self._mood(
                mood
            )
        for name in _FOR_STREAMS:
            self._table[name] = self._counted(name)

    @property
    def actions(self) -> tuple[str, ...]:
        """The names of all drills."""
        return tuple(sorted(self._table))

    def run(self, shape: Shape) -> Shape:
        """Runs one drill; the answer tells which streams it met. Raises BadRequestError."""
        name = text_of(shape, "action")
        drill = self._table.get(name)
        if drill is None:
            raise BadRequestError(f"action must be one of: {', '.join(self.actions)}")
        return {"action": name, **drill(shape)}

    def _meant(self, shape: Shape) -> list[Subscription]:
        number, topic = shape.get("stream"), shape.get("topic")
        return [
            stream
            for stream in self._service.streams()
            if number in {None, stream.state.number} and topic in {None, stream.state.topic}
        ]

    def _drop(self, shape: Shape) -> Shape:
        ending = _ending(shape)
        self._service.door.refusals_left += count_of(shape, "refuse", 0)
        met = self._meant(shape)
        for stream in met:
            stream.drop(ending)
        return _numbers(met)

    def _close_door(self, shape: Shape) -> Shape:
        ending = _ending(shape)
        self._service.door.closed = True
        self._service.door.refusal = ending or refusals.UNAVAILABLE
        met = list(self._service.streams())
        for stream in met:
            stream.drop(ending)
        return _numbers(met)

    def _open_door(self, shape: Shape) -> Shape:
        door = self._service.door
        door.closed, door.refusals_left, door.refusal = False, 0, refusals.UNAVAILABLE
        return _numbers(self._meant(shape))

    def _mood(self, mood: StreamMood) -> Drill:
        def change(shape: Shape) -> Shape:
            met = self._meant(shape)
            for stream in met:
                stream.state.drill.mood = mood
                stream.touch()
            return _numbers(met)

        return change

    def _counted(self, name: str) -> Drill:
        def arm(shape: Shape) -> Shape:
            count = count_of(shape, "count", 1)
            met = self._meant(shape)
            for stream in met:
                setattr(stream.state.drill, name, count)
                stream.touch()
            return _numbers(met)

        return arm

    def _gap(self, shape: Shape) -> Shape:
        entity = entity_of(self._org, shape, wildcard="next" in shape)
        if "next" in shape:
            self._bus.drills.gaps[entity] += count_of(shape, "next", 1)
            return {"armed": self._bus.drills.gaps[entity]}
        change = text_of(shape, "change", "UPDATE")
        if change not in _GAPS:
            raise BadRequestError(f"change must be one of: {', '.join(_GAPS)}")
        return _told(self._bus.tell_gap(entity, texts_of(shape, "ids"), f"GAP_{change}").replay)

    def _overflow(self, shape: Shape) -> Shape:
        entity = entity_of(self._org, shape, wildcard="next" in shape)
        if "next" in shape:
            self._bus.drills.overflows[entity] += count_of(shape, "next", 1)
            return {"armed": self._bus.drills.overflows[entity]}
        return _told(self._bus.tell_overflow(entity).replay)

    def _new_schema(self, shape: Shape) -> Shape:
        entity = entity_of(self._org, shape)
        before = self._bus.schemas.current(entity).id
        name = text_of(shape, "field", f"Drill_{self._org.catalog.version}__c")
        kind = text_of(shape, "type", "string")
        if kind not in _FIELD_TYPES:
            raise BadRequestError(f"type must be one of: {', '.join(_FIELD_TYPES)}")
        label = name.removesuffix("__c").replace("_", " ")
        length = 255 if kind in {"string", "picklist"} else 0
        field = FieldDef(name, label, kind, length=length, createable=True, updateable=True)
        try:
            self._org.catalog.add_field(entity, field, self._org.clock.now_ms())
        except ValueError as problem:
            raise BadRequestError(str(problem)) from problem
        return {"field": name, "schema_before": before, "schema_id": self._bus.schemas.current(entity).id}

    def _forget(self, shape: Shape) -> Shape:
        self._bus.forget()
        return _numbers(self._meant(shape))

    def _migrate(self, shape: Shape) -> Shape:
        del shape
        self._bus.migrate()
        met = list(self._service.streams())
        for stream in met:
            stream.drop(refusals.UNAVAILABLE)
        return _numbers(met)


def _ending(shape: Shape) -> Refusal | None:
    name = text_of(shape, "status", "UNAVAILABLE")
    if name not in _ENDINGS:
        raise BadRequestError(f"status must be one of: {', '.join(_ENDINGS)}")
    return _ENDINGS[name]


def _numbers(streams: list[Subscription]) -> Shape:
    return {"streams": [stream.state.number for stream in streams]}


def _told(replay: int) -> Shape:
    return {"replay_id": replay}
