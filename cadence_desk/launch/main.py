"""Reads the arguments and starts what was asked for. Called by __main__ only."""

from __future__ import annotations

import logging
import os
import sys
from typing import TYPE_CHECKING

from cadence_desk.domain.errors import BadValue, DeskError, FileBusy, StoreError
from cadence_desk.domain.orgs import WayIn
from cadence_desk.launch.arguments import EXIT_IN_USE, EXIT_USAGE, parse, practice_arguments
from cadence_desk.launch.core_files import keep_none

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable
    from pathlib import Path

    from cadence_desk.bootstrap.opening import OpenProfile
    from cadence_desk.bootstrap.orgs import ComputerOrgs
    from cadence_desk.launch.practice_process import PracticeProcess
    from cadence_desk.settings.environment import Environment
    from cadence_desk.settings.paths import Paths


KEY_FIELD_FILES = (
    "package.xml",
    "objects/Activity.object",
    "permissionsets/Cadence_Desk_Call_Key.permissionset",
)


def run(arguments: list[str]) -> int:
    """Run Cadence Desk and return the exit code."""
    parsed = parse(arguments)
    keep_none()
    _begin_log()
    from cadence_desk.settings.environment import Environment
    from cadence_desk.settings.paths import Paths

    paths, environment = Paths(parsed.home), Environment.taken_from(os.environ)
    if getattr(parsed, "key_file", None) is None:
        # a practice org's secrets end with it: they have no place among those that stay
        parsed.key_file = None if getattr(parsed, "practice", False) else environment.key_file
    try:
        return _chosen(parsed, paths, environment)
    except DeskError as error:
        hint = f" {error.hint}" if error.hint else ""
        print(f"cadence-desk: {error.message}{hint} ({error.code})", file=sys.stderr)
        return EXIT_USAGE


def _chosen(parsed: argparse.Namespace, paths: Paths, environment: Environment) -> int:
    command = _COMMANDS.get(parsed.verb)
    if command is not None:
        return command(parsed, paths, environment)
    if parsed.verb == "self-test":
        from cadence_desk.launch.self_test import run_self_test

        return run_self_test(parsed)
    problem = _missing_display()
    if problem:
        print(f"cadence-desk: {problem}", file=sys.stderr)
        return EXIT_USAGE
    from cadence_desk.bridge.quick_start import begin_quickly, end_quickly

    begin_quickly()
    try:
        return _in_a_window(parsed, paths, environment)
    finally:
        end_quickly()


def _in_a_window(parsed: argparse.Namespace, paths: Paths, environment: Environment) -> int:
    if parsed.verb == "tour":
        from cadence_desk.launch.tour.tour import run_tour

        return run_tour(parsed, environment, lambda: _make_folder(parsed.out, "pictures"))
    if parsed.verb == "first-paint":
        from cadence_desk.launch.window_check import tell_first_paint

        return tell_first_paint()
    _make_home(paths)
    if parsed.verb == "open":
        from cadence_desk.launch.desktop_start import open_from_desktop

        return open_from_desktop(
            parsed,
            _orgs(parsed, paths, environment),
            lambda: _open(parsed, paths, environment),
            lambda: _practice(parsed, paths, environment),
        )
    return (_practice if parsed.practice else _open)(parsed, paths, environment)


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
    from cadence_desk.launch.terse import TerseFormatter

    handler = logging.StreamHandler()
    handler.setLevel(logging.WARNING)  # the log file of a window takes more than that
    handler.setFormatter(TerseFormatter("%(levelname)s %(name)s: %(message)s"))
    handler.addFilter(lambda record: "This plugin does not support" not in record.getMessage())
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    # at DEBUG it tells whole addresses, and with them what a query looks for
    logging.getLogger("urllib3").setLevel(logging.WARNING)


def _org(parsed: argparse.Namespace, paths: Paths, environment: Environment) -> int:
    from cadence_desk.commands import org

    _make_home(paths)
    orgs = _orgs(parsed, paths, environment)
    verbs: dict[str, Callable[[], int]] = {
        "add": lambda: org.add(orgs, parsed.source, cli=parsed.cli),
        "list": lambda: org.show(orgs),
        "link": lambda: org.link(orgs, parsed.key),
        "set": lambda: org.connect(
            orgs, parsed.key, parsed.events_endpoint, parsed.extra_ca, parsed.proxy, parsed.proxy_user
        ),
        "remove": lambda: org.remove(orgs, parsed.key),
        "help": org.explain,
        "key-field": lambda: org.key_field(_key_field_files(), parsed.folder),
    }
    return verbs[parsed.org_verb]()


def _key_field_files() -> dict[str, str]:
    """Return the files that an admin deploys, by their place in the package."""
    from cadence_desk.settings.resources import resource_path

    return {name: resource_path("key-field", *name.split("/")).read_text("utf-8") for name in KEY_FIELD_FILES}


def _missing_display() -> str:
    if not sys.platform.startswith("linux") or os.environ.get("QT_QPA_PLATFORM"):
        return ""
    if os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
        return ""
    return (
        "there is no display here (neither DISPLAY nor WAYLAND_DISPLAY is set). "
        "Set QT_QPA_PLATFORM=offscreen to run without one; the tour then still makes its pictures."
    )


def _practice(parsed: argparse.Namespace, paths: Paths, environment: Environment) -> int:
    """Open the desk on a practice org; its files are as short-lived as the org itself."""
    import tempfile
    from pathlib import Path

    from cadence_desk.bootstrap.opening import open_profile
    from cadence_desk.launch.window import WindowRun
    from cadence_desk.settings.paths import Paths as Folders

    practice: list[PracticeProcess] = []
    with tempfile.TemporaryDirectory(prefix="cadence-desk-practice-", ignore_cleanup_errors=True) as folder:

        def open_again() -> OpenProfile:
            from cadence_desk.launch.practice_process import passing_key_file

            key_file = parsed.key_file or passing_key_file(Path(folder))
            return open_profile(practice[0].profile(), Folders(Path(folder)), key_file)

        def open_now() -> OpenProfile:
            practice[0].start()
            return open_again()

        try:
            window = WindowRun(paths, open_now, safe=parsed.safe_mode)

            def prepare() -> None:
                from cadence_desk.launch.practice_process import PracticeProcess
                from cadence_desk.launch.preparing import prepare_practice

                practice.append(PracticeProcess(practice_arguments(parsed)))
                prepare_practice(window, _orgs(parsed, paths, environment), open_again, parsed)

            window.prepare = prepare
            return window.run()
        finally:
            for one in practice:
                one.stop()


def _orgs(parsed: argparse.Namespace, paths: Paths, environment: Environment) -> ComputerOrgs:
    from cadence_desk.bootstrap.orgs import ComputerOrgs

    return ComputerOrgs(paths, environment, parsed.key_file)


def _open(parsed: argparse.Namespace, paths: Paths, environment: Environment) -> int:
    from cadence_desk.bootstrap.choosing import NoOrgYet, choose_org
    from cadence_desk.bootstrap.opening import open_profile

    try:
        chosen = choose_org(paths, environment, parsed.org or _org_of_link(parsed, paths, environment))
    except NoOrgYet as problem:
        problem.hint += " Or try the desk on a practice org with --practice."
        raise
    profile = chosen.profile
    try:
        opened = open_profile(profile, paths, parsed.key_file, chosen.access)
    except FileBusy:
        return _hand_over(paths, profile.key, parsed.link)
    from cadence_desk.launch.window import WindowRun
    from cadence_desk.settings.start_log import StartLog

    starts = StartLog(paths.profile(profile.key))
    safe = starts.begin() or parsed.safe_mode
    window = WindowRun(paths, lambda: opened, safe=safe)
    window.starts, window.link, window.held = starts, parsed.link, opened
    named = profile.way_in not in {WayIn.BROWSER, WayIn.CLI}
    if not named:
        window.preferences.last_profile = profile.key

    def prepare() -> None:
        from cadence_desk.launch.next_org import NextOrg
        from cadence_desk.launch.preparing import prepare_profile

        again = (profile, paths, parsed.key_file, chosen.access)
        back = NextOrg(profile.key, lambda: open_profile(*again), remember=not named)
        prepare_profile(window, _orgs(parsed, paths, environment), back, parsed, fixed=named)

    window.prepare = prepare
    return window.run()


def _org_of_link(parsed: argparse.Namespace, paths: Paths, environment: Environment) -> str:
    if not parsed.link:
        return ""
    from cadence_desk.launch.links import profile_of

    known = [one.key for one in _orgs(parsed, paths, environment).profiles()]
    return profile_of(parsed.link, known, paths)


def _hand_over(paths: Paths, key: str, link: str) -> int:
    from cadence_desk.bridge.one_window import leave_arguments

    leave_arguments(paths.inbox(key), ["open", link] if link else ["show"])
    print(
        "cadence-desk: this profile is already open; its window was asked to come forward.", file=sys.stderr
    )
    return EXIT_IN_USE


def _check(parsed: argparse.Namespace, paths: Paths, environment: Environment) -> int:
    from cadence_desk.launch.checking import run_check

    return run_check(parsed, paths, environment)


def _budget(parsed: argparse.Namespace, paths: Paths, environment: Environment) -> int:
    from cadence_desk.launch.budgeting import run_budget

    return run_budget(parsed, paths, environment)


def _diagnostics(parsed: argparse.Namespace, paths: Paths, environment: Environment) -> int:
    from cadence_desk.launch.diagnosed import run_diagnostics

    return run_diagnostics(parsed, paths, environment)


def _outbox(parsed: argparse.Namespace, paths: Paths, environment: Environment) -> int:
    from cadence_desk.launch.outboxing import run_outbox

    return run_outbox(parsed, paths, environment)


def _recover(parsed: argparse.Namespace, paths: Paths, environment: Environment) -> int:
    from cadence_desk.launch.recovering import run_recover

    return run_recover(parsed, paths, environment)


def _updates(parsed: argparse.Namespace, paths: Paths, environment: Environment) -> int:
    from cadence_desk.launch.updating import run_updates

    return run_updates(parsed, paths, environment)


def _wipe(parsed: argparse.Namespace, paths: Paths, environment: Environment) -> int:
    from cadence_desk.launch.wiping import run_wipe

    return run_wipe(parsed, paths, environment)


_COMMANDS = {
    "org": _org,
    "check": _check,
    "budget": _budget,
    "outbox": _outbox,
    "recover": _recover,
    "updates": _updates,
    "wipe": _wipe,
    "diagnostics": _diagnostics,
}
"""What works without a display."""
