"""One group of lines in a process of its own: prints each figure as a record, and ends with 1 when one cannot be had.

Run as `python -m tests.bench.group_child MODULE GROUP [--quick]` by tests.bench.groups.
"""

from __future__ import annotations

import dataclasses
import importlib
import json
import logging
import signal
import sys
import traceback
from typing import TYPE_CHECKING, Any

from tests.bench.figures import failed
from tests.bench.groups import RECORD
from tests.bench.rounds import Rounds

if TYPE_CHECKING:
    from types import TracebackType

    from tests.bench.figures import Figure


STOPPED = 130
stopped: list[bool] = []


def main(module: str, group: str, *options: str) -> int:
    """Measure; an exception becomes the last line."""
    try:
        for figure in importlib.import_module(module).figures(Rounds(quick="--quick" in options)):
            if stopped:
                return STOPPED
            tell(figure)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is one group's, and is told
        if stopped:
            return STOPPED
        traceback.print_exc()
        words = " ".join(str(error).split())
        tell(failed(group, f"{type(error).__name__}: {words}"))
        return 1
    except KeyboardInterrupt:
        return STOPPED
    return 0


def tell(figure: Figure) -> None:
    """Hand one line over."""
    sys.stdout.write(f"{RECORD}{json.dumps(dataclasses.asdict(figure))}\n")
    sys.stdout.flush()


def unseen(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Take what Qt's binding lets go no further: a stop that came inside a slot ends the loop that runs."""
    if not issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)
        return
    stopped.append(True)
    logging.disable()  # of what is torn off nobody needs to hear
    core: Any = sys.modules.get("PySide6.QtCore")
    if core is not None:
        core.QCoreApplication.exit(STOPPED)


if __name__ == "__main__":
    signal.signal(
        signal.SIGINT, signal.default_int_handler
    )  # a shell's background jobs are told to ignore it
    sys.excepthook = unseen
    sys.exit(main(*sys.argv[1:]))
