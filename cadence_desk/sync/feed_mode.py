"""Which mode the streams allow, and why in words. Pure looks at the streams; used by the feed monitor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cadence_desk.domain.changes import FeedState
from cadence_desk.domain.errors import NotAllowed, Retry
from cadence_desk.sync.silence import WORDS

if TYPE_CHECKING:
    from cadence_desk.sync.silence import Silence
    from cadence_desk.sync.streams import Streams

_EVERY = "changes are read every few seconds"


def mode_of(streams: Streams, silence: Silence, *, live: bool) -> FeedState:
    """Return the mode while the org itself can be read; `live` says whether streams are wanted."""
    if not live or streams.refused or streams.closed_line or silence.silent:
        return FeedState.POLLING
    if streams.complete:
        return FeedState.LIVE
    return FeedState.STALE if streams.broken else FeedState.CATCHING_UP


def why(streams: Streams, silence: Silence, *, live: bool) -> str:
    """Return why it is this mode; empty for live."""
    mode = mode_of(streams, silence, live=live)
    if mode is FeedState.POLLING:
        return _why_polling(streams, silence, live=live)
    if mode is FeedState.STALE:
        return "the event stream is down"
    return "" if mode is FeedState.LIVE else "waiting for the stream's first answer"


def _why_polling(streams: Streams, silence: Silence, *, live: bool) -> str:
    if not live:
        return "polling was chosen"
    error = streams.last_error
    if streams.refused and isinstance(error, NotAllowed) and error.retry is Retry.LATER:
        return f"the org's allowance of change events is used up; {_EVERY}"
    if streams.refused:
        return f"change events are not available to your user; {_EVERY}"
    if silence.silent and not streams.closed_line:
        what = " and ".join(WORDS[entity] for entity in silence.silent)
        return f"the org sends no change events for {what} (Setup, Change Data Capture); {_EVERY}"
    told = f" ({error.message.rstrip('.')})" if error is not None else ""
    return f"change events do not come through{told}; {_EVERY}"
