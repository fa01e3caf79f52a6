"""One group of lines in a process of its own: prints each figure as a record, and ends with 1 when one cannot be had.

Run as `python -m tests.bench.group_child MODULE GROUP [--quick]` by tests.bench.groups.
"""

from __future__ import annotations

import dataclasses
import importlib
import json
import signal
import sys
import traceback
from typing import TYPE_CHECKING

from tests.bench.figures import failed
from tests.bench.groups import RECORD
from tests.bench.rounds import Rounds

if TYPE_CHECKING:
    from tests.bench.figures import Figure


def main(module: str, group: str, *options: str) -> int:
    """Measure; an exception becomes the last line."""
    try:
        for figure in importlib.import_module(module).figures(Rounds(quick="--quick" in options)):
            tell(figure)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is one group's, and is told
        traceback.print_exc()
        words = " ".join(str(error).split())
        tell(failed(group, f"{type(error).__name__}: {words}"))
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def tell(figure: Figure) -> None:
    """Hand one line over."""
    sys.stdout.write(f"{RECORD}{json.dumps(dataclasses.asdict(figure))}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    signal.signal(
        signal.SIGINT, signal.default_int_handler
    )  # a shell's background jobs are told to ignore it
    sys.exit(main(*sys.argv[1:]))
