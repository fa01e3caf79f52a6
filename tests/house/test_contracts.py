"""The import contracts hold, cover every room, and break when somebody breaks them."""

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.house.source_tree import PACKAGE, ROOT, rooms

# rooms that a list of sources leaves out on purpose; a room in neither place has not been decided on
NOT_BOUND = {
    "2": {"salesforce", "wire", "bootstrap", "commands", "launch", "practice", "__main__"},
    "5": {"bridge", "ui", "launch", "__main__"},
    "9a": {"bridge", "ui", "launch"},
    "9b": {"salesforce"},
    "9c": {"salesforce", "wire", "practice"},
    "9d": {"store", "practice"},
    "9e": {"settings"},
    "9f": {"store", "salesforce", "practice"},
    "9g": {"practice"},
}

# (contract, room, forbidden import); one module each in a copy of the package
PLANTED = (
    ("1", "domain", "cadence_desk.store"),
    ("1", "desk", "cadence_desk.ui"),
    ("2", "desk", "cadence_desk.salesforce"),
    ("3", "sync", "cadence_desk.settings"),
    ("4", "ui", "cadence_desk.store"),
    ("4", "commands", "cadence_desk.sync"),
    ("1", "commands", "cadence_desk.ui"),
    ("5", "salesforce", "shiboken6"),
    ("5", "sync", "qasync"),
    ("6", "practice", "cadence_desk.domain"),
    ("7", "launch", "cadence_desk.practice"),
    ("8", "bridge", "cadence_desk.bootstrap"),
    ("9a", "store", "PySide6.QtCore"),
    ("9b", "settings", "requests"),
    ("9c", "sync", "grpc"),
    ("9d", "sync", "sqlite3"),
    ("9e", "store", "keyring"),
    ("9f", "desk", "cryptography.fernet"),
    ("9g", "salesforce", "fastavro"),
    ("10", "bridge", "qasync"),
    ("11", "ui/kit", "cadence_desk.ui.shell"),
    ("11", "ui/people", "cadence_desk.ui.trackers"),
    ("13", "practice/org", "cadence_desk.practice.auth"),
    ("13", "practice/auth", "cadence_desk.practice.soql"),
    ("13", "practice/soql", "cadence_desk.practice.rest"),
    ("13", "practice/rest", "cadence_desk.practice.events"),
    ("13", "practice/events", "cadence_desk.practice.cometd"),
    ("13", "practice/faults", "cadence_desk.practice.control"),
    ("14", "practice/cometd", "cadence_desk.practice.rest"),
    ("14", "practice/faults", "cadence_desk.practice.cometd"),
)


def contracts() -> dict[str, dict[str, Any]]:
    """Return the contracts of pyproject.toml by id."""
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return {contract["id"]: contract for contract in declared["tool"]["importlinter"]["contracts"]}


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the linter on the package in a folder."""
    code = "import sys; from importlinter.cli import lint_imports_command as run; sys.argv = ['lint', '--no-cache']; run()"
    return subprocess.run(
        [sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def sections(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Break all contracts in a copy and return what the linter says under each contract's name."""
    copy = tmp_path_factory.mktemp("planted")
    shutil.copy(ROOT / "pyproject.toml", copy)
    shutil.copytree(PACKAGE, copy / "cadence_desk", ignore=shutil.ignore_patterns("__pycache__"))
    if not (copy / "cadence_desk" / "__main__.py").exists():
        (copy / "cadence_desk" / "__main__.py").touch()
    for number, (_, room, forbidden) in enumerate(PLANTED):
        (copy / "cadence_desk" / room / f"planted_{number}.py").write_text(
            f"import {forbidden}\n", encoding="utf-8"
        )
    gossip = copy / "cadence_desk" / "gossip"
    gossip.mkdir()
    (gossip / "__init__.py").touch()
    done = lint_imports(copy)
    assert done.returncode == 1, done.stdout + done.stderr
    parts = re.split(r"^(.+)\n-+\n", done.stdout.partition("Broken contracts")[2], flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def test_contracts_hold() -> None:
    done = lint_imports(ROOT)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("contract", NOT_BOUND)
def test_every_room_is_bound_or_named(contract: str) -> None:
    sources = {name.removeprefix("cadence_desk.") for name in contracts()[contract]["source_modules"]}
    assert rooms() - sources == NOT_BOUND[contract] & rooms()


def test_every_contract_gives_its_reason() -> None:
    silent = [name for name, contract in contracts().items() if not contract.get("broken_contract_guidance")]
    assert not silent


@pytest.mark.parametrize(
    "number", range(len(PLANTED)), ids=[f"{c}-{room}-{name}" for c, room, name in PLANTED]
)
def test_planted_import_breaks_its_contract(number: int, sections: dict[str, str]) -> None:
    contract, room, forbidden = PLANTED[number]
    name = contracts()[contract]["name"]
    module = f"cadence_desk.{room.replace('/', '.')}.planted_{number}"
    target = forbidden if forbidden.startswith("cadence_desk") else forbidden.split(".", maxsplit=1)[0]
    assert re.search(rf"{re.escape(module)} -> {re.escape(target)}\b", sections.get(name, "")), sections


def test_new_room_breaks_the_layers(sections: dict[str, str]) -> None:
    assert "cadence_desk.gossip" in sections[contracts()["1"]["name"]]
