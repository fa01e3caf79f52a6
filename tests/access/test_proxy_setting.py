"""`cadence-desk org set --proxy`: kept in the profile, its login in the key store, words for what cannot be used."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cadence_desk.commands import org
from cadence_desk.domain.admin_help import ORG_FILE
from cadence_desk.launch.main import run
from cadence_desk.salesforce.proxies import login_secret
from cadence_desk.settings.key_file import KeyFileSecrets
from cadence_desk.settings.paths import Paths
from cadence_desk.settings.profile_book import ProfileBook

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(org, "getpass", lambda _prompt: "p@ss:word")
    file = tmp_path / "acme.json"
    file.write_text(ORG_FILE.replace("the consumer key", "3MVG9.acme"))
    assert desk(tmp_path, "org", "add", str(file)) == 0
    return tmp_path


def desk(home: Path, *arguments: str) -> int:
    return run(["--home", str(home / "home"), "--key-file", str(home / "keys"), *arguments])


def proxy_of(home: Path) -> str:
    found = ProfileBook(Paths(home / "home").profile_book).get("acme")
    assert found is not None
    return found.proxy


def login_of(home: Path) -> str | None:
    return KeyFileSecrets(home / "keys").read(login_secret("acme"))


def test_a_proxy_with_a_login(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert (
        desk(home, "org", "set", "acme", "--proxy", "http://proxy.acme.com:3128/", "--proxy-user", "anna")
        == 0
    )
    assert proxy_of(home) == "proxy.acme.com:3128"
    assert login_of(home) == "anna:p@ss:word"
    told = capsys.readouterr().out
    assert "proxy: proxy.acme.com:3128" in told
    assert "p@ss" not in told
    assert b"p@ss" not in Paths(home / "home").profile_book.read_bytes()


def test_back_to_the_computers_own_and_no_login(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    desk(home, "org", "set", "acme", "--proxy", "direct", "--proxy-user", "anna")
    assert proxy_of(home) == "direct"
    assert desk(home, "org", "set", "acme", "--proxy", "", "--proxy-user", "") == 0
    assert proxy_of(home) == ""
    assert login_of(home) is None
    assert "proxy: that of the computer" in capsys.readouterr().out


@pytest.mark.parametrize(
    "wrong", ["proxy", "proxy:0", "proxy:70000", "https://proxy:1", "anna:x@proxy:1", "a b:1"]
)
def test_what_is_no_proxy(home: Path, capsys: pytest.CaptureFixture[str], wrong: str) -> None:
    assert desk(home, "org", "set", "acme", "--proxy", wrong) == 2
    assert "A proxy is a host and a port" in capsys.readouterr().err
    assert proxy_of(home) == ""


def test_a_user_name_with_a_colon(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert desk(home, "org", "set", "acme", "--proxy-user", "a:b") == 2
    assert "colon" in capsys.readouterr().err
