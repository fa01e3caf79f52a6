"""Odd starts: a second start, a lock left behind, two computers, keys that are gone, a session without a key store."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cadence_desk.domain.errors import FileBusy, KeyLost, KeyStoreLocked, KeyStoreUnsafe
from tests.torture.process.checker import check
from tests.torture.process.evidence import BROKEN, DOUBLED, LOST, UNEQUAL, Evidence
from tests.torture.process.file_keyring import lock_of
from tests.torture.process.ledger import Ledger, outbox_of, read_ledger
from tests.torture.process.nursery import DeskDied, DeskSaidNo
from tests.torture.process.plans import ADDING, DESK, TASKS
from tests.torture.process.stage import Stage

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.torture.process.nursery import Nursery
    from tests.torture.process.org_keeper import OrgKeeper

ODD = 3_000_000
"""Seeds of odd starts begin here."""
KEYED: dict[str, Any] = {"hidden_fields": [], "task_logging": False}


def _stage(keeper: OrgKeeper, nursery: Nursery, name: str, people: int = 2) -> Stage:
    """Return a stage that is not started, with people who stand at a call; the last one is in no cadence."""
    targets = keeper.people(people)
    keeper.calm(**KEYED)
    stage = Stage(keeper, nursery, name, keeper.home())
    stage.evidence.targets, stage.evidence.since = targets, keeper.org.now()
    keeper.stand_at_a_call(targets[:-1])
    return stage


def _log(stage: Stage, target: str, words: str) -> None:
    notes = f"{stage.home.name} {words}, {target}"
    stage.evidence.notes[stage.order("log", target=target, notes=notes)["op_id"]] = notes


def _finish(stage: Stage) -> Evidence:
    stage.drain(KEYED)
    stage.end()
    check(stage.evidence, read_ledger(stage.home), stage.keeper.org)
    return stage.evidence


def second_start(keeper: OrgKeeper, nursery: Nursery) -> Evidence:
    """A second start is refused while the first lives, even one that hangs; after its death a start works at once."""
    stage = _stage(keeper, nursery, "second", 3)
    try:
        stage.start()
        first, second, _ = stage.evidence.targets
        stage.order("knows", targets=[first, second])
        _log(stage, first, "while a second one knocks")
        refusals = [stage.second()]
        stage.desk.freeze()
        refusals.append(stage.second())
        stage.desk.thaw()
        if refusals != [FileBusy.code] * 2:
            stage.evidence.find(BROKEN, f"a second start was answered {refusals}")
        stage.kill()
        stage.start()  # the lock that the dead one left behind holds nobody
        _log(stage, second, "after the lock was left behind")
        return _finish(stage)
    finally:
        stage.close()


def two_computers(keeper: OrgKeeper, nursery: Nursery) -> Evidence:
    """Two homes of one user work on the same people at once while answers are lost: each press has one effect."""
    one = _stage(keeper, nursery, "left", 4)
    two = Stage(keeper, nursery, "right", keeper.home())
    two.evidence.targets, two.evidence.since = one.evidence.targets, one.evidence.since
    try:
        for stage in (one, two):
            stage.start()
            stage.order("knows", targets=stage.evidence.targets[:-1])
        for match in (TASKS, ADDING):
            keeper.org.fate("commit_then_drop", match={**DESK, **match}, times=0, share=0.5)
        _both(keeper, one, two)
        for stage in (one, two):
            stage.drain(KEYED)
            stage.end()
        ledgers = read_ledger(one.home), read_ledger(two.home)
        return _judge_both(one, two, ledgers)
    finally:
        one.close()
        two.close()


def _both(keeper: OrgKeeper, one: Stage, two: Stage) -> None:
    *standing, spare = one.evidence.targets
    numbers = [
        (stage, stage.desk.send("enroll", targets=[spare], cadence=keeper.cadence)) for stage in (one, two)
    ]
    for target in standing:
        for stage in (one, two):
            _log(stage, target, f"from {stage.home.name}")
    for stage, number in numbers:
        try:
            said = stage.desk.answer(number)
        except DeskSaidNo:
            continue
        stage.evidence.adds += [target for target, verdict in said if verdict.startswith("Will add")]


def _judge_both(one: Stage, two: Stage, ledgers: tuple[Ledger, Ledger]) -> Evidence:
    """Check the two files as if they were one: each operation has an id of its own, wherever it was made."""
    for stage, ledger in zip((one, two), ledgers, strict=True):
        stage.evidence.check_promises(ledger)
    evidence = one.evidence
    merged = Evidence(
        since=evidence.since,
        targets=evidence.targets,
        notes={**one.evidence.notes, **two.evidence.notes},
        operations=[*one.evidence.operations, *two.evidence.operations],
        computers=2,
    )
    check(merged, Ledger({**ledgers[0].rows, **ledgers[1].rows}), one.keeper.org)
    merged.findings += [*one.evidence.findings, *two.evidence.findings]
    return merged


def key_file_vanishes(keeper: OrgKeeper, nursery: Nursery) -> Evidence:
    """Without its key a file is not used, not sent from and not made anew; with the key back all goes on."""
    return _without_key(keeper, nursery, "vanished", lambda key: None)


def key_file_of_another(keeper: OrgKeeper, nursery: Nursery) -> Evidence:
    """A key file of somebody else opens nothing, and changes nothing."""
    return _without_key(keeper, nursery, "foreign", _foreign)


def _foreign(key: Path) -> None:
    key.write_text(key.with_suffix(".kept").read_text("utf-8").replace("A", "B").replace("a", "b"), "utf-8")
    key.chmod(0o600)


def _without_key(keeper: OrgKeeper, nursery: Nursery, name: str, put: Callable[[Path], None]) -> Evidence:
    stage = _stage(keeper, nursery, name)
    evidence = stage.evidence
    try:
        stage.start()
        stage.order("knows", targets=evidence.targets[:1])
        keeper.org.fate("status", match=TASKS, times=0, status=503)
        _log(stage, evidence.targets[0], "written under the key")
        stage.kill()
        keeper.calm(**KEYED)
        before, key = read_ledger(stage.home), stage.home / "keys"
        key.rename(key.with_suffix(".kept"))
        put(key)
        _start_without_key(stage, KeyLost.code, KeyStoreUnsafe.code)
        if read_ledger(stage.home).rows.keys() != before.rows.keys():
            evidence.find(LOST, "an outbox whose key is gone was changed or made anew")
        key.unlink(missing_ok=True)
        key.with_suffix(".kept").rename(key)
        stage.start()
        return _finish(stage)
    finally:
        stage.close()


def _start_without_key(stage: Stage, *codes: str) -> None:
    stage.start()
    said = " ".join(stage.evidence.course)
    if not any(code in said for code in codes):
        stage.evidence.find(UNEQUAL, f"a start without the key was answered: {said or 'nothing'}")
    stage.desk.kill()
    stage.desk.close()


def key_store_locks(keeper: OrgKeeper, nursery: Nursery) -> Evidence:
    """While the key store is locked a start is refused and nothing is made anew; unlocked, all goes on."""
    stage = _stage(keeper, nursery, "locked")
    stage.key_file, stage.keyring = None, keeper.folder / "keyring.json"
    evidence, lock = stage.evidence, lock_of(stage.keyring)
    try:
        stage.start()
        stage.order("knows", targets=evidence.targets[:1])
        keeper.org.fate("status", match=TASKS, times=0, status=503)
        _log(stage, evidence.targets[0], "written while it was open")
        stage.kill()
        keeper.calm(**KEYED)
        before = read_ledger(stage.home)
        lock.touch()
        _start_without_key(stage, KeyStoreLocked.code)
        if read_ledger(stage.home).rows.keys() != before.rows.keys():
            evidence.find(LOST, "an outbox whose key store is locked was changed or made anew")
        lock.unlink()
        stage.start()
        return _finish(stage)
    finally:
        lock.unlink(missing_ok=True)
        stage.close()


def session_only(keeper: OrgKeeper, nursery: Nursery) -> Evidence:
    """Without a key store texts end with the session, and nothing happens twice; adds resume without a key."""
    stage = _stage(keeper, nursery, "session", 3)
    stage.key_file = None
    evidence = stage.evidence
    try:
        stage.start()
        first, _, spare = evidence.targets
        stage.order("knows", targets=evidence.targets[:-1])
        keeper.org.fate("commit_then_drop", match=ADDING)
        stage.order("enroll", targets=[spare], cadence=keeper.cadence)
        stage.order("log", target=first, notes="for this session only")
        stage.desk.order("arm", at=6)
        _until_death(stage)
        stage.start()
        stage.drain(KEYED)
        stage.end()
        _judge_session(stage, spare)
        return evidence
    finally:
        stage.close()


def _until_death(stage: Stage) -> None:
    try:
        for _ in range(100):
            if not stage.desk.order("status")["open"]:
                break
            stage.desk.listen(0.02)
        stage.desk.kill()
    except DeskDied:
        pass
    stage.desk.close()
    stage.evidence.kills += 1


def _judge_session(stage: Stage, spare: str) -> None:
    org = stage.keeper.org
    runs = org.query(f"SELECT Id FROM ActionCadenceTracker WHERE TargetId = '{spare}'")
    tasks = org.query(f"SELECT Description FROM Task WHERE WhoId = '{stage.evidence.targets[0]}'")
    written = [one for one in tasks if one["Description"] == "for this session only"]
    if len(runs) > 1 or len(written) > 1:
        stage.evidence.find(DOUBLED, f"{len(runs)} runs, {len(written)} tasks of one press each")
    if outbox_of(stage.home) is None:
        stage.evidence.find(BROKEN, "there is no outbox after a session without a key store")


ODD_STARTS: tuple[tuple[int, Callable[[OrgKeeper, Nursery], Evidence]], ...] = (
    (38, second_start),
    (38, two_computers),
    (37, key_file_vanishes),
    (37, key_file_of_another),
    (37, key_store_locks),
    (37, session_only),
)
"""With the fault row each stands for."""


def odd_start(keeper: OrgKeeper, nursery: Nursery, seed: int) -> Evidence:
    """Play the odd start of a seed."""
    row, play = ODD_STARTS[seed - ODD]
    try:
        evidence = play(keeper, nursery)
    except Exception as trouble:  # noqa: BLE001 - whatever went wrong belongs to this seed
        evidence = Evidence()
        evidence.find(BROKEN, f"{play.__name__}: {type(trouble).__name__}: {trouble}")
    evidence.rows[row] += 1
    return evidence
