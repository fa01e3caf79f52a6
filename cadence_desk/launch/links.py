"""Links that the computer hands to a start: taken out of the arguments, and the org profile that fits one.

Called by launch.arguments and launch.main; what a link may say is decided in domain.addresses.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cadence_desk.settings.paths import Paths


def taken_out(arguments: list[str]) -> tuple[list[str], str]:
    """Return the arguments without a link to a person, and the link; empty without one."""
    if not any(":" in one for one in arguments):
        return arguments, ""
    from cadence_desk.domain.addresses import LINK_START

    links = [one for one in arguments if one.casefold().startswith(LINK_START)]
    return [one for one in arguments if one not in links], links[-1] if links else ""


def profile_of(link: str, keys: Iterable[str], paths: Paths) -> str:
    """Return the profile in which somebody of the link's org was signed in last; empty when there is none.

    Raises:
        BadValue: the link cannot be followed at all.
    """
    from cadence_desk.domain.addresses import parse_target_link
    from cadence_desk.settings.last_user import read_last_user

    org_id = parse_target_link(link).org_id
    for key in keys:
        known = read_last_user(paths.profile(key))
        if known is not None and known.organization_id == org_id:
            return key
    return ""
