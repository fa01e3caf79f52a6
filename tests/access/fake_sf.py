"""A Salesforce CLI of a few lines, as its documents say it answers: put on the path under the name sf."""

from __future__ import annotations

import json
import os
import stat
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

SCRIPT = """#!{python}
import json, os, sys, time
state = json.load(open({state!r}))
words = [one for one in sys.argv[1:] if not one.startswith("-")]
with open({calls!r}, "a") as out:
    out.write(json.dumps([sys.argv[1:], sorted(name for name in os.environ if "CADENCE" in name)]) + "\\n")
if state.get("slow"):
    time.sleep(state["slow"])
if state.get("noise"):
    print(state["noise"])
def say(result, status=0, **more):
    print(json.dumps({{"status": status, "result": result, "warnings": ["This token is sensitive."], **more}}))
    sys.exit(status)
def refuse(name, message):
    print(json.dumps({{"name": name, "message": message, "status": 1, "exitCode": 1}}))
    sys.exit(1)
if state.get("refusal"):
    refuse(*state["refusal"])
if words[:2] == ["org", "list"]:
    say(state["orgs"])
name = sys.argv[sys.argv.index("-o") + 1] if "-o" in sys.argv else ""
if words[:3] == ["org", "auth", "show-access-token"]:
    if state.get("old"):
        print("Warning: org auth show-access-token is not a sf command.", file=sys.stderr)
        sys.exit(127)
    if name not in state["tokens"]:
        refuse("NamedOrgNotFoundError", "No authorization information found for " + name + ".")
    say({{"accessToken": state["tokens"][name]}})
if words[:2] == ["org", "display"]:
    say({{"accessToken": state["tokens"].get(name, "[REDACTED] Use 'sf org auth show-access-token' to view"),
          "username": name, "connectedStatus": "Connected"}})
print("no such command", file=sys.stderr)
sys.exit(2)
"""


class FakeCli:
    """The script, what it knows, and how it was called."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._state = folder / "state.json"
        self._calls = folder / "calls.txt"
        self.folder = folder
        self.tell(orgs={}, tokens={})
        script = folder / "sf"
        script.write_text(
            SCRIPT.format(python=sys.executable, state=str(self._state), calls=str(self._calls))
        )
        script.chmod(script.stat().st_mode | stat.S_IXUSR)

    @property
    def path(self) -> str:
        return f"{self.folder}{os.pathsep}{os.environ['PATH']}"

    def tell(self, **state: Any) -> None:
        known = json.loads(self._state.read_text()) if self._state.exists() else {}
        self._state.write_text(json.dumps({**known, **state}))

    @property
    def calls(self) -> list[list[str]]:
        if not self._calls.exists():
            return []
        return [json.loads(line)[0] for line in self._calls.read_text().splitlines()]

    @property
    def seen_variables(self) -> set[str]:
        lines = self._calls.read_text().splitlines() if self._calls.exists() else []
        return {name for line in lines for name in json.loads(line)[1]}


def listed(username: str, instance: str, **more: Any) -> dict[str, Any]:
    return {
        "username": username,
        "orgId": "00D7Q000000UfwdUAC",
        "instanceUrl": instance,
        "loginUrl": "https://login.salesforce.com",
        "clientId": "PlatformCLI",
        "accessToken": "[REDACTED] Use 'sf org auth show-access-token' to view",
        **more,
    }
