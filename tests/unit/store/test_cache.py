"""The cache gives back what was saved, and is made anew when anything about it is wrong."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from threading import Event
from typing import TYPE_CHECKING, Any

import pytest

from cadence_desk.domain.errors import FileDamaged, StoreError, WrongOwner
from cadence_desk.domain.people import Person, PersonKind
from cadence_desk.domain.record_ids import RecordId
from cadence_desk.domain.trackers import StepTracker, Tracker
from cadence_desk.store import cache_rows
from cadence_desk.store.cache import SLICE, CacheFile
from cadence_desk.store.cache_batch import CacheBatch
from cadence_desk.store.owner import Owner
from tests.unit.store.desk_files import OWNER, cipher, done, raw

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from concurrent.futures import Future
    from pathlib import Path

    from cadence_desk.store.ciphers import ColumnCipher

AT = datetime(2025, 3, 30, 1, 59, 59, 123456, tzinfo=UTC)
PERSON = Person(
    RecordId("00Q000000000001AAA"), PersonKind.PERSON_ACCOUNT, "Zoë אבג 🎉", "Acme", "VP", "zoe@acme.test",
    "+49 30 1", "+49 170 2", "Open", "005000000000001AAA", "Rep", "001000000000001AAA", "Köln", "DE",
    do_not_call=True, email_bounced=True, is_deleted=True, modified=AT,
)  # fmt: skip
TRACKER = Tracker(
    RecordId("0qB000000000001AAA"), PERSON.id, RecordId("77C000000000001AAA"), "Unheard-of state", is_active=True,
    target_type="Lead", target_name="Zoë", cadence_name="Cadence", owner_id="005", owner_name="Rep",
    current_step_id="s", current_step_title="Call her", current_step_type="MakeACall", last_completed_step_id="l",
    completion_reason="r", completion_disposition="d", error_message="No!", scheduled_resume=AT, created=AT,
    modified=AT - timedelta(days=1), last_modified=AT + timedelta(days=1),
)  # fmt: skip
STEP = StepTracker(
    RecordId("8HF000000000001AAA"), TRACKER.id, "Active", "MakeACall", "Call Zoë", "t", "c", "cs", "cr", AT, AT,
    "ERR", AT, AT, AT,
)  # fmt: skip


def cache(path: Path, owner: Owner = OWNER, with_cipher: ColumnCipher | None = None) -> CacheFile:
    return CacheFile(path, owner, with_cipher or cipher())


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "profile" / "cache.db"


@pytest.fixture
def file(path: Path) -> Iterator[CacheFile]:
    """Give an open, empty cache."""
    one = cache(path)
    done(one.open())
    yield one
    assert one.close(30)


def people(count: int) -> list[Person]:
    return [replace(PERSON, id=RecordId(f"00Q{number:015}")) for number in range(count)]


def saved(path: Path) -> None:
    one = cache(path)
    done(one.open())
    done(one.save(CacheBatch(people=people(300), marks={"topic": b"1"})))
    assert one.close(30)


def found_empty(path: Path, with_cipher: ColumnCipher | None = None) -> str:
    """Open the cache, expect it to be empty and usable, and return why it was made anew."""
    one = cache(path, with_cipher=with_cipher)
    done(one.open())
    assert done(one.load_people()) == []
    assert done(one.marks()) == {}
    done(one.save(CacheBatch(people=[PERSON])))
    assert done(one.load_people()) == [PERSON]
    assert one.close(30)
    return one.rebuilt


def test_records_come_back_as_they_were_saved(file: CacheFile) -> None:
    bare_tracker = Tracker(RecordId("t"), PERSON.id, RecordId("c"), "Running", is_active=False)
    bare_step = StepTracker(RecordId("s"), TRACKER.id, "", "", "")
    bare_person = Person(RecordId("p"), PersonKind.LEAD, "")
    done(file.save(CacheBatch([PERSON, bare_person], [TRACKER, bare_tracker], [STEP, bare_step])))
    assert done(file.load_people()) == [PERSON, bare_person]
    assert done(file.load_trackers()) == [TRACKER, bare_tracker]
    assert done(file.load_steps()) == [STEP, bare_step]


def test_a_time_of_another_zone_comes_back_as_the_same_moment(file: CacheFile) -> None:
    local = AT.astimezone(timezone(timedelta(hours=-7)))
    done(file.save(CacheBatch([replace(PERSON, modified=local)])))
    (seen,) = done(file.load_people())
    assert seen.modified == AT
    assert seen.modified.tzinfo is UTC


def test_a_batch_replaces_and_forgets(file: CacheFile) -> None:
    done(file.save(CacheBatch([PERSON], [TRACKER], [STEP], stamps={PERSON.id: "1"})))
    done(file.save(CacheBatch([replace(PERSON, name="New")], stamps={PERSON.id: "2", "x": "1"})))
    assert [one.name for one in done(file.load_people())] == ["New"]
    done(file.save(CacheBatch(deleted=[PERSON.id, TRACKER.id, STEP.id, "unknown"])))
    assert done(file.load_people()) == []
    assert (done(file.load_trackers()), done(file.load_steps())) == ([], [])
    assert done(file.stamps()) == {PERSON.id: "2", "x": "1"}


def test_marks_seen_events_and_documents(file: CacheFile, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache_rows, "SEEN_KEPT", 3)
    done(
        file.save(
            CacheBatch(
                marks={"a": b"\0\1", "b": b"x"}, seen=["1", "2"], documents={"caps": "{}", "reps": "Zoë"}
            )
        )
    )
    done(file.save(CacheBatch(marks={"a": b"\2"}, seen=["2", "3", "4"], documents={"caps": "[]"})))
    assert done(file.marks()) == {"a": b"\2", "b": b"x"}
    assert done(file.seen()) == ["2", "3", "4"]
    assert [done(file.document(name)) for name in ("caps", "reps", "none")] == ["[]", "Zoë", None]


def test_rows_and_mark_stand_together_or_not_at_all(file: CacheFile) -> None:
    bad = replace(PERSON, id=RecordId("bad"), status=object())  # type: ignore[arg-type]
    with pytest.raises(StoreError):
        done(file.save(CacheBatch([PERSON, bad], marks={"topic": b"1"}, documents={"d": "1"})))
    assert (done(file.load_people()), done(file.marks()), done(file.document("d"))) == ([], {}, None)


def test_loading_hands_over_slices_as_they_come(file: CacheFile) -> None:
    rows = people(SLICE * 2 + 1)
    saving = file.save(CacheBatch(rows))
    slices: list[list[Person]] = []
    assert done(file.load_people(slices.append)) == rows
    assert [len(part) for part in slices] == [SLICE, SLICE, 1]
    assert saving.done()


def test_a_wiped_cache_is_empty_and_usable(file: CacheFile, path: Path) -> None:
    done(file.save(CacheBatch([PERSON], marks={"a": b"1"})))
    done(file.wipe())
    assert (done(file.load_people()), done(file.marks())) == ([], {})
    done(file.save(CacheBatch([PERSON])))
    assert done(file.load_people()) == [PERSON]


@pytest.mark.parametrize("how", ["garbage", "cut", "smashed", "version", "table", "meta"])
def test_a_damaged_or_foreign_version_is_rebuilt(path: Path, how: str) -> None:
    saved(path)
    content = path.read_bytes()
    sql = {
        "version": "PRAGMA user_version=99",
        "table": "DROP TABLE mark",
        "meta": "DELETE FROM file_meta",
    }
    if how in sql:
        with raw(path) as link:
            link.execute(sql[how])
    else:
        half = len(content) // 2
        changed = {
            "garbage": b"no database at all",
            "cut": content[:half],
            "smashed": content[:4096] + bytes(half),
        }
        path.write_bytes(changed[how])
    if how == "table":
        one = cache(path)
        done(one.open())
        with pytest.raises(FileDamaged):
            done(one.marks())
        assert done(one.marks()) == {}
        assert one.rebuilt
        assert one.close(30)
    else:
        assert found_empty(path)


def test_another_key_means_a_new_cache(path: Path) -> None:
    saved(path)
    assert found_empty(path, cipher(b"x" * 32, "k2"))


def test_another_owner_is_refused(path: Path) -> None:
    saved(path)
    other = cache(path, Owner(OWNER.org_id, "005other"))
    with pytest.raises(WrongOwner):
        done(other.open())
    with pytest.raises(StoreError):
        done(other.load_people())
    assert other.close(30)
    one = cache(path)
    done(one.open())
    assert (len(done(one.load_people())), one.rebuilt) == (300, "")
    assert one.close(30)


def test_damage_found_while_loading_empties_the_cache(file: CacheFile, path: Path) -> None:
    readings: list[tuple[str, Callable[[], Future[Any]]]] = [
        ("UPDATE document SET text_enc = x'0102'", lambda: file.document("d")),
        ("UPDATE person SET personal_enc = x'0102'", file.load_people),
    ]
    for sql, read in readings:
        done(file.save(CacheBatch(people(3), marks={"topic": b"1"}, documents={"d": "text"})))
        with raw(path) as link:
            link.execute(sql)
        assert isinstance(outcome(read()), FileDamaged)
        late = CacheBatch(people(1), marks={"topic": b"2"})
        assert isinstance(outcome(file.save(late)), FileDamaged), "it counts on rows that are gone"
        assert (done(file.load_people()), done(file.marks())) == ([], {})
        assert file.emptied
        file.emptied = False
    assert file.rebuilt


def outcome(future: Future[Any]) -> BaseException | None:
    """Return how a job ended, once the file itself has heard of it."""
    heard = Event()
    future.add_done_callback(lambda _done: heard.set())
    assert heard.wait(60)
    return future.exception()
