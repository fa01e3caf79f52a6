"""What only a terminal can do, because the window holds the files: its exact commands, from the palette.

Called by launch.main, which knows how this start was asked for.
"""

from __future__ import annotations

import shlex
import subprocess
import sys
from typing import TYPE_CHECKING

from cadence_desk.ui.shell.commands import Command, always

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from cadence_desk.launch.org_switch import Windows
    from cadence_desk.ui.org.command_page import TerminalCommand
    from cadence_desk.ui.shell.main_window import MainWindow

PROGRAM = "cadence-desk"
PASSING = "The practice org keeps nothing on this computer: its files go when the window closes."
_CLOSE = "Close this window first (Ctrl+Q): it holds the files. Then type this in a terminal."


class TerminalPages:
    """The window's commands that show commands; one for all windows of a start."""

    def __init__(
        self,
        run: Windows,
        open_key: Callable[[], str],
        parsed: argparse.Namespace,
        why_not: Callable[[], str] = always,
    ) -> None:
        """Take which org is open; `why_not` returns a reason why none of this makes sense for it."""
        self._run = run
        self._open_key = open_key
        self._flags = flags_of(parsed)
        self._why_not = why_not
        self._others = run.contribute
        run.contribute = self.contribute

    def contribute(self, window: MainWindow) -> None:
        """Add the commands to a window."""
        self._others(window)
        window.contribute(
            Command(
                "wipe_page", "Remove this org, or everything, from this computer", self.wipe, (),
                "wipe delete forget uninstall privacy help", self._why_not,
            )
        )  # fmt: skip
        window.contribute(
            Command(
                "recover_page", "Recover files, or write down the recovery key", self.recover, (),
                "damaged broken restore key texts help", self._why_not,
            )
        )  # fmt: skip

    def wipe(self) -> None:
        """Show how an org, or everything, is removed."""
        from cadence_desk.ui.org.command_page import TerminalCommand as Told

        why = f"{_CLOSE} It asks before it removes anything, and stops while changes wait that Salesforce does not have."
        self._show(
            "Remove from this computer",
            f"{why} Nothing in Salesforce is touched.",
            [
                Told("Remove this org: its sign-in, secrets, files and logs.", self._command("wipe")),
                Told("Remove every org, the preferences and the logs.", self._command("wipe", "--all")),
            ],
        )

    def recover(self) -> None:
        """Show how files that cannot be opened are looked at and mended."""
        from cadence_desk.ui.org.command_page import TerminalCommand as Told

        self._show(
            "Recover",
            f"{_CLOSE} Nothing is sent by it, and it asks before it changes a file.",
            [
                Told("Look whether anything is wrong, and what can be done.", self._command("recover")),
                Told(
                    "Print the recovery key, to write it down: it opens your notes when the key store is lost.",
                    self._command("recover", "--show-key"),
                ),
                Told(
                    "Write what can be read of the outbox to a table.",
                    self._command("recover", "--export", "outbox.csv"),
                ),
            ],
        )

    def _command(self, verb: str, *more: str) -> str:
        named = () if "--all" in more else ("--org", self._open_key())
        return as_typed([PROGRAM, verb, *named, *self._flags, *more], sys.platform)

    def _show(self, title: str, why: str, commands: list[TerminalCommand]) -> None:
        from cadence_desk.ui.org.command_page import CommandPage

        page = CommandPage(title, why, commands, self._run.window)
        page.finished.connect(page.deleteLater)
        page.open()


def as_typed(words: list[str], platform: str) -> str:
    """Return a command as a person types it there: the terminal of Windows knows double quotes only."""
    return subprocess.list2cmdline(words) if platform == "win32" else shlex.join(words)


def flags_of(parsed: argparse.Namespace) -> list[str]:
    """Return what of this start a command on the same files has to repeat."""
    given = (("--home", parsed.home), ("--key-file", parsed.key_file))
    return [part for flag, value in given if value is not None for part in (flag, str(value))]
