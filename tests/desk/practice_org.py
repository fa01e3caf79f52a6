"""A practice org in a process of its own, steered and read by plain requests: what the desk says is checked against it."""

from __future__ import annotations

import contextlib
import json
import ssl
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from cadence_desk.domain.orgs import OrgProfile
from tests.house.source_tree import ROOT

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

PATIENCE_SECONDS = 20.0


class OrgSaidNo(AssertionError):
    """A test asked the org for something it does not do."""


@dataclass
class Org:
    """A running practice org."""

    process: subprocess.Popen[str]
    ready: dict[str, Any]
    settings_before: dict[str, Any] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)
    """People that some test has worked with."""
    version: str = "66.0"
    """API version that the test itself reads with."""
    killed: bool = False

    @classmethod
    def start(cls, *arguments: str) -> Org:
        command = [sys.executable, "-m", "cadence_desk.practice", "--json", *arguments]
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
        )
        assert process.stdout is not None
        org = cls(process, json.loads(process.stdout.readline()))
        org.settings_before = org.control("/settings")
        org.settings(colleagues=False)
        return org

    @classmethod
    def start_again(cls, home: Path, ports: tuple[int, int] = (0, 0), *arguments: str) -> Org:
        """Start the same world on given ports, with the authority that `home` keeps."""
        places = ["--home", str(home), "--port", str(ports[0]), "--events-port", str(ports[1])]
        return cls.start("--people", "60", "--start", "2026-11-24T08:00:00Z", *places, *arguments)

    @property
    def ports(self) -> tuple[int, int]:
        rest, events = self.ready["rest_url"], self.ready["events_endpoint"]
        return int(rest.rpartition(":")[2]), int(events.rpartition(":")[2])

    @property
    def me(self) -> str:
        return str(self.ready["user_id"])

    def stop(self) -> None:
        assert self.process.stdin is not None
        early = self.process.poll()
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.close()
        self.process.wait(PATIENCE_SECONDS)
        self.close_pipes()
        assert early is None or self.killed, f"the practice org ended by itself with {early}"

    def close_pipes(self) -> None:
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                with contextlib.suppress(BrokenPipeError):
                    pipe.close()

    def kill(self) -> None:
        self.killed = True
        self.process.kill()
        self.process.wait(PATIENCE_SECONDS)
        self.stop()

    def profile(self, key: str = "test", ports: tuple[int, int] | None = None) -> OrgProfile:
        """Return how to reach the org, or what stands before it on other ports."""
        rest, events = ports or self.ports
        return OrgProfile(
            key,
            "Test org",
            f"https://localhost:{rest}",
            self.ready["desk_client_id"],
            tuple(self.ready["desk_redirect_uris"]),
            events_endpoint=f"localhost:{events}",
            extra_ca=self.ready["ca_file"],
        )

    # ------------------------------------------------------------ steering

    def control(self, path: str, shape: object = None, method: str | None = None) -> Any:
        headers = {
            "Authorization": f"Bearer {self.ready['control_secret']}",
            "Content-Type": "application/json",
        }
        return self._exchange(self.ready["control_url"] + path, headers, shape, method)

    def settings(self, **changes: object) -> None:
        self.control("/settings", changes)

    def fate(
        self, fate: str, *, after: int = 0, times: int = 1, match: object = None, **figures: Any
    ) -> None:
        shape = {"fate": fate, "match": match or {}, "after": after, "times": times, **figures}
        self.control("/fates", shape)

    def stream(self, action: str, **figures: Any) -> Any:
        return self.control("/stream", {"action": action, **figures})

    def edit(self, sobject: str, record_id: str, **fields: object) -> None:
        self.control("/edit", {"sobject": sobject, "id": record_id, "fields": fields})

    def delete(self, sobject: str, record_id: str) -> None:
        self.control("/edit", {"sobject": sobject, "id": record_id, "delete": True})

    def purge(self, sobject: str, record_id: str) -> None:
        """Remove a record for good: nothing tells it."""
        self.control("/edit", {"sobject": sobject, "id": record_id, "purge": True})

    def verb(self, verb: str, **parts: object) -> Any:
        return self.control("/edit", {"verb": verb, **parts})

    def jump(self, seconds: float) -> None:
        self.control("/clock", {"jump_ms": int(seconds * 1000)})

    def reset(self) -> None:
        """Take every disturbance back."""
        self.control("/fates", method="DELETE")
        self.stream("open_door")
        self.stream("normal")
        self.settings(**{**self.settings_before, "colleagues": False})

    # ------------------------------------------------------------ reading

    def query(self, soql: str) -> list[dict[str, Any]]:
        path = "/query?" + urllib.parse.urlencode({"q": soql})
        found: list[dict[str, Any]] = []
        while path:
            answer = self.rest(path)
            found += answer["records"]
            path = "" if answer["done"] else str(answer["nextRecordsUrl"]).partition(f"/v{self.version}")[2]
        return found

    def one(self, sobject: str, record_id: str, *fields: str) -> dict[str, Any]:
        found = self.query(f"SELECT {', '.join(fields)} FROM {sobject} WHERE Id = '{record_id}'")
        assert len(found) == 1, f"the org has {len(found)} of {record_id}"
        return found[0]

    def rest(self, path: str, shape: object = None) -> Any:
        """Ask the org; a token that a test has ended is replaced."""
        url = f"{self.ready['rest_url']}/services/data/v{self.version}{path}"
        try:
            return self._exchange(url, self._headers(), shape)
        except OrgSaidNo as refusal:
            if "INVALID_SESSION_ID" not in str(refusal):
                raise
        asked = {"grant_type": "client_credentials", "client_id": self.ready["client_id"]}
        address = f"{self.ready['rest_url']}/services/oauth2/token?{urllib.parse.urlencode(asked)}"
        self.ready["access_token"] = self._exchange(address, {}, {})["access_token"]
        return self._exchange(url, self._headers(), shape)

    def _headers(self) -> dict[str, str]:
        return {
            "Authorization": f"Bearer {self.ready['access_token']}",
            "Content-Type": "application/json",
        }

    def history(self, after: int = 0) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        while True:
            part = self.control(f"/history?after={after}")
            found += part["entries"]
            if part["last"] == part["newest"]:
                return found
            after = part["last"]

    def now(self) -> int:
        """Return the number of the newest entry of the history."""
        return int(self.control("/state")["history"]["newest"])

    def sends(self, purpose: str, mention: str, after: int = 0) -> list[dict[str, Any]]:
        """Return the writes of one purpose (`action:<name>` for one action) that mention something, with their commits."""
        kind, _, action = purpose.partition(":")
        entries = self.history(after)
        commits = {entry["request"]: entry for entry in entries if entry["kind"] == "commit"}
        return [
            {**entry, "commit": commits.get(entry["request"])}
            for entry in entries
            if entry["kind"] == "invocation"
            and entry["method"] in {"POST", "PATCH"}
            and (entry["purpose"] == kind or (kind == "record" and entry["purpose"] == "composite"))
            and (not action or entry["path"].endswith(f"/{action}"))
            and mention in _written(entry)
        ]

    def _exchange(self, url: str, headers: dict[str, str], shape: object, method: str | None = None) -> Any:
        body = None if shape is None else json.dumps(shape).encode()
        request = urllib.request.Request(url, body, headers, method=method)
        tls = ssl.create_default_context(cafile=self.ready["ca_file"])
        opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=tls)
        )
        try:
            with opener.open(request, timeout=PATIENCE_SECONDS) as answer:
                return json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as refusal:
            with refusal:
                raise OrgSaidNo(f"{url}: {refusal.code} {refusal.read().decode()[:500]}") from None


def quoted(ids: Sequence[str]) -> str:
    """Return an IN list of ids."""
    return ", ".join(f"'{one}'" for one in ids)


def _written(entry: dict[str, Any]) -> str:
    """Return what a write says; of a composite request its writing parts."""
    body = entry["body"]
    if entry["purpose"] == "composite":
        body = [one for one in body.get("compositeRequest", ()) if one.get("method") != "GET"]
    return f"{entry['path']} {json.dumps(body)}"
