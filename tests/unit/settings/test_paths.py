"""Every folder lies below one root, and no name leads out of it."""

from __future__ import annotations

from pathlib import Path

import platformdirs
import pytest

from cadence_desk.settings.paths import Paths


def test_a_given_home_holds_everything(tmp_path: Path) -> None:
    paths = Paths(tmp_path / "home")
    found = [
        paths.preferences,
        paths.profile_book,
        paths.logs,
        paths.scratch,
        paths.profile("acme"),
        paths.inbox("acme"),
        paths.files("acme", "00D000000000001AAA", "005000000000001AAA"),
    ]
    assert all(path.is_relative_to(tmp_path / "home") for path in found)
    assert len(set(found)) == len(found)
    assert not (tmp_path / "home").exists()
    paths.ensure()
    assert (tmp_path / "home").stat().st_mode & 0o777 == 0o700


def test_without_a_home_the_local_folder_of_the_user_is_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: dict[str, object] = {}

    def folder(name: str, **options: object) -> Path:
        asked.update(options, name=name)
        return tmp_path

    monkeypatch.setattr(platformdirs, "user_data_path", folder)
    assert Paths().root == tmp_path
    assert asked == {"name": "CadenceDesk", "appauthor": False, "roaming": False}


def test_each_home_has_secrets_of_its_own(tmp_path: Path) -> None:
    names = {Paths().service, Paths(tmp_path / "a").service, Paths(tmp_path / "b").service}
    assert len(names) == 3
    assert Paths(tmp_path / "a").service == Paths(tmp_path / "a").service


@pytest.mark.parametrize("key", ["", "..", "a/b", "a\\b", "/etc", "a b", "-a", "C:", "a\0b", "x" * 65])
def test_no_name_leads_elsewhere(tmp_path: Path, key: str) -> None:
    with pytest.raises(ValueError, match="letters, digits and dashes"):
        Paths(tmp_path).profile(key)
    with pytest.raises(ValueError, match="letters, digits and dashes"):
        Paths(tmp_path).files("acme", key, "005")


def test_a_home_in_the_users_folder_is_spelled_out() -> None:
    assert Paths(Path("~/desk")).root == Path.home() / "desk"
