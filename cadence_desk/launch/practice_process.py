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
from typing import TYPE_CHECKING, Any

from cadence_desk.domain.errors import InternalError
from cadence_desk.domain.orgs import Banner, OrgProfile

if TYPE_CHECKING:
    from collections.abc import Sequence

CHILD_ARGUMENT = "--practice-child"
START_SECONDS = 60.0
STOP_SECONDS = 5.0
_REPORT_LIMIT = 64 * 1024


class PracticeProcess:
    """The child and the connection that keeps it alive."""

    def __init__(self, arguments: Sequence[str]) -> None:
        self._arguments = list(arguments)
        self._process: subprocess.Popen[bytes] | None = None
        self._line: socket.socket | None = None
        self.report: dict[str, Any] = {}

    def start(self) -> None:
        """Start the child and wait for its report; blocks for a few seconds.

        Raises:
            InternalError: it did not report in time.
        """
        token = secrets.token_urlsafe(24)
        with socket.create_server(("127.0.0.1", 0)) as listener:
            listener.settimeout(START_SECONDS)
            host, port = listener.getsockname()[:2]
            environment = {
                **os.environ,
                "CADENCE_DESK_PRACTICE_PARENT": f"{host}:{port}",
                "CADENCE_DESK_PRACTICE_TOKEN": token,
            }
            self._process = subprocess.Popen(  # noqa: S603 - our own program
                [*_program(), CHILD_ARGUMENT, *self._arguments],
                env=environment,
                stdin=subprocess.DEVNULL,
            )
            self._line, self.report = _first_report(listener, token)

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

    @property
    def running(self) -> bool:
        """True while the child lives."""
        return self._process is not None and self._process.poll() is None

    def stop(self) -> None:
        """Close the line and wait for the child; ends it when it does not go by itself."""
        if self._line is not None:
            self._line.close()
            self._line = None
        process, self._process = self._process, None
        if process is None:
            return
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _program() -> list[str]:
    if getattr(sys, "frozen", False):
        return [sys.executable]
    return [sys.executable, "-m", "cadence_desk"]


def _first_report(listener: socket.socket, token: str) -> tuple[socket.socket, dict[str, Any]]:
    """Return the line and what the child said; whoever connects without the token is turned away."""
    while True:
        try:
            line, _ = listener.accept()
        except TimeoutError as error:
            raise InternalError(
                "The practice org did not start.", hint="Start Cadence Desk again."
            ) from error
        line.settimeout(START_SECONDS)
        with line.makefile("rb") as reader:
            try:
                report = json.loads(reader.readline(_REPORT_LIMIT))
            except (OSError, ValueError):
                line.close()
                continue
        if isinstance(report, dict) and hmac.compare_digest(str(report.get("token", "")), token):
            line.settimeout(None)
            return line, report
        line.close()
