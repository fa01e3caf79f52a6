"""Wrong queries: Salesforce's codes, the place of the fault, the words that clients look for."""

import pytest

from cadence_desk.practice.soql.problems import SoqlProblem
from tests.unit.practice.soql.small_org import LEADS, Desk

MALFORMED = [
    ("", None, "SOQL statements cannot be empty or null"),
    ("SELECT Id FRM Lead", 11, "unexpected token: 'FRM'"),
    ("SELECT FROM Lead", 8, "unexpected token: 'FROM'"),
    ("SELECT Id, FROM Lead", 12, "unexpected token: 'FROM'"),
    ("SELECT Id FROM", 15, "unexpected token: '<EOF>'"),
    ("SELECT Id FROM Lead WHERE", 26, "unexpected token: '<EOF>'"),
    ("UPDATE Lead SET Name = 'x'", 1, "unexpected token: 'UPDATE'"),
    ("SELECT Id FROM Lead WHERE Name = 'a' AND Rating = 'b' OR Id = null", 55, "unexpected token: 'OR'"),
    ("SELECT Id FROM Lead WHERE Name = 'a' AND NOT Rating = 'b'", 42, "unexpected token: 'NOT'"),
    ("SELECT Id FROM Lead WHERE NOT Name = 'a' AND Rating = 'b'", 42, "unexpected token: 'AND'"),
    ('SELECT Id FROM Lead WHERE Name = "x"', 34, "no viable alternative at character '\"'"),
    ("SELECT Id FROM Lead WHERE Name = 'x", 34, "no viable alternative at character '''"),
    ("SELECT Id FROM Lead WHERE Name = x", 34, "unexpected token: 'x'"),
    ("SELECT Id FROM Lead WHERE Name = 'a", 34, "no viable alternative"),
    ("SELECT Id FROM Lead WHERE Id = :leadId", 32, "Bind variables"),
    ("SELECT Id FROM Lead ORDER Name", 27, "unexpected token: 'Name'"),
    ("SELECT Id FROM Lead LIMIT ten", 27, "unexpected token: 'ten'"),
    ("SELECT Id FROM Lead LIMIT -1", 27, "unexpected token: '-1'"),
    ("SELECT * FROM Lead", 8, "no viable alternative at character '*'"),
    ("SELECT Id FROM Lead WHERE Name IS NULL", 32, "unexpected token: 'IS'"),
    ("SELECT Id FROM Lead WHERE Name NOT LIKE 'x'", 36, "unexpected token: 'LIKE'"),
    ("SELECT Id FROM Lead WHERE CreatedDate = LAST_N_DAYS:x", 53, "unexpected token: 'x'"),
    ("SELECT Id FROM Lead WHERE CreatedDate = SOMEDAY", 41, "unexpected token: 'SOMEDAY'"),
    ("SELECT Id FROM Lead WHERE LastActivityDate = 2026-02-30", 46, "Invalid date"),
    (r"SELECT Id FROM Lead WHERE Name = 'a\q'", 34, r"Illegal character sequence '\q'"),
    ("SELECT Name n FROM Lead", 13, "only aggregate expressions use field aliasing"),
    ("SELECT Name, COUNT(Id) FROM Lead", 8, "Field must be grouped or aggregated: Name"),
    ("SELECT Name FROM Lead GROUP BY Rating", 8, "Field must be grouped or aggregated: Name"),
    (
        "SELECT COUNT(Id) FROM Lead GROUP BY Rating ORDER BY Name",
        53,
        "Field must be grouped or aggregated: Name",
    ),
    ("SELECT COUNT(Id) FROM Lead LIMIT 1", 34, "cannot also use LIMIT"),
    ("SELECT COUNT(Id) a, COUNT(Name) a FROM Lead", 33, "duplicate alias: a"),
    ("SELECT SUM(Name) FROM Lead", 8, "field Name does not support aggregate operator SUM"),
    ("SELECT MAX(DoNotCall) FROM Lead", 8, "field DoNotCall does not support aggregate operator MAX"),
    ("SELECT Rating FROM Lead GROUP BY ROLLUP(Rating)", 34, "ROLLUP"),
    ("SELECT NONSENSE(Name) FROM Lead", 8, "unexpected token: 'NONSENSE'"),
    ("SELECT COUNT(), Id FROM Lead", 8, "unexpected token: ')'"),
    ("SELECT Id FROM Lead WHERE COUNT(Id) > 1", 27, "use HAVING"),
    ("SELECT Id FROM Lead HAVING COUNT(Id) > 1", 16, "HAVING needs GROUP BY"),
    ("SELECT FIELDS(ALL) FROM Lead", 8, "must have a LIMIT of at most 200"),
    ("SELECT FIELDS(CUSTOM) FROM Lead LIMIT 201", 8, "must have a LIMIT of at most 200"),
    ("SELECT FIELDS(SOME) FROM Lead", 8, "FIELDS takes one of"),
    ("SELECT Id FROM Lead USING SCOPE Team", 33, "Scope 'Team' is not supported"),
    ("SELECT Id FROM Lead WHERE Name IN (SELECT Name FROM Contact)", 27, "must be an id or a reference"),
    ("SELECT Id FROM Lead WHERE Rating = 'x' OR Id IN (SELECT WhoId FROM Task)", 57, "top level of WHERE"),
    ("SELECT Id FROM Lead WHERE Id IN (SELECT WhoId FROM Task LIMIT 1)", 41, "no ORDER BY, LIMIT"),
    ("SELECT TYPEOF CreatedBy WHEN User THEN Id END FROM Lead", 15, "TYPEOF needs a relationship to several"),
    ("SELECT Id, (SELECT COUNT(Id) FROM Tasks) FROM Lead", 20, "cannot group or aggregate"),
]

FIELDS = [
    ("SELECT Foo FROM Lead", 8, "No such column 'Foo' on entity 'Lead'."),
    ("SELECT Id, Account.Foo FROM Contact", 12, "No such column 'Foo' on entity 'Account'."),
    ("SELECT Id FROM Lead WHERE Foo = 1", 27, "No such column 'Foo' on entity 'Lead'."),
    ("SELECT Id FROM Lead ORDER BY Foo", 30, "No such column 'Foo' on entity 'Lead'."),
    ("SELECT Owner.Company FROM Lead", 8, "No such column 'Company' on entity 'Name'."),
    ("SELECT Nobody.Name FROM Lead", 8, "Didn't understand relationship 'Nobody' in field path."),
    ("SELECT Owner.Profile.Name FROM Lead", 8, "Didn't understand relationship 'Profile' in field path."),
    ("SELECT Id, Name, id FROM Lead", 18, "duplicate field selected: Id"),
    ("SELECT Account.Name, Account.Name FROM Contact", 22, "duplicate field selected: Name"),
    (
        "SELECT Id FROM Lead WHERE Description = 'x'",
        27,
        "field 'Description' can not be filtered in a query call",
    ),
    ("SELECT Id FROM Lead WHERE Address = 'x'", 27, "field 'Address' can not be filtered in a query call"),
    ("SELECT Id FROM Lead ORDER BY Description", 30, "field 'Description' can not be sorted in a query call"),
    (
        "SELECT CreatedDate FROM Lead GROUP BY CreatedDate",
        39,
        "field 'CreatedDate' can not be grouped in a query call",
    ),
    ("SELECT Id FROM Lead WHERE Name = 5", 34, "must be of type string and should be enclosed in quotes"),
    (
        "SELECT Id FROM Lead WHERE NumberOfEmployees = '5'",
        47,
        "must be of type int and should not be enclosed in quotes",
    ),
    ("SELECT Id FROM Lead WHERE CreatedDate > '2026-01-01'", 41, "must be of type dateTime and should not"),
    ("SELECT Id FROM Lead WHERE CreatedDate > 2026-01-01", 41, "must be of type dateTime and should not"),
    ("SELECT Id FROM Lead WHERE DoNotCall = 'true'", 39, "must be of type boolean and should not"),
    ("SELECT Id FROM Lead WHERE Name = TODAY", 34, "must be of type string and should be enclosed"),
]

OTHERS = [
    ("INVALID_TYPE", "SELECT Id FROM Foo", 16, "sObject type 'Foo' is not supported."),
    (
        "INVALID_TYPE",
        "SELECT Id FROM Lead WHERE Id IN (SELECT A FROM Foo)",
        48,
        "sObject type 'Foo' is not supported.",
    ),
    (
        "INVALID_TYPE",
        "SELECT Id, (SELECT Id FROM Foos) FROM Lead",
        28,
        "Didn't understand relationship 'Foos' in FROM part",
    ),
    (
        "NUMBER_OUTSIDE_VALID_RANGE",
        "SELECT Id FROM Lead OFFSET 2001",
        28,
        "Maximum SOQL offset allowed is 2000",
    ),
    ("INVALID_QUERY_FILTER_OPERATOR", "SELECT Id FROM Lead WHERE Id = 'abc'", 32, "invalid ID field: abc"),
    (
        "INVALID_QUERY_FILTER_OPERATOR",
        f"SELECT Id FROM Lead WHERE Id LIKE '{LEADS[0]}'",
        35,
        "invalid operator",
    ),
    ("INVALID_QUERY_FILTER_OPERATOR", "SELECT Id FROM Lead WHERE DoNotCall > true", 39, "invalid operator"),
    ("INVALID_QUERY_FILTER_OPERATOR", "SELECT Id FROM Lead WHERE Rating < null", 36, "invalid operator"),
    (
        "INVALID_QUERY_FILTER_OPERATOR",
        "SELECT Id FROM Lead WHERE Rating INCLUDES ('Hot')",
        27,
        "multi-select",
    ),
    (
        "INVALID_QUERY_FILTER_OPERATOR",
        "SELECT Id FROM Lead WHERE Id IN (SELECT WhatId FROM Task)",
        41,
        "same kind",
    ),
]

REFUSED = (
    [("MALFORMED_QUERY", *row) for row in MALFORMED] + [("INVALID_FIELD", *row) for row in FIELDS] + OTHERS
)


@pytest.mark.parametrize(("code", "soql", "column", "words"), REFUSED, ids=[row[1] for row in REFUSED])
def test_a_wrong_query_is_refused_at_its_place(
    desk: Desk, code: str, soql: str, column: int | None, words: str
) -> None:
    with pytest.raises(SoqlProblem) as caught:
        desk.page(soql)
    assert caught.value.code == code
    assert words in caught.value.message
    if column is not None:
        assert f"ERROR at Row:1:Column:{column}\n" in caught.value.message


def test_the_message_shows_the_line_and_marks_the_place(desk: Desk) -> None:
    with pytest.raises(SoqlProblem) as caught:
        desk.page("SELECT Foo FROM Lead")
    assert caught.value.message.startswith(
        "\nSELECT Foo FROM Lead\n       ^\nERROR at Row:1:Column:8\nNo such column 'Foo' on entity 'Lead'."
    )


def test_rows_are_counted_and_long_lines_cut(desk: Desk) -> None:
    long = ", ".join(["Id"] * 1 + ["CreatedDate", "LastModifiedDate", "SystemModstamp", "CreatedById"])
    with pytest.raises(SoqlProblem) as caught:
        desk.page(
            f"SELECT Name,\n  {long}, Wrong, Rating, OwnerId, Title, Company, LeadSource, Status\nFROM Lead"
        )
    message = caught.value.message
    shown, mark, place = message.split("\n")[1:4]
    assert place == f"ERROR at Row:2:Column:{len(long) + 5}"
    assert shown[mark.index("^") :].startswith("Wrong")
    assert len(shown) == 80


def test_a_query_may_be_100_000_characters_long(desk: Desk) -> None:
    soql = "SELECT Id FROM Lead WHERE Name = 'x'"
    assert desk.page(soql + " " * (100_000 - len(soql))).total_size == 0
    with pytest.raises(SoqlProblem) as caught:
        desk.page(soql + " " * (100_001 - len(soql)))
    assert caught.value.code == "MALFORMED_QUERY"


def test_a_hidden_field_does_not_exist(own_desk: Desk) -> None:
    own_desk.org.settings.hidden_fields |= {"Lead.Rating", "Contact.AccountId"}
    for soql in (
        "SELECT Rating FROM Lead",
        "SELECT Id FROM Lead WHERE Rating = 'Hot'",
        "SELECT Account.Name FROM Contact",
    ):
        with pytest.raises(SoqlProblem) as caught:
            own_desk.page(soql)
        assert caught.value.code == "INVALID_FIELD"


def test_a_monstrous_filter_is_too_complicated(desk: Desk) -> None:
    deep = "NOT (" * 5000 + "Name = 'x'" + ")" * 5000
    with pytest.raises(SoqlProblem) as caught:
        desk.page(f"SELECT Id FROM Lead WHERE {deep}")
    assert caught.value.code == "QUERY_TOO_COMPLICATED"


def test_three_semi_joins_are_too_many(desk: Desk) -> None:
    one = "Id IN (SELECT WhoId FROM Task)"
    assert desk.page(f"SELECT Id FROM Lead WHERE {one} AND {one}").total_size == 1
    with pytest.raises(SoqlProblem, match="Only 2 semi join"):
        desk.page(f"SELECT Id FROM Lead WHERE {one} AND {one} AND {one}")


def test_a_filter_string_has_at_most_4000_characters(desk: Desk) -> None:
    assert desk.page(f"SELECT Id FROM Lead WHERE Name = '{'x' * 4000}'").total_size == 0
    with pytest.raises(SoqlProblem, match="4,000"):
        desk.page(f"SELECT Id FROM Lead WHERE Name = '{'x' * 4001}'")
