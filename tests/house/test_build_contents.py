"""What the packaged app consists of: nothing that may not be shipped, nothing unused, locked like what was tested."""

import os
import re
from pathlib import Path

import pytest
from release import contents
from release.audit import verdict
from release.contents import Entry, is_dropped, kept, resources, without_broken_plugins, without_orphans
from release.licenses import Package, library_license, may_be_shipped, packages, refused
from release.project import BuildError, version

from cadence_desk.launch.version import VERSION
from tests.house.source_tree import ROOT
from tests.house.test_set_up import script

LOCKS = ROOT / "packaging" / "locks"


def pins(path: Path) -> dict[str, str]:
    return dict(re.findall(r"^([a-z0-9-]+)==(\S+)", path.read_text(encoding="utf-8"), re.MULTILINE))


def test_the_app_and_its_package_have_one_version() -> None:
    assert version() == VERSION


@pytest.mark.parametrize("name", ["py311", "py312", "py313"])
def test_the_build_takes_the_versions_that_were_tested(name: str) -> None:
    tested, built = pins(LOCKS / f"{name}.txt"), pins(LOCKS / f"build-{name}.txt")
    assert {one: built[one] for one in built if one in tested} == {
        one: tested[one] for one in built if one in tested
    }
    assert {"pyinstaller", "cyclonedx-python-lib", "pip-audit", "pyside6-essentials"} <= built.keys()


@pytest.mark.parametrize("name", ["py311", "py312", "py313"])
def test_the_build_lock_is_complete_and_names_nobody(name: str) -> None:
    text = (LOCKS / f"build-{name}.txt").read_text(encoding="utf-8")
    entries = [line for line in text.splitlines() if not line.startswith(" ")]
    assert all(re.match(r"[a-z0-9-]+==[^ ]+( ; .+)? \\$", line) for line in entries)
    assert len(re.findall(r"\\\n    --hash=sha256:[0-9a-f]{64}", text)) >= len(entries)
    assert not re.search(r"://|#|--index|--find", text)


@pytest.mark.parametrize(
    ("expression", "allowed"),
    [
        ("MIT", True),
        ("GPL-3.0-only", False),
        ("LGPL-3.0-only OR GPL-2.0-only OR GPL-3.0-only", True),
        ("Apache-2.0 AND MIT", True),
        ("MIT AND GPL-2.0-only", False),
        ("(MIT OR GPL-2.0-only) AND BSD-3-Clause", True),
        ("MIT AND (GPL-2.0-only OR AGPL-3.0-only)", False),
        ("LGPL-2.1-or-later", False),
        ("", False),
        ("MIT OR", True),
        ("(MIT", False),
    ],
)
def test_licenses_are_judged_as_their_expression_says(expression: str, *, allowed: bool) -> None:
    assert may_be_shipped(expression) is allowed


def test_every_package_of_the_app_may_be_shipped() -> None:
    found = packages()
    assert len(found) > 20
    assert refused(found) == []
    assert refused([Package("x", "1", "GPL-3.0-only", ())]) != []


def test_a_library_that_nobody_looked_at_stops_the_build() -> None:
    assert library_license("libssl.so.3") == "Apache-2.0"
    with pytest.raises(BuildError, match=r"libreadline\.so\.8"):
        library_license("libreadline.so.8")


def test_gpl_readline_stays_out() -> None:
    assert "readline" in contents.LEFT_OUT


def test_what_the_desk_never_reaches_is_dropped_and_the_rest_has_one_order() -> None:
    places = (
        "PySide6/Qt/plugins/platforms/libqxcb.so",
        "PySide6/Qt/lib/libQt6Quick.so.6",
        "PySide6/Qt/plugins/tls/libqopensslbackend.so",
        "cadence_desk-0.1.0.dist-info/direct_url.json",
        "cadence_desk-0.1.0.dist-info/METADATA",
    )
    entries = [(place, f"/x/{place}", "BINARY") for place in places]
    assert [one[0] for one in kept(entries)] == [places[0], places[4]]
    assert is_dropped("libglib-2.0.so.0")


def test_libraries_without_a_user_and_plugins_without_a_library_go() -> None:
    names = ("app.abi3.so", "liba.so.1", "libb.so.1", "liborphan.so.1", "libpython3.11.so.1.0")
    entries: list[Entry] = [(name, name, "BINARY") for name in names]
    entries.append(("PySide6/Qt/plugins/x/libneedy.so", "libneedy.so", "BINARY"))
    entries.append(("liborphan.so.1", "/elsewhere/liborphan.so.1", "SYMLINK"))
    needs = {"app.abi3.so": ["liba.so.1"], "liba.so.1": ["libb.so.1"], "libneedy.so": ["libQt6Svg.so.6"]}

    def asked(source: str) -> list[str]:
        return needs.get(source, [])

    whole = without_broken_plugins(entries, asked)
    assert not any("plugins" in one[0] for one in whole)
    assert [one[0] for one in without_orphans(whole, asked)] == [*names[:3], names[4]]


def test_delivered_files_lie_where_the_app_looks() -> None:
    folders = {folder for _, folder in resources()}
    assert {"cadence_desk/resources/icons", "cadence_desk/resources/proto"} <= folders


def test_an_audit_without_an_answer_is_no_clean_one() -> None:
    assert "nothing was audited" in verdict([{"name": "a", "skip_reason": "not found"}])
    assert "no known hole in 1" in verdict([{"name": "a", "version": "1", "vulns": []}])
    with pytest.raises(BuildError, match="a 1: CVE-1"):
        verdict([{"name": "a", "version": "1", "vulns": [{"id": "CVE-1"}]}])


def test_the_build_has_an_environment_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    dev = script("dev")
    handed: list[list[str]] = []

    def hand_over(command: list[str]) -> int:
        handed.append(command)
        return 0

    monkeypatch.setattr(dev, "hand_over", hand_over)
    monkeypatch.setattr(dev, "check_system", lambda _wanted: None)
    monkeypatch.setattr(dev, "set_up", lambda: None)
    for name in ("CADENCE_DESK_VENV", "CADENCE_DESK_LOCK", "PYTHONPATH"):
        monkeypatch.setenv(name, "")
    assert dev.build(["--check"]) == 0
    assert handed[-1][-2:] == ["build", "--check"]
    assert os.environ["CADENCE_DESK_VENV"].endswith("-build")
    monkeypatch.setattr(dev, "LOCK_PREFIX", dev.FOR_BUILDING)
    assert dev.lock_file().name.startswith("build-py")
    assert dev.build(["--check"]) == 0
    assert handed[-1][1:] == ["-m", "release", "--check"]
