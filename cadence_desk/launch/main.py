"""Reads the arguments and starts what was asked for. Called by __main__ only."""

from __future__ import annotations

import logging
import os
import sys
from typing import TYPE_CHECKING

from cadence_desk.domain.errors import BadValue, DeskError, FileBusy, StoreError
from cadence_desk.launch.arguments import EXIT_IN_USE, EXIT_USAGE, parse, practice_arguments

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

    from cadence_desk.bootstrap.opening import OpenProfile
    from cadence_desk.settings.paths import Paths


def run(arguments: list[str]) -> int:
    """Run Cadence Desk and return the exit code."""
    parsed = parse(arguments)
    _begin_log()
    from cadence_desk.settings.paths import Paths

    paths = Paths(parsed.home)
    try:
        return _chosen(parsed, paths)
    except DeskError as error:
        hint = f" {error.hint}" if error.hint else ""
        print(f"cadence-desk: {error.message}{hint} ({error.code})", file=sys.stderr)
        return EXIT_USAGE


def _chosen(parsed: argparse.Namespace, paths: Paths) -> int:
    if parsed.verb == "org":
        return _org(parsed, paths)
    problem = _missing_display()
    if problem:
        print(f"cadence-desk: {problem}", file=sys.stderr)
        return EXIT_USAGE
    if parsed.verb == "tour":
        from cadence_desk.launch.tour.tour import run_tour

        _make_folder(parsed.out, "pictures")
        return run_tour(parsed)
    _make_home(paths)
    return _practice(parsed, paths) if parsed.practice else _open(parsed, paths)


def _make_home(paths: Paths) -> None:
    try:
        paths.ensure()
    except OSError as error:
        raise StoreError(f"The folder {paths.root} cannot be used: {error.strerror}.") from error


def _make_folder(folder: Path, purpose: str) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadValue(f"The folder {folder} for {purpose} cannot be made: {error.strerror}.") from error


def _begin_log() -> None:
    """Log warnings to standard error; what a display plugin cannot do is no news to anybody."""
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(levelname)s %(name)s: %(message)s"))
    handler.addFilter(lambda record: "This plugin does not support" not in record.getMessage())
    logging.basicConfig(level=logging.WARNING, handlers=[handler])


def _org(parsed: argparse.Namespace, paths: Paths) -> int:
    from cadence_desk.commands import org
    from cadence_desk.settings.profile_book import ProfileBook

    _make_home(paths)
    book = ProfileBook(paths.profile_book)
    return org.add(parsed.file, book.import_file) if parsed.org_verb == "add" else org.show(book.profiles())


def _missing_display() -> str:
    if not sys.platform.startswith("linux") or os.environ.get("QT_QPA_PLATFORM"):
        return ""
    if os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
        return ""
    return (
        "there is no display here (neither DISPLAY nor WAYLAND_DISPLAY is set). "
        "Set QT_QPA_PLATFORM=offscreen to run without one; the tour then still makes its pictures."
    )


def _practice(parsed: argparse.Namespace, paths: Paths) -> int:
    """Open the desk on a practice org; its files are as short-lived as the org itself."""
    import tempfile
    from pathlib import Path

    from cadence_desk.bootstrap.opening import open_profile
    from cadence_desk.launch.practice_process import PracticeProcess
    from cadence_desk.launch.window import WindowRun
    from cadence_desk.settings.paths import Paths as Folders
    from cadence_desk.ui.shell.sign_in_page import open_in_browser

    practice = PracticeProcess(practice_arguments(parsed))
    with tempfile.TemporaryDirectory(prefix="cadence-desk-practice-", ignore_cleanup_errors=True) as folder:

        def open_now() -> OpenProfile:
            practice.start()
            return open_profile(practice.profile(), Folders(Path(folder)), parsed.key_file)

        try:
            window = WindowRun(
                paths, open_now, open_page=lambda address: open_in_browser(practice.for_browser(address))
            )
            window.options = window.all_people()
            return window.run()
        finally:
            practice.stop()


def _open(parsed: argparse.Namespace, paths: Paths) -> int:
    from cadence_desk.settings.preferences import Preferences
    from cadence_desk.settings.profile_book import ProfileBook

    profiles = ProfileBook(paths.profile_book).profiles()
    wanted = parsed.org or Preferences.load(paths.preferences).last_profile
    chosen = next((one for one in profiles if one.key == wanted), None)
    if chosen is None and not parsed.org and len(profiles) == 1:
        chosen = profiles[0]
    if chosen is None:
        return _no_org(parsed.org, [one.key for one in profiles])
    from cadence_desk.bootstrap.opening import open_profile

    try:
        opened = open_profile(chosen, paths, parsed.key_file)
    except FileBusy:
        return _hand_over(paths, chosen.key)
    from cadence_desk.launch.window import WindowRun

    window = WindowRun(paths, lambda: opened)
    window.preferences.last_profile = chosen.key
    return window.run()


def _hand_over(paths: Paths, key: str) -> int:
    from cadence_desk.bridge.one_window import leave_arguments

    leave_arguments(paths.inbox(key), ["show"])
    print(
        "cadence-desk: this profile is already open; its window was asked to come forward.", file=sys.stderr
    )
    return EXIT_IN_USE


def _no_org(wanted: str | None, keys: list[str]) -> int:
    if wanted:
        known = f" Known: {', '.join(keys)}." if keys else ""
        print(f"cadence-desk: there is no org “{wanted}”.{known}", file=sys.stderr)
    elif keys:
        print(f"cadence-desk: choose an org with --org: {', '.join(keys)}.", file=sys.stderr)
    else:
        print(
            "cadence-desk: no org is set up yet. Try the desk on a practice org with --practice, "
            "or add your company's with: cadence-desk org add FILE",
            file=sys.stderr,
        )
    return EXIT_USAGE
