"""Records as rows of cache.db: names, phones, addresses and org texts sealed in one value per row, the rest clear.

Imports domain. Called by CacheFile inside its writer and reader jobs.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from cadence_desk.domain.errors import FileDamaged
from cadence_desk.domain.people import Person, PersonKind
from cadence_desk.domain.record_ids import RecordId
from cadence_desk.domain.trackers import StepTracker, Tracker

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Sequence

    from cadence_desk.store.cache_batch import CacheBatch
    from cadence_desk.store.ciphers import ColumnCipher

SEEN_KEPT = 50_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_KINDS = {kind.value: kind for kind in PersonKind}

PERSON_COLUMNS = "id, key_id, kind, status, owner_id, account_id, flags, modified, personal_enc"
TRACKER_COLUMNS = (
    "id, key_id, target_id, cadence_id, state, is_active, target_type, owner_id, current_step_id, current_step_type, "
    "last_completed_step_id, completion_reason, completion_disposition, scheduled_resume, created, modified, "
    "last_modified, personal_enc"
)
STEP_COLUMNS = (
    "id, key_id, tracker_id, state, type, target_id, cadence_id, cadence_step_id, completion_reason, "
    "completion_date, due, error_code, created, modified, last_modified, personal_enc"
)


def micros(moment: datetime | None) -> int | None:
    """Return an aware time as microseconds since 1970 in UTC."""
    return None if moment is None else (moment - _EPOCH) // _MICROSECOND


def moment(value: int | None) -> datetime | None:
    """Return the aware UTC time of microseconds since 1970."""
    return None if value is None else _EPOCH + timedelta(microseconds=value)


class CacheRows:
    """Turns records into rows and back, sealing what is personal."""

    def __init__(self, cipher: ColumnCipher) -> None:
        self._cipher = cipher

    def person_row(self, person: Person) -> tuple[object, ...]:
        """Return the values of PERSON_COLUMNS."""
        flags = (
            person.do_not_call
            | person.email_opt_out << 1
            | person.email_bounced << 2
            | person.is_converted << 3
            | person.is_deleted << 4
        )
        personal = self._seal("person", person.id, (
            person.name, person.account_name, person.title, person.email, person.phone, person.mobile,
            person.owner_name, person.city, person.country,
        ))  # fmt: skip
        return (
            person.id, self._cipher.key_id, person.kind.value, person.status, person.owner_id, person.account_id,
            flags, micros(person.modified), personal,
        )  # fmt: skip

    def person(self, row: tuple[Any, ...]) -> Person:
        """Return the person of a row."""
        id_, _, kind, status, owner_id, account_id, flags, modified, sealed = row
        name, account, title, email, phone, mobile, owner, city, country = self._open(
            "person", id_, sealed, 9
        )
        return Person(
            id=id_, kind=_KINDS[kind], name=name, account_name=account, title=title, email=email, phone=phone,
            mobile=mobile, status=status, owner_id=owner_id, owner_name=owner, account_id=account_id, city=city,
            country=country, do_not_call=bool(flags & 1), email_opt_out=bool(flags & 2),
            email_bounced=bool(flags & 4), is_converted=bool(flags & 8), is_deleted=bool(flags & 16),
            modified=moment(modified),
        )  # fmt: skip

    def tracker_row(self, tracker: Tracker) -> tuple[object, ...]:
        """Return the values of TRACKER_COLUMNS."""
        personal = self._seal("tracker", tracker.id, (
            tracker.target_name, tracker.cadence_name, tracker.owner_name, tracker.current_step_title,
            tracker.error_message,
        ))  # fmt: skip
        return (
            tracker.id, self._cipher.key_id, tracker.target_id, tracker.cadence_id, tracker.state,
            int(tracker.is_active), tracker.target_type, tracker.owner_id, tracker.current_step_id,
            tracker.current_step_type, tracker.last_completed_step_id, tracker.completion_reason,
            tracker.completion_disposition, micros(tracker.scheduled_resume), micros(tracker.created),
            micros(tracker.modified), micros(tracker.last_modified), personal,
        )  # fmt: skip

    def tracker(self, row: tuple[Any, ...]) -> Tracker:
        """Return the tracker of a row."""
        target, cadence, owner, title, error = self._open("tracker", row[0], row[17], 5)
        return Tracker(
            id=row[0], target_id=row[2], cadence_id=row[3], state=row[4], is_active=bool(row[5]),
            target_type=row[6], target_name=target, cadence_name=cadence, owner_id=row[7], owner_name=owner,
            current_step_id=row[8], current_step_title=title, current_step_type=row[9],
            last_completed_step_id=row[10], completion_reason=row[11], completion_disposition=row[12],
            error_message=error, scheduled_resume=moment(row[13]), created=moment(row[14]),
            modified=moment(row[15]), last_modified=moment(row[16]),
        )  # fmt: skip

    def step_row(self, step: StepTracker) -> tuple[object, ...]:
        """Return the values of STEP_COLUMNS."""
        return (
            step.id, self._cipher.key_id, step.tracker_id, step.state, step.type, step.target_id, step.cadence_id,
            step.cadence_step_id, step.completion_reason, micros(step.completion_date), micros(step.due),
            step.error_code, micros(step.created), micros(step.modified), micros(step.last_modified),
            self._seal("step", step.id, (step.title,)),
        )  # fmt: skip

    def step(self, row: tuple[Any, ...]) -> StepTracker:
        """Return the step tracker of a row."""
        (title,) = self._open("step", row[0], row[15], 1)
        return StepTracker(
            id=row[0], tracker_id=RecordId(row[2]), state=row[3], type=row[4], title=title, target_id=row[5],
            cadence_id=row[6], cadence_step_id=row[7], completion_reason=row[8], completion_date=moment(row[9]),
            due=moment(row[10]), error_code=row[11], created=moment(row[12]), modified=moment(row[13]),
            last_modified=moment(row[14]),
        )  # fmt: skip

    def document_row(self, name: str, text: str) -> tuple[object, ...]:
        """Return name, key id and sealed text of a document."""
        return name, self._cipher.key_id, self._cipher.seal(text, "document", name, "text")

    def document(self, name: str, sealed: bytes) -> str:
        """Return the text of a document."""
        return self._cipher.open(sealed, "document", name, "text")

    def _seal(self, table: str, row_id: str, texts: Sequence[str]) -> bytes:
        return self._cipher.seal(json.dumps(texts, separators=(",", ":")), table, row_id, "personal")

    def _open(self, table: str, row_id: str, sealed: bytes, count: int) -> list[str]:
        texts = json.loads(self._cipher.open(sealed, table, row_id, "personal"))
        if not isinstance(texts, list) or len(texts) != count:
            raise FileDamaged("A cached record cannot be read.")
        return texts


def write_batch(connection: sqlite3.Connection, rows: CacheRows, batch: CacheBatch) -> None:
    """Store a batch, inside the caller's transaction."""
    _replace(connection, "person", PERSON_COLUMNS, map(rows.person_row, batch.people))
    _replace(connection, "tracker", TRACKER_COLUMNS, map(rows.tracker_row, batch.trackers))
    _replace(connection, "step", STEP_COLUMNS, map(rows.step_row, batch.steps))
    _replace(connection, "stamp", "id, stamp", batch.stamps.items())
    for table in ("person", "tracker", "step"):
        connection.executemany(f"DELETE FROM {table} WHERE id = ?", [(id_,) for id_ in batch.deleted])
    connection.executemany(
        "INSERT OR IGNORE INTO seen_event (event_id) VALUES (?)", [(event_id,) for event_id in batch.seen]
    )
    if batch.seen:
        connection.execute(
            "DELETE FROM seen_event WHERE number <= (SELECT max(number) FROM seen_event) - ?", (SEEN_KEPT,)
        )
    _replace(connection, "mark", "topic, mark", batch.marks.items())
    documents = [rows.document_row(name, text) for name, text in batch.documents.items()]
    _replace(connection, "document", "name, key_id, text_enc", documents)


def _replace(
    connection: sqlite3.Connection, table: str, columns: str, rows: Iterable[tuple[object, ...]]
) -> None:
    places = ", ".join("?" * (columns.count(",") + 1))
    connection.executemany(f"INSERT OR REPLACE INTO {table} ({columns}) VALUES ({places})", rows)
