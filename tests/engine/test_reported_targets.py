"""An event that is faster than the answer hurries the read of that answer, and is forgotten with the send."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.engine.fates import Fate
from tests.engine.model_world import CADENCE, lead

if TYPE_CHECKING:
    from tests.engine.conftest import Run
    from tests.engine.rig import Rig

ANNA = lead(1)


@pytest.mark.parametrize("fate", [Fate.REFUSED, Fate.BUSY, Fate.ACK_LOST, Fate.OK])
def test_what_was_reported_during_a_send_is_forgotten_with_it(fate: Fate, rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        rig.world.add_lead(1)
        tracker = rig.world.enroll(ANNA, CADENCE)
        await rig.start()
        rig.org.fates.append(fate)

        def reported(_where: str) -> None:
            rig.engine.runner.target_reported([ANNA])

        rig.org.boundary = reported
        await rig.desk.moves.pause([tracker.id])
        await rig.pass_time(30)
        assert len(rig.org.sent) >= 1
        rig.org.boundary = lambda _where: None
        await rig.pass_time(2000)
        assert rig.states(ANNA) == ["refused" if fate is Fate.REFUSED else "settled"]
        assert not rig.engine.runner.verifier._watches._reported

    run(go())
