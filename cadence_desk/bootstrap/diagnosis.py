"""Puts a bundle for support together and writes it where a person wants it. Nothing is sent anywhere.

Knows settings, store and salesforce; called by launch and commands, in a thread: it reads files and asks the network.
"""

from __future__ import annotations

import json
import os
import platform
import sys
import time
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

from cadence_desk.bootstrap.machine import MachineClock
from cadence_desk.domain.diagnosis import Page, last_codes, page
from cadence_desk.domain.errors import BadFile
from cadence_desk.settings.preferences import Preferences
from cadence_desk.store.file_facts import file_facts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from cadence_desk.domain.orgs import OrgProfile
    from cadence_desk.settings.paths import Paths

PACKAGES = (
    "PySide6-Essentials", "qasync", "simple-salesforce", "requests", "urllib3", "truststore", "grpcio", "protobuf",
    "keyring", "platformdirs", "cryptography",
)  # fmt: skip
_PRIVATE_SETTINGS = frozenset({"screen", "last_profile"})
_CRASH_NAMES = ("crash.txt", "crash.old.txt")


def diagnose(
    profile: OrgProfile,
    paths: Paths,
    files: Path | None,
    program: str,
    silences: Mapping[str, int] | None = None,
) -> list[Page]:
    """Return the files of a bundle.

    Args:
        profile: the org it is about.
        paths: where logs and preferences lie.
        files: the folder of the two databases; None when nobody has signed in yet.
        program: version of the program.
        silences: how often the window was silent for how long; left out without a window.
    """
    logs = _logs(paths.logs)
    everything = "\n".join(one.text for one in logs)
    databases = {name: file_facts(files / name) for name in ("outbox.db", "cache.db")} if files else {}
    pages = [
        page("versions.json", _as_text(_versions(program))),
        page("settings.json", _as_text(_settings(profile, paths))),
        page("databases.json", _as_text(databases)),
        page("error-codes.txt", last_codes(everything)),
        page("network.json", _as_text(_network(profile))),
    ]
    if silences is not None:
        pages.append(page("silences.json", _as_text(silences)))
    return [*pages, *logs]


def write_pages(folder: Path, pages: Sequence[Page]) -> Path:
    """Write the files to a new private folder inside one that a person chose; returns it. Raises BadFile."""
    stamp = time.strftime("%Y%m%d-%H%M%S", time.gmtime())
    target = folder / f"cadence-desk-diagnostics-{stamp}"
    try:
        target.mkdir(mode=0o700, parents=True)
        for one in pages:
            descriptor = os.open(target / one.name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                file.write(one.text)
    except OSError as error:
        raise BadFile(f"The folder {target} cannot be written: {error.strerror}.") from error
    return target


def _as_text(content: object) -> str:
    return json.dumps(content, indent=2, sort_keys=True, ensure_ascii=False)


def _versions(program: str) -> dict[str, object]:
    return {
        "Cadence Desk": program,
        "Python": platform.python_version(),
        "system": platform.platform(),
        "frozen": bool(getattr(sys, "frozen", False)),
        **{name: _installed(name) for name in PACKAGES},
    }


def _installed(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"


def _settings(profile: OrgProfile, paths: Paths) -> dict[str, object]:
    """Return preferences and the profile without anything that names a person or lets anybody in."""
    preferences = Preferences.load(paths.preferences)
    known = {
        name: value
        for name, value in preferences.content().items()
        if name not in _PRIVATE_SETTINGS and name not in preferences.unknown
    }
    about = {
        "kind": profile.banner.value,
        "way in": profile.way_in.value,
        "events": profile.events_endpoint,
        "proxy": "set" if profile.proxy else "as the computer says",
        "extra authority": "set" if profile.extra_ca else "none",
    }
    return {"preferences": known, "org": about, "own home folder": not paths.is_default}


def _network(profile: OrgProfile) -> dict[str, str]:
    from cadence_desk.salesforce.line_check import line_facts

    return line_facts(profile, MachineClock())


def _logs(folder: Path) -> list[Page]:
    """Return the newest log and crash file of each window, named by the window's folder."""
    found: list[Page] = []
    for window in sorted(folder.glob("window-*")):
        for name in ("desk.jsonl.1", "desk.jsonl", *_CRASH_NAMES):
            path = window / name
            try:
                text = path.read_text(encoding="utf-8", errors="replace")
            except OSError:
                continue
            shown = _without_folders(text) if name in _CRASH_NAMES else text
            found.append(page(f"{window.name}-{name}", shown))
    return found


def _without_folders(text: str) -> str:
    """Return a crash file with file names in place of whole paths: those may name a person."""
    lines = []
    for line in text.splitlines():
        before, quote, rest = line.partition('File "')
        path, end, after = rest.partition('"')
        name = path.replace("\\", "/").rpartition("/")[2]
        lines.append(f"{before}{quote}{name}{end}{after}" if quote else line)
    return "\n".join(lines)
