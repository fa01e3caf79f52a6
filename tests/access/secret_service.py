"""A D-Bus session of our own with a real Secret Service on it: gnome-keyring, headless, in a folder of the test.

Nothing of the user's session is touched: address, folders and processes are the test's, and end with it.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import os
import shutil
import subprocess
import warnings
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

NAME = "org.freedesktop.secrets"
PASSWORD = b"a password for tests"
NEEDED = ("dbus-daemon", "gnome-keyring-daemon")

_BUS = """<busconfig>
  <type>session</type>
  <listen>unix:path={path}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"""
"""No service is started by the bus itself: one that died stays dead until the test starts it again."""


def missing() -> str:
    """Return why there can be none here; empty when there can."""
    gone = [name for name in NEEDED if shutil.which(name) is None]
    if gone:
        return f"{' and '.join(gone)} not installed (Debian: dbus, gnome-keyring)"
    return ""


@contextlib.contextmanager
def _listening(address: str) -> Iterator[Callable[[], None]]:
    """Listen for the service's name on the bus from now on; what is given waits until it is there."""
    bus: Any = importlib.import_module("jeepney")
    blocking: Any = importlib.import_module("jeepney.io.blocking")
    rule = bus.MatchRule(type="signal", interface="org.freedesktop.DBus", member="NameOwnerChanged")
    rule.add_arg_condition(0, NAME)
    with blocking.open_dbus_connection(bus=address) as connection:
        blocking.Proxy(bus.message_bus, connection).AddMatch(rule)
        with connection.filter(rule) as queue:

            def until_there() -> None:
                while connection.recv_until_filtered(queue, timeout=30).body[2] == "":
                    pass

            yield until_there


class SecretService:
    """One bus and one keyring daemon. The test's own environment has to name the bus: `environment`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._bus: subprocess.Popen[bytes] | None = None
        self._daemon: subprocess.Popen[bytes] | None = None
        self.environment: dict[str, str] = {}

    def start(self) -> None:
        """Start both, with the default collection open."""
        for name in ("home", "run", "data"):
            (self.folder / name).mkdir(mode=0o700, exist_ok=True)
        config = self.folder / "bus.conf"
        config.write_text(_BUS.format(path=self.folder / "run" / "bus"), encoding="utf-8")
        self._bus = subprocess.Popen(
            ["dbus-daemon", f"--config-file={config}", "--nofork", "--nopidfile", "--print-address=1"],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        assert self._bus.stdout is not None
        address = self._bus.stdout.readline().decode().strip()
        self.environment = {
            "DBUS_SESSION_BUS_ADDRESS": address,
            "HOME": str(self.folder / "home"),
            "XDG_DATA_HOME": str(self.folder / "data"),
            "XDG_RUNTIME_DIR": str(self.folder / "run"),
        }
        self.start_daemon()

    def start_daemon(self) -> None:
        """Start the keyring daemon and wait until it has taken the password and answers."""
        for socket in (self.folder / "run").glob("*"):
            if socket.name != "bus":
                socket.unlink()
        with _listening(self.environment["DBUS_SESSION_BUS_ADDRESS"]) as until_there:
            self._start()
            until_there()

    def _start(self) -> None:
        self._daemon = subprocess.Popen(
            ["gnome-keyring-daemon", "--unlock", "--foreground", "--components=secrets",
             f"--control-directory={self.folder / 'run'}"],
            stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            env={**os.environ, **self.environment, "DISPLAY": "", "WAYLAND_DISPLAY": ""},
        )  # fmt: skip
        assert self._daemon.stdin is not None
        self._daemon.stdin.write(PASSWORD)
        self._daemon.stdin.close()

    def lock(self) -> None:
        """Lock the default collection past our own code; the bus must be named by the environment."""
        storage: Any = importlib.import_module("secretstorage")
        with contextlib.closing(storage.dbus_init()) as connection:
            storage.get_default_collection(connection).lock()

    def labels(self) -> list[str]:
        """Return what lies in the default collection, past our own code."""
        storage: Any = importlib.import_module("secretstorage")
        with contextlib.closing(storage.dbus_init()) as connection:
            return [item.get_label() for item in storage.get_default_collection(connection).get_all_items()]

    def kill_daemon(self) -> None:
        """The daemon dies; what it stored stays on disk."""
        if self._daemon is not None:
            self._daemon.kill()
            self._daemon.wait(30)
            self._daemon = None

    def stop(self) -> None:
        """End both, and with them the connections that keyring leaves open after an error."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ResourceWarning)
            gc.collect()
        self.kill_daemon()
        if self._bus is not None:
            self._bus.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._bus.wait(30)
            if self._bus.stdout is not None:
                self._bus.stdout.close()
            self._bus = None
