"""The Salesforce CLI over https: signed in by token, its everyday commands, its code as published.

Its package stands in a folder of its own, since it weighs more than all others; Node 20 needs an older undici than
it asks for, so sf_cli/package.json holds that one back.
"""

import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.interop.conftest import StandAloneOrg

FOLDER = Path(__file__).resolve().parent / "sf_cli"
PROGRAM = FOLDER / "node_modules" / "@salesforce" / "cli" / "bin" / "run.js"
PATIENCE_SECONDS = 120
ORG_OPTIONS = ("--target-org", "practice")
NODE = shutil.which("node")
pytestmark = [
    pytest.mark.interop,
    pytest.mark.whole,
    pytest.mark.skipif(NODE is None, reason="node is not installed"),
    pytest.mark.skipif(
        not PROGRAM.is_file(), reason="run npm ci in tests/interop/sf_cli for the Salesforce CLI"
    ),
]


@dataclass(frozen=True)
class Cli:
    """The CLI with a home of its own, which keeps its sign-in away from the user's."""

    environment: dict[str, str]

    def ask(self, *arguments: str) -> Any:
        """Run a command that must work and return its result."""
        told = self.answer(*arguments)
        assert told.get("status") == 0, told
        return told["result"]

    def ask_org(self, *arguments: str) -> Any:
        """Run a command on the practice org that must work and return its result."""
        return self.ask(*arguments, *ORG_OPTIONS)

    def answer(self, *arguments: str) -> dict[str, Any]:
        """Run any command and return what it says."""
        assert NODE
        done = subprocess.run(
            [NODE, str(PROGRAM), *arguments, "--json"],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=PATIENCE_SECONDS,
            check=False,
        )
        told: dict[str, Any] = json.loads(done.stdout or done.stderr)
        return told


@pytest.fixture(scope="module")
def cli(org: StandAloneOrg, tmp_path_factory: pytest.TempPathFactory) -> Cli:
    home = str(tmp_path_factory.mktemp("sf-home"))
    kept = {"PATH", "SYSTEMROOT", "TEMP", "TMP"}
    environment = {name: value for name, value in os.environ.items() if name.upper() in kept}
    environment |= {
        "HOME": home,
        "USERPROFILE": home,
        "NODE_EXTRA_CA_CERTS": org["ca_file"],
        "SF_ACCESS_TOKEN": org["access_token"],
        "SF_USE_GENERIC_UNIX_KEYCHAIN": "true",
        "SF_DOMAIN_RETRY": "0",
        "SF_DISABLE_TELEMETRY": "true",
        "SF_AUTOUPDATE_DISABLE": "true",
        "SF_SKIP_NEW_VERSION_CHECK": "true",
        "SF_ORG_API_VERSION": "66.0",
    }
    signed_in = Cli(environment)
    login = ("org", "login", "access-token", "--instance-url", org["rest_url"], "--alias", "practice")
    told = signed_in.ask(*login, "--no-prompt")
    assert (told["username"], told["orgId"]) == (org["username"], org["organization_id"])
    return signed_in


def test_the_org_is_shown_and_listed(org: StandAloneOrg, cli: Cli) -> None:
    shown = cli.ask_org("org", "display")
    assert (shown["connectedStatus"], shown["username"]) == ("Connected", org["username"])
    listed = cli.ask("org", "list")["nonScratchOrgs"]
    assert [(one["alias"], one["connectedStatus"]) for one in listed] == [("practice", "Connected")]
    assert cli.ask_org("org", "display", "user")["profileName"] == "System Administrator"


def test_queries_page_through(org: StandAloneOrg, cli: Cli) -> None:
    rows = _fill_leads(org, chunks=11)
    query = "SELECT Id, Name, Owner.Name FROM Lead WHERE Company = 'Paging Company' ORDER BY Id"
    told = cli.ask_org("data", "query", "--query", query)
    assert (told["totalSize"], told["done"]) == (rows, True)
    assert len({row["Id"] for row in told["records"]}) == rows > 2000
    assert all(row["Owner"]["Name"] for row in told["records"])
    counted = cli.ask_org("data", "query", "--query", "SELECT COUNT(Id) people FROM Lead")
    assert counted["records"][0]["people"] >= rows


def _fill_leads(org: StandAloneOrg, chunks: int) -> int:
    """Makes more leads than one page of an answer holds; returns how many."""
    lead = {"attributes": {"type": "Lead"}, "LastName": "Kim", "Company": "Paging Company"}
    address = f"{org['rest_url']}/services/data/v66.0/composite/sobjects"
    made = 0
    with requests.Session() as session:
        session.trust_env = False
        session.verify = org["ca_file"]
        session.headers["Authorization"] = f"Bearer {org['access_token']}"
        for _ in range(chunks):
            answer = session.post(address, json={"records": [lead] * 200}, timeout=60)
            made += sum(one["success"] for one in answer.json())
    return made


@pytest.mark.parametrize(
    ("sobject", "fields", "change"),
    [
        (
            "Task",
            "Subject='Call back' TaskSubtype=Call Priority=High",
            {"Status": "Completed", "Subject": "Called"},
        ),
        ("Lead", "LastName='Kim Two' Company=Acme Email=k@a.example", {"Title": "Head of Sales"}),
    ],
)
def test_a_record_lives_and_ends(cli: Cli, sobject: str, fields: str, change: dict[str, str]) -> None:
    record = cli.ask_org("data", "create", "record", "--sobject", sobject, "--values", fields)["id"]
    chosen = ("--sobject", sobject, "--record-id", record)
    values = " ".join(f"{name}='{value}'" for name, value in change.items())
    assert cli.ask_org("data", "update", "record", *chosen, "--values", values)["success"] is True
    found = cli.ask_org("data", "get", "record", *chosen)
    assert change.items() <= found.items()
    same = cli.ask_org("data", "get", "record", "--sobject", sobject, "--where", f"Id='{record}'")
    assert same["SystemModstamp"] == found["SystemModstamp"]
    assert cli.ask_org("data", "delete", "record", *chosen)["success"] is True
    assert cli.answer("data", "get", "record", *chosen, *ORG_OPTIONS)["name"] == "ENTITY_IS_DELETED"


def test_metadata_and_limits(cli: Cli) -> None:
    described = cli.ask_org("sobject", "describe", "--sobject", "ActionCadenceTracker")
    assert (described["name"], described["createable"]) == ("ActionCadenceTracker", False)
    assert "Target" in {field["relationshipName"] for field in described["fields"]}
    assert {"Task", "ActionCadence"} <= set(cli.ask_org("sobject", "list", "--sobject", "all"))
    limits = {one["name"]: one["max"] for one in cli.ask_org("org", "list", "limits")}
    assert limits["DailyApiRequests"] == 100_000


def test_a_wrong_query_is_told_in_the_orgs_words(cli: Cli) -> None:
    told = cli.answer("data", "query", "--query", "SELECT Nothing FROM Lead", *ORG_OPTIONS)
    assert told["name"] == "INVALID_FIELD"
    assert "ERROR at Row:1:Column:8" in told["message"]
