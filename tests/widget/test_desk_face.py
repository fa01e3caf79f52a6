"""The real desk and the fake one offer what the window asks for: checked by mypy, and by name at run time."""

from typing import TYPE_CHECKING

from cadence_desk.ui.kit.desk_face import DeskFace
from tests.widget.fake_desk import FakeDesk

if TYPE_CHECKING:
    from cadence_desk.desk.desk import Desk

    def real_desk_fits(desk: Desk) -> DeskFace:
        return desk

    def fake_desk_fits(desk: FakeDesk) -> DeskFace:
        return desk


def test_every_name_of_the_face_is_there() -> None:
    asked = {name for name in dir(DeskFace) if not name.startswith("_")}
    fake = FakeDesk()
    assert not {name for name in asked if not hasattr(fake, name)}
    assert {"people", "trackers", "calls", "moves", "enrollment", "sign_in"} <= asked
