"""`cadence-desk --self-test`: asks this copy of the desk, part by part, whether it works on this computer.

Prints a line per part; exit code 0 when every line is ok, else 1. Reads and writes nothing of the user's: whatever it
needs lies in a folder of its own, and the org it speaks to is a practice org on this computer. Called by launch.main.
"""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from cadence_desk.domain.errors import DeskError, InternalError
from cadence_desk.domain.orgs import GivenAccess, WayIn
from cadence_desk.launch.arguments import practice_arguments
from cadence_desk.launch.practice_process import PracticeProcess, passing_key_file, program
from cadence_desk.launch.version import VERSION

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Sequence

    from cadence_desk.bootstrap.opening import OpenProfile

COMMAND_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Finding:
    """How one part answered."""

    part: str
    ok: bool
    detail: str
    seconds: float

    def line(self) -> str:
        """Return the finding as a row of the table."""
        return f"{self.part:24} {'ok' if self.ok else 'FAILED':8} {self.seconds:6.2f}  {self.detail}"


def run_self_test(parsed: argparse.Namespace) -> int:
    """Ask every part and print the table."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    print(f"{'Part':24} {'Result':8} {'Sec.':>6}  Detail")
    findings: list[Finding] = []
    with tempfile.TemporaryDirectory(prefix="cadence-desk-self-test-", ignore_cleanup_errors=True) as folder:
        practice = PracticeProcess(practice_arguments(parsed))
        try:
            for part, ask in _parts(practice, Path(folder)):
                findings.append(asked(part, ask))
                print(findings[-1].line(), flush=True)
        finally:
            practice.stop()
    failed = [one.part for one in findings if not one.ok]
    print(f"Failed: {', '.join(failed)}." if failed else "All parts work.")
    return 1 if failed else 0


def asked(part: str, ask: Callable[[], str]) -> Finding:
    """Ask one part; whatever it raises is its answer, so that the next one is still asked."""
    began = time.monotonic()
    try:
        detail, ok = ask(), True
    except DeskError as error:
        detail, ok = f"{error.message} ({error.code})", False
    except Exception as error:  # noqa: BLE001 - a part that is broken may raise anything
        detail, ok = f"{type(error).__name__}: {error}", False
    return Finding(part, ok, detail, time.monotonic() - began)


def _parts(practice: PracticeProcess, folder: Path) -> Sequence[tuple[str, Callable[[], str]]]:
    return (
        ("Program", _program),
        ("Files", lambda: _delivered("files")),
        ("Libraries", lambda: _delivered("libraries")),
        ("Certificates", lambda: _delivered("trust")),
        ("Key stores", lambda: _delivered("key_stores")),
        ("Display plugins", _plugins),
        ("Window", _window),
        ("Commands", lambda: _commands(folder / "commands")),
        ("Practice org", lambda: _started(practice)),
        ("Requests", lambda: _readiness(practice, folder / "requests")),
        ("Events and files", lambda: _live(practice, folder / "events")),
    )


def _program() -> str:
    kind = "packaged app" if getattr(sys, "frozen", False) else "from source"
    return (
        f"Cadence Desk {VERSION}, {kind}, Python {platform.python_version()}, "
        f"{platform.system()} {platform.machine()}"
    )


def _delivered(what: str) -> str:
    from cadence_desk.bootstrap import delivered

    checks: dict[str, Callable[[], str]] = {
        "files": delivered.files,
        "libraries": delivered.libraries,
        "trust": delivered.trust,
        "key_stores": delivered.key_stores,
    }
    return checks[what]()


def _plugins() -> str:
    from cadence_desk.launch.window_check import display_plugins

    return display_plugins()


def _window() -> str:
    from cadence_desk.launch.window_check import painted_window

    return painted_window()


def _commands(home: Path) -> str:
    """Run the command line as people do, in a process of its own, which must not inherit where our libraries lie."""
    own = getattr(sys, "_MEIPASS", None)
    if own is not None and own in os.environ.get("LD_LIBRARY_PATH", ""):
        raise InternalError("A browser started from here would load the desk's libraries.")
    done = subprocess.run(  # noqa: S603 - our own program
        [*program(), "org", "--home", str(home), "list"],
        capture_output=True,
        text=True,
        timeout=COMMAND_SECONDS,
        check=False,
    )
    if done.returncode != 0:
        raise InternalError(f"“org list” ended with {done.returncode}: {done.stderr.strip()[-200:]}")
    return "“org list” runs in a process of its own"


def _started(practice: PracticeProcess) -> str:
    practice.start()
    return (
        f"{practice.report['people']} people, in a process of its own"
        if "people" in practice.report
        else "started"
    )


def _readiness(practice: PracticeProcess, folder: Path) -> str:
    from cadence_desk.bootstrap.delivered import readiness

    return readiness(_opened(practice, folder, locked=False))


def _live(practice: PracticeProcess, folder: Path) -> str:
    from cadence_desk.bootstrap.delivered import live

    return live(_opened(practice, folder, locked=True))


def _opened(practice: PracticeProcess, folder: Path, *, locked: bool) -> OpenProfile:
    """Open the practice org with its own token, since nobody sits at a browser."""
    from cadence_desk.bootstrap.opening import look_into_profile, open_profile
    from cadence_desk.settings.paths import Paths

    folder.mkdir(mode=0o700)
    profile = replace(practice.profile(), way_in=WayIn.TOKEN)
    access = GivenAccess(token=str(practice.report["access_token"]))
    take = open_profile if locked else look_into_profile
    return take(profile, Paths(folder), passing_key_file(folder), access)
