"""Parts of the proof that find mistakes: each plays its cases until one fails, and says how many that took."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from tests.engine.rig import Rig
from tests.engine.virtual_time import SteeredLoop
from tests.properties import test_convergence as convergence
from tests.properties import test_following as follower
from tests.torture.engine import forced_seeds
from tests.torture.schedules import Schedule, play

if TYPE_CHECKING:
    from collections.abc import Callable

Finder: TypeAlias = "Callable[[int], Found | None]"


@dataclass(frozen=True)
class Found:
    """The first case that failed."""

    cases: int
    words: str


def _first_failure(cases: int, play_case: Callable[[int], object]) -> Found | None:
    for number in range(1, cases + 1):
        try:
            play_case(number)
        except Exception as error:  # noqa: BLE001 - a mistake may show as a crash, too
            return Found(number, f"{type(error).__name__}: {error}".splitlines()[0][:160])
    return None


def schedules(cases: int) -> Found | None:
    """Play the days of the engine tier: each fault made certain, then by chance."""
    certain = list(forced_seeds())
    seeds = [*certain, *range(1, cases + 1)]
    return _first_failure(cases, lambda number: play(Schedule(seeds[number - 1])))


def following(cases: int) -> Found | None:
    """Follow a busy org through fallen streams, lost links and full disks."""
    return _first_failure(cases, follower.follow)


def traces(cases: int) -> Found | None:
    """Hold the board against a fresh snapshot after traces of events."""
    return _first_failure(cases, lambda seed: convergence.compare(convergence.run(convergence.dense(seed))))


def check(test: Callable[..., None], **given: Any) -> Finder:
    """Return the finder that is one of the engine's tests, on a rig of its own."""

    def on_a_rig(_number: int) -> None:
        with tempfile.TemporaryDirectory() as folder:
            rig = Rig(Path(folder))
            loop = SteeredLoop(rig.clock)
            try:
                test(rig=rig, run=loop.run_until_complete, **given)
            finally:
                loop.run_until_complete(rig.desk.stop())
                loop.close()

    return lambda _cases: _first_failure(1, on_a_rig)


def plain(test: Callable[[], None]) -> Finder:
    """Return the finder that is one test which needs nothing."""
    return lambda _cases: _first_failure(1, lambda _number: test())
