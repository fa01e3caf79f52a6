"""The version of the program is written in two places, which must agree."""

import tomllib

from cadence_desk.launch.version import VERSION
from tests.house.source_tree import ROOT


def test_program_and_package_have_one_version() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["version"] == VERSION
