"""`cadence-desk tour`: opens the real window on an org, drives every journey, prints what happened.

Exit code 0 only when every journey is ok, else 1. Called by launch.main.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from cadence_desk.launch.tour.ground import GivenGround, PracticeGround
from cadence_desk.launch.tour.report import JourneyResult, TourReport
from cadence_desk.settings.paths import Paths

if TYPE_CHECKING:
    import argparse
    from collections.abc import Awaitable, Callable

    from cadence_desk.launch.tour.ground import Ground
    from cadence_desk.launch.tour.stage import Stage
    from cadence_desk.launch.window import WindowRun
    from cadence_desk.settings.environment import Environment

QUIT_LIMIT = 5.0


def run_tour(parsed: argparse.Namespace, environment: Environment, make_folder: Callable[[], None]) -> int:
    """Run the tour and return its exit code; nothing is made before it is known that it can begin.

    Raises:
        BadValue: there is no org to run it on, or no folder for the pictures.
    """
    with tempfile.TemporaryDirectory(prefix="cadence-desk-tour-", ignore_cleanup_errors=True) as folder:
        ground = _ground(parsed, environment, Path(folder))
        make_folder()
        report = TourReport(ground.contract, ground.people)
        try:
            _Tour(parsed, ground, report, Paths(Path(folder))).run()
        finally:
            ground.stop()
    print(report.table())
    print(f"Pictures: {parsed.out}")
    if parsed.json is not None:
        report.write(parsed.json)
    return 0 if report.ok else 1


def _ground(parsed: argparse.Namespace, environment: Environment, folder: Path) -> Ground:
    """A practice org leaves nothing behind; on another org data lies under --home, where that was given."""
    if parsed.practice:
        return PracticeGround(parsed, Paths(folder))
    return GivenGround(parsed, Paths(parsed.home or folder), environment)


class _Tour:
    """One tour from the first paint to the quit. The window's preferences are those of a first start."""

    def __init__(
        self, parsed: argparse.Namespace, ground: Ground, report: TourReport, preferences: Paths
    ) -> None:
        from cadence_desk.launch.window import WindowRun

        self._parsed = parsed
        self._ground = ground
        self._report = report
        self._quit_at = 0.0
        self._window = WindowRun(
            preferences, ground.open_now, open_page=ground.open_page, desk_opened=self._drive
        )
        self._window.options = self._window.all_people()

    def run(self) -> None:
        """Show the window; ends when the tour has closed it."""
        code = self._window.run()
        problem = self._window.start_error
        if problem is not None:
            self._report.journeys.append(JourneyResult("Start", ok=False, detail=problem.message))
        seconds = time.monotonic() - self._quit_at if self._quit_at else 0.0
        quiet = bool(self._quit_at) and code == 0 and seconds <= QUIT_LIMIT
        detail = f"closed in {seconds:.2f} s, exit code {code}"
        self._report.journeys.append(JourneyResult("Quit", quiet, seconds=seconds, detail=detail))

    async def _drive(self, run: WindowRun) -> None:
        try:
            await self._drive_all(run)
        except Exception as error:
            self._report.journeys.append(
                JourneyResult("Tour", ok=False, detail=f"{type(error).__name__}: {error}")
            )
            raise
        finally:
            self._quit_at = time.monotonic()
            run.window.close()

    async def _drive_all(self, run: WindowRun) -> None:
        from cadence_desk.launch.tour.journeys import JOURNEYS

        stage = self._stage(run)
        for name, journey in JOURNEYS:
            result = await _drive_one(stage, name, journey)
            self._report.journeys.append(result)
            if not result.ok:
                await stage.pictures.take(f"failed-{name.lower().replace(' ', '-')}")
                if name in {"Sign in", "Lists fill"}:
                    break
        self._report.contract = self._report.contract or stage.contract
        self._report.people = self._report.people or stage.people
        self._report.pictures = stage.pictures.files
        self._report.meters = {**self._meters(run, stage), **stage.meters}

    def _stage(self, run: WindowRun) -> Stage:
        from cadence_desk.launch.tour.hands import Hands
        from cadence_desk.launch.tour.pictures import Pictures
        from cadence_desk.launch.tour.stage import Stage

        if run.desk is None:
            raise RuntimeError("the tour began without a desk")
        pictures = Pictures(run.window, self._parsed.out, run.meter)
        oracle, ground = self._ground.oracle(), self._ground
        return Stage(run.window, run.desk, Hands(), oracle, pictures, ground.contract, ground.people)

    @staticmethod
    def _meters(run: WindowRun, stage: Stage) -> dict[str, object]:
        silence = run.meter.silence()
        busiest = max(stage.busiest, run.meter.busiest_callback, key=lambda one: one.seconds)
        return {
            "callbacks_over_50_ms": [
                (one.name, round(one.seconds * 1000, 1)) for one in (*stage.long_callbacks, *run.meter.stalls)
            ],
            "busiest_callback": [busiest.name, round(busiest.seconds * 1000, 1)],
            "silence_p99_ms": round(silence.p99 * 1000, 1),
            "silence_worst_ms": round(silence.worst * 1000, 1),
            "beats": silence.beats,
        }


async def _drive_one(stage: Stage, name: str, journey: Callable[[Stage], Awaitable[str]]) -> JourneyResult:
    from cadence_desk.launch.tour.stage import JourneySkipped

    calls, began = stage.desk.usage().calls, time.monotonic()
    result = JourneyResult(name, ok=False)
    try:
        result.detail = await journey(stage)
        result.ok = True
    except JourneySkipped as reason:
        result.ok, result.skipped = True, str(reason)
    except Exception as error:  # noqa: BLE001 - a journey that breaks is a result, and the next one still runs
        result.detail = f"{type(error).__name__}: {error}"
    result.seconds = time.monotonic() - began
    result.api_calls = stage.desk.usage().calls - calls
    return result
