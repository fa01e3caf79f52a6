"""Damage to outbox.db at as many places as wanted: bytes, lengths, logs and whole files, one at a time.

After each the file is opened as a start opens it, and where it is refused it is restored. Nothing may crash, nothing may
be ready to be sent that is not known to be unsent, and nothing may be missing without a word.
"""

from __future__ import annotations

import random
import shutil
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cadence_desk.domain.errors import DeskError, FileDamaged
from cadence_desk.domain.operations import OperationState
from cadence_desk.store.recovery import SERVER_SECONDS
from tests.torture.report import Tier
from tests.unit.store.desk_files import NOON, StillClock, done, enrollment, operation, outbox

if TYPE_CHECKING:
    from collections.abc import Callable

    from cadence_desk.domain.operations import Operation
    from cadence_desk.store.outbox import OutboxFile

S = OperationState
ROW = 34
DAY = 86_400.0
NAME = "outbox.db"


@dataclass(frozen=True)
class Template:
    """A profile as a killed process left it, and what is true of it."""

    folder: Path
    truth: dict[str, Operation]
    texts: dict[str, list[object]]
    """Every text an operation ever had: a backup may hold an older one."""


class Position:
    """One place to damage, in a copy of the template."""

    def __init__(self, folder: Path, dice: random.Random) -> None:
        self.folder = folder
        self.dice = dice

    @property
    def file(self) -> Path:
        return self.folder / NAME

    @property
    def log(self) -> Path:
        return self.folder / f"{NAME}-wal"

    def flip(self, path: Path) -> None:
        content = bytearray(path.read_bytes())
        content[self.dice.randrange(len(content))] ^= 1 << self.dice.randrange(8)
        path.write_bytes(content)

    def blank(self, path: Path) -> None:
        content = bytearray(path.read_bytes())
        start, size = self.dice.randrange(len(content)), self.dice.choice((1, 16, 512, 4096))
        content[start : start + size] = bytes(len(content[start : start + size]))
        path.write_bytes(content)

    def cut(self, path: Path) -> None:
        content = path.read_bytes()
        path.write_bytes(content[: self.dice.randrange(len(content))])

    def leave_nothing(self) -> None:
        self.file.unlink()
        self.log.unlink()

    def exchange(self, path: Path, other: Path) -> None:
        shutil.copyfile(other, path)


DAMAGES: dict[str, tuple[int, Callable[[Position], object]]] = {
    "byte of the file": (40, lambda at: at.flip(at.file)),
    "byte of the log": (16, lambda at: at.flip(at.log)),
    "stretch of the file": (12, lambda at: at.blank(at.file)),
    "stretch of the log": (6, lambda at: at.blank(at.log)),
    "file cut": (8, lambda at: at.cut(at.file)),
    "log cut": (8, lambda at: at.cut(at.log)),
    "file empty": (1, lambda at: at.file.write_bytes(b"")),
    "file gone": (1, lambda at: at.file.unlink()),
    "file and log gone": (1, lambda at: at.leave_nothing()),
    "log gone": (2, lambda at: at.log.unlink()),
    "log empty": (1, lambda at: at.log.write_bytes(b"")),
    "log of an hour ago": (2, lambda at: at.exchange(at.log, at.folder / "log of an hour ago")),
    "log of another day": (2, lambda at: at.exchange(at.log, at.folder / "log of another day")),
    "file of another day": (2, lambda at: at.exchange(at.file, next((at.folder / "backups").iterdir()))),
    "noise in its place": (1, lambda at: at.file.write_bytes(at.dice.randbytes(8192))),
    "witness": (1, lambda at: at.flip(at.folder / "outbox.seen")),
}
"""How often out of about a hundred, and what is done."""


def run(positions: int, seed: int) -> Tier:
    """Damage a profile at so many places, one after the other, and judge each."""
    tier, began = Tier("corruption"), time.monotonic()
    kinds = [name for name, (share, _) in DAMAGES.items() for _ in range(share)]
    endings: Counter[str] = Counter()
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as place:
        template = made(Path(place) / "template")
        for number in range(positions):
            name = (
                kinds[number % len(kinds)] if positions >= len(kinds) else kinds[(number * 37) % len(kinds)]
            )
            at = Position(Path(place) / "damaged", random.Random(f"{seed}:{number}"))
            shutil.copytree(template.folder, at.folder)
            before = (tier.lost, tier.doubled, len(tier.failing))
            DAMAGES[name][1](at)
            try:
                endings[_judged(at, template, tier)] += 1
            except Exception as error:  # noqa: BLE001 - whatever escapes is what is looked for
                tier.fail(number, f"{name}: {type(error).__name__}: {error}")
            bad = before != (tier.lost, tier.doubled, len(tier.failing))
            if bad and len(tier.failing) == before[2]:
                tier.fail(number, name)
            tier.met(ROW, bad=int(bad))
            tier.fault_points += 1
            shutil.rmtree(at.folder)
    tier.seconds = time.monotonic() - began
    tier.outcomes = [f"{count} positions: {words}" for words, count in endings.most_common()]
    return tier


def made(folder: Path) -> Template:
    """Work for two days, be killed, and keep what a copying program might have kept meanwhile."""
    clock, texts = StillClock(), dict[str, list[object]]()
    file = outbox(folder / NAME, clock=clock)
    done(file.open())
    work(file, clock, texts, 0)
    log = folder / f"{NAME}-wal"
    shutil.copyfile(log, folder / "log of another day")
    assert file.close(30)
    clock.now += DAY
    file = outbox(folder / NAME, clock=clock)
    done(file.open())
    work(file, clock, texts, 20)
    shutil.copyfile(log, folder / "log of an hour ago")
    work(file, clock, texts, 40)
    truth = {one.op_id: one for one in done(file.load())}
    killed = folder.with_name("killed")
    shutil.copytree(folder, killed)
    assert file.close(30)
    shutil.rmtree(folder)
    (killed / f"{NAME}-shm").unlink()
    killed.rename(folder)
    return Template(folder, truth, texts)


def work(file: OutboxFile, clock: StillClock, texts: dict[str, list[object]], first: int) -> None:
    """Type, save, send and settle, so that every state is there."""
    for number in range(first, first + 20):
        clock.now += 60
        op_id = f"op {number:02}"
        one = operation(op_id, payload={"notes": f"note of {op_id} " * 8}, target_id=f"00Q{number:012}AAA")
        if number % 5 == 4:
            one = enrollment(
                op_id, payload={"assignee_id": "005000000000001AAA"}, target_id=f"00Q{number:012}AAA"
            )
        texts[op_id] = [one.payload]
        done(file.add([one]))
        if one.state is S.DRAFT:
            texts[op_id].append({"notes": f"better {op_id}"})
            done(file.save_draft(op_id, {"notes": f"better {op_id}"}))
        if one.state is S.DRAFT and number % 4:
            done(file.queue([op_id]))
        ways = {1: (S.SENDING,), 2: (S.SENDING, S.ACCEPTED, S.SETTLED), 3: (S.SENDING, S.IN_DOUBT)}
        for to in ways.get(number % 4, ()):
            done(file.move(op_id, to, "going on"))


def _judged(at: Position, template: Template, tier: Tier) -> str:
    """Open, restore where it is refused, and compare with the truth; returns how it ended."""
    clock = StillClock(NOON + 3 * DAY)
    file = outbox(at.file, clock=clock, boot_id="next start")
    try:
        done(file.open())
        kept = {one.op_id: one for one in done(file.load())}
    except FileDamaged:
        return _restored(file, at, template, tier)
    finally:
        file.close(30)
    for op_id, one in template.truth.items():
        found = kept.get(op_id)
        tier.lost += found is None or found.payload != one.payload
        tier.doubled += found is not None and found.state is S.QUEUED and one.state is not S.QUEUED
        tier.unequal += found is not None and found.state is not one.state
    return "harmless: opened, and everything in it is true"


def _restored(file: OutboxFile, at: Position, template: Template, tier: Tier) -> str:
    try:
        done(file.move("op 01", S.SENDING, "must not happen"))
        tier.doubled += 1
    except DeskError:
        pass
    file.close(30)
    again = outbox(at.file, clock=StillClock(NOON + 3 * DAY), boot_id="next start")
    told = done(again.restore())
    kept = {one.op_id: one for one in done(again.load())}
    assert again.close(30)
    for op_id, one in kept.items():
        tier.lost += one.payload not in template.texts[op_id]
        tier.doubled += one.state is S.QUEUED
        tier.doubled += one.state is S.IN_DOUBT and one.next_try < NOON + 3 * DAY + SERVER_SECONDS
    if len(kept) == len(template.truth):
        return "refused, and all of it restored"
    tier.lost += sum(int(op_id[3:]) < 20 for op_id in kept) < 20  # these are in the day's backup
    tier.lost += told.operations != len(kept)
    return "refused, and restored but for what only the damaged part held, which is told"
