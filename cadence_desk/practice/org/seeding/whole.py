"""The order in which a world is sown.

Imports the other parts of this package. Called by ``org.world``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cadence_desk.practice.org.seeding.people import sow_people
from cadence_desk.practice.org.seeding.staff import sow_outcomes, sow_staff

if TYPE_CHECKING:
    from cadence_desk.practice.org.seeding.sowing import Sower


def sow_world(sower: Sower, people: int) -> None:
    """Sow everything a new org has, in one go."""
    connection = sower.store.connection
    connection.execute("BEGIN")
    sow_staff(sower)
    sow_outcomes(sower)
    sow_people(sower, people)
    sower.store.fill_types()
    sower.store.create_indexes()
    connection.execute("COMMIT")
