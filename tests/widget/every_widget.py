"""Finds every widget class of the window by walking its package, and makes one of each over hostile data.

A class that needs something this file does not know is an error, not a gap: say here what it is given.
"""

from __future__ import annotations

import dataclasses
import importlib
import inspect
import pkgutil
from datetime import date
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QDateTime, QSize, Qt
from PySide6.QtWidgets import QLabel, QMessageBox, QTextEdit, QWidget

from cadence_desk import ui
from cadence_desk.domain.calls import CallResult, CallScript
from cadence_desk.domain.changes import Activity
from cadence_desk.domain.choices import Choice
from cadence_desk.domain.diagnosis import Page
from cadence_desk.domain.mending import Remedy, Trouble
from cadence_desk.domain.operations import Kind, OperationState
from cadence_desk.domain.overriding import override
from cadence_desk.domain.planning.run import Run, RunState
from cadence_desk.ui.calling.call_facts import call_facts
from cadence_desk.ui.kit.theme import Tone
from cadence_desk.ui.org.command_page import TerminalCommand
from tests.widget.fake_desk import FakeDesk, FakeDraft
from tests.widget.fake_runs import FakeResult, FakeRun
from tests.widget.test_org_picker import FakeShelf

if TYPE_CHECKING:
    from cadence_desk.ui.kit.workplace import Workplace
    from tests.widget.fake_world import World

NESTED = "<table><tr><td>" * 18
"""A default label takes half a minute of work for it, and twice as long for each table more."""

IDS = frozenset(
    {"id", "owner_id", "account_id", "target_id", "tracker_id", "cadence_id", "step_name", "type", "state"}
)
"""Fields that lead from one record to another, or name one of a fixed set."""


def widget_classes() -> list[type[QWidget]]:
    """Return every class of widget that the window's package defines."""
    found: dict[type[QWidget], None] = {}
    for module in pkgutil.walk_packages(ui.__path__, f"{ui.__name__}."):
        for value in vars(importlib.import_module(module.name)).values():
            if inspect.isclass(value) and issubclass(value, QWidget) and value.__module__ == module.name:
                found[value] = None
    return list(found)


# ---------------------------------------------------------------- hostile data


def hostile(record: Any) -> Any:
    """Return a record whose every free text is hostile."""
    leads = tuple(name for name in IDS)
    texts = {
        one.name: NESTED
        for one in dataclasses.fields(record)
        if one.init
        and type(getattr(record, one.name)) is str
        and one.name not in leads
        and not one.name.endswith("_id")
        and not one.name.endswith("step_name")
    }
    return dataclasses.replace(record, **texts)


def hostile_world(world: World) -> World:
    """Make every text of a world hostile."""
    world.people = {key: hostile(one) for key, one in list(world.people.items())[:40]}
    world.trackers = {
        key: hostile(one) for key, one in world.trackers.items() if one.target_id in world.people
    }
    world.steps = {key: [hostile(one) for one in steps] for key, steps in world.steps.items()}
    world.cadences = [
        dataclasses.replace(hostile(one), steps=tuple(map(hostile, one.steps))) for one in world.cadences
    ]
    world.reps = [hostile(one) for one in world.reps]
    return world


class HostileDesk(FakeDesk):
    """A desk over an org that means harm."""

    def __init__(self) -> None:
        super().__init__()
        hostile_world(self.world)
        self.profile = dataclasses.replace(self.profile, name=NESTED, banner_text=NESTED)
        if self.identity is not None:
            self.identity = dataclasses.replace(self.identity, username=NESTED, display_name=NESTED)
        self.secrets_word = self.trouble = self.feed.detail = self.loading.what = NESTED
        self.calls.script_text = NESTED
        target = next(iter(self.world.trackers.values())).target_id
        for number, state in enumerate(OperationState):
            self.add_operation(tuple(Kind)[number % len(tuple(Kind))], target, state, text=NESTED)
        self.feed_lines.append(Activity(0.0, NESTED, target, "", by_us=False))
        self.refusals = dict.fromkeys(Kind, NESTED)
        run = Run("run-1", Kind.ENROLL, "", RunState.HOLDING, {"cadence_name": NESTED}, 0.0, 1, 1, why=NESTED)
        self.enrollment.runs.append(FakeRun(run, [FakeResult(target, NESTED, NESTED, code=NESTED)]))
        for person in self.world.people.values():
            self.show_person(person)
        for tracker in self.world.trackers.values():
            self.show_tracker(tracker, NESTED)

    @override
    def call_results(self) -> list[CallResult]:
        return [CallResult(NESTED, NESTED), CallResult(f"{NESTED}2", NESTED)]

    @override
    def dispositions(self) -> list[str]:
        return [NESTED, f"{NESTED}2"]


# ---------------------------------------------------------------- one of each


class Maker:
    """Makes widgets; knows what each parameter of theirs is given."""

    def __init__(self, place: Workplace, desk: HostileDesk, host: QWidget) -> None:
        tracker = next(one for one in desk.world.trackers.values() if one.is_active)
        draft = FakeDraft("intent", tracker.target_id, None, NESTED, NESTED, 60, NESTED, None, NESTED)
        self.place = place
        self.given: dict[str, Any] = {
            "place": place,
            "tasks": place.tasks,
            "parent": host,
            "target_id": tracker.target_id,
            "target_ids": [tracker.target_id],
            "tracker_id": tracker.id,
            "tracker_ids": [tracker.id],
            "op_ids": [one.op_id for one in desk.operations],
            "intent_ids": [one.intent_id for one in desk.operations],
            "run_id": "run-1",
            "facts": call_facts(desk, tracker.target_id, tracker.id),
            "results": desk.call_results(),
            "profile": desk.profile,
            "kind": Kind.REMOVE,
            "choice": Choice.RESEND,
            "tone": Tone.BAD,
            "size": QSize(600, 400),
            "moment": QDateTime.currentDateTime(),
            "pages": [Page(NESTED, NESTED)],
            "offers": [TerminalCommand(NESTED, NESTED)],
            "trouble": Trouble("CD-1303", NESTED, NESTED, (NESTED,), tuple(Remedy)),
            "shelf": FakeShelf(),
            "open_page": lambda _address: None,
            "find_people": lambda _text, _most: [("a", NESTED)],
            "today": date.today,
            "plans": (),
            "pills": [],
            "commands": {},
            "entries": (("people", NESTED),),
            "draft": draft,
            **dict.fromkeys(("title", "words", "why", "yes", "name", "noun", "facet", "code", "placeholder", "other", "link"), NESTED),
        }  # fmt: skip

    def make(self, kind: type[QWidget]) -> QWidget:
        """Return a widget with hostile data in every parameter, and on every way to show more."""
        widget = kind(**self._arguments(kind))
        self._fill(widget)
        return widget

    def _arguments(self, kind: type[QWidget]) -> dict[str, Any]:
        signature = inspect.signature(kind.__init__)
        wanted: dict[str, Any] = {}
        for name, parameter in list(signature.parameters.items())[1:]:
            if parameter.kind in {parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD}:
                continue
            needed = parameter.default is parameter.empty
            if needed and name not in self.given:
                raise AssertionError(f"{kind.__name__} asks for {name!r}: say in {__name__} what it is given")
            if (needed or name in {"parent", "text"}) and name in self.given:
                wanted[name] = (
                    NESTED if name == "words" and "Mapping" in str(parameter.annotation) else self.given[name]
                )
        return wanted

    def _fill(self, widget: QWidget) -> None:
        """Call what every screen or panel has to show data."""
        for method, arguments in (
            ("attach", (self.place,)),
            ("refresh", ()),
            ("show_target", (self.given["target_id"],)),
            ("show_script", (CallScript(NESTED, NESTED),)),
            ("show_draft", (self.given["draft"],)),
            ("setText", (NESTED,)),
            ("show_empty", (NESTED,)),
            ("show_notice", (NESTED,)),
            ("tell", (NESTED, NESTED, NESTED)),
        ):
            call = getattr(widget, method, None)
            if callable(call):
                try:
                    call(*arguments)
                except TypeError:
                    continue  # another method of that name


# ---------------------------------------------------------------- what is wrong with it


def rich_parts(top: QWidget) -> list[str]:
    """Return what in a window would read text from data as anything but text."""
    found = []
    for widget in [top, *top.findChildren(QWidget)]:
        name = f"{type(widget).__name__} {widget.objectName()}"
        if isinstance(widget, QMessageBox):
            found.append(f"{name}: a message box guesses")
        if isinstance(widget, QLabel) and widget.textFormat() is not Qt.TextFormat.PlainText:
            found.append(f"{name}: {widget.textFormat()}")
        if isinstance(widget, QTextEdit) and widget.acceptRichText():
            found.append(f"{name}: takes rich text")
        tips = [widget.toolTip(), *(action.toolTip() for action in widget.actions()), widget.whatsThis()]
        found += [f"{name}: a tool tip guesses" for tip in tips if guesses(tip)]
    return found


def guesses(tip: str) -> bool:
    """Return True for a tool tip that Qt would lay out with markup from data."""
    return "<" in tip.removeprefix("<qt>").removesuffix("</qt>")
