"""The file itself holds the rules: past our own code, SQL cannot break them either."""

from __future__ import annotations

import itertools
import sqlite3
from typing import TYPE_CHECKING

import pytest

from cadence_desk.domain.operations import TRANSITIONS, OperationState
from cadence_desk.store.outbox_schema import GUARDS
from tests.unit.store.desk_files import done, enrollment, opened, operation, raw

if TYPE_CHECKING:
    from pathlib import Path

    from cadence_desk.store.outbox import OutboxFile

PAIRS = list(itertools.product(OperationState, repeat=2))


@pytest.fixture
def link(file: OutboxFile, outbox_path: Path) -> sqlite3.Connection:
    done(file.add([operation("a"), enrollment("b")]))
    return sqlite3.connect(outbox_path, isolation_level=None)


def force(link: sqlite3.Connection, state: OperationState) -> None:
    """Put an operation into a state with the guard out of the way."""
    link.execute("DROP TRIGGER operation_moves")
    link.execute("UPDATE operation SET state = ? WHERE op_id = 'a'", (state.value,))
    link.execute(GUARDS["operation_moves"])


def test_the_trigger_allows_the_transitions_of_the_domain_and_no_others(link: sqlite3.Connection) -> None:
    seen = set()
    for before, after in PAIRS:
        force(link, before)
        try:
            link.execute("UPDATE operation SET state = ? WHERE op_id = 'a'", (after.value,))
        except sqlite3.IntegrityError:
            continue
        seen.add((before, after))
    link.close()
    assert seen == {(before, after) for before, to in TRANSITIONS.items() for after in to}


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE operation SET state = 'sent' WHERE op_id = 'a'",
        "UPDATE operation SET payload_hash = 'x' WHERE op_id = 'b'",
        "DELETE FROM operation WHERE op_id = 'a'",
        "UPDATE operation_event SET at_wall = 0",
        "DELETE FROM operation_event",
        "INSERT INTO operation_event SELECT 'nobody', 1, '', 'draft', x'00', 0, 'k'",
        "UPDATE operation SET attempt = -1",
    ],
)
def test_rules_hold_for_any_sql(link: sqlite3.Connection, sql: str) -> None:
    link.execute("PRAGMA foreign_keys=ON")
    with pytest.raises(sqlite3.IntegrityError):
        link.execute(sql)
    link.close()


def test_an_operation_starts_as_draft_or_queued(file: OutboxFile, outbox_path: Path) -> None:
    done(file.add([operation("a")]))
    with raw(outbox_path) as link:
        names = [row[1] for row in link.execute("PRAGMA table_info(operation)")]
        picked = ", ".join({"op_id": "'x'", "state": "'accepted'"}.get(name, name) for name in names)
        with pytest.raises(sqlite3.IntegrityError, match="starts as draft or queued"):
            link.execute(f"INSERT INTO operation SELECT {picked} FROM operation")


def test_guards_of_an_older_file_are_renewed(outbox_path: Path) -> None:
    with opened(outbox_path):
        pass
    with raw(outbox_path) as link:
        link.execute("DROP TRIGGER operation_moves")
        link.execute("DROP TRIGGER event_kept")
        link.execute("CREATE TRIGGER event_kept BEFORE DELETE ON operation_event BEGIN SELECT 1; END")
    with opened(outbox_path):
        pass
    with raw(outbox_path) as link:
        found = dict(link.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall())
    assert found == {name: sql.strip() for name, sql in GUARDS.items()}
