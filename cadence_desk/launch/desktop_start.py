"""`cadence-desk open [LINK]`: a start from a menu or a link, where nobody reads a terminal: what is wrong is shown in a window.

Called by launch.main, which hands in how the window is opened.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from cadence_desk.domain.errors import DeskError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from cadence_desk.bootstrap.orgs import ComputerOrgs
    from cadence_desk.ui.org.first_org import FirstOrgSheet

TRY = "Try it on a practice org"
_PRACTICE = "practice org"  # no key of a profile: those have no spaces


def add_open(verbs: Any, common: Callable[[argparse.ArgumentParser], None]) -> None:
    """Add the command."""
    start = verbs.add_parser(
        "open", help="open the window as a menu entry does, or follow a cadence-desk:// link"
    )
    common(start)
    start.add_argument("source", nargs="?", default="", metavar="LINK", help="a link that an admin gave you")
    start.set_defaults(verb="open")


def open_from_desktop(
    parsed: argparse.Namespace,
    orgs: ComputerOrgs,
    open_window: Callable[[], int],
    open_practice: Callable[[], int],
) -> int:
    """Open the window; ask first when there is no org yet or a link brings one."""
    known = [one.key for one in orgs.profiles()]
    problem: DeskError | None = None
    if not parsed.source:
        try:
            return open_window()
        except DeskError as error:
            if known and not parsed.org:
                parsed.org = known[0]  # the others are two keys away in the window
                return open_window()
            problem = error if parsed.org else None
    chosen = _asked(parsed.source, orgs, problem)
    if chosen == _PRACTICE:
        return open_practice()
    if not chosen:
        return 0
    parsed.org = chosen
    return open_window()


def _asked(link: str, orgs: ComputerOrgs, problem: DeskError | None) -> str:
    """Show the sheet and return the key of the added org, a word for the practice org, or nothing."""
    from cadence_desk.bridge.app import run_app
    from cadence_desk.ui.kit.theme import Scheme, apply_theme, window_app

    app = window_app()
    apply_theme(app, Scheme.SYSTEM)
    sheet = _sheet(link, orgs, problem)
    answer: list[str] = []

    def add(text: str) -> None:
        try:
            answer.append(orgs.add(text).key)
        except DeskError as wrong:
            sheet.bar.show_error(wrong)
        else:
            sheet.accept()

    def other() -> None:
        answer.append(_PRACTICE)
        sheet.accept()

    sheet.add_asked.connect(add)
    sheet.other_asked.connect(other)

    async def session() -> int:
        from cadence_desk.bridge.dialogs import ask_dialog

        return await ask_dialog(sheet)

    run_app(app, sheet, session)
    return answer[-1] if answer else ""


def _sheet(link: str, orgs: ComputerOrgs, problem: DeskError | None) -> FirstOrgSheet:
    sheet, error = sheet_for(link)
    wrong = error or problem
    if wrong is not None:
        sheet.bar.show_error(wrong)
        if orgs.profiles():
            sheet.show_sub("")
    return sheet


def sheet_for(link: str) -> tuple[FirstOrgSheet, DeskError | None]:
    """Return the sheet for a link, or for a first start without one, and what is wrong with the link."""
    from cadence_desk.settings.org_link import link_to_text
    from cadence_desk.settings.profile_book import parse_profile
    from cadence_desk.ui.org.first_org import FirstOrgSheet

    if not link:
        return FirstOrgSheet(TRY), None
    try:
        profile = parse_profile(link_to_text(link))
    except DeskError as error:
        return FirstOrgSheet(TRY), error
    return FirstOrgSheet("", link, f"{profile.name}, at {urlsplit(profile.login_url).netloc}"), None
