"""The benchmark: `python3 packaging/dev.py bench [NAME...] [--json FILE] [--quick]`.

Every figure stands beside its reference, measured in the same run, turn by turn. NAME is a line or the start of one, as
`list` or `list.sort_100k`. Exit code 1 when a goal is missed.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tests.bench.rounds import Rounds

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.bench.figures import Figure

GROUPS = {
    "loop": "loops",
    "list": "lists",
    "startup": "startup",
    "calls": "calls",
    "live": "live",
    "enroll": "enroll",
    "outbox": "outbox",
    "gui": "tour_stalls",
    "idle": "window_at_rest",
    "growth": "growth",
}
"""Start of the names to the module that measures them."""


def main(arguments: Sequence[str]) -> int:
    """Measure, print a table, write the JSON list."""
    parser = argparse.ArgumentParser(prog="dev.py bench", description="Figures beside their references.")
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help="lines or starts of lines; all when left out"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the lines as a JSON list")
    parser.add_argument("--quick", action="store_true", help="few repeats: a look, not a proof")
    parsed = parser.parse_args(arguments)
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    groups = [group for group in GROUPS if wanted_group(group, parsed.names)]
    if not groups:
        parser.error(f"no line begins so; there are {', '.join(GROUPS)}")
    found: list[Figure] = []
    for group in groups:
        measure = importlib.import_module(f"tests.bench.{GROUPS[group]}").figures
        for figure in measure(Rounds(quick=parsed.quick)):
            if wanted(figure.name, parsed.names):
                found.append(figure)
                say(figure.line())
    if parsed.json is not None:
        parsed.json.write_text(json.dumps([one.to_json() for one in found], indent=1), encoding="utf-8")
    missed = [one.name for one in found if not one.ok]
    say(f"{len(found)} lines, {len(missed)} missed{': ' if missed else ''}{', '.join(missed)}")
    return int(bool(missed))


def say(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def wanted_group(group: str, names: Sequence[str]) -> bool:
    """Return True when a group may have wanted lines."""
    return not names or any(name == group or name.startswith(f"{group}.") for name in names)


def wanted(line: str, names: Sequence[str]) -> bool:
    """Return True when a line is wanted."""
    return not names or any(line == name or line.startswith((f"{name}.", name)) for name in names)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
