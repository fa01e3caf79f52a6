"""WHERE: what each condition finds among the five living leads of the small org."""

import pytest

from tests.unit.practice.soql.small_org import ACME, ANA, BEN, LEADS, QUEUE, Desk

FOUND = [
    ("Name = 'ZOE zimmer'", [0]),
    ("Name != 'zoe zimmer'", [1, 2, 3, 4]),
    ("Name = 'CHLOÉ ûBER'", [2]),
    ("Name IN ('zoe zimmer', 'chloé über')", [0]),
    ("Name IN ('zoe zimmer', 'chloé ûber')", [0, 2]),
    ("Name LIKE '%b%'", [1, 2, 4]),
    ("Name LIKE 'Z%' OR Name LIKE '%É%'", [0, 2]),
    (r"Name LIKE '%\%'", [3]),
    (r"Name LIKE '%\_%'", [4]),
    ("Name LIKE 'Bo__'", [4]),
    ("Name LIKE '%_%'", [0, 1, 2, 3, 4]),
    ("Name > 'm'", [0, 3]),
    ("Name <= 'Bo_b'", [1, 4]),
    ("Rating = null", [1, 4]),
    ("Rating = ''", [1, 4]),
    ("Rating != null", [0, 2, 3]),
    ("Rating != 'Hot'", [1, 2, 3, 4]),
    ("Rating NOT IN ('hot', 'Cold')", [1, 3, 4]),
    ("Rating IN ('hot', null)", [0, 1, 4]),
    ("NOT Rating = 'Hot'", [1, 2, 3, 4]),
    ("NOT Rating != 'Hot'", [0]),
    ("NumberOfEmployees = 10", [0, 3]),
    ("NumberOfEmployees >= 250", [1, 4]),
    ("NumberOfEmployees < 2.5e2", [0, 3]),
    ("NumberOfEmployees != 10", [1, 2, 4]),
    ("NumberOfEmployees IN (10, 250)", [0, 1, 3]),
    ("DoNotCall = true", [1, 3]),
    ("DoNotCall = FALSE", [0, 2, 4]),
    ("DoNotCall != true AND Rating = null", [4]),
    (f"Id = '{LEADS[2]}'", [2]),
    (f"Id = '{LEADS[2][:15]}'", [2]),
    (f"Id IN ('{LEADS[2][:15]}', '{LEADS[4]}')", [2, 4]),
    (f"OwnerId = '{ANA[:15]}'", [0, 1]),
    (f"OwnerId != '{ANA}'", [2, 3, 4]),
    (f"OwnerId NOT IN ('{ANA}', '{BEN}')", [3]),
    ("Owner.Name = 'inbound'", [3]),
    ("Owner.Type = 'Queue'", []),
    ("Owner.Type = 'Group'", [3]),
    ("Owner.Type != 'User'", [3]),
    ("Owner.Name LIKE 'B%' AND DoNotCall = false", [2, 4]),
    ("(Rating = 'Hot' OR Rating = 'Cold') AND NumberOfEmployees = null", [2]),
    ("Rating = 'Hot' OR (Rating = null AND NumberOfEmployees > 300)", [0, 4]),
    ("(NOT Name LIKE '%b%') AND (NOT Rating = null)", [0, 3]),
    ("NOT (Rating = null OR Rating = 'Hot')", [2, 3]),
    ("CreatedDate = TODAY", [0]),
    ("CreatedDate = YESTERDAY", [1]),
    ("CreatedDate > YESTERDAY", [0]),
    ("CreatedDate >= YESTERDAY", [0, 1]),
    ("CreatedDate < YESTERDAY", [2, 3, 4]),
    ("CreatedDate != TODAY", [1, 2, 3, 4]),
    ("CreatedDate = LAST_N_DAYS:2", [0, 1, 2]),
    ("CreatedDate = LAST_90_DAYS", [0, 1, 2, 3, 4]),
    ("CreatedDate = THIS_WEEK", [0, 1, 2]),
    ("CreatedDate IN (TODAY, YESTERDAY)", [0, 1]),
    ("CreatedDate > 2026-11-22T10:00:00Z", [0, 1]),
    ("CreatedDate >= 2026-11-22T11:00:00+01:00", [0, 1, 2]),
    ("CreatedDate = 2026-11-22T10:00:00.000Z", [2]),
    ("LastActivityDate = 2026-11-20", [0]),
    ("LastActivityDate <= TODAY", [0, 2, 3, 4]),
    ("LastActivityDate = null", [1]),
    ("LastActivityDate != YESTERDAY", [0, 1, 2, 4]),
    ("LastActivityDate NOT IN (2026-11-20, 2026-11-22)", [1, 3, 4]),
    ("CALENDAR_YEAR(CreatedDate) = 2026", [0, 1, 2, 3, 4]),
    ("DAY_ONLY(CreatedDate) = 2026-11-22", [2]),
    ("Lead.Name = 'Bo_b'", [4]),
    ("Id IN (SELECT TargetId FROM ActionCadenceTracker)", [0, 1]),
    ("Id IN (SELECT TargetId FROM ActionCadenceTracker WHERE IsTrackerActive = true)", [0]),
    ("Id NOT IN (SELECT TargetId FROM ActionCadenceTracker) AND Rating = null", [4]),
    ("Id IN (SELECT WhoId FROM Task WHERE What.Name = null)", [0]),
]


@pytest.mark.parametrize(("condition", "numbers"), FOUND, ids=[condition for condition, _ in FOUND])
def test_a_condition_finds_its_leads(desk: Desk, condition: str, numbers: list[int]) -> None:
    found = desk.values(f"SELECT Id FROM Lead WHERE {condition} ORDER BY Id")
    assert found == [LEADS[number] for number in numbers]


def test_quotes_and_escapes_in_strings(own_desk: Desk) -> None:
    own_desk.org.add("Account", {"Id": "001000000000999AAA", "Name": 'O\'Neil \\ "Ünïon"\n2'})
    asked = r"SELECT Id FROM Account WHERE Name = 'O\'Neil \\ \"Ün\u00efon\"\n2'"
    assert own_desk.values(asked) == ["001000000000999AAA"]
    assert own_desk.values(r"SELECT Id FROM Account WHERE Name LIKE 'O\'Neil \\\\ %'") == []
    assert own_desk.values(r"SELECT Id FROM Account WHERE Name LIKE 'O\'neil \\ %'") == ["001000000000999AAA"]


def test_deleted_records_only_when_asked_for(desk: Desk) -> None:
    assert desk.page("SELECT COUNT() FROM Lead").total_size == 5
    assert desk.page("SELECT COUNT() FROM Lead", all_rows=True).total_size == 6
    assert desk.values("SELECT Id FROM Lead WHERE IsDeleted = true") == []
    assert desk.values("SELECT Id FROM Lead WHERE IsDeleted = true", all_rows=True) == [LEADS[5]]


def test_scope_mine_means_owned_by_the_user(desk: Desk) -> None:
    page = desk.page("SELECT Id FROM Lead USING SCOPE mine ORDER BY Id", user_id=BEN)
    assert [record["Id"] for record in page.records] == [LEADS[2], LEADS[4]]
    assert desk.page("SELECT Id FROM Lead USING SCOPE Everything", user_id=BEN).total_size == 5


def test_parent_paths_and_their_semi_join(desk: Desk) -> None:
    in_lyon = "SELECT Name FROM Contact WHERE Account.BillingCity = 'lyon'"
    assert desk.values(in_lyon) == ["Carla"]
    assert desk.values("SELECT Name FROM Contact WHERE Account.Name = null") == ["Eve"]
    assert desk.values("SELECT Name FROM Contact WHERE Account.Owner.Name = 'Ben Bauer'") == ["Dan"]
    owned = f"SELECT StepTitle FROM ActionCadenceStepTracker WHERE ActionCadenceTracker.OwnerId = '{QUEUE}'"
    assert desk.values(owned) == ["Step 4"]
    joined = (
        f"SELECT Name FROM Account WHERE Id NOT IN (SELECT AccountId FROM Contact WHERE AccountId = '{ACME}')"
    )
    assert desk.values(joined) == ["Bolt & Co"]


def test_thousands_of_terms_are_no_problem(desk: Desk) -> None:
    many = " OR ".join(f"NumberOfEmployees = {number}" for number in range(20, 3000))
    assert desk.page(f"SELECT Id FROM Lead WHERE {many}").total_size == 1
    ids = ",".join(f"'{LEADS[0]}'" for _ in range(4000))
    assert desk.page(f"SELECT Id FROM Lead WHERE Id IN ({ids})").total_size == 1


@pytest.mark.parametrize(
    ("condition", "count"),
    [
        ("State = 'running'", 2),
        ("State != 'RUNNING'", 2),
        ("State IN ('paused', 'Complete')", 2),
        ("State IN ('paused', 'No such state')", 1),
        ("State = 'No such state'", 0),
        ("State > 'Pause'", 3),
    ],
)
def test_values_of_a_restricted_picklist_ignore_case(desk: Desk, condition: str, count: int) -> None:
    assert desk.page(f"SELECT Id FROM ActionCadenceTracker WHERE {condition}").total_size == count
