"""The bundle of a profile, for the window's command and for `cadence-desk diagnostics`. Loads no Qt."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cadence_desk.launch.version import VERSION

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping
    from pathlib import Path

    from cadence_desk.domain.diagnosis import Page
    from cadence_desk.domain.orgs import OrgProfile
    from cadence_desk.settings.environment import Environment
    from cadence_desk.settings.paths import Paths


def bundle_of(profile: OrgProfile, paths: Paths, silences: Mapping[str, int] | None = None) -> list[Page]:
    """Return the files of a bundle about a profile, whoever may have it open."""
    from cadence_desk.bootstrap.diagnosis import diagnose

    return diagnose(profile, paths, _files_of(profile, paths), VERSION, silences)


def _files_of(profile: OrgProfile, paths: Paths) -> Path | None:
    from cadence_desk.settings.last_user import read_last_user

    known = read_last_user(paths.profile(profile.key))
    return None if known is None else paths.files(profile.key, known.organization_id, known.user_id)


def run_diagnostics(parsed: argparse.Namespace, paths: Paths, environment: Environment) -> int:
    """Write a bundle and return the exit code. Raises DeskError when there is no org or no folder."""
    from cadence_desk.bootstrap.choosing import choose_org
    from cadence_desk.commands import diagnostics

    chosen = choose_org(paths, environment, parsed.org or "")
    return diagnostics.diagnostics(lambda: bundle_of(chosen.profile, paths), parsed.out)
