"""Which org a start is for: what the environment names, else the profile that was asked for or used last.

Called by launch and commands before anything is opened, so that every command goes to the same org.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cadence_desk.domain.errors import BadValue
from cadence_desk.domain.orgs import GivenAccess
from cadence_desk.settings.environment import GivenOrg
from cadence_desk.settings.preferences import Preferences
from cadence_desk.settings.profile_book import ProfileBook

if TYPE_CHECKING:
    from cadence_desk.settings.environment import Environment
    from cadence_desk.settings.paths import Paths


class NoOrgYet(BadValue):
    """No org is set up on this computer."""


def choose_org(paths: Paths, environment: Environment, wanted: str = "") -> GivenOrg:
    """Return the org to work with.

    Raises:
        NoOrgYet: no org is set up.
        BadValue: several are and none was chosen, the chosen one is unknown, or a value cannot be used.
    """
    named = environment.org()
    if named is not None:
        return named
    profiles = ProfileBook(paths.profile_book).profiles()
    key = wanted or Preferences.load(paths.preferences).last_profile
    chosen = next((one for one in profiles if one.key == key), None)
    if chosen is None and not wanted and len(profiles) == 1:
        chosen = profiles[0]
    if chosen is None:
        raise _no_org(wanted, [one.key for one in profiles])
    return GivenOrg(environment.adjusted(chosen), GivenAccess())


def _no_org(wanted: str, keys: list[str]) -> BadValue:
    if wanted:
        known = f"Known: {', '.join(keys)}." if keys else "Add one with: cadence-desk org add FILE"
        return BadValue(f"There is no org “{wanted}”.", hint=known)
    if keys:
        return BadValue("Several orgs are set up.", hint=f"Choose one with --org: {', '.join(keys)}.")
    return NoOrgYet(
        "No org is set up yet.",
        hint="Add your company's with: cadence-desk org add FILE (an admin hands out the file).",
    )
