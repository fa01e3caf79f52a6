"""`cadence-desk recover` tells what is wrong, does what it is told to and nothing else, and says so by its exit code."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from cadence_desk.commands.recover import Request, recover
from cadence_desk.domain.errors import KeyLost
from cadence_desk.domain.mending import Remedy, Trouble

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

TROUBLE = Trouble(
    "CD-1303", "It is damaged", "It was not changed.", ("File: outbox.db",), (Remedy.RESTORE, Remedy.EXPORT)
)


class Mended:
    """Remembers what it was told to do."""

    def __init__(self, trouble: Trouble | None = TROUBLE) -> None:
        self.trouble = trouble
        self.done: list[object] = []

    def look(self) -> Trouble | None:
        return self.trouble

    def apply(self, remedy: Remedy, words: str = "") -> str:
        self.done.append((remedy, words))
        return "It is done."

    def export(self, path: Path) -> str:
        self.done.append(path)
        return f"Written to {path}."


def key() -> str:
    return "AAAA-BBBB"


def test_nothing_wrong_is_0(capsys: pytest.CaptureFixture[str]) -> None:
    assert recover(Mended(None), key, Request()) == 0
    assert "Nothing is wrong" in capsys.readouterr().out


def test_what_is_wrong_is_told_with_what_can_be_done(capsys: pytest.CaptureFixture[str]) -> None:
    mended = Mended()
    assert recover(mended, key, Request()) == 3
    out = capsys.readouterr().out
    assert "File: outbox.db" in out
    assert "cadence-desk recover --restore" in out
    assert recover(mended, key, Request(as_json=True)) == 3
    assert json.loads(capsys.readouterr().out)["trouble"]["remedies"] == ["restore", "export"]
    assert mended.done == []


def test_nothing_is_done_without_a_word(capsys: pytest.CaptureFixture[str]) -> None:
    mended = Mended()
    assert recover(mended, key, Request(Remedy.RESTORE)) == 2, "nobody can be asked here"
    assert recover(mended, key, Request(Remedy.START_NEW, sure=True)) == 2, "that does not help here"
    assert mended.done == []
    assert recover(mended, key, Request(Remedy.RESTORE, sure=True)) == 0
    assert mended.done == [(Remedy.RESTORE, "")]


def test_an_export_leaves_the_trouble(tmp_path: Path) -> None:
    mended = Mended()
    assert recover(mended, key, Request(file=tmp_path / "out.csv")) == 3
    assert mended.done == [tmp_path / "out.csv"]


def test_the_recovery_key_is_printed_and_a_failure_is_4(capsys: pytest.CaptureFixture[str]) -> None:
    assert recover(Mended(), key, Request(show_key=True)) == 0
    assert capsys.readouterr().out == "AAAA-BBBB\n"

    def lost() -> str:
        raise KeyLost

    assert recover(Mended(), lost, Request(show_key=True)) == 4
