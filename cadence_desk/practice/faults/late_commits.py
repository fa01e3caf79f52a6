"""Commits that come after the client has been cut off, in the order of the org's clock.

May import org. Called by the fulfilment of fates; a jump of the clock waits for those it made due.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Coroutine
    from typing import Any

    from cadence_desk.practice.org.world import PracticeOrg

_POLL_SECONDS = 0.05


class LateCommits:
    """The commits that still wait, and when by the org's clock each is due."""

    def __init__(self, org: PracticeOrg) -> None:
        self._org = org
        self._due: dict[asyncio.Task[None], float] = {}

    def begin(self, commit: Coroutine[Any, Any, None], due: float) -> None:
        """Run a commit that waits for its time by itself."""
        task = asyncio.get_running_loop().create_task(commit)
        self._due[task] = due
        task.add_done_callback(lambda ended: self._due.pop(ended, None))

    async def catch_up(self) -> None:
        """Wait for what the org's clock has overtaken: a jump leaves none of it behind."""
        now = self._org.clock.now_ms()
        due = [task for task, at in self._due.items() if at <= now]
        if due:
            await asyncio.wait(due)

    async def aclose(self) -> None:
        """End what still waits."""
        waiting = tuple(self._due)
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)


async def until(org: PracticeOrg, due: float) -> None:
    """Wait until the org's clock has come so far."""
    while org.clock.now_ms() < due:  # noqa: ASYNC110  the org clock tells nobody when it moves
        await asyncio.sleep(_POLL_SECONDS)
