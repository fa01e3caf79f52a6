"""The field that gives calls a unique key: files an admin can deploy, printed or written, and words that say why."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from cadence_desk.commands.org import EXIT_USAGE, key_field
from cadence_desk.domain.key_field import KEY_FIELD_STEPS, key_field_page
from cadence_desk.domain.protection import TASK_KEY
from cadence_desk.launch.main import KEY_FIELD_FILES, _key_field_files

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

SPACE = "{http://soap.sforce.com/2006/04/metadata}"
KEY_LENGTH = 36


def parsed(name: str) -> ET.Element:
    return ET.fromstring(_key_field_files()[name])


def test_the_field_is_external_id_and_unique_and_long_enough() -> None:
    (field,) = parsed("objects/Activity.object")
    told = {part.tag.removeprefix(SPACE): part.text for part in field}
    assert told["fullName"] == TASK_KEY
    assert (told["externalId"], told["unique"], told["caseSensitive"]) == ("true", "true", "false")
    assert (told["type"], told["length"], told["required"]) == ("Text", str(KEY_LENGTH), "false")


def test_the_permission_set_opens_the_field_on_both_objects_that_share_it() -> None:
    rights = parsed("permissionsets/Cadence_Desk_Call_Key.permissionset").findall(f"{SPACE}fieldPermissions")
    fields = {one.findtext(f"{SPACE}field"): one.findtext(f"{SPACE}editable") for one in rights}
    assert fields == {f"Event.{TASK_KEY}": "true", f"Task.{TASK_KEY}": "true"}


def test_the_package_names_what_is_in_it() -> None:
    members = {
        kind.findtext(f"{SPACE}name"): kind.findtext(f"{SPACE}members")
        for kind in parsed("package.xml").findall(f"{SPACE}types")
    }
    assert members == {"CustomField": f"Activity.{TASK_KEY}", "PermissionSet": "Cadence_Desk_Call_Key"}
    assert {name.rpartition("/")[2].partition(".")[0] for name in KEY_FIELD_FILES[1:]} == {
        "Activity",
        "Cadence_Desk_Call_Key",
    }


def test_the_page_says_why_external_id_alone_is_worse() -> None:
    page = " ".join(key_field_page().split())
    assert "External ID and not Unique is worse than none" in page
    assert "View All Data" in page
    assert all(step in page for step in KEY_FIELD_STEPS)


def test_it_is_printed_with_the_files_or_written(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    files = _key_field_files()
    assert key_field(files, None) == 0
    told = capsys.readouterr().out
    assert all(f"----- {name}" in told and text.rstrip() in told for name, text in files.items())
    assert key_field(files, tmp_path / "new") == 0
    assert {name: (tmp_path / "new" / name).read_text("utf-8") for name in files} == files
    blocked = tmp_path / "file"
    blocked.touch()
    assert key_field(files, blocked) == EXIT_USAGE
    assert "cannot be written" in capsys.readouterr().err
