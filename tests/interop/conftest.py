"""A stand-alone practice org in a process of its own, as another tool meets it."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from re import search
from typing import Any

import pytest
import requests

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class StandAloneOrg:
    """What the ready line says, and a browser that presses a button on the sign-in page."""

    ready: dict[str, Any]

    def __getitem__(self, name: str) -> str:
        return str(self.ready[name])

    @property
    def host(self) -> str:
        """Host and port of REST over https."""
        return self["rest_url"].removeprefix("https://")

    def press(self, address: str, user_id: str | None = None) -> str:
        """Open an authorize address, choose a user, and return the address the browser is sent to."""
        with requests.Session() as browser:
            browser.trust_env = False
            browser.verify = self["ca_file"]
            page = browser.get(address, timeout=20, allow_redirects=False)
            assert page.status_code == 200, page.text
            ticket = search(r'name="ticket" value="([^"]+)"', page.text)
            assert ticket
            form = {"ticket": unescape(ticket[1]), "user_id": user_id or self["user_id"]}
            target = self["rest_url"] + "/services/oauth2/authorize"
            answer = browser.post(target, data=form, timeout=20, allow_redirects=False)
            assert answer.status_code == 302
            return str(answer.headers["Location"])


@pytest.fixture(scope="module")
def org(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StandAloneOrg]:
    home = tmp_path_factory.mktemp("practice-home")
    command = [
        sys.executable,
        "-m",
        "cadence_desk.practice",
        "--json",
        "--people",
        "300",
        "--home",
        str(home),
    ]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CADENCE_DESK")}
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin
        assert process.stdout
        try:
            yield StandAloneOrg(json.loads(process.stdout.readline()))
        finally:
            process.stdin.close()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                raise
