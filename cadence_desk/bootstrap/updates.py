"""Looks for a newer version where the preferences say; off while they say nothing. Called by launch and commands."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from cadence_desk.domain.errors import DeskError
from cadence_desk.domain.updates import UpdatePlan

if TYPE_CHECKING:
    from pathlib import Path

    from cadence_desk.domain.updates import UpdateNotice
    from cadence_desk.settings.preferences import Preferences

_log = logging.getLogger(__name__)


def update_plan(preferences: Preferences) -> UpdatePlan:
    """Return what the preferences say."""
    return UpdatePlan(preferences.update_source, preferences.update_key)


def keep_plan(preferences: Preferences, plan: UpdatePlan, file: Path) -> None:
    """Write a plan into the preferences' file. Raises OSError."""
    preferences.update_source, preferences.update_key = plan.source, plan.key
    preferences.save(file)


def find_update(plan: UpdatePlan, own: str) -> UpdateNotice | None:
    """Return the notice of a newer version, if there is one; blocks. Raises DeskError."""
    from cadence_desk.salesforce.update_source import read_update

    return read_update(plan, own)


def update_words(plan: UpdatePlan, own: str) -> str:
    """Return the line to show, empty without news; blocks. What fails is logged and shown to nobody: it is no work."""
    try:
        notice = find_update(plan, own)
    except DeskError as error:
        _log.warning("looking for an update: %s (%s)", error.message, error.code)
        return ""
    return notice.line() if notice is not None else ""
