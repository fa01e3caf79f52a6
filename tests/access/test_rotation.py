"""A rotating refresh token survives being killed wherever that is possible, and several processes share one identity."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import pytest

from cadence_desk.domain.errors import SignedOut
from cadence_desk.salesforce.connect import open_org
from cadence_desk.settings.key_file import KeyFileSecrets
from tests.access.rotation import SPENT, STOPS, open_session
from tests.contract.client_org import SystemClock, SystemEntropy
from tests.house.source_tree import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.desk.practice_org import Org

pytestmark = [pytest.mark.whole, pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL")]
NAME = "test/refresh-token"


def played(org: Org) -> Callable[[str], None]:
    """Return the browser of the org's default user."""
    from cadence_desk.launch.tour.browser import PlayedBrowser

    return PlayedBrowser(org.ready["ca_file"], org.me).open_page


@pytest.fixture
def key_file(org: Org, tmp_path: Path) -> Path:
    """Return a key file with a fresh sign-in."""
    org.control("/tokens", {"action": "revoke"})
    file = tmp_path / "keys"
    profile = org.profile()
    open_org(profile, KeyFileSecrets(file), SystemClock(), SystemEntropy()).flow.sign_in(
        profile, played(org), lambda: False
    )
    return file


def child(org: Org, what: str, key_file: Path) -> subprocess.Popen[str]:
    profile = org.profile()
    arguments = [what, profile.login_url, profile.client_id, profile.extra_ca, str(key_file)]
    return subprocess.Popen(
        [sys.executable, "-m", "tests.access.rotation", *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )


def renewals(org: Org, after: int) -> int:
    return sum(entry["kind"] == "invocation" and entry["purpose"] == "token" for entry in org.history(after))


@pytest.mark.parametrize("stop", STOPS)
def test_a_kill_never_costs_more_than_it_must(org: Org, key_file: Path, stop: str) -> None:
    with child(org, stop, key_file) as process:
        process.communicate(timeout=60)
    assert process.returncode == -9, "the child was to die at this step"

    session = open_session(org.profile(), key_file)
    after = org.now()
    if stop in SPENT:
        for _ in range(3):
            with pytest.raises(SignedOut, match="Your sign-in has ended") as caught:
                session.access_token()
            assert "Work that waits is kept" in caught.value.hint
        assert renewals(org, after) == 1, "an end is asked for once"
    else:
        token = session.access_token().reveal()
        assert renewals(org, after) == 1
        assert json.loads(KeyFileSecrets(key_file).read(NAME) or "")["refresh_token"]
        session.renew()
        assert session.access_token().reveal() != token


def test_two_processes_never_revoke_each_other(org: Org, key_file: Path) -> None:
    after = org.now()
    processes = [child(org, "12", key_file) for _ in range(2)]
    told = [process.communicate(timeout=60)[0].strip() for process in processes]
    assert [process.returncode for process in processes] == [0, 0]
    assert renewals(org, after) == 24
    for token in told:
        org.ready["access_token"] = token
        assert org.query("SELECT Id FROM Organization"), "both access tokens are alive"
    open_session(org.profile(), key_file).renew()


def test_a_hundred_refused_calls_in_two_sessions_of_one_identity(org: Org, key_file: Path) -> None:
    """A window and a command of one profile: one renewal each, whatever their threads do."""
    sessions = [open_session(org.profile(), key_file) for _ in range(2)]
    for session in sessions:
        session.access_token()
    org.control("/tokens", {"action": "expire"})
    after = org.now()
    gate = threading.Barrier(100)

    def refused(number: int) -> None:
        session = sessions[number % 2]
        _, generation = session.bearer()
        gate.wait(20)
        session.renew(generation)

    threads = [threading.Thread(target=refused, args=(number,)) for number in range(100)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert renewals(org, after) == 2
    assert all(session.access_token() for session in sessions)
