"""The benchmark: `python3 packaging/dev.py bench [NAME...] [--json FILE] [--table FILE] [--quick]`.

Every figure stands beside its reference, measured in the same run, turn by turn. NAME is a line or the start of one, as
`list` or `list.sort_100k`. Exit code 1 when a goal is missed or a group fails, 130 when it was stopped.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from tests.bench.groups import GROUPS, measured, wanted, wanted_group
from tests.bench.report import Report, load

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tests.bench.figures import Figure

STOPPED = 130


def main(arguments: Sequence[str], measure: Callable[..., Iterator[Figure]] = measured) -> int:
    """Measure group after group, print a table, write the JSON list with each line."""
    parser = argparse.ArgumentParser(prog="dev.py bench", description="Figures beside their references.")
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help="lines or starts of lines; all when left out"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the lines as a JSON list")
    parser.add_argument("--table", type=Path, metavar="FILE", help="write the table as Markdown")
    parser.add_argument("--quick", action="store_true", help="few repeats: a look, not a proof")
    parsed = parser.parse_args(arguments)
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    groups = [group for group in GROUPS if wanted_group(group, parsed.names)]
    if not groups:
        parser.error(f"no line begins so; there are {', '.join(GROUPS)}")
    report = Report(parsed.json)
    stopped = False
    try:
        for group in groups:
            take(group, parsed, report, measure)
    except KeyboardInterrupt:
        stopped = True
    text = report.markdown()
    say(f"\n{text}")
    if parsed.table is not None:
        parsed.table.write_text(text, encoding="utf-8")
    missed = report.missed
    end = "stopped; " if stopped else ""
    say(f"{end}{len(report.figures)} lines, {len(missed)} missed{': ' if missed else ''}{', '.join(missed)}")
    return STOPPED if stopped else int(bool(missed))


def take(
    group: str, parsed: argparse.Namespace, report: Report, measure: Callable[..., Iterator[Figure]]
) -> None:
    """Measure one group and say how long it took."""
    busy = load()
    say(f"--- {group}" + ("" if busy is None else f", load average {busy:.2f}"))
    began = time.monotonic()
    with closing(measure(group, say, quick=parsed.quick)) as figures:  # type: ignore[type-var]
        for figure in figures:
            if figure.failed or wanted(figure.name, parsed.names):
                report.add(figure)
                say(figure.line())
    say(f"--- {group} took {time.monotonic() - began:.0f} s")


def say(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    for asked in (signal.SIGINT, signal.SIGTERM):  # who ends it keeps what was measured
        signal.signal(asked, signal.default_int_handler)
    sys.exit(main(sys.argv[1:]))
