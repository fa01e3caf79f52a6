"""The org that follows in the same process. Handed from the window's commands to the window's life; holds no code."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from cadence_desk.bootstrap.opening import OpenProfile
    from cadence_desk.sync.parts import EngineOptions


@dataclass(frozen=True, slots=True)
class NextOrg:
    """What the next window opens.

    Attributes:
        open_now: opens the profile; called in a thread, after the window before has let go of everything.
        options: the engine's settings; None means those of the preferences.
        remember: the next start opens it, too.
    """

    key: str
    open_now: Callable[[], OpenProfile]
    options: EngineOptions | None = None
    remember: bool = True
