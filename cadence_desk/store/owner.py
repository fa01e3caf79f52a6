"""Whose file it is: one org and one user. Imports no other room; used by both files and whoever opens them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Owner:
    """The org and the user a file belongs to; a file is refused for any other pair."""

    org_id: str
    user_id: str
