"""COUNT, GROUP BY, aggregates, HAVING and the names of their columns."""

import pytest

from cadence_desk.practice.soql.problems import SoqlProblem
from tests.unit.practice.soql.small_org import Desk

ANSWERS = [
    ("SELECT COUNT(Id) FROM Lead", [{"expr0": 5}]),
    ("SELECT COUNT(Rating), COUNT_DISTINCT(NumberOfEmployees) n FROM Lead", [{"expr0": 3, "n": 3}]),
    (
        "SELECT MIN(NumberOfEmployees) low, MAX(NumberOfEmployees), SUM(NumberOfEmployees), AVG(NumberOfEmployees) mean FROM Lead",
        [{"low": 10, "expr0": 5000, "expr1": 5270, "mean": 1317.5}],
    ),
    (
        "SELECT Rating, COUNT(Id) FROM Lead GROUP BY Rating",
        [
            {"Rating": None, "expr0": 2},
            {"Rating": "Cold", "expr0": 1},
            {"Rating": "Hot", "expr0": 1},
            {"Rating": "Warm", "expr0": 1},
        ],
    ),
    (
        "SELECT Rating r, COUNT(Id) n FROM Lead GROUP BY Rating ORDER BY COUNT(Id) DESC, Rating LIMIT 2",
        [{"r": None, "n": 2}, {"r": "Hot", "n": 1}],
    ),
    ("SELECT Rating FROM Lead GROUP BY Rating HAVING COUNT(Id) > 1", [{"Rating": None}]),
    (
        "SELECT Rating FROM Lead GROUP BY Rating HAVING COUNT(Id) = 1 AND Rating LIKE '%o%' ORDER BY Rating DESC",
        [{"Rating": "Cold"}, {"Rating": "Hot"}],
    ),
    (
        "SELECT Owner.Name, COUNT(Id) FROM Lead GROUP BY Owner.Name ORDER BY Owner.Name DESC LIMIT 1",
        [{"Name": "Inbound", "expr0": 1}],
    ),
    (
        "SELECT CALENDAR_YEAR(CreatedDate), COUNT(Id) n FROM Lead GROUP BY CALENDAR_YEAR(CreatedDate)",
        [{"expr0": 2026, "n": 5}],
    ),
    (
        "SELECT MAX(CreatedDate) latest, MIN(LastActivityDate) first FROM Lead",
        [{"latest": "2026-11-24T10:00:00.000+0000", "first": "2026-11-20"}],
    ),
    (
        (
            "SELECT ActionCadence.Name cadence, State, COUNT(Id) n FROM ActionCadenceTracker"
            " WHERE IsTrackerActive = true GROUP BY ActionCadence.Name, State ORDER BY ActionCadence.Name, State"
        ),
        [
            {"cadence": "Cold calls", "State": "Running", "n": 1},
            {"cadence": "Warm leads", "State": "Paused", "n": 1},
            {"cadence": "Warm leads", "State": "Running", "n": 1},
        ],
    ),
    ("SELECT SUM(NumberOfEmployees) FROM Lead WHERE Name = 'nobody'", [{"expr0": None}]),
]


@pytest.mark.parametrize(("soql", "expected"), ANSWERS, ids=[soql for soql, _ in ANSWERS])
def test_groups(desk: Desk, soql: str, expected: list[dict[str, object]]) -> None:
    assert desk.records(soql) == expected


def test_an_aggregate_result_has_a_type_and_no_address(desk: Desk) -> None:
    page = desk.page("SELECT COUNT(Id) FROM Lead")
    assert page.records == [{"attributes": {"type": "AggregateResult"}, "expr0": 5}]
    assert (page.total_size, page.done, page.next_locator) == (1, True, None)


def test_a_bare_count_has_no_records(desk: Desk) -> None:
    page = desk.page("SELECT count() FROM Lead WHERE Rating = 'Hot'")
    assert (page.total_size, page.done, page.records) == (1, True, [])
    assert desk.page("SELECT COUNT() FROM Lead LIMIT 3").total_size == 3
    assert desk.page("SELECT COUNT() FROM Contact WHERE Account.Name = 'Acme'").total_size == 1


def test_more_groups_than_a_page_are_refused(own_desk: Desk) -> None:
    rows = [(f"001{number:012d}ZZZ", f"Account {number}") for number in range(2001)]
    own_desk.org.store.bulk("Account", ("Id", "Name"), rows)
    with pytest.raises(SoqlProblem) as caught:
        own_desk.page("SELECT Name, COUNT(Id) FROM Account GROUP BY Name")
    assert caught.value.code == "EXCEEDED_ID_LIMIT"
