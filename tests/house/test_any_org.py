"""The app treats every org alike: only the launcher and the entry point know that one of them is for trying things."""

from tests.house.source_tree import sources

KNOWING = {"practice", "launch", "__main__"}
WORD = "practice"


def test_no_other_room_names_it() -> None:
    found = [
        f"{one.name}:{number}: {line.strip()}"
        for one in sources("cadence_desk")
        if one.path.name != "__init__.py" or one.path.parent.name != "cadence_desk"
        if one.room not in KNOWING
        for number, line in enumerate(one.text.splitlines(), start=1)
        if WORD in line.lower()
    ]
    assert not found
