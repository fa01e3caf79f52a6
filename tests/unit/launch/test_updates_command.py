"""`cadence-desk updates` switches the look for newer versions on, off, and looks; a window shows one line."""

import asyncio
import base64
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from cadence_desk.launch.main import run
from cadence_desk.launch.updating import news_of_updates
from cadence_desk.settings.preferences import Preferences

KEY = Ed25519PrivateKey.generate()
PUBLIC = base64.b64encode(KEY.public_key().public_bytes_raw()).decode()
NOTICE = b'{"product": "cadence-desk", "version": "99.1"}'


@pytest.fixture
def source(tmp_path: Path) -> str:
    file = tmp_path / "desk.json"
    file.write_bytes(NOTICE)
    file.with_name("desk.json.sig").write_bytes(base64.b64encode(KEY.sign(NOTICE)))
    return str(file)


def told(home: Path, capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    code = run(["--home", str(home), "updates", *arguments])
    said = capsys.readouterr()
    return code, said.out + said.err


def test_it_is_off_until_an_admin_switches_it_on(
    tmp_path: Path, source: str, capsys: pytest.CaptureFixture[str]
) -> None:
    home = tmp_path / "home"
    assert "are not looked for" in told(home, capsys)[1]
    assert told(home, capsys, "--source", source, "--key", PUBLIC)[0] == 0
    assert told(home, capsys) == (
        0,
        "Version 99.1 of Cadence Desk is there. Ask your IT department for it.\n",
    )
    assert told(home, capsys, "--off")[0] == 0
    assert "are not looked for" in told(home, capsys)[1]


def test_a_source_without_a_key_is_refused(
    tmp_path: Path, source: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, said = told(tmp_path / "home", capsys, "--source", source)
    assert (code, "only with a signature" in said) == (2, True)
    code, said = told(tmp_path / "home", capsys, "--source", source, "--key", "AAAA")
    assert (code, "no Ed25519 public key" in said) == (2, True)


def test_a_window_looks_only_when_it_is_on(source: str) -> None:
    assert asyncio.run(news_of_updates(Preferences())) == ""
    on = Preferences(update_source=source, update_key=PUBLIC)
    assert asyncio.run(news_of_updates(on)).startswith("Version 99.1")
    lost = Preferences(update_source=source + ".gone", update_key=PUBLIC)
    assert asyncio.run(news_of_updates(lost)) == ""
