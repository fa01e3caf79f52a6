"""Where the tour takes place: on a practice org that it starts, or on the org that the environment names.

Nothing but opening differs: the same window, the same journeys. Called by tour.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from cadence_desk.bootstrap.opening import open_profile
from cadence_desk.domain.errors import BadValue
from cadence_desk.domain.orgs import WayIn
from cadence_desk.launch.arguments import practice_arguments
from cadence_desk.launch.practice_process import PracticeProcess, passing_key_file
from cadence_desk.launch.tour.oracle import Oracle, OracleAddress

if TYPE_CHECKING:
    import argparse

    from cadence_desk.bootstrap.opening import OpenProfile
    from cadence_desk.settings.environment import Environment
    from cadence_desk.settings.paths import Paths


class Ground(Protocol):
    """An org to tour."""

    contract: str
    people: int
    """How many people the org was made with; 0 when nobody knows."""

    def open_now(self) -> OpenProfile:
        """Open the profile; may take seconds."""

    def open_page(self, address: str) -> None:
        """Play the person at the browser."""

    def oracle(self) -> Oracle:
        """Return the tour's own eyes, once the profile is open."""

    def stop(self) -> None:
        """Give up what was started."""


class PracticeGround:
    """A practice org of the tour's own."""

    def __init__(self, parsed: argparse.Namespace, paths: Paths) -> None:
        self.contract: str = parsed.contract
        self.people: int = parsed.people
        self._paths = paths
        self._practice = PracticeProcess(practice_arguments(parsed))

    def open_now(self) -> OpenProfile:
        """Start the org and open its profile."""
        self._practice.start()
        return open_profile(self._practice.profile(), self._paths, passing_key_file(self._paths.root))

    def open_page(self, address: str) -> None:
        """Press the button of the default user, over https."""
        from cadence_desk.launch.tour.browser import PlayedBrowser

        report = self._practice.report
        PlayedBrowser(str(report["ca_file"]), str(report["user_id"])).open_page(address)

    def oracle(self) -> Oracle:
        """Return eyes with a token of their own, and the control surface."""
        report = self._practice.report
        return Oracle(
            OracleAddress(
                str(report["rest_url"]),
                str(report["access_token"]),
                str(report["ca_file"]),
                str(report["control_url"]),
                str(report["control_secret"]),
            )
        )

    def stop(self) -> None:
        """End the org."""
        self._practice.stop()


class GivenGround:
    """The org that the environment names, by an access token. Nothing is started and nothing can be steered."""

    def __init__(self, parsed: argparse.Namespace, paths: Paths, environment: Environment) -> None:
        """Read what the environment names.

        Raises:
            BadValue: it names no org by an access token.
        """
        given = environment.org()
        if given is None or given.profile.way_in is not WayIn.TOKEN:
            raise BadValue(
                "The tour writes to the org it runs on.",
                hint="Start it with --practice, or name an org for it: CADENCE_DESK_ACCESS_TOKEN and "
                "CADENCE_DESK_INSTANCE_URL.",
            )
        self.contract = ""
        self.people = 0
        self._given = given
        self._paths = paths
        self._key_file = parsed.key_file

    def open_now(self) -> OpenProfile:
        """Open the profile."""
        return open_profile(self._given.profile, self._paths, self._key_file, self._given.access)

    def open_page(self, address: str) -> None:
        """Do nothing: there is a token, so no page is needed."""

    def oracle(self) -> Oracle:
        """Return eyes that read with the same token."""
        profile = self._given.profile
        return Oracle(OracleAddress(profile.login_url, self._given.access.token, profile.extra_ca))

    def stop(self) -> None:
        """Do nothing: nothing was started."""
