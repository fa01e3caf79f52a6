"""live.*: change events from the socket to the board, and what the window's thread feels of them.

The event server is bare gRPC over TLS in a process of its own and sends made-up bytes as fast as it is asked; the
practice org beside it answers the reads and the sign-in. Times are those of the wall clock: the machine should be quiet.
"""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from tests.bench import live_clients, peers
from tests.bench.figures import HIGHER, Figure, Spread, alone, compared, shown, skipped, turn_by_turn
from tests.bench.live_clients import Client
from tests.bench.live_desk import LiveDesk
from tests.bench.live_events import LEAD, topic_of
from tests.bench.live_handover import by_inbox, by_queue

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tests.bench.rounds import Rounds

PEOPLE = 2_000
AT_ONCE = 5_000
FEW = 500
"""Events for a peer that takes a millisecond and more for each."""
BEAT_SECONDS = 2.0
RATES = (5_000, 20_000)
SINGLES, GAP_SECONDS = 60, 0.03
BARE = "bare loop"
CLIENTS: dict[str, tuple[Callable[[], list[str]], int]] = {
    BARE: (lambda: live_clients.bare("ours"), AT_ONCE),
    "fastavro": (lambda: live_clients.bare("fastavro"), AT_ONCE),
    "salesforce-pubsub-api-client": (live_clients.node, AT_ONCE),
    "pysfpubsub": (live_clients.pysfpubsub, FEW),
}
LINES = (
    ("live.throughput", BARE, 0.6),
    ("live.throughput_node", "salesforce-pubsub-api-client", 3.0),
    ("live.throughput_pysfpubsub", "pysfpubsub", 3.0),
)


def figures(rounds: Rounds) -> Iterator[Figure]:
    """Measure with one desk, live."""
    with tempfile.TemporaryDirectory() as folder, LiveDesk(Path(folder), PEOPLE) as live:
        yield from throughput(live, rounds)
        yield from beats(live, rounds)
        yield latency(live, rounds)
    ours, theirs = turn_by_turn(rounds.repeats, by_inbox, by_queue)
    yield compared("live.gui_cpu", "us per event", (ours, theirs), "asyncio.Queue", 0.15)


def throughput(live: LiveDesk, rounds: Rounds) -> Iterator[Figure]:
    """Events a second until every row shows its newest, beside clients that decode and do nothing else."""
    missing: dict[str, str] = {}
    cpu: list[float] = []
    with ExitStack() as stack:
        measured: dict[str, Callable[[], float]] = {"": lambda: onto_the_board(live, cpu)}
        for number, (name, (command, count)) in enumerate(CLIENTS.items()):
            try:
                client = Client(live.server, command(), number, topic_of(LEAD), live.trust, count)
            except peers.NotHere as reason:
                missing[name] = str(reason)
            else:
                stack.callback(client.stop)
                measured[name] = client.events_a_second
        spreads = dict(zip(measured, turn_by_turn(rounds.few_repeats, *measured.values()), strict=True))
    for line, name, goal in LINES:
        if name in missing:
            yield skipped(line, missing[name], unit="events/s", better=HIGHER)
            continue
        others = [f"{one} {spreads[one].words}" for one in (name, BARE, "fastavro") if one in spreads]
        told = [f"{Spread(tuple(cpu)).words} us of CPU per event", *dict.fromkeys(others)]
        yield faster(line, (spreads[""], spreads[name]), name, goal, told)


def onto_the_board(live: LiveDesk, cpu: list[float]) -> float:
    """Return events a second; keeps the microseconds of CPU for each, all threads together."""
    last = live.server.order("make", count=AT_ONCE, mixed=False)["last"]
    seconds, used = live.run(live.take(last))
    live.run(live.rest())
    cpu.append(used / AT_ONCE * 1e6)
    return float(AT_ONCE / seconds)


def faster(
    name: str, spreads: tuple[Spread, Spread], reference: str, goal: float, told: Sequence[str]
) -> Figure:
    """Return a line whose ratio is ours by theirs, where more is better."""
    mine, other = spreads[0].median, spreads[1].median
    words = "; ".join([f"ours {spreads[0].words}", *told])
    return Figure(
        name, mine, "events/s", reference, other, mine / other, goal, HIGHER, spread=words, ours=spreads[0], theirs=spreads[1]
    )  # fmt: skip


def beats(live: LiveDesk, rounds: Rounds) -> Iterator[Figure]:
    """How late the heartbeat of the window's loop comes, with events and without, turn by turn."""
    late: dict[int, list[float]] = {rate: [] for rate in (0, *RATES)}
    own: dict[int, list[float]] = {rate: [] for rate in late}
    speeds: dict[int, list[float]] = {rate: [] for rate in late}
    for _ in range(rounds.few_repeats):
        for rate, kept in late.items():
            speeds[rate].append(live.run(live.beats(BEAT_SECONDS, rate)))
            kept.append(percentile(live.pulse.late, 99))
            own[rate].append(percentile(live.pulse.own, 99))
    for rate in RATES:
        over = Spread(tuple(busy - idle for busy, idle in zip(late[rate], late[0], strict=True)))
        told = (
            f"{over.words}; p99 {Spread(tuple(late[rate])).words}, less waits for a processor "
            f"{Spread(tuple(own[rate])).words} (at rest {shown(Spread(tuple(own[0])).median)}); {shown(Spread(tuple(speeds[rate])).median)} events/s taken"
        )
        rest = Spread(tuple(late[0]))
        yield Figure(
            f"live.gui_beat_p99_{rate // 1000}k", over.median, "ms over idle", "at rest", rest.median, goal=2.0,
            spread=told, ours=over, theirs=rest,
        )  # fmt: skip


def latency(live: LiveDesk, rounds: Rounds) -> Figure:
    """From the sending of a single event to its changed row."""
    (spread,) = turn_by_turn(
        rounds.few_repeats, lambda: percentile(live.run(live.latencies(SINGLES, GAP_SECONDS)), 95)
    )
    return alone("live.latency_p95", "ms", spread, 60.0)


def percentile(values: Sequence[float], percent: int) -> float:
    """Return the value that so many percent do not exceed."""
    ranked = sorted(values)
    return ranked[min(len(ranked) * percent // 100, len(ranked) - 1)]
