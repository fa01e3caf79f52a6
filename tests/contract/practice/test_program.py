"""The practice org as a program: ready line, ends, busy ports, the embedded child."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from cadence_desk.practice.__main__ import EXIT_NO_PARENT, EXIT_PORT_BUSY

ROOT = Path(__file__).parents[3]
PATIENCE_SECONDS = 60
FIELDS = {
    "jwt_client_id",
    "jwt_key_file",
    "rest_url",
    "rest_http_url",
    "events_endpoint",
    "ca_file",
    "organization_id",
    "client_id",
    "redirect_uris",
    "username",
    "user_id",
    "access_token",
    "control_url",
    "control_secret",
    "desk_client_id",
    "desk_redirect_uris",
}
pytestmark = pytest.mark.whole


@contextmanager
def program(*arguments: str, temp: Path, stdin: Any = subprocess.PIPE, **environment: str) -> Iterator[Any]:
    command = [sys.executable, "-m", "cadence_desk.practice", "--people", "50", *arguments]
    told = {**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(temp), **environment}
    with subprocess.Popen(
        command, stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=told, text=True, cwd=temp
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def test_one_json_line_and_the_end_of_input_ends_it(tmp_path: Path) -> None:
    with program("--json", temp=tmp_path) as process:
        ready = json.loads(process.stdout.readline())
        assert set(ready) == FIELDS
        assert re.fullmatch(r"localhost:\d+", ready["events_endpoint"])
        assert ready["redirect_uris"][0] == "http://localhost:1717/OauthRedirect"
        assert re.fullmatch(r"00D\w{12,15}![.\w]*", ready["access_token"])
        assert Path(ready["ca_file"]).is_relative_to(tmp_path)
        out, err = process.communicate("", PATIENCE_SECONDS)
        assert (out, err, process.returncode) == ("", "", 0)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="Windows ends a program in other ways")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_and_the_null_device_does_not(tmp_path: Path, number: int) -> None:
    with program("--json", temp=tmp_path, stdin=subprocess.DEVNULL) as process:
        ready = json.loads(process.stdout.readline())
        with socket.create_connection(("127.0.0.1", int(ready["rest_http_url"].rpartition(":")[2]))):
            process.send_signal(number)
        assert process.wait(PATIENCE_SECONDS) == 0
    assert list(tmp_path.iterdir()) == []


def test_a_given_home_is_kept_and_its_authority_used_again(tmp_path: Path) -> None:
    home = tmp_path / "home"
    texts = []
    for _ in range(2):
        with program("--json", "--home", str(home), temp=tmp_path) as process:
            ready = json.loads(process.stdout.readline())
            texts.append(Path(ready["ca_file"]).read_text(encoding="ascii"))
            process.communicate("", PATIENCE_SECONDS)
    assert texts[0] == texts[1]


@pytest.mark.parametrize("option", ["--port", "--events-port"])
def test_a_busy_port_is_told_with_the_way_out(tmp_path: Path, option: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        with program("--json", option, port, temp=tmp_path) as process:
            out, err = process.communicate("", PATIENCE_SECONDS)
            assert (out, process.returncode) == ("", EXIT_PORT_BUSY)
            assert port in err
            assert option in err
    assert list(tmp_path.iterdir()) == []


def test_chosen_ports_are_used(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as one, socket.create_server(("127.0.0.1", 0)) as two:
        ports = [str(one.getsockname()[1]), str(two.getsockname()[1])]
    with program("--json", "--port", ports[0], "--events-port", ports[1], temp=tmp_path) as process:
        ready = json.loads(process.stdout.readline())
        found = [ready["rest_url"].rpartition(":")[2], ready["events_endpoint"].rpartition(":")[2]]
        assert found == ports
        process.communicate("", PATIENCE_SECONDS)


def test_the_embedded_child_reports_to_its_parent_and_ends_with_it(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(PATIENCE_SECONDS)
        address = f"127.0.0.1:{listener.getsockname()[1]}"
        environment = {"CADENCE_DESK_PRACTICE_PARENT": address, "CADENCE_DESK_PRACTICE_TOKEN": "once"}
        with program(temp=tmp_path, **environment) as process:
            threading.Thread(target=process.stdin.close, daemon=True).start()
            connection, _ = listener.accept()
            with connection, connection.makefile(encoding="utf-8") as lines:
                told = json.loads(lines.readline())
                assert (told.pop("token"), set(told)) == ("once", FIELDS)
                assert process.poll() is None
            assert process.wait(PATIENCE_SECONDS) == 0
            assert (process.stdout.read(), process.stderr.read()) == ("", "")
    assert list(tmp_path.iterdir()) == []


def test_a_child_whose_parent_is_gone_ends(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = f"127.0.0.1:{listener.getsockname()[1]}"
    with program(temp=tmp_path, CADENCE_DESK_PRACTICE_PARENT=address) as process:
        assert process.wait(PATIENCE_SECONDS) == EXIT_NO_PARENT


@pytest.mark.parametrize(
    "arguments",
    [("--people", "0"), ("--speed", "-1"), ("--port", "70000"), ("--contract", "loose"), ("--start", "soon")],
)
def test_wrong_arguments_are_told(tmp_path: Path, arguments: tuple[str, str]) -> None:
    with program(*arguments, temp=tmp_path) as process:
        _, err = process.communicate("", PATIENCE_SECONDS)
        assert process.returncode == 2
        assert arguments[0] in err
