"""What was measured so far: the JSON list, written anew with each line, and the table for people."""

from __future__ import annotations

import json
import os
import platform
import time
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from tests.bench.figures import RATIO, shown

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tests.bench.figures import Figure

HEADS = ("line", "figure", "least to most", "reference", "ratio", "goal", "")


class Report:
    """All lines of one run. A file that was asked for holds at any moment what was measured until then."""

    def __init__(self, json_file: Path | None) -> None:
        self.figures: list[Figure] = []
        self._moments: list[dict[str, Any]] = []
        self._file = json_file
        self._began = load()
        self._write()

    def add(self, figure: Figure) -> None:
        """Take a line and write the file."""
        self.figures.append(figure)
        self._moments.append({"at": time.strftime("%Y-%m-%dT%H:%M:%S%z"), "load": load()})
        self._write()

    @property
    def missed(self) -> list[str]:
        """The names of the lines that are not as they should be."""
        return [one.name for one in self.figures if not one.ok]

    def _write(self) -> None:
        if self._file is None:
            return
        told = [{**one.to_json(), **moment} for one, moment in zip(self.figures, self._moments, strict=True)]
        new = self._file.with_name(f"{self._file.name}.new")
        new.write_text(json.dumps(told, indent=1), encoding="utf-8")
        new.replace(self._file)

    def markdown(self) -> str:
        """Return date, machine and all lines, as a README holds them; what is missed is bold."""
        heads = [list(HEADS), ["---"] * len(HEADS)]
        skips = [f"- {one.name} was left out: {one.skipped}" for one in self.figures if one.skipped]
        fails = [f"- {one.name} failed: {one.failed}" for one in self.figures if one.failed]
        rows = [cells(one) for one in self.figures if not one.skipped and not one.failed]
        parts = [machine(self._began, load()), table([*heads, *rows]), *growing(self.figures)]
        return "\n\n".join([*parts, *(["\n".join([*skips, *fails])] if skips or fails else [])]) + "\n"


def machine(before: float | None, after: float | None) -> str:
    """Return when and where in a sentence."""
    cores = os.cpu_count() or 1
    told = [
        f"{cores} {'core' if cores == 1 else 'cores'} ({platform.machine()})",
        system(),
        f"Python {platform.python_version()}",
        f"PySide6 {version('PySide6-Essentials')}",
        os.environ.get("QT_QPA_PLATFORM") or "on screen",
    ]
    loads = "" if before is None else f"; load average {before:.1f} at the start, {after:.1f} at the end"
    return f"Measured on {time.strftime('%Y-%m-%d')}: {', '.join(told)}{loads}."


def system() -> str:
    """Return the name of the operating system."""
    try:
        return platform.freedesktop_os_release()["PRETTY_NAME"]
    except OSError:
        return f"{platform.system()} {platform.release()}"


def load() -> float | None:
    """Return how many programs want a processor, on the mean of a minute; None where the system does not say."""
    return round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None


def cells(one: Figure) -> list[str]:
    """Return a line's cells."""
    beside = f"{one.reference}, {shown(one.reference_value)} {one.unit}" if one.reference_value is not None else one.reference  # fmt: skip
    figure = "" if one.value is None else f"{shown(one.value)} {one.unit}"
    ratio = "" if one.ratio is None else f"x{shown(one.ratio)}"
    if not one.ok:
        figure, ratio = (
            (figure, f"**{ratio}**") if one.judged == RATIO and ratio else (f"**{figure}**", ratio)
        )
    spread = "" if one.ours is None else f"{shown(min(one.ours.values))} to {shown(max(one.ours.values))}"
    return [f"`{one.name}`", figure, spread, beside, ratio, one.aim, one.verdict]


def table(rows: Sequence[Sequence[str]]) -> str:
    """Return rows as Markdown."""
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def growing(figures: Sequence[Figure]) -> list[str]:
    """Return the tables that lines carry, one for those with the same heads."""
    by_heads: dict[tuple[str, ...], list[list[str]]] = {}
    for one in figures:
        if one.table:
            first = next(iter(one.table[0]))
            heads = tuple(f"{entry[first]:,} {first}" for entry in one.table)
            row = [f"`{one.name}`, {one.table[0]['unit']}", *(shown(entry["median"]) for entry in one.table)]
            by_heads.setdefault(heads, []).append([*row, figure_cell(one), one.aim])
    return [
        table([["", *heads, "figure", "goal"], ["---"] * (len(heads) + 3), *rows])
        for heads, rows in by_heads.items()
    ]


def figure_cell(one: Figure) -> str:
    """Return a figure by itself."""
    return "" if one.value is None else shown(one.value)
