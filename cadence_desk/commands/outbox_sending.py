"""Sends what was decided to be sent again, and waits for its end: for `cadence-desk outbox resend`. Imports domain.

Called by the outbox command. What waits besides goes out as well, as it would in a window.
"""

from __future__ import annotations

import asyncio
import contextlib
import sys
from typing import TYPE_CHECKING

from cadence_desk.commands.outbox_words import plain
from cadence_desk.domain.choices import HOLD_WAYS
from cadence_desk.domain.errors import SignedOut
from cadence_desk.domain.operations import KIND_WORDS, Hold, OperationState

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cadence_desk.desk.desk import Desk
    from cadence_desk.domain.operations import Operation

_S = OperationState
_ENDED = frozenset({_S.SETTLED, _S.REFUSED, _S.NEEDS_REVIEW, _S.CANCELLED, _S.SUPERSEDED})
_NOT_BY_ITSELF = frozenset({Hold.SIGNED_OUT, Hold.NOT_ALLOWED, Hold.RUN_HOLDING, Hold.SAFE_MODE})
"""Waits that only a person can end: waiting longer is of no use."""
LOOK_SECONDS = 0.25


async def send_and_wait(desk: Desk, op_ids: Sequence[str]) -> None:
    """Send, and return when each of these has ended or waits for a person. Tells its progress on standard error.

    Raises:
        SignedOut: nobody is signed in, so nothing can be sent; everything waits as before.
        DeskError: the org cannot be used.
    """
    if not await desk.sign_in.resume():
        raise SignedOut(
            "Nobody is signed in here, so it only waits.",
            hint="Sign in once in the window: it goes out then.",
        )
    changed = asyncio.Event()
    end = desk.events.subscribe(lambda _change: changed.set())
    told: dict[str, str] = {}
    try:
        while True:
            changed.clear()
            found = [desk.outbox.find(op_id) for op_id in op_ids]
            tell_news(found, told, desk.outbox.name_of)
            if all(is_over(one) for one in found):
                return
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(changed.wait(), LOOK_SECONDS)
    finally:
        end()


def is_over(operation: Operation) -> bool:
    """Return True for what has ended, or waits for a person."""
    held = operation.state is _S.QUEUED and operation.hold in _NOT_BY_ITSELF
    return held or operation.state in _ENDED


def tell_news(found: Sequence[Operation], told: dict[str, str], name_of: Callable[[str], str]) -> None:
    """Print where each stands, once per change of its words."""
    for one in found:
        words = one.words
        if one.state is _S.QUEUED and one.hold in HOLD_WAYS:
            words = f"{words}: {HOLD_WAYS[one.hold]}"
        if told.get(one.op_id) != words:
            told[one.op_id] = words
            name = plain(name_of(one.target_id))
            print(
                f"cadence-desk: {KIND_WORDS[one.kind]}, {name}: {plain(words)}", file=sys.stderr, flush=True
            )
