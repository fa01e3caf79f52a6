"""What a start adds to its window once that is painted: the commands about orgs and terminals, and safe mode.

Called by launch.main, before anything of the org is opened.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cadence_desk.domain.orgs import Banner
from cadence_desk.launch.next_org import NextOrg
from cadence_desk.launch.org_switch import HomeOrg, let_switch
from cadence_desk.launch.safe_mode import SafeMode
from cadence_desk.launch.terminal_pages import PASSING, TerminalPages
from cadence_desk.ui.org.org_picker import OrgChoice

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from cadence_desk.bootstrap.opening import OpenProfile
    from cadence_desk.bootstrap.orgs import ComputerOrgs
    from cadence_desk.launch.window import WindowRun

_PRACTICE = "practice"
_NAMED = "The environment names the org of this start (CADENCE_DESK_…)."


def prepare_practice(
    run: WindowRun, orgs: ComputerOrgs, open_again: Callable[[], OpenProfile], parsed: argparse.Namespace
) -> None:
    """Prepare the window of a start with a practice org: everybody is on its list, and there is a way back to it."""
    options = run.options = run.all_people()
    home = HomeOrg(
        OrgChoice(_PRACTICE, "Practice org", Banner.TRAINING, "on this computer"),
        lambda: NextOrg(_PRACTICE, open_again, options, remember=False),
    )
    shelf = let_switch(run, orgs, _PRACTICE, home)
    TerminalPages(run, lambda: shelf.open_key, parsed, lambda: PASSING if shelf.open_key == _PRACTICE else "")
    if run.safe:
        SafeMode(run, home.open_again, None, asked=True)


def prepare_profile(
    run: WindowRun,
    orgs: ComputerOrgs,
    again: NextOrg,
    parsed: argparse.Namespace,
    *,
    fixed: bool,
) -> None:
    """Prepare the window of a start with a profile; `fixed` when the environment gave it."""
    shelf = let_switch(run, orgs, again.key, fixed=_NAMED if fixed else "")
    TerminalPages(run, lambda: shelf.open_key, parsed)
    if run.safe:
        SafeMode(run, lambda: again, run.starts, asked=parsed.safe_mode)
