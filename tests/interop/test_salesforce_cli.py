"""The Salesforce CLI, unedited, over https: sign in by token, query, records, describe, limits."""

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.interop.conftest import StandAloneOrg

SF = Path(__file__).resolve().parent / "salesforce_cli" / "node_modules" / ".bin" / "sf"
PATIENCE_SECONDS = 120
pytestmark = [
    pytest.mark.interop,
    pytest.mark.whole,
    pytest.mark.skipif(not SF.exists(), reason="run npm install in tests/interop/salesforce_cli (270 MB)"),
]
Sf = Callable[..., Any]


@pytest.fixture
def sf(org: StandAloneOrg, tmp_path: Path) -> Sf:
    """Run a command in a home of its own; facts on the variables: it would else look up names and phone home."""
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "SF_USE_GENERIC_UNIX_KEYCHAIN": "true",
        "SF_DOMAIN_RETRY": "0",
        "SF_DISABLE_TELEMETRY": "true",
        "SF_AUTOUPDATE_DISABLE": "true",
        "SF_ORG_API_VERSION": "66.0",
        "NODE_EXTRA_CA_CERTS": org["ca_file"],
        "SF_ACCESS_TOKEN": org["access_token"],
    }

    def run(*words: str) -> Any:
        command = [str(SF), *words, "--json"]
        done = subprocess.run(
            command, env=environment, capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False
        )
        answer = json.loads(done.stdout)
        assert answer["status"] == 0, answer
        return answer["result"]

    return run


def test_the_command_line_works(sf: Sf, org: StandAloneOrg) -> None:
    signed_in = sf(
        "org", "login", "access-token", "--instance-url", org["rest_url"], "--no-prompt", "--alias", "p"
    )
    assert signed_in["username"] == org["username"]
    assert sf("data", "query", "-o", "p", "-q", "SELECT Id FROM Lead LIMIT 2")["totalSize"] == 2
    task = sf("data", "create", "record", "-o", "p", "-s", "Task", "-v", "Subject=Hello")["id"]
    sf("data", "update", "record", "-o", "p", "-s", "Task", "-i", task, "-v", "Status=Completed")
    assert sf("data", "get", "record", "-o", "p", "-s", "Task", "-i", task)["IsClosed"] is True
    sf("data", "delete", "record", "-o", "p", "-s", "Task", "-i", task)
    assert sf("sobject", "describe", "-o", "p", "-s", "ActionCadence")["keyPrefix"] == "77C"
    assert "DailyApiRequests" in {one["name"] for one in sf("org", "list", "limits", "-o", "p")}
