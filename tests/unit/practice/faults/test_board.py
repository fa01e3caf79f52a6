"""Which request meets which fate."""

from typing import Any

import pytest

from cadence_desk.practice.faults.board import FateBoard
from cadence_desk.practice.faults.fates import FateKind, facts_of, read_fate
from cadence_desk.practice.faults.rewriting import reversed_lists

BASE = "/services/data/v67.0"


@pytest.mark.parametrize(
    ("path", "purpose", "action"),
    [
        ("/query/", "query", ""),
        ("/queryAll", "query", ""),
        ("/query/01g000-2000", "query_more", ""),
        ("/actions/standard", "action", ""),
        ("/actions/standard/pauseSalesCadenceTracker", "action", "pauseSalesCadenceTracker"),
        ("/composite/batch", "composite", ""),
        ("/sobjects", "describe", ""),
        ("/sobjects/Lead/describe/", "describe", ""),
        ("/sobjects/Lead/listviews/00B/results", "listview", ""),
        ("/sobjects/Task/00T1", "record", ""),
        ("/parameterizedSearch", "search", ""),
        ("/limits/", "limits", ""),
        ("", "versions", ""),
        ("/tooling", "versions", ""),
    ],
)
def test_requests_are_sorted_by_their_address(path: str, purpose: str, action: str) -> None:
    facts = facts_of("GET", BASE + path)
    assert (facts.purpose, facts.action) == (purpose, action)


@pytest.mark.parametrize(
    ("path", "purpose"),
    [
        ("/services/oauth2/token", "token"),
        ("/services/oauth2/userinfo", "userinfo"),
        ("/id/00D/005", "identity"),
        ("/cometd/45.0", "cometd"),
        ("/elsewhere", "other"),
    ],
)
def test_other_addresses_are_sorted_too(path: str, purpose: str) -> None:
    assert facts_of("POST", path).purpose == purpose


def fate(**data: Any) -> Any:
    return read_fate({"fate": "delay", **data})


@pytest.mark.parametrize(
    ("match", "met"),
    [
        ({}, True),
        ({"method": "post"}, True),
        ({"method": "GET"}, False),
        ({"path": f"{BASE}/actions/*"}, True),
        ({"path": "/services/data/v*/actions/standard/pause*"}, True),
        ({"path": f"{BASE}/query*"}, False),
        ({"action": "PAUSESALESCADENCETRACKER"}, True),
        ({"action": "resumeSalesCadenceTracker"}, False),
        ({"purpose": "action", "method": "POST"}, True),
        ({"purpose": "query"}, False),
    ],
)
def test_a_rule_looks_at_every_part_it_names(match: dict[str, str], met: bool) -> None:
    board = FateBoard()
    board.arm(fate(match=match))
    facts = facts_of("POST", f"{BASE}/actions/standard/pauseSalesCadenceTracker")
    assert (board.meet(facts) is not None) is met


def test_rules_let_some_pass_then_hit_some_then_are_gone() -> None:
    board = FateBoard()
    board.arm(fate(after=2, times=2))
    facts = facts_of("GET", f"{BASE}/limits")
    assert [board.meet(facts) is not None for _ in range(6)] == [False, False, True, True, False, False]
    assert not board.armed()


def test_a_rule_without_an_end_stays_until_taken_back() -> None:
    board = FateBoard()
    number = board.arm(fate(times=0)).number
    facts = facts_of("GET", f"{BASE}/limits")
    assert all(board.meet(facts) for _ in range(5))
    assert (board.clear(number), board.meet(facts)) == (1, None)


def test_the_first_armed_rule_that_fits_decides() -> None:
    board = FateBoard()
    board.arm(read_fate({"fate": "reset", "match": {"purpose": "query"}}))
    board.arm(read_fate({"fate": "truncate"}))
    met = board.meet(facts_of("GET", f"{BASE}/limits"))
    assert met is not None
    assert met.kind is FateKind.TRUNCATE


@pytest.mark.parametrize("kind", list(FateKind))
def test_every_kind_can_be_read_and_shown(kind: FateKind) -> None:
    shown = read_fate({"fate": kind.value, "times": 3}).as_dict()
    assert (shown["kind"], shown["times"]) == (kind, 3)


@pytest.mark.parametrize(
    "data",
    [
        {"fate": "curse"},
        {},
        {"fate": "delay", "seconds": "2"},
        {"fate": "delay", "times": True},
        {"fate": "delay", "kind": "reset"},
        {"fate": "status", "headers": {"A": 1}},
        {"fate": "delay", "match": "POST"},
        {"fate": "delay", "match": {"host": "x"}},
    ],
)
def test_a_wrong_shape_is_a_value_error(data: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"must be|is not|is an object"):
        read_fate(data)


def test_reversing_touches_the_outermost_lists_only() -> None:
    assert reversed_lists(b'[{"a": [1, 2]}, 3]') == b'[3, {"a": [1, 2]}]'
    assert reversed_lists(b'{"records": [1, 2], "done": true}') == b'{"records": [2, 1], "done": true}'
    assert reversed_lists(b"no json") == b"no json"


def test_a_share_of_the_requests_meets_it_and_always_the_same_ones() -> None:
    def drawn() -> list[bool]:
        board = FateBoard()
        board.arm(fate(share=0.3, times=0))
        return [board.meet(facts_of("GET", f"{BASE}/limits")) is not None for _ in range(1000)]

    met = drawn()
    assert 250 < sum(met) < 350
    assert drawn() == met
    with pytest.raises(ValueError, match="from 0 to 1"):
        fate(share=1.5)


def test_a_rule_may_be_for_one_client_only() -> None:
    rule = fate(match={"client": "CadenceDesk"}).match
    for options, meant in (("client=CadenceDesk", True), ("x=1, client=CadenceDesk", True), ("", False)):
        assert rule.fits(facts_of("GET", f"{BASE}/limits", options)) is meant
