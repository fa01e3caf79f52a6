"""Puts the object tables together into the catalog of a new org.

Imports the tables of this package. Called by ``org.world``.
"""

from __future__ import annotations

from cadence_desk.practice.org.catalog import activity, cadence, identity, people
from cadence_desk.practice.org.catalog.model import Catalog


def build_catalog(modified_ms: int = 0) -> Catalog:
    """Return a fresh catalog; each org has its own, because fields can be added while it runs."""
    return Catalog(
        (*identity.OBJECTS, *people.OBJECTS, *activity.OBJECTS, *cadence.OBJECTS),
        modified_ms,
    )
