"""Starts the practice org as a child process and learns how to reach it.

The child connects back to a loopback socket with a one-time token, reports, and ends when that connection closes:
no standard stream is used, because a windowed frozen app has none.
"""

from __future__ import annotations

import hmac
import json
import os
import secrets
import socket
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

from cadence_desk.domain.errors import InternalError
from cadence_desk.domain.orgs import Banner, OrgProfile

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

CHILD_ARGUMENT = "--practice-child"
START_SECONDS = 60.0
STOP_SECONDS = 5.0
_LOOK_SECONDS = 0.25
_REPORT_SECONDS = 5.0
_REPORT_LIMIT = 64 * 1024


class PracticeProcess:
    """The child and the connection that keeps it alive."""

    def __init__(self, arguments: Sequence[str]) -> None:
        self._arguments = list(arguments)
        self._process: subprocess.Popen[bytes] | None = None
        self._line: socket.socket | None = None
        self._stopped = False
        self.report: dict[str, Any] = {}

    def start(self) -> None:
        """Start the child and wait for its report; blocks for a few seconds.

        Raises:
            InternalError: it ended early or did not report in time.
        """
        token = secrets.token_urlsafe(24)
        with socket.create_server(("127.0.0.1", 0)) as listener:
            listener.settimeout(_LOOK_SECONDS)
            host, port = listener.getsockname()[:2]
            environment = {
                **os.environ,
                "CADENCE_DESK_PRACTICE_PARENT": f"{host}:{port}",
                "CADENCE_DESK_PRACTICE_TOKEN": token,
            }
            self._process = subprocess.Popen(  # noqa: S603 - our own program
                [*program(), CHILD_ARGUMENT, *self._arguments],
                env=environment,
                stdin=subprocess.DEVNULL,
            )
            self._line, self.report = _first_report(listener, token, lambda: self.running)

    def profile(self, key: str = "practice") -> OrgProfile:
        """Return the profile through which the app meets the practice org, as it would meet any other org."""
        report = self.report
        return OrgProfile(
            key=key,
            name="Practice org",
            login_url=str(report["rest_url"]),
            client_id=str(report["desk_client_id"]),
            redirect_uris=tuple(report["desk_redirect_uris"]),
            events_endpoint=str(report["events_endpoint"]),
            extra_ca=str(report["ca_file"]),
            banner=Banner.TRAINING,
            banner_text="Practice",
        )

    def for_browser(self, address: str) -> str:
        """Return where a browser finds a page of the practice org: it does not know the org's own authority.

        The same page is served over plain http on loopback; the app itself goes on over https.
        """
        secure, plain = str(self.report["rest_url"]), str(self.report["rest_http_url"])
        return plain + address.removeprefix(secure) if address.startswith(secure + "/") else address

    @property
    def running(self) -> bool:
        """True while the child lives and is wanted."""
        return self._process is not None and self._process.poll() is None and not self._stopped

    def stop(self) -> None:
        """Close the line and wait for the child; ends it when it does not go by itself. May come during `start`."""
        self._stopped = True
        line, self._line = self._line, None
        process = self._process
        if line is not None:
            line.close()
        if process is None:
            return
        if line is None:
            process.kill()  # it has not reported: nothing tells it to go
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def passing_key_file(folder: Path) -> Path | None:
    """Return where the secrets of a practice org go: a file that ends with its folder, not this computer's key store.

    On Windows a key file has to lie in the user's own folder, which a temporary one need not: there it is the key store.
    """
    return folder / "keys" if os.name == "posix" else None


def program() -> list[str]:
    """Return how this program is started once more: the packaged app is its own interpreter."""
    if getattr(sys, "frozen", False):
        return [sys.executable]
    return [sys.executable, "-m", "cadence_desk"]


def _first_report(
    listener: socket.socket, token: str, running: Callable[[], bool]
) -> tuple[socket.socket, dict[str, Any]]:
    """Return the line and what the child said; whoever connects without the token is turned away."""
    end = time.monotonic() + START_SECONDS
    while running() and time.monotonic() < end:
        try:
            line, _ = listener.accept()
        except TimeoutError:
            continue
        report = _said(line)
        if isinstance(report, dict) and hmac.compare_digest(
            str(report.get("token", "")).encode(), token.encode()
        ):
            line.settimeout(None)
            return line, report
        line.close()
    raise InternalError("The practice org did not start.", hint="Start Cadence Desk again.")


def _said(line: socket.socket) -> object:
    line.settimeout(_REPORT_SECONDS)
    with line.makefile("rb") as reader:
        try:
            return json.loads(reader.readline(_REPORT_LIMIT))
        except (OSError, ValueError):
            return None
