"""A practice org in a process of its own for contract tests of the client, and the small fakes they need."""

from __future__ import annotations

import html
import json
import re
import secrets as randomness
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest
from typing_extensions import override

from cadence_desk.domain.orgs import OrgProfile
from cadence_desk.salesforce.connect import OrgConnection, open_org

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cadence_desk.domain.changes import ChangeEvent
    from cadence_desk.domain.errors import DeskError
    from cadence_desk.salesforce.describes import DescribeCache


class SystemClock:
    """Real time."""

    def wall(self) -> float:
        return time.time()

    def monotonic(self) -> float:
        return time.monotonic()


class SystemEntropy:
    """Real randomness."""

    def token(self, size: int) -> bytes:
        return randomness.token_bytes(size)

    def uniform(self, low: float, high: float) -> float:
        return (low + high) / 2


class MemorySecrets:
    """Keeps secrets in memory and writes down what happened."""

    durable = True

    def __init__(self) -> None:
        self.kept: dict[str, str] = {}
        self.written = 0

    def read(self, name: str) -> str | None:
        return self.kept.get(name)

    def write(self, name: str, value: str) -> None:
        self.written += 1
        self.kept[name] = value

    def delete(self, name: str) -> None:
        self.kept.pop(name, None)


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    @override
    def redirect_request(self, *arguments: Any, **options: Any) -> None:
        return None


@dataclass
class PracticeProcess:
    """A running practice org, as its ready line describes it."""

    process: subprocess.Popen[str]
    ready: dict[str, Any]

    @classmethod
    def start(cls, *arguments: str) -> PracticeProcess:
        command = [sys.executable, "-m", "cadence_desk.practice", "--json", *arguments]
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        return cls(process, json.loads(process.stdout.readline()))

    def stop(self) -> None:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        self.process.wait(10)
        self.process.stdout.close()

    def profile(self, key: str = "test") -> OrgProfile:
        return OrgProfile(
            key,
            "Test org",
            self.ready["rest_url"],
            self.ready["desk_client_id"],
            tuple(self.ready["desk_redirect_uris"]),
            events_endpoint=self.ready["events_endpoint"],
            extra_ca=self.ready["ca_file"],
        )

    def control(self, path: str, body: dict[str, Any] | None = None) -> Any:
        request = urllib.request.Request(
            self.ready["control_url"] + path,
            data=None if body is None else json.dumps(body).encode(),
            headers={
                "Authorization": f"Bearer {self.ready['control_secret']}",
                "Content-Type": "application/json",
            },
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)

    def rows(self, soql: str) -> list[dict[str, Any]]:
        """Ask the org in the plainest way, past every client."""
        address = f"{self.ready['rest_url']}/services/data/v67.0/query?{urlencode({'q': soql})}"
        headers = {"Authorization": f"Bearer {self.ready['access_token']}"}
        with self._opener().open(urllib.request.Request(address, headers=headers), timeout=10) as answer:
            found: list[dict[str, Any]] = json.load(answer)["records"]
        return found

    def history(self, after: int = 0) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.control(f"/history?after={after}")["entries"]
        return found

    def browse(self, url: str, *, deny: bool = False) -> None:
        """Play the browser: open the authorize page, pick the first user, follow the redirect."""
        opener = self._opener()
        with opener.open(url, timeout=10) as answer:
            page = answer.read().decode()
        ticket = re.search(r'name="ticket" value="([^"]+)"', page)
        assert ticket, page
        choice = {"deny": "1"} if deny else {"user_id": self.ready["user_id"]}
        form = urlencode({"ticket": html.unescape(ticket[1]), **choice}).encode()
        with pytest.raises(urllib.error.HTTPError) as redirect:
            opener.open(self.ready["rest_url"] + "/services/oauth2/authorize", form, timeout=10)
        target = redirect.value.headers["Location"]
        redirect.value.close()
        with urllib.request.urlopen(target, timeout=10) as page_at_end:
            page_at_end.read()

    def _opener(self) -> urllib.request.OpenerDirector:
        context = ssl.create_default_context(cafile=self.ready["ca_file"])
        return urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context), _NoRedirect()
        )


@dataclass
class Client:
    """The client under test, signed in."""

    org: OrgConnection
    secrets: MemorySecrets
    profile: OrgProfile


def connect(
    practice: PracticeProcess, secrets: MemorySecrets | None = None, describes: DescribeCache | None = None
) -> Client:
    """Open the org as the app does; signs in as the browser would unless `secrets` remembers."""
    kept = secrets or MemorySecrets()
    profile = practice.profile()
    org = open_org(profile, kept, SystemClock(), SystemEntropy(), describes)
    if org.flow.resume(profile) is None:
        org.flow.sign_in(profile, _in_thread(practice), lambda: False)
    return Client(org, kept, profile)


def _in_thread(practice: PracticeProcess) -> Any:
    import threading

    def open_page(url: str) -> None:
        threading.Thread(target=practice.browse, args=(url,), daemon=True).start()

    return open_page


@dataclass
class Sink:
    """Collects what a feed delivers and lets a test wait for it."""

    room: int = 1000
    started: int = 0
    events: list[ChangeEvent] = field(default_factory=list)
    marks: list[bytes] = field(default_factory=list)
    ended: list[tuple[DeskError | None, bool]] = field(default_factory=list)

    def __post_init__(self) -> None:
        import threading

        self.changed = threading.Condition()

    def free_space(self) -> int:
        return self.room

    def feed_started(self, topic: str) -> None:
        with self.changed:
            self.started += 1
            self.changed.notify_all()

    def feed_events(self, topic: str, events: Sequence[ChangeEvent], mark: bytes) -> None:
        with self.changed:
            self.events += events
            self.marks.append(mark)
            self.changed.notify_all()

    def feed_alive(self, topic: str, mark: bytes) -> None:
        with self.changed:
            self.marks.append(mark)
            self.changed.notify_all()

    def feed_ended(self, topic: str, error: DeskError | None, *, mark_unusable: bool) -> None:
        with self.changed:
            self.ended.append((error, mark_unusable))
            self.changed.notify_all()

    def wait(self, done: Any, seconds: float = 15.0) -> None:
        with self.changed:
            assert self.changed.wait_for(done, seconds), f"waited in vain: {self}"


def running(*arguments: str) -> Iterator[PracticeProcess]:
    """Body of a fixture: one practice org."""
    practice = PracticeProcess.start(*arguments)
    try:
        yield practice
    finally:
        practice.stop()
