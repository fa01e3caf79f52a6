"""Several practice orgs that start at the same moment in one folder: one authority, one key, all pairs fit."""

import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from cadence_desk.practice.auth.certificates import Certificates, alone_in
from cadence_desk.practice.auth.statements import UploadedCertificate

AT_ONCE = 6
PROGRAM = """
import sys
from pathlib import Path
from cadence_desk.practice.auth.certificates import Certificates
from cadence_desk.practice.auth.statements import UploadedCertificate
sys.stdin.readline()
folder = Path(sys.argv[1])
files = Certificates().ensure(folder)
files.server_context()
made = UploadedCertificate.made_in(folder)
text = made.key_file.read_text()
print(files.ca_pem.read_text() + files.leaf_pem.read_text() + files.leaf_key.read_text() + text)
"""


def test_processes_that_start_at_once_have_the_same_keys(tmp_path: Path) -> None:
    command = [sys.executable, "-c", PROGRAM, str(tmp_path)]
    pipes: Any = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    started = [subprocess.Popen(command, cwd=Path(__file__).parents[4], **pipes) for _ in range(3)]
    told = [process.communicate("go\n", timeout=60)[0] for process in started]
    assert all(process.returncode == 0 for process in started)
    assert len(set(told)) == 1


def at_once(work: Callable[[], None]) -> None:
    gate = threading.Barrier(AT_ONCE)

    def run() -> None:
        gate.wait()
        work()

    threads = [threading.Thread(target=run) for _ in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_threads_that_start_at_once_have_the_same_keys(tmp_path: Path) -> None:
    seen: set[bytes] = set()

    def start() -> None:
        files = Certificates().ensure(tmp_path)
        files.server_context()
        key = UploadedCertificate.made_in(tmp_path).key_file
        seen.add(files.ca_pem.read_bytes() + files.leaf_pem.read_bytes() + key.read_bytes())

    at_once(start)
    assert len(seen) == 1


def test_only_one_is_alone(tmp_path: Path) -> None:
    inside: list[int] = []
    most: list[int] = []

    def enter() -> None:
        with alone_in(tmp_path):
            inside.append(1)
            most.append(len(inside))
            inside.pop()

    at_once(enter)
    assert most == [1] * AT_ONCE


def test_a_key_that_cannot_be_read_is_made_anew(tmp_path: Path) -> None:
    first = UploadedCertificate.made_in(tmp_path)
    first.key_file.write_text("damaged")
    again = UploadedCertificate.made_in(tmp_path)
    assert "PRIVATE KEY" in again.key_file.read_text()
