"""One thing at one size, in a process of its own: looks at it as often as it is asked to.

Run as `python -m tests.bench.growth_child WHAT COUNT HOME`; WHAT is file, list, live or preview. When everything stands it says
so; for each line on standard input it prints a JSON object of figures, and it ends with that input. Times are CPU time of the
window's thread. Imports come late: a process that measures one thing carries nothing of another.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from tests.bench.standing import answer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from cadence_desk.domain.changes import ChangeEvent
    from cadence_desk.domain.people import Person
    from cadence_desk.store.cache import CacheFile
    from cadence_desk.sync.board import Board
    from cadence_desk.sync.parts import EngineOptions
    from cadence_desk.ui.kit.fast_table import FastTable
    from tests.engine.rig import Rig

    Look = Callable[[], dict[str, float]]

PER_SAVE = 5_000
EVENTS = 10_000
PER_FRAME = 200
"""So many events are applied before the list is told and paints, as in a window that gets some thousands a second."""
WHEELS = 30
DEAD_ORG = "https://localhost:1"
"""Nobody answers there: what is on this computer shows all the same."""
READY = "ready.json"


def make_file(count: int, home: Path) -> Look:
    """Leave a home behind as a day's work does: signed in, and so many people in the cache file."""
    from cadence_desk.bootstrap.chosen_secrets import ChosenSecrets
    from cadence_desk.domain.orgs import Identity
    from cadence_desk.domain.record_ids import RecordId, checksum
    from cadence_desk.settings.last_user import write_last_user
    from cadence_desk.settings.paths import Paths
    from cadence_desk.store.cache import CacheFile
    from cadence_desk.store.folders import make_private_folder
    from cadence_desk.store.keys import key_name, open_data_key
    from cadence_desk.store.owner import Owner
    from tests.bench.crowd import people
    from tests.bench.window_child import ORG, add_org

    org, user = (RecordId(one + checksum(one)) for one in ("00D5f0000000001", "0055f0000000001"))
    paths, owner = Paths(home), Owner(org, user)
    ready = {
        "rest_url": DEAD_ORG, "events_endpoint": "localhost:1", "desk_client_id": "bench", "ca_file": "",
        "desk_redirect_uris": ["http://localhost:1717/"],
    }  # fmt: skip
    (home / READY).write_text(json.dumps(ready), encoding="utf-8")
    add_org(home, str(home / READY))
    files = paths.files(ORG, org, user)
    for folder in (files.parent.parent, files.parent, files):
        make_private_folder(folder)
    secrets = ChosenSecrets(f"{paths.service} {ORG}", home / "secrets.key")
    cipher = open_data_key(files, secrets, key_name(owner), secrets.kind).cipher()
    file = files / "cache.db"
    _fill(CacheFile(file, owner, cipher), people(count))
    write_last_user(paths.profile(ORG), Identity(org, user, "rep@example.com", "A Rep", DEAD_ORG))
    return lambda: {"megabytes": file.stat().st_size / 1e6}


def _fill(cache: CacheFile, crowd: Iterable[Person]) -> None:
    from itertools import islice

    from cadence_desk.store.cache_batch import CacheBatch

    cache.open().result()
    waiting = iter(crowd)
    while part := list(islice(waiting, PER_SAVE)):
        cache.save(CacheBatch(people=part)).result()
    cache.close(60.0)


def look_at_list(count: int, _home: Path) -> Look:
    """Type four words and turn the wheel, in the window's own list."""
    import gc

    from tests.bench.lists import own_list, search_all

    view = own_list(count)
    gc.freeze()  # the measuring collects before each look

    def look() -> dict[str, float]:
        _scroll_ms(view)  # who turns the wheel does so again and again: what others did before does not count
        return {"scroll": _scroll_ms(view), "filter": search_all(view) / 4}

    return look


def _scroll_ms(view: FastTable) -> float:
    """Mean of one turn of the wheel and its paint: three rows, from the middle down and back, in the smallest list too.

    Collected is once before them all: a look for garbage before each turn empties the processor's cache, which costs the
    more the bigger the list is, and happens in no window.
    """
    from tests.bench.lists import app, undisturbed

    bar = view.verticalScrollBar()
    per_row = 1 if view.verticalScrollMode() is view.ScrollMode.ScrollPerItem else view.rowHeight(0)
    bar.setValue(bar.maximum() // 2)
    app().processEvents()
    steps = [3 * per_row] * WHEELS + [-3 * per_row] * WHEELS
    with undisturbed():
        began = time.thread_time()
        for by in steps:
            bar.setValue(bar.value() + by)
            app().processEvents()
        return (time.thread_time() - began) * 1000 / len(steps)


def look_at_live(count: int, _home: Path) -> Look:
    """Apply events all over the board while the list of all people is on screen."""
    from itertools import count as counted

    from tests.bench.crowd import people

    board, view = _shown_board(people(count))
    ids = [person.id for person in board.people]
    turns = counted()

    def look() -> dict[str, float]:
        events = _changes(ids, next(turns))
        began = time.thread_time()
        _follow(board, view, events)
        return {"live": (time.thread_time() - began) / EVENTS * 1e6}

    return look


def _shown_board(crowd: Iterable[Person]) -> tuple[Board, FastTable]:
    import gc

    from cadence_desk.bootstrap.machine import MachineClock
    from cadence_desk.sync.board import Board
    from cadence_desk.sync.parts import Tables
    from cadence_desk.ui.kit.column_fitter import ColumnPlan
    from cadence_desk.ui.kit.fast_table import FastTable
    from tests.bench.lists import COLUMNS, app, rest

    tables = Tables()
    board = Board(MachineClock(), tables)
    board.take_people(crowd)
    while board.projection.pending:
        board.projection.write_rows(PER_SAVE)
    board.unsaved.take()
    app()
    view = FastTable([ColumnPlan(name, 120, 60) for name in COLUMNS])
    view.resize(1100, 700)
    view.show()
    view.columnar.show_table(tables.people, COLUMNS)
    rest(view)
    gc.collect()
    gc.freeze()  # as after each page of a read
    return board, view


def _follow(board: Board, view: FastTable, events: Sequence[ChangeEvent]) -> None:
    """Do with events what the follower and the window do, frame by frame."""
    from tests.bench.lists import app

    for start in range(0, len(events), PER_FRAME):
        for event in events[start : start + PER_FRAME]:
            board.take_event(event)
        while board.projection.pending:
            change = board.projection.write_rows(PER_FRAME)
            if change is not None:
                view.columnar.apply(change.ids)
        board.unsaved.take()
        app().processEvents()


def _changes(ids: Sequence[str], turn: int) -> list[ChangeEvent]:
    from cadence_desk.domain.changes import ChangeEvent, ChangeType

    now = int(time.time() * 1000) + turn * 60_000
    found = []
    for number in range(EVENTS):
        told: dict[str, object] = {"Title": f"Load {turn} {number}", "LastModifiedDate": now + number}
        record_id = ids[number * 7919 % len(ids)]  # a prime: all over the list, each as often as any other
        found.append(
            ChangeEvent(
                f"{turn}-{number}", "Lead", record_id, ChangeType.UPDATE, now + number, number, 1,
                changed=frozenset(told), values=told,
            )
        )  # fmt: skip
    return found


def look_at_preview(count: int, home: Path) -> Look:
    """Preview that everybody on the board is added to a cadence; reading trackers costs nothing here."""
    import asyncio
    import gc

    from tests.bench.crowd import people
    from tests.engine.model_files import Disk
    from tests.engine.rig import Rig

    loop = asyncio.new_event_loop()
    rig = Rig(home, options=_quiet(), disk=Disk())
    loop.run_until_complete(_begun(rig))
    rig.engine.board.take_people(people(count))
    targets = [str(person.id) for person in rig.engine.board.people]
    gc.collect()
    gc.freeze()
    return lambda: loop.run_until_complete(_previewed(rig, targets))


def _quiet() -> EngineOptions:
    from cadence_desk.sync.parts import EngineOptions

    return EngineOptions(live=False, sends=False)


async def _begun(rig: Rig) -> None:
    await rig.desk.start()
    await rig.desk.idle()


async def _previewed(rig: Rig, targets: list[str]) -> dict[str, float]:
    from cadence_desk.desk.enrollment import WishInput
    from tests.engine.model_world import CADENCE, ME

    began = time.thread_time()
    rows = await rig.desk.enrollment.preview(targets, WishInput(CADENCE, ME))
    spent = (time.thread_time() - began) * 1000
    if len(rows) != len(targets):
        raise RuntimeError(f"{len(rows)} of {len(targets)} rows")
    return {"enroll_preview": spent}


WAYS: dict[str, Callable[[int, Path], Look]] = {
    "file": make_file,
    "list": look_at_list,
    "live": look_at_live,
    "preview": look_at_preview,
}

if __name__ == "__main__":
    at = WAYS[sys.argv[1]](int(sys.argv[2]), Path(sys.argv[3]))
    answer(lambda: json.dumps(at()))
    os._exit(0)  # half a million people are not taken apart one by one
