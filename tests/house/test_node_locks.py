"""The locks of other people's node clients are complete, in step with what is asked for, and name no registry."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.house.source_tree import ROOT, tracked_files

WANTED = [path for path in tracked_files() if path.name == "package.json"]


def told(path: Path) -> dict[str, Any]:
    """Return a JSON file's object."""
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def test_there_are_some() -> None:
    assert WANTED


@pytest.mark.parametrize("path", WANTED, ids=lambda path: path.parent.relative_to(ROOT).as_posix())
def test_lock_fits_and_names_nobody(path: Path) -> None:
    wanted = told(path)
    packages = told(path.with_name("package-lock.json"))["packages"]
    assert packages.pop("")["dependencies"] == wanted["dependencies"]
    installed = {name.removeprefix("node_modules/"): one["version"] for name, one in packages.items()}
    exact = {**wanted["dependencies"], **wanted.get("overrides", {})}
    assert exact.items() <= installed.items()
    assert not [name for name, one in packages.items() if "resolved" in one]
    bundled = [one for one in packages.values() if one.get("inBundle")]
    assert len([one for one in packages.values() if "integrity" in one]) == len(packages) - len(bundled)
    assert not (path.parent / ".npmrc").exists()
