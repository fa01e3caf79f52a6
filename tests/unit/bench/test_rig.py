"""The bench itself: goals, the JSON list, the exit code, and what a group that goes wrong leaves behind."""

from __future__ import annotations

import dataclasses
import json
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from tests.bench.__main__ import main
from tests.bench.figures import (
    HIGHER,
    LOWER,
    VALUE,
    Figure,
    Spread,
    alone,
    compared,
    failed,
    rebuilt,
    skipped,
    turn_by_turn,
)
from tests.bench.groups import GROUPS, of_module
from tests.bench.report import Report
from tests.bench.standing import standing
from tests.house.source_tree import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

OF_THE_ISSUE = {
    "name", "value", "unit", "reference", "reference_value", "ratio", "goal", "better", "ok", "skipped",
}  # fmt: skip
GOOD = Figure("loop.good", 1.0, "s", goal=2.0)
MISSED = Figure("list.missed", 3.0, "s", goal=2.0)


# ---------------------------------------------------------------- lines


@pytest.mark.parametrize(
    ("ours", "theirs", "better", "goal", "ratio", "ok"),
    [
        (1.0, 2.0, LOWER, 0.5, 0.5, True),
        (1.1, 2.0, LOWER, 0.5, 0.55, False),
        (1.0, 60.0, HIGHER, 60.0, 60.0, True),
        (1.0, 59.0, HIGHER, 60.0, 59.0, False),
        (9.0, 1.0, LOWER, None, 9.0, True),
    ],
)
def test_the_goal_speaks_of_the_ratio(
    ours: float, theirs: float, better: str, goal: float | None, ratio: float, ok: bool
) -> None:
    spreads = Spread((ours / 2, ours, ours * 9)), Spread((theirs, theirs, theirs))
    line = compared("list.x", "ms", spreads, "theirs", goal, better)
    assert line.ratio == pytest.approx(ratio)
    assert line.ok is ok


def test_more_can_be_better_in_the_ratio_itself() -> None:
    line = Figure("live.x", 50.0, "events/s", "bare", 100.0, 0.5, 0.6, HIGHER)
    assert not line.ok
    assert dataclasses.replace(line, goal=0.5).ok


def test_the_goal_speaks_of_the_value_where_there_is_no_ratio_or_the_line_says_so() -> None:
    assert alone("gui.x", "ms", Spread((1.0, 2.0, 90.0)), 2.0).ok
    assert not alone("gui.x", "ms", Spread((1.0, 2.1, 2.2)), 2.0).ok
    beside = Figure("gui.x", 60.0, "ms", "bare", 100.0, 0.6, 50.0, judged=VALUE)
    assert not beside.ok
    assert (beside.aim, beside.to_json()["judged"]) == ("<= 50.00 ms", "value")


def test_a_goal_without_a_figure_is_missed_and_a_skipped_line_is_not() -> None:
    assert not Figure("gui.x", None, "ms", goal=1.0).ok
    assert skipped("startup.x", "there is no network").ok
    assert not failed("gui", "it went wrong").ok


def test_a_line_has_the_fields_of_the_list_and_least_most_and_repeats() -> None:
    spreads = Spread((1.0, 2.0, 3.0)), Spread((4.0, 4.0, 8.0))
    told = compared("list.x", "ms", spreads, "theirs", 0.9).to_json()
    assert set(told) > OF_THE_ISSUE
    assert {name: told[name] for name in OF_THE_ISSUE} == {
        "name": "list.x", "value": 2.0, "unit": "ms", "reference": "theirs", "reference_value": 4.0, "ratio": 0.5,
        "goal": 0.9, "better": "lower", "ok": True, "skipped": None,
    }  # fmt: skip
    assert (told["min"], told["max"], told["repeats"], told["reference_max"]) == (1.0, 3.0, 3, 8.0)


@pytest.mark.parametrize("line", [GOOD, skipped("a.b", "why"), failed("a", "why")])
def test_every_line_has_the_same_fields(line: Figure) -> None:
    assert set(line.to_json()) == set(MISSED.to_json())


def test_a_line_comes_whole_out_of_another_process() -> None:
    spreads = Spread((1.0, 2.0)), Spread((3.0, 4.0))
    line = dataclasses.replace(
        compared("a.b", "ms", spreads, "theirs", 1.0), table=({"people": 1, "median": 2.0},)
    )
    assert rebuilt(json.loads(json.dumps(dataclasses.asdict(line)))) == line


# ---------------------------------------------------------------- a run


def run(groups: dict[str, list[Figure | BaseException]], *arguments: str) -> int:
    def measure(group: str, _say: Callable[[str], object], *, quick: bool) -> Iterator[Figure]:
        for one in groups.get(group, []):
            if isinstance(one, BaseException):
                raise one
            yield one

    return main(arguments, measure)


def told_by(file: Path) -> list[tuple[str, bool]]:
    return [(one["name"], one["ok"]) for one in json.loads(file.read_text(encoding="utf-8"))]


@pytest.mark.parametrize(
    ("lines", "code"),
    [([GOOD], 0), ([skipped("loop.x", "why")], 0), ([GOOD, MISSED], 1), ([failed("loop", "why"), GOOD], 1)],
)
def test_the_exit_code_says_whether_everything_is_as_it_should_be(lines: list[Figure], code: int) -> None:
    assert run({"loop": list(lines)}) == code


def test_a_group_that_fails_does_not_keep_the_others_from_being_measured(tmp_path: Path) -> None:
    file = tmp_path / "bench.json"
    assert run({"loop": [GOOD, failed("loop", "it went wrong")], "list": [GOOD]}, "--json", str(file)) == 1
    assert told_by(file) == [("loop.good", True), ("loop", False), ("loop.good", True)]


def test_the_failed_line_of_a_group_is_kept_when_only_one_of_its_lines_is_wanted(tmp_path: Path) -> None:
    file = tmp_path / "bench.json"
    assert run({"list": [GOOD, failed("list", "why")]}, "list.sort", "--json", str(file)) == 1
    assert told_by(file) == [("list", False)]


def test_only_wanted_groups_and_lines_are_measured(tmp_path: Path) -> None:
    file = tmp_path / "bench.json"
    groups: dict[str, list[Figure | BaseException]] = {"loop": [RuntimeError()], "list": [GOOD, MISSED]}
    assert run(groups, "list.missed", "--json", str(file)) == 1
    assert told_by(file) == [("list.missed", False)]


def test_what_was_measured_is_in_the_file_when_the_run_is_stopped(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "bench.json"
    assert run({"loop": [GOOD, KeyboardInterrupt()], "list": [MISSED]}, "--json", str(file)) == 130
    assert told_by(file) == [("loop.good", True)]
    assert "| `loop.good` |" in capsys.readouterr().out


def test_the_file_holds_what_was_measured_at_any_moment(tmp_path: Path) -> None:
    file = tmp_path / "bench.json"
    report = Report(file)
    assert told_by(file) == []
    for number, line in enumerate((GOOD, MISSED), 1):
        report.add(line)
        assert len(told_by(file)) == number
    assert [one.name for one in tmp_path.iterdir()] == ["bench.json"]


def test_the_table_has_a_line_for_each_figure_and_what_is_missed_is_bold(tmp_path: Path) -> None:
    file = tmp_path / "table.md"
    spreads = Spread((1.0, 1.0)), Spread((3.0, 3.0))
    grown = Figure(
        "growth.x", 0.0, "exponent", goal=0.1, table=({"people": 1_000, "unit": "ms", "median": 2.0},)
    )
    lines = [compared("list.x", "ms", spreads, "theirs", 0.2), MISSED, grown, skipped("list.y", "no network")]
    assert run({"list": list(lines)}, "--table", str(file)) == 1
    text = file.read_text(encoding="utf-8")
    assert "| `list.x` | 1.00 ms | 1.00 to 1.00 | theirs, 3.00 ms | **x0.333** | <= x0.2 | MISSED |" in text
    assert "| `list.missed` | **3.00 s** |" in text
    assert "| `growth.x`, ms | 2.00 |" in text
    assert "- list.y was left out: no network" in text
    assert text.startswith("Measured on ")


# ---------------------------------------------------------------- a group in a process of its own


def in_a_process(way: str, monkeypatch: pytest.MonkeyPatch, limit: float = 60.0) -> list[Figure]:
    monkeypatch.setenv("MADE_UP", way)
    return list(of_module("tests.unit.bench.made_up_group", "loop", printed.append, quick=True, limit=limit))


printed: list[str] = []


def test_lines_come_out_of_the_process_and_what_it_prints_is_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    printed.clear()
    found = in_a_process("goes well", monkeypatch)
    assert [(one.name, one.value) for one in found] == [("loop.first", 1), ("loop.second", 2.0)]
    assert printed == ["something that a module prints"]


def test_an_exception_is_the_last_line(monkeypatch: pytest.MonkeyPatch) -> None:
    found = in_a_process("raises", monkeypatch)
    assert [(one.name, one.ok) for one in found] == [("loop.first", True), ("loop", False)]
    assert found[1].failed == "RuntimeError: the org is gone"


def test_a_process_that_dies_is_the_last_line(monkeypatch: pytest.MonkeyPatch) -> None:
    found = in_a_process("dies", monkeypatch)
    assert [(one.name, one.failed) for one in found] == [
        ("loop.first", ""),
        ("loop", "its process ended with 7"),
    ]


def test_a_process_that_hangs_is_ended_and_told(monkeypatch: pytest.MonkeyPatch) -> None:
    assert in_a_process("hangs", monkeypatch, 0.5)[-1].failed == "it was not done after 0 s"


@pytest.mark.parametrize("way", ["hangs", "hangs in Qt"])
def test_a_group_that_is_stopped_ends_in_order(
    way: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("MADE_UP", way)
    monkeypatch.setenv("MADE_UP_END", str(tmp_path / "end"))
    module = "tests.unit.bench.made_up_group"
    with closing(of_module(module, "loop", printed.append, quick=True, limit=60.0)) as lines:  # type: ignore[type-var]
        assert next(lines).name == "loop.first"
    assert (tmp_path / "end").read_text(encoding="ascii") == "ended in order"


def test_every_group_has_a_module_that_measures_it() -> None:
    folder = ROOT / "tests" / "bench"
    assert [name for name in GROUPS.values() if not (folder / f"{name}.py").is_file()] == []


def test_a_process_that_ends_before_it_stands_is_told() -> None:
    with (
        standing("tests.unit.bench.made_up_group", "file") as one,
        pytest.raises(RuntimeError, match="ended with 0"),
    ):
        one.stand()


@pytest.mark.parametrize(("repeats", "kept"), [(1, (1.0,)), (7, (2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0))])
def test_the_first_round_does_not_count_but_in_a_single_look(repeats: int, kept: tuple[float, ...]) -> None:
    turns: list[str] = []

    def measured_by(name: str) -> Callable[[], float]:
        def one() -> float:
            turns.append(name)
            return float(turns.count(name))

        return one

    assert [one.values for one in turn_by_turn(repeats, measured_by("ours"), measured_by("theirs"))] == [
        kept
    ] * 2
    assert turns == ["ours", "theirs"] * (len(turns) // 2), "turn by turn"
