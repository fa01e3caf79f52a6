"""The entry point: dispatches the practice org's own process before anything else loads, else hands over to launch."""

from __future__ import annotations

import sys


def main() -> int:
    """Run Cadence Desk and return its exit code."""
    arguments = sys.argv[1:]
    if arguments[:1] in (["practice-org"], ["--practice-child"]):
        from cadence_desk.practice.__main__ import run_and_leave

        run_and_leave(arguments[1:])
    from cadence_desk.launch.main import run

    return run(arguments)


if __name__ == "__main__":
    sys.exit(main())
