"""Pages: sizes, locators, a snapshot that stays, a life of two days."""

import re
from dataclasses import dataclass

import pytest

from cadence_desk.practice.org.settings import OrgSettings
from cadence_desk.practice.soql.problems import SoqlProblem
from cadence_desk.practice.soql.runner import QueryPage
from tests.unit.practice.soql.small_org import ANA, DAY_MS, Desk, record_id

CROWD = [record_id("003", number) for number in range(1000, 1647)]


@pytest.fixture
def crowded(own_desk: Desk) -> Desk:
    rows = [(one, f"Person {number}", 0) for number, one in enumerate(CROWD)]
    own_desk.org.store.bulk("Contact", ("Id", "Name", "IsDeleted"), rows)
    return own_desk


def first(desk: Desk, batch_size: int = 200) -> QueryPage:
    return desk.page("SELECT Id FROM Contact WHERE Name LIKE 'Person%' ORDER BY Id", batch_size=batch_size)


def ids(page: QueryPage) -> list[str]:
    return [record["Id"] for record in page.records]


def test_pages_follow_each_other_to_the_end(crowded: Desk) -> None:
    page, seen = first(crowded), []
    while True:
        seen.append(ids(page))
        assert page.total_size == len(CROWD)
        assert page.done == (page.next_locator is None)
        if page.next_locator is None:
            break
        page = crowded.runner.more(page.next_locator, "62.0")
    assert [len(part) for part in seen] == [200, 200, 200, 47]
    assert [one for part in seen for one in part] == CROWD


def test_a_locator_is_one_path_segment(crowded: Desk) -> None:
    locator = first(crowded).next_locator
    assert locator is not None
    assert re.fullmatch(r"01g\w{12,15}-200", locator)


@pytest.mark.parametrize(("asked", "given"), [(1, 200), (300, 300), (2000, 647), (100_000, 647)])
def test_page_sizes_are_brought_into_range(crowded: Desk, asked: int, given: int) -> None:
    assert len(first(crowded, asked).records) == given


def test_later_pages_keep_to_the_records_of_the_first(crowded: Desk) -> None:
    page = first(crowded)
    assert page.next_locator is not None
    connection = crowded.org.store.connection
    connection.execute(
        'UPDATE "Contact" SET "Name" = \'Renamed\', "IsDeleted" = 1 WHERE "Id" = ?', (CROWD[200],)
    )
    crowded.org.add("Contact", {"Id": record_id("003", 999), "Name": "Person too"})
    following = crowded.runner.more(page.next_locator, "v61.0")
    assert ids(following) == CROWD[200:400]
    assert following.records[0]["attributes"]["url"].startswith("/services/data/v61.0/")
    assert ids(crowded.runner.more(page.next_locator, "62.0")) == CROWD[200:400]


def test_a_record_wiped_in_between_is_left_out(crowded: Desk) -> None:
    page = first(crowded)
    assert page.next_locator is not None
    crowded.org.store.connection.execute('DELETE FROM "Contact" WHERE "Id" = ?', (CROWD[201],))
    following = crowded.runner.more(page.next_locator, "62.0")
    assert ids(following) == [CROWD[200], *CROWD[202:400]]


def test_a_cursor_lives_two_days(crowded: Desk) -> None:
    locator = first(crowded).next_locator
    assert locator is not None
    crowded.org.clock.jump(2 * DAY_MS)
    assert len(crowded.runner.more(locator, "62.0").records) == 200
    crowded.org.clock.jump(1)
    with pytest.raises(SoqlProblem) as caught:
        crowded.runner.more(locator, "62.0")
    assert (caught.value.code, caught.value.message) == ("INVALID_QUERY_LOCATOR", "invalid query locator")


@pytest.mark.parametrize(
    "locator", ["", "01gPO0000000009-200", "nonsense", "01gPO0000000001AAA", "../limits"]
)
def test_an_unknown_locator_is_refused(crowded: Desk, locator: str) -> None:
    first(crowded)
    with pytest.raises(SoqlProblem) as caught:
        crowded.runner.more(locator, "62.0")
    assert caught.value.code == "INVALID_QUERY_LOCATOR"


def test_a_place_past_the_end_is_refused(crowded: Desk) -> None:
    locator = first(crowded).next_locator
    assert locator is not None
    with pytest.raises(SoqlProblem):
        crowded.runner.more(locator.replace("-200", "-647"), "62.0")


def test_sub_queries_are_there_on_every_page(crowded: Desk) -> None:
    crowded.org.add("Task", {"Id": record_id("00T", 77), "Subject": "Late", "WhoId": CROWD[450]})
    asked = "SELECT Id, (SELECT Subject FROM Tasks) FROM Contact WHERE Name LIKE 'Person%' ORDER BY Id"
    page = crowded.runner.run(asked, user_id=ANA, all_rows=False, batch_size=400, version="62.0")
    assert page.next_locator is not None
    found = [one for one in crowded.runner.more(page.next_locator, "62.0").records if one["Tasks"]]
    assert [(one["Id"], one["Tasks"]["records"][0]["Subject"]) for one in found] == [(CROWD[450], "Late")]


@dataclass(slots=True)
class SmallPages(OrgSettings):
    """Settings that allow pages smaller than the platform's, for drills with few records."""

    smallest_query_page: int = 2


def test_a_setting_allows_smaller_pages(crowded: Desk) -> None:
    crowded.org.settings = SmallPages()
    page = first(crowded, batch_size=3)
    assert ids(page) == CROWD[:3]
    assert page.next_locator is not None
    assert ids(crowded.runner.more(page.next_locator, "62.0")) == CROWD[3:6]
