"""A search of every byte of a profile folder finds no name, phone, address, note or answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cadence_desk.domain.errors import FileDamaged
from cadence_desk.domain.operations import OperationState
from cadence_desk.domain.people import Person, PersonKind
from cadence_desk.domain.record_ids import RecordId
from cadence_desk.domain.trackers import StepTracker, Tracker
from cadence_desk.store.cache import CacheFile
from cadence_desk.store.cache_batch import CacheBatch
from tests.unit.store.desk_files import OWNER, TARGET, cipher, done, opened, operation, outbox

if TYPE_CHECKING:
    from pathlib import Path

S = OperationState
WORDS = {
    "name": "Marianne-Canary", "company": "Canary Holdings", "title": "Chief Canary", "email": "canary@nest.test",
    "phone": "+49 30 5550199", "mobile": "+49 170 5550188", "owner": "Otto Canary-Owner", "city": "Canaryville",
    "country": "Canaria", "target": "Target Canary", "error": "Server says Canary is busy", "step": "Call Canary now",
    "note": "She keeps canaries; ring after nine", "edited": "Edited canary note", "answer": "Refused: canary record",
    "evidence": "canary went to step 2", "expect": "canary expected", "why": "because of the canary",
    "document": "document about canaries",
}  # fmt: skip
ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be")


def hits(folder: Path) -> list[str]:
    """Return which words stand in which file, letter case aside."""
    found = []
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            content = path.read_bytes().lower()
            found += [
                f"{path.name}: {name}"
                for name, word in WORDS.items()
                if any(word.lower().encode(encoding) in content for encoding in ENCODINGS)
            ]
    return found


def fill_cache(file: CacheFile) -> None:
    person = Person(
        RecordId("00Q000000000001AAA"), PersonKind.LEAD, WORDS["name"], WORDS["company"], WORDS["title"],
        WORDS["email"], WORDS["phone"], WORDS["mobile"], owner_name=WORDS["owner"], city=WORDS["city"],
        country=WORDS["country"],
    )  # fmt: skip
    tracker = Tracker(
        RecordId("0qB1"), person.id, RecordId("77C1"), "Error", is_active=False, target_name=WORDS["target"],
        owner_name=WORDS["owner"], current_step_title=WORDS["step"], error_message=WORDS["error"],
    )  # fmt: skip
    step = StepTracker(RecordId("8HF1"), tracker.id, "Active", "MakeACall", WORDS["step"])
    done(file.open())
    done(file.save(CacheBatch([person], [tracker], [step], documents={"d": WORDS["document"]})))
    done(file.save(CacheBatch(deleted=[person.id])))
    done(file.save(CacheBatch([person])))
    assert done(file.load_people()) == [person]


def test_nothing_personal_stands_in_any_file(tmp_path: Path) -> None:
    with opened(tmp_path / "outbox.db") as file:
        cache = CacheFile(tmp_path / "cache.db", OWNER, cipher())
        fill_cache(cache)
        done(file.add([operation("a", payload={"notes": WORDS["note"]}, expect={"x": WORDS["expect"]})]))
        done(file.save_draft("a", {"notes": WORDS["edited"], "phone": WORDS["phone"]}))
        done(file.queue(["a"]))
        done(file.move("a", S.SENDING, WORDS["why"], evidence={"x": WORDS["evidence"]}))
        done(file.move("a", S.REFUSED, WORDS["why"], server_text=WORDS["answer"]))
        assert done(file.load())[0].server_text == WORDS["answer"]
        assert (tmp_path / "outbox.db-wal").stat().st_size > 0
        assert (tmp_path / "cache.db-wal").stat().st_size > 0
        assert hits(tmp_path) == []
        assert cache.close(30)
    content = (tmp_path / "outbox.db").read_bytes()
    assert TARGET.encode() in content, "the search does look where the rows are"
    (tmp_path / "outbox.db").write_bytes(content[:-4096])
    broken = outbox(tmp_path / "outbox.db")
    try:
        done(broken.open())
    except FileDamaged:
        done(broken.restore())
    assert broken.close(30)
    assert {path.name.split(".")[1][:7] for path in tmp_path.glob("outbox*")} >= {"damaged"}
    assert hits(tmp_path) == []
