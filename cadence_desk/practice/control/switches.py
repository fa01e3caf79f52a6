"""Every named switch of the practice org in one list: those of the org model and those of the event services.

May import the rooms below. Called by the control surface.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cadence_desk.practice.control.shapes import BadRequestError
from cadence_desk.practice.org.settings import OPERATION_KEY

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cadence_desk.practice.cometd.service import CometService
    from cadence_desk.practice.events.bus import EventBus
    from cadence_desk.practice.events.pubsub import PubSubService
    from cadence_desk.practice.org.world import PracticeOrg

    Shape = dict[str, Any]


class Switches:
    """Does what POST /settings asks: all or nothing."""

    def __init__(
        self,
        org: PracticeOrg,
        bus: EventBus,
        service: PubSubService,
        comet: CometService,
        followers: Mapping[str, Callable[[Any], None]],
    ) -> None:
        self._org = org
        self._followers: dict[str, Callable[[Any], None]] = {"operation_key": self._hold_key, **followers}
        self._places: dict[str, tuple[object, str]] = {
            "event_delivery_limit": (bus.allowance, "limit"),
            "event_overflow_limit": (bus, "overflow_limit"),
            "stream_idle_seconds": (service, "idle_seconds"),
            "cometd_connect_seconds": (comet, "connect_seconds"),
        }

    def shown(self) -> Shape:
        """All switches and their values."""
        own = {name: getattr(place, part) for name, (place, part) in self._places.items()}
        return {**self._org.settings.as_dict(), **own}

    def patch(self, changes: Shape) -> Shape:
        """Changes switches by name and shows them all. Raises BadRequestError."""
        known = self.shown()
        unknown = sorted(set(changes) - set(known))
        if unknown:
            raise BadRequestError(
                f"no setting is called {', '.join(unknown)}; settings: {', '.join(sorted(known))}"
            )
        own = {
            name: _number(name, value, known[name]) for name, value in changes.items() if name in self._places
        }
        try:
            self._org.settings.patch({name: value for name, value in changes.items() if name not in own})
        except ValueError as problem:
            raise BadRequestError(str(problem)) from problem
        for name, value in own.items():
            place, part = self._places[name]
            setattr(place, part, value)
        for name, follow in self._followers.items():
            if name in changes and changes[name] != known[name]:
                follow(changes[name])
        return self.shown()

    def _hold_key(self, word: str) -> None:
        """The field that holds operations' keys is unique, or is not."""
        self._org.store.keep_unique("Task", OPERATION_KEY, on=word == "unique")


def _number(name: str, value: Any, now: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
        raise BadRequestError(f"the setting {name} takes a number from 0 up")
    return type(now)(value) if isinstance(now, int | float) else float(value)
