"""`cadence-desk --self-test`: one broken part is named, the others are still asked, and the exit code says so."""

import pytest

from cadence_desk.bootstrap import delivered
from cadence_desk.domain.errors import BadValue
from cadence_desk.launch import self_test
from cadence_desk.launch.arguments import parse
from cadence_desk.launch.self_test import asked, run_self_test


def broken() -> str:
    raise ImportError("no such part")


def refused() -> str:
    raise BadValue("Not like this.")


def test_whatever_a_part_raises_is_its_answer() -> None:
    assert asked("x", lambda: "fine").line().split()[:2] == ["x", "ok"]
    assert asked("x", broken).line().endswith("ImportError: no such part")
    assert "FAILED" in asked("x", broken).line()
    assert asked("x", refused).detail == "Not like this. (CD-1502)"


@pytest.mark.parametrize(
    ("parts", "code"), [((("a", lambda: "fine"),), 0), ((("a", broken), ("b", lambda: "fine")), 1)]
)
def test_one_broken_part_ends_with_one(
    parts: tuple[object, ...], code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(self_test, "_parts", lambda _practice, _folder: parts)
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    assert run_self_test(parse(["--self-test"])) == code
    told = capsys.readouterr().out
    assert ("Failed: a." in told) is bool(code)
    assert told.count("ok ") == 1


def test_parts_without_an_org_answer_here() -> None:
    assert "load" in delivered.libraries()
    assert "icons" in delivered.files()
    assert "authorities" in delivered.trust()
    assert "SecretService" in delivered.key_stores() or "load" in delivered.key_stores()


def test_few_authorities_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivered, "FEWEST_ROOTS", 10_000)
    assert not asked("trust", delivered.trust).ok
