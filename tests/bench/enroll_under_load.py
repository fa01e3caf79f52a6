"""Thousands of people are enrolled from the dialog while thousands of events a second arrive: what the window feels.

A program: `.venv/bin/python -m tests.bench.enroll_under_load [--enroll 5000] [--rate 5000] [--json FILE]`. The real window
(offscreen) over a practice org in a process of its own; the events come from tests.bench.loaded_feed. Judged is the
window thread's own CPU time per callback; silences by the wall clock are told, for they suffer from what else runs.
"""

from __future__ import annotations

import argparse
import asyncio
import dataclasses
import json
import os
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cadence_desk.domain.planning.ledger import Bin
from cadence_desk.launch.tour.ground import PracticeGround
from cadence_desk.launch.tour.journeys import sign_in
from cadence_desk.settings.paths import Paths
from cadence_desk.sync.engine import Engine
from tests.bench.loaded_feed import Load, LoadedFeed

if TYPE_CHECKING:
    from cadence_desk.launch.tour.stage import Stage
    from cadence_desk.launch.window import WindowRun
    from cadence_desk.ui.enrolling.enroll_dialog import EnrollDialog

LIMIT_MS = 50.0
START_SECONDS = 300.0


class UnderLoad:
    """One measurement, from the first paint to the quit."""

    def __init__(self, parsed: argparse.Namespace, ground: PracticeGround) -> None:
        self._parsed = parsed
        self._ground = ground
        self.load = Load(parsed.rate)
        self.told: dict[str, Any] = {}
        self.error: BaseException | None = None

    # ------------------------------------------------------------ driving

    async def drive(self, run: WindowRun) -> None:
        """Take the desk, load it, enroll, hold the ledger against the org."""
        try:
            await self._drive(run)
        except Exception as error:  # noqa: BLE001 - told by main, after the window has closed in order
            self.error = error
        finally:
            self.load.stop()
            run.window.close()

    async def _drive(self, run: WindowRun) -> None:
        self._load_the_feed(run)
        stage = self._stage(run)
        await sign_in(stage)
        await stage.until(lambda: stage.desk.feed.words == "Live", "live", START_SECONDS)
        await stage.until(lambda: not stage.desk.loading.what, "loaded", START_SECONDS)
        await stage.open_screen(1, "peopleTable")
        targets, cadence = self._cast(stage)
        self._begin_load(stage, targets)
        await asyncio.sleep(self._parsed.warm)
        calls = Counter(stage.desk.usage().by_purpose)
        stage.begin_measuring()
        cpu, began = time.thread_time(), time.monotonic()
        dialog, preview_seconds = await self._preview(stage, targets, cadence)
        previewed = Counter(stage.desk.usage().by_purpose)
        run_id, run_seconds = await self._run(stage, dialog)
        share = (time.thread_time() - cpu) / (time.monotonic() - began)
        after = Counter(stage.desk.usage().by_purpose)
        self.load.stop()
        self._measured(run, share)
        self.told |= {
            "targets": len(targets),
            "preview_seconds": round(preview_seconds, 1),
            "preview_calls": dict(previewed - calls),
            "run_seconds": round(run_seconds, 1),
            "run_calls": dict(after - previewed),
        }
        await self._compare(stage, run_id)
        if self._parsed.out:
            await stage.pictures.take("enroll-under-load")

    def _load_the_feed(self, run: WindowRun) -> None:
        assert run.desk is not None
        session = run.desk._session
        make, tables = session.parts.make_engine, session.parts.tables

        def loaded(identity: Any, announce: Any) -> Engine:
            engine = make(identity, announce)
            feed = LoadedFeed(engine.parts.feed, self.load)
            return Engine(dataclasses.replace(engine.parts, feed=feed), engine.options, tables, announce)

        session.parts = dataclasses.replace(session.parts, make_engine=loaded)

    def _stage(self, run: WindowRun) -> Stage:
        from cadence_desk.launch.tour.hands import Hands
        from cadence_desk.launch.tour.pictures import Pictures
        from cadence_desk.launch.tour.stage import Stage

        assert run.desk is not None
        pictures = Pictures(run.window, self._parsed.pictures, run.meter)
        return Stage(run.window, run.desk, Hands(), self._ground.oracle(), pictures, "", self._ground.people)

    def _cast(self, stage: Stage) -> tuple[list[str], str]:
        """Choose a cadence and whom to add to it: people who are in none."""
        desk = stage.desk
        cadence = next(one for one in desk.cadences() if one.is_active and len(one.steps) > 1)
        free = [one for one in desk.people.ids() if one and not desk.trackers_of(one)]
        stage.check(len(free) >= self._parsed.enroll, f"only {len(free)} people are in no cadence")
        return free[: self._parsed.enroll], cadence.name

    def _begin_load(self, stage: Stage, targets: list[str]) -> None:
        ids = stage.desk.people.ids()
        self.load.lead_ids = [one for one in ids if one.startswith("00Q")]
        mine = set(targets)
        active = [
            one.id for target in ids if target not in mine for one in stage.desk.trackers_of(target) if one.is_active
        ]  # fmt: skip
        self.load.tracker_ids = active[:2_000]
        if self.load.rate:
            self.load.start()

    async def _preview(self, stage: Stage, targets: list[str], cadence: str) -> tuple[EnrollDialog, float]:
        from PySide6.QtCore import Qt
        from PySide6.QtWidgets import QAbstractButton, QComboBox

        from cadence_desk.ui.enrolling.enroll_dialog import EnrollDialog

        began = time.monotonic()
        stage.window.doors.many.enroll(targets)
        dialog = await stage.until(lambda: stage.hands.find(EnrollDialog, "enrollDialog"), "the dialog opens")
        field = stage.hands.find(QComboBox, "cadenceField").lineEdit()
        assert field is not None
        stage.hands.type(field, cadence)
        stage.hands.press(field, Qt.Key.Key_Tab)
        button = stage.hands.find(QAbstractButton, "confirmEnrollButton")
        await stage.until(button.isEnabled, "the preview is ready", self._parsed.patience)
        return dialog, time.monotonic() - began

    async def _run(self, stage: Stage, dialog: EnrollDialog) -> tuple[str, float]:
        from PySide6.QtCore import Qt

        began = time.monotonic()
        stage.hands.press(dialog, Qt.Key.Key_Return, control=True)
        run = await stage.until(lambda: dialog.run, "the run is stored")
        if self._parsed.seconds:
            await asyncio.sleep(self._parsed.seconds)
            await stage.desk.runs.stop(run.run_id)
        await stage.until(lambda: run.finished, "every row has come to its end", self._parsed.patience)
        return run.run_id, time.monotonic() - began

    # ------------------------------------------------------------ figures

    def _measured(self, run: WindowRun, share: float) -> None:
        silence, busiest = run.meter.silence(), run.meter.busiest_callback
        self.told |= {
            "events_a_second": round(self.load.sent / self.load.seconds) if self.load.seconds else 0,
            "events_most_behind": self.load.most_behind,
            "callbacks_over_50_ms": [[one.name, round(one.seconds * 1000, 1)] for one in run.meter.stalls],
            "busiest_callback": [busiest.name, round(busiest.seconds * 1000, 1)],
            "most_cpu_between_beats_ms": round(silence.busiest * 1000, 1),
            "window_thread_cpu_percent": round(share * 100),
            "silence_p99_ms": round(silence.p99 * 1000, 1),
            "silence_p999_ms": round(silence.p999 * 1000, 1),
            "silence_worst_ms": round(silence.worst * 1000, 1),
            "beats": silence.beats,
        }

    async def _compare(self, stage: Stage, run_id: str) -> None:
        """Hold the ledger against the org's own view of it."""
        ledger = await stage.desk.runs.report(run_id)
        added = {row.target_id: row.record_id for row in ledger.rows if row.bin is Bin.SUCCESS}
        asked = [row.target_id for row in ledger.rows]
        found: Counter[str] = Counter()
        same = 0
        for start in range(0, len(asked), 100):
            part = ", ".join(f"'{one}'" for one in asked[start : start + 100])
            for row in await stage.query(
                f"SELECT Id, TargetId FROM ActionCadenceTracker WHERE TargetId IN ({part})"
            ):
                found[row["TargetId"]] += 1
                same += added.get(row["TargetId"]) == row["Id"]
        self.told["ledger"] = {which.value: ledger.count(which) for which in Bin}
        self.told["receipt_agrees"] = ledger.whole
        self.told["doubled"] = sum(1 for times in found.values() if times > 1)
        self.told["ledger_equals_org"] = set(found) == set(added) and same == len(added)

    @property
    def held(self) -> bool:
        """True when the promise was kept."""
        return (
            self.error is None
            and not self.told["callbacks_over_50_ms"]
            and self.told["ledger_equals_org"]
            and self.told["receipt_agrees"]
            and not self.told["doubled"]
        )


def _parsed(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument(
        "--people", type=int, default=0, help="people in the org (default twice those to enroll)"
    )
    parser.add_argument("--enroll", type=int, default=5_000)
    parser.add_argument("--rate", type=int, default=5_000, help="events a second")
    parser.add_argument(
        "--seconds", type=float, default=0.0, help="stop the run after so long; 0 runs to the end"
    )
    parser.add_argument("--undo", type=float, default=8.0, help="seconds before the first send")
    parser.add_argument("--warm", type=float, default=3.0, help="seconds of load before it is measured")
    parser.add_argument("--patience", type=float, default=900.0, help="seconds to wait for the end")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--out", type=Path, default=None, help="folder for pictures")
    parser.add_argument("--json", type=Path, default=None)
    parsed = parser.parse_args(arguments)
    parsed.people = parsed.people or 2 * parsed.enroll
    parsed.contract, parsed.speed, parsed.start = "documented", 1.0, None
    return parsed


def main(arguments: list[str] | None = None) -> int:
    """Measure once; 0 when no callback took too long and the ledger equals the org."""
    parsed = _parsed(arguments)
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from cadence_desk.launch.window import WindowRun

    with tempfile.TemporaryDirectory(prefix="cadence-desk-load-", ignore_cleanup_errors=True) as folder:
        parsed.pictures = parsed.out or Path(folder) / "pictures"
        ground = PracticeGround(parsed, Paths(Path(folder)))
        measured = UnderLoad(parsed, ground)
        try:
            window = WindowRun(
                Paths(Path(folder)), ground.open_now, open_page=ground.open_page, desk_opened=measured.drive
            )
            window.options = dataclasses.replace(window.all_people(), undo_seconds=parsed.undo)
            code = window.run()
        finally:
            ground.stop()
    if measured.error is not None:
        raise measured.error
    text = json.dumps(measured.told, indent=1)
    sys.stdout.write(text + "\n")
    if parsed.json is not None:
        parsed.json.write_text(text + "\n", encoding="utf-8")
    return 0 if code == 0 and measured.held else 1


if __name__ == "__main__":
    raise SystemExit(main())
