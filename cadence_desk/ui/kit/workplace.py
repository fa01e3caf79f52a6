"""Workplace: what every screen is given, in place of looking for it. Made by the shell when a desk is attached."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from cadence_desk.ui.kit.desk_face import DeskFace, TasksFace


@dataclass(frozen=True, slots=True)
class Workplace:
    """A desk and the way to work with it."""

    desk: DeskFace
    tasks: TasksFace


class Memory(Protocol):
    """Where the window keeps its settings: names to short texts."""

    def read(self, name: str, /) -> str:
        """Return what was kept; empty when nothing was."""

    def write(self, name: str, value: str, /) -> None:
        """Keep a text; an empty one forgets."""


class NoMemory:
    """A Memory for this session only."""

    def __init__(self) -> None:
        self._kept: dict[str, str] = {}

    def read(self, name: str) -> str:
        """Return what was kept."""
        return self._kept.get(name, "")

    def write(self, name: str, value: str) -> None:
        """Keep a text."""
        self._kept[name] = value
