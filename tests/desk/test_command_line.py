"""The command line with wrong words, wrong files and taken places: one clear sentence and the right exit code."""

from __future__ import annotations

import json
import re
import signal
import socket
import sys
from typing import TYPE_CHECKING, Any

import pytest

from cadence_desk.launch.arguments import parse
from cadence_desk.launch.main import run
from tests.desk.programs import OFFSCREEN, alive, children, desk, running, wait_until

if TYPE_CHECKING:
    import subprocess
    from pathlib import Path

pytestmark = pytest.mark.whole
ORG: dict[str, Any] = {
    "name": "Acme",
    "login_url": "https://acme.my.salesforce.com",
    "client_id": "3MVG9acme",
    "redirect_uris": ["http://localhost:1717/OauthRedirect"],
}
on_linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="asks /proc")


def told(done: subprocess.CompletedProcess[str]) -> str:
    """Return the last line of what was said, after checking that no program text came with it."""
    assert "Traceback" not in done.stderr, done.stderr
    return done.stderr.strip().splitlines()[-1]


def test_the_version_is_told(tmp_path: Path) -> None:
    done = desk("--version", temp=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert re.fullmatch(r"Cadence Desk \S.*\n", done.stdout)


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("--bogus",), "--bogus"),
        (("frobnicate",), "frobnicate"),
        (("--people", "many"), "between 1 and 200,000"),
        (("--people", "0"), "between 1 and 200,000"),
        (("--people", "200001"), "between 1 and 200,000"),
        (("--people", "-5"), "between 1 and 200,000"),
        (("--seed", "x"), "whole number"),
        (("--speed", "-1"), "speed between"),
        (("--speed", "nan"), "speed between"),
        (("--speed", "inf"), "speed between"),
        (("--start", "yesterday"), "yesterday"),
        (("--contract", "loose"), "loose"),
        (("tour", "--practice"), "--out"),
        (("tour", "--practice", "--out", "pictures", "--people", "x"), "between 1 and 200,000"),
        (("org",), "COMMAND"),
        (("org", "add"), "FILE|LINK"),
        (("org", "drop"), "drop"),
    ],
)
def test_wrong_words_end_with_2_and_say_what_is_wrong(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], word: str
) -> None:
    with pytest.raises(SystemExit) as ended:
        run(list(arguments))
    said = capsys.readouterr()
    assert (ended.value.code, said.out) == (2, "")
    assert word in said.err.splitlines()[-1]


def test_wrong_words_end_the_program_in_the_same_way(tmp_path: Path) -> None:
    done = desk("--people", "many", temp=tmp_path, **OFFSCREEN)
    assert (done.returncode, done.stdout) == (2, "")
    assert "between 1 and 200,000" in told(done)


@pytest.mark.parametrize("arguments", [(), ("--practice",), ("tour", "--practice", "--out", "pictures")])
def test_without_a_display_the_way_out_is_told(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    done = desk(*arguments, temp=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "no display" in told(done)
    assert "QT_QPA_PLATFORM=offscreen" in told(done)
    assert list(tmp_path.iterdir()) == []


def test_a_tour_without_an_org_is_told_what_it_needs(tmp_path: Path) -> None:
    done = desk("tour", "--out", str(tmp_path / "pictures"), temp=tmp_path, **OFFSCREEN)
    assert not (tmp_path / "pictures").exists(), "refused before anything is made"
    assert (done.returncode, "--practice" in told(done)) == (2, True)


def test_without_an_org_the_two_ways_on_are_told(tmp_path: Path) -> None:
    home = ("--home", str(tmp_path / "home"))
    done = desk(*home, temp=tmp_path, **OFFSCREEN)
    assert done.returncode == 2
    assert "--practice" in told(done)
    assert "org add" in told(done)
    done = desk(*home, "--org", "acme", temp=tmp_path, **OFFSCREEN)
    assert (done.returncode, "no org “acme”" in told(done)) == (2, True)


@pytest.mark.parametrize("place", ["before", "behind"])
def test_an_org_is_added_and_listed_in_the_given_home(tmp_path: Path, place: str) -> None:
    file, home = tmp_path / "acme.json", tmp_path / "home"
    file.write_text(json.dumps(ORG), encoding="utf-8")
    where = ["--home", str(home)]
    words = [*where, "org"] if place == "before" else ["org", *where]
    done = desk(*words, "add", str(file), temp=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "--org acme" in done.stdout
    done = desk(*words, "list", temp=tmp_path)
    assert done.returncode == 0
    assert "acme" in done.stdout
    assert "https://acme.my.salesforce.com" in done.stdout
    assert sorted(one.name for one in tmp_path.iterdir()) == ["acme.json", "home"], "nothing elsewhere"


def test_options_before_the_command_count(tmp_path: Path) -> None:
    before = parse(["--practice", "--people", "9", "--contract", "brief", "tour", "--out", str(tmp_path)])
    behind = parse(["tour", "--practice", "--people", "9", "--contract", "brief", "--out", str(tmp_path)])
    assert vars(before) == vars(behind)


WRONG_FILES: dict[str, bytes | None] = {
    "missing": None,
    "empty": b"",
    "no JSON": b"login: acme",
    "no text": b"\xff\xfe\x00\x01",
    "huge": b" " * 70_000 + json.dumps(ORG).encode(),
    "a list": b"[]",
    "deep": b"[" * 50_000,
    "without a client": json.dumps({**ORG, "client_id": ""}).encode(),
    "with a secret": json.dumps({**ORG, "client_secret": "x"}).encode(),
    "http": json.dumps({**ORG, "login_url": "http://acme.my.salesforce.com"}).encode(),
    "a callback elsewhere": json.dumps({**ORG, "redirect_uris": ["https://evil.example/cb"]}).encode(),
    "uris as text": json.dumps({**ORG, "redirect_uris": "http://localhost:1717/x"}).encode(),
    "a wrong endpoint": json.dumps({**ORG, "events_endpoint": "nowhere"}).encode(),
    "a missing authority": json.dumps({**ORG, "extra_ca": "gone.pem"}).encode(),
}


@pytest.mark.parametrize("name", WRONG_FILES)
def test_a_file_that_is_no_org_is_refused_with_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    content, file, home = WRONG_FILES[name], tmp_path / "org.json", tmp_path / "home"
    if content is not None:
        file.write_bytes(content)
    assert run(["--home", str(home), "org", "add", str(file)]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert re.fullmatch(r"cadence-desk: .+ \(CD-150[12]\)\n", said.err)
    assert not (home / "orgs.json").exists()


def test_a_folder_is_no_org_file_and_a_file_is_no_home(tmp_path: Path) -> None:
    done = desk("--home", str(tmp_path / "home"), "org", "add", str(tmp_path), temp=tmp_path)
    assert (done.returncode, "cannot be read" in told(done)) == (2, True)
    (tmp_path / "taken").write_text("", encoding="utf-8")
    for arguments in (("org", "list"), ("--practice",), ()):
        done = desk("--home", str(tmp_path / "taken"), *arguments, temp=tmp_path, **OFFSCREEN)
        assert done.returncode == 2, done.stderr
        assert "cannot be used" in told(done)
    done = desk("tour", "--practice", "--out", str(tmp_path / "taken"), temp=tmp_path, **OFFSCREEN)
    assert (done.returncode, "cannot be made" in told(done)) == (2, True)


# ---------------------------------------------------------------- one window per profile


def test_a_second_start_ends_with_75_and_tells_the_first(tmp_path: Path) -> None:
    file, home = tmp_path / "acme.json", tmp_path / "home"
    file.write_text(json.dumps({**ORG, "login_url": "https://desk.invalid"}), encoding="utf-8")
    assert desk("--home", str(home), "org", "add", str(file), temp=tmp_path).returncode == 0
    lock, inbox = home / "profiles" / "acme" / "profile.lock", home / "profiles" / "acme" / "inbox"
    with running("--home", str(home), temp=tmp_path, more=OFFSCREEN) as first:
        wait_until(inbox.is_dir, "the first window watches its inbox")
        assert lock.read_text(encoding="ascii") == str(first.pid)
        second = desk("--home", str(home), temp=tmp_path, **OFFSCREEN)
        assert second.returncode == 75
        assert "already open" in told(second)
        wait_until(lambda: not list(inbox.iterdir()), "the first window takes the word")
        assert first.poll() is None
        first.send_signal(signal.SIGTERM)
        assert first.wait(10) == 0, "a plain kill goes through the quit order"
    assert desk("--home", str(home), "org", "list", temp=tmp_path).returncode == 0


# ---------------------------------------------------------------- the practice org's program


@pytest.mark.parametrize("option", ["--port", "--events-port"])
def test_a_busy_port_of_the_practice_org_is_told(tmp_path: Path, option: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = desk("practice-org", "--people", "5", "--json", option, port, temp=tmp_path)
    assert (done.returncode, done.stdout) == (3, "")
    assert port in told(done)
    assert option in told(done)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("--start", "soon"), "2026-11-24T08:00:00Z"),
        (("--people", "x"), "people"),
        (("--people", "0"), "people"),
        (("--speed", "fast"), "speed"),
        (("--port", "99999"), "port"),
        (("--port", "http"), "port"),
        (("--seed", "y"), "seed"),
        (("--what",), "--what"),
    ],
)
def test_wrong_words_to_the_practice_org_are_told(
    tmp_path: Path, arguments: tuple[str, ...], word: str
) -> None:
    done = desk("practice-org", *arguments, temp=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert word in told(done)
    assert "invalid _" not in told(done), "a sentence, not the name of a function"


@pytest.mark.parametrize("ending", ["terminate", "end of input"])
def test_the_practice_org_ends_and_leaves_nothing(tmp_path: Path, ending: str) -> None:
    with running("practice-org", "--people", "5", "--json", temp=tmp_path) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        json.loads(process.stdout.readline())
        if ending == "terminate":
            process.terminate()
        else:
            process.stdin.close()
        assert process.wait(10) == 0
        assert process.stderr is not None
        assert process.stderr.read() == ""
    assert list(tmp_path.iterdir()) == []


@on_linux
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_the_practice_child_ends_with_the_window(tmp_path: Path, number: signal.Signals) -> None:
    home = tmp_path / "home"
    with running("--practice", "--people", "5", "--home", str(home), temp=tmp_path, more=OFFSCREEN) as window:
        wait_until(lambda: children(window.pid), "the practice org starts")
        [child] = children(window.pid)
        wait_until(
            lambda: list(tmp_path.glob("cadence-desk-practice-*/profiles/*/inbox")), "the desk is open"
        )
        window.send_signal(number)
        assert window.wait(10) == (-9 if number is signal.SIGKILL else 0)
        wait_until(lambda: not alive(child), "the practice org ends with its parent", 10)
    if number is not signal.SIGKILL:
        assert [one.name for one in tmp_path.iterdir() if one != home] == [], "no file stays behind"


@on_linux
def test_a_window_that_is_closed_while_the_practice_org_starts_takes_it_along(tmp_path: Path) -> None:
    with running("--practice", "--people", "20000", temp=tmp_path, more=OFFSCREEN) as window:
        wait_until(lambda: children(window.pid), "the practice org starts")
        [child] = children(window.pid)
        window.send_signal(signal.SIGTERM)
        assert window.wait(10) == 0
        wait_until(lambda: not alive(child), "the practice org ends", 10)
