"""Preferences come back typed; what is wrong falls back alone, what is unknown stays, what is broken is kept aside."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from cadence_desk.settings import preferences
from cadence_desk.settings.preferences import Preferences

if TYPE_CHECKING:
    from pathlib import Path


def test_what_was_saved_comes_back(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "preferences.json"
    given = Preferences(
        theme="dark", text_percent=125, last_profile="acme", screen={"people": {"width": [1, 2]}}
    )
    given.save(path)
    assert Preferences.load(path) == given
    assert path.stat().st_mode & 0o777 == 0o600


def test_without_a_file_there_are_the_defaults(tmp_path: Path) -> None:
    assert Preferences.load(tmp_path / "none.json") == Preferences()


def test_what_another_version_wrote_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "p.json"
    path.write_text(
        json.dumps({"version": 9, "theme": "light", "from_the_future": {"a": 1}}), encoding="utf-8"
    )
    seen = Preferences.load(path)
    assert seen.theme == "light"
    seen.save(path)
    content = json.loads(path.read_bytes())
    assert content["from_the_future"] == {"a": 1}
    assert content["version"] == 9


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("theme", "pink"), ("theme", 1), ("theme", None), ("theme", []), ("text_percent", 1000), ("text_percent", "100"),
        ("text_percent", True), ("undo_seconds", -1), ("poll_seconds", 1.5), ("screen", []), ("last_profile", 7),
        ("feed_mode", "off"), ("people_scope", ""), ("retention_days", -1), ("retention_days", 366),
    ],
)  # fmt: skip
def test_a_wrong_value_falls_back_alone(name: str, wrong: object) -> None:
    right = {"theme": "dark", "last_profile": "acme", "undo_seconds": 9}
    seen = Preferences.from_content({"version": 1, **right, name: wrong})
    assert getattr(seen, name) == getattr(Preferences(), name)
    assert all(getattr(seen, other) == value for other, value in right.items() if other != name)
    assert seen.unknown == {}


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b"[" * 100_000])
def test_a_broken_file_is_set_aside(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "preferences.json"
    for number in (1, 2):
        path.write_bytes(content)
        assert Preferences.load(path) == Preferences()
        assert (tmp_path / f"preferences.broken-{number}.json").read_bytes() == content
    assert not path.exists()


@pytest.mark.parametrize("content", [b"[]", b"3", b"null", b'{"version": "x"}'])
def test_json_of_another_shape_means_defaults(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "preferences.json"
    path.write_bytes(content)
    assert Preferences.load(path) == Preferences()


def test_older_content_is_brought_up_step_by_step(monkeypatch: pytest.MonkeyPatch) -> None:
    def renamed(content: dict[str, Any]) -> dict[str, Any]:
        return {"theme": content["color"]}

    def darker(content: dict[str, Any]) -> dict[str, Any]:
        return {**content, "theme": {"night": "dark"}[content["theme"]]}

    monkeypatch.setattr(preferences, "MIGRATORS", {0: darker})
    assert Preferences.from_content({"theme": "night"}).theme == "dark"
    monkeypatch.setattr(preferences, "MIGRATORS", {0: renamed, 1: darker})
    assert Preferences.from_content({"color": "night"}).theme == "dark"
