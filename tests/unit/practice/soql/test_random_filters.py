"""Random conditions: the org finds the same leads as plain Python does over the same rows."""

import operator
import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cadence_desk.practice.soql.runner import QueryRunner
from tests.unit.practice.soql.small_org import ANA, BEN, DAY_MS, NOW_MS, QUEUE, Desk, SmallOrg, record_id

Row: TypeAlias = dict[str, Any]
Test: TypeAlias = Callable[[Row], bool]

WORDS = [None, "Acme", "acme", "Äcme", "äCME", "a_b", "A%b", "x", "Ünïcode", "O'Neil", "tab\there"]
NUMBERS = [None, 0, 1, 2, 10]
DAYS = [None, "2026-11-22", "2026-11-23", "2026-11-24", "2026-11-25", "2026-11-30"]
MOMENTS = [NOW_MS + number * DAY_MS // 2 for number in range(-4, 5)]
OWNERS = [ANA, BEN, QUEUE, None]
NAMES = {ANA: "Ana Alvarez", BEN: "Ben Bauer", QUEUE: "Inbound", None: None}
ORDERED = {"=": operator.eq, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}


@dataclass(frozen=True)
class Asked:
    """A condition in SOQL and what it means."""

    soql: str
    means: Test


def make_rows() -> list[Row]:
    chance = random.Random(20261124)
    return [
        {
            "Id": record_id("00Q", number),
            "Company": chance.choice(WORDS),
            "Rating": chance.choice([None, "Hot", "Warm", "Cold"]),
            "NumberOfEmployees": chance.choice(NUMBERS),
            "LastActivityDate": chance.choice(DAYS),
            "CreatedDate": chance.choice(MOMENTS),
            "DoNotCall": chance.choice([0, 1]),
            "OwnerId": chance.choice(OWNERS),
        }
        for number in range(80)
    ]


ROWS = make_rows()


@pytest.fixture(scope="module")
def crowd() -> Iterator[Desk]:
    org = SmallOrg()
    org.add("User", {"Id": ANA, "Name": NAMES[ANA]}, {"Id": BEN, "Name": NAMES[BEN]})
    org.add("Group", {"Id": QUEUE, "Name": NAMES[QUEUE]})
    org.add("Lead", *ROWS)
    org.store.fill_types()
    org.store.create_indexes()
    yield Desk(org, QueryRunner(org))
    org.store.close()


def folded(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value


def compared(read: Test | Callable[[Row], Any], op: str, value: Any) -> Test:
    if value is None:
        return lambda row: (read(row) is None) == (op == "=")
    if op == "!=":
        return lambda row: folded(read(row)) != folded(value)
    test = ORDERED[op]
    return lambda row: read(row) is not None and bool(test(folded(read(row)), folded(value)))


def quoted(text: str | None) -> str:
    if text is None:
        return "null"
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'").replace("\t", "\\t") + "'"


def iso(moment_ms: int) -> str:
    days, rest = divmod(moment_ms - NOW_MS + 10 * 3_600_000, DAY_MS)
    return f"2026-11-{24 + days:02d}T{rest // 3_600_000:02d}:00:00Z"


def written(value: Any, field: str) -> str:
    if value is None:
        return "null"
    if field == "CreatedDate":
        return iso(value)
    if field == "DoNotCall":
        return "true" if value else "false"
    return quoted(value) if field in {"Company", "Rating", "OwnerId", "Owner.Name"} else str(value)


VALUES: dict[str, list[Any]] = {
    "Company": [one for one in WORDS if one != "Äcme"],
    "Rating": [None, "hot", "WARM", "Lukewarm"],
    "NumberOfEmployees": NUMBERS,
    "LastActivityDate": DAYS,
    "CreatedDate": list(MOMENTS),
    "DoNotCall": [0, 1],
    "OwnerId": OWNERS,
    "Owner.Name": ["ana alvarez", "Inbound", None],
}


def reader(field: str) -> Callable[[Row], Any]:
    if field == "Owner.Name":
        return lambda row: NAMES[row["OwnerId"]]
    return lambda row: row[field]


@st.composite
def comparisons(draw: st.DrawFn) -> Asked:
    field = draw(st.sampled_from(sorted(VALUES)))
    value = draw(st.sampled_from(VALUES[field]))
    only_equal = value is None or field in {"DoNotCall", "OwnerId", "Company", "Owner.Name", "Rating"}
    op = draw(st.sampled_from(["=", "!="] if only_equal else ["=", "!=", "<", "<=", ">", ">="]))
    return Asked(f"{field} {op} {written(value, field)}", compared(reader(field), op, value))


@st.composite
def memberships(draw: st.DrawFn) -> Asked:
    field = draw(st.sampled_from(sorted(VALUES)))
    values = draw(st.lists(st.sampled_from(VALUES[field]), min_size=1, max_size=4))
    negated = draw(st.booleans())
    wanted, read = {folded(one) for one in values}, reader(field)
    listed = ", ".join(written(one, field) for one in values)
    return Asked(
        f"{field} {'NOT ' * negated}IN ({listed})", lambda row: (folded(read(row)) in wanted) != negated
    )


@st.composite
def likes(draw: st.DrawFn) -> Asked:
    parts = draw(
        st.lists(st.sampled_from(["a", "C", "ä", "%", "_", "\\_", "\\%", "x"]), min_size=1, max_size=4)
    )
    pattern = "".join(
        one[-1] if len(one) > 1 else {"%": ".*", "_": "."}.get(one, re.escape(one)) for one in parts
    )
    found = re.compile(pattern.lower(), re.DOTALL)

    def means(row: Row) -> bool:
        return row["Company"] is not None and found.fullmatch(row["Company"].lower()) is not None

    return Asked(f"Company LIKE '{''.join(parts)}'", means)


@st.composite
def periods(draw: st.DrawFn) -> Asked:
    start = NOW_MS - 10 * 3_600_000
    word, first, after = draw(
        st.sampled_from(
            [("TODAY", 0, 1), ("YESTERDAY", -1, 0), ("LAST_N_DAYS:2", -2, 1), ("NEXT_N_DAYS:1", 1, 2)]
        )
    )
    op = draw(st.sampled_from(["=", "!=", "<", "<=", ">", ">="]))
    low, high = start + first * DAY_MS, start + after * DAY_MS
    tests: dict[str, Callable[[int], bool]] = {
        "=": lambda at: low <= at < high,
        "!=": lambda at: not low <= at < high,
        "<": lambda at: at < low,
        "<=": lambda at: at < high,
        ">": lambda at: at >= high,
        ">=": lambda at: at >= low,
    }
    return Asked(f"CreatedDate {op} {word}", lambda row: tests[op](row["CreatedDate"]))


def negation(inner: Asked) -> Asked:
    return Asked(f"(NOT ({inner.soql}))", lambda row: not inner.means(row))


def junction(every: bool, terms: list[Asked]) -> Asked:
    word = " AND " if every else " OR "
    judge = all if every else any
    return Asked(
        f"({word.join(one.soql for one in terms)})", lambda row: judge(one.means(row) for one in terms)
    )


def conditions() -> st.SearchStrategy[Asked]:
    leaves = st.one_of(comparisons(), memberships(), likes(), periods())
    return st.recursive(
        leaves,
        lambda inner: st.one_of(
            st.builds(negation, inner),
            st.builds(junction, st.booleans(), st.lists(inner, min_size=2, max_size=4)),
        ),
        max_leaves=12,
    )


@settings(max_examples=400)
@given(asked=conditions())
def test_any_condition_finds_what_plain_python_finds(crowd: Desk, asked: Asked) -> None:
    expected = [row["Id"] for row in ROWS if asked.means(row)]
    assert crowd.values(f"SELECT Id FROM Lead WHERE {asked.soql} ORDER BY Id") == expected
    assert crowd.page(f"SELECT COUNT() FROM Lead WHERE {asked.soql}").total_size == len(expected)
