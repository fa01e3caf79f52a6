"""The order in which a world is sown.

Imports the other parts of this package and the engine's graphs and timers. Called by ``org.world``.
"""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

from cadence_desk.practice.org.seeding.cadences import sow_cadences, sow_templates
from cadence_desk.practice.org.seeding.listviews import sow_list_views
from cadence_desk.practice.org.seeding.people import sow_people
from cadence_desk.practice.org.seeding.staff import sow_outcomes, sow_staff
from cadence_desk.practice.org.seeding.trackers import TrackerSowing

if TYPE_CHECKING:
    from cadence_desk.practice.org.engine.engine import Engine
    from cadence_desk.practice.org.seeding.sowing import Sower


def sow_world(sower: Sower, people: int, engine: Engine) -> None:
    """Sow everything a new org has, in one go."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        _sow(sower, people, engine)
    finally:
        if collecting:
            gc.enable()


def _sow(sower: Sower, people: int, engine: Engine) -> None:
    connection = sower.store.connection
    connection.execute("BEGIN")
    sow_staff(sower)
    sow_outcomes(sower)
    sow_templates(sower)
    sow_cadences(sower)
    sow_list_views(sower)
    sow_people(sower, people)
    TrackerSowing(sower, engine.graphs, engine.timers).sow()
    sower.store.fill_types()
    sower.store.create_indexes()
    connection.execute("COMMIT")
    connection.execute("ANALYZE")
