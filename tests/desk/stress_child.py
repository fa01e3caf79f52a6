"""The real window under stress, in a process of its own: a crash in mid-call, a full disk, a shutdown, a safe start.

Run as `python -m tests.desk.stress_child SCENE HOME READY_FILE`; the last line of output is JSON.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import SIGNAL, Qt
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QPushButton, QWidget

from cadence_desk.bootstrap.opening import open_profile
from cadence_desk.domain.addresses import TargetLink
from cadence_desk.domain.overriding import override
from cadence_desk.domain.record_ids import RecordId
from cadence_desk.launch.next_org import NextOrg
from cadence_desk.launch.safe_mode import SafeMode
from cadence_desk.settings.paths import Paths
from cadence_desk.ui.calling.call_panel import CallPanel
from cadence_desk.ui.kit.plain_label import PlainLabel
from tests.desk.window_child import NOTE, Play

if TYPE_CHECKING:
    from tests.desk.window_child import Scene

FILLER = "filler"


def somebody(play: Play) -> str:
    """Return the same person in every run: one without a cadence, and none that the other scenes call."""
    return max(one for one in play.desk.people.ids() if not play.desk.trackers_of(one))


class StressPlay(Play):
    """A play whose window may be followed by another one."""

    ended = False

    @override
    async def _begin(self, _run: object) -> None:
        try:
            await self._scene(self)
        except Exception as error:
            self.told["failed"] = f"{type(error).__name__}: {error}"
            self.ended = True
            raise
        finally:
            if self.ended:
                self.close()

    def panel(self) -> CallPanel:
        return next(one for one in self.run.window.findChildren(CallPanel) if one.isVisible())


async def fill_the_panel(play: Play) -> None:
    """Fill every field of a call."""
    await play.signed_in()
    await play.open_call(somebody(play))
    play.hands.press(play.hands.find(QWidget, "callResultList"), Qt.Key.Key_2)
    notes = play.hands.find(QPlainTextEdit, "notesField")
    play.hands.type(notes, NOTE)
    duration = play.hands.find(QLineEdit, "durationField")
    duration.selectAll()
    play.hands.type(duration, "2:05")
    assert isinstance(play, StressPlay)
    play.panel().follow_up.choose(3)


async def crash_in_mid_call(play: Play) -> None:
    """Die without a word half a second behind the last key."""
    await fill_the_panel(play)
    await asyncio.sleep(0.8)
    os.kill(os.getpid(), signal.SIGKILL)


async def shut_down_in_mid_call(play: Play) -> None:
    """Be told that the session ends, and die in the same moment: no other turn of the loop comes."""
    await fill_the_panel(play)
    assert play.run.app.receivers(SIGNAL("commitDataRequest(QSessionManager&)")) == 1
    play.run._computer_shuts_down(None)
    os.kill(os.getpid(), signal.SIGKILL)


async def go_on(play: Play) -> None:
    """Press Continue on what the window says at its start."""
    assert isinstance(play, StressPlay)
    await play.signed_in()
    await play.until(play.banners, "the kept call is told")
    play.told["banners"] = play.banners()
    play.press("actOnBannerButton")
    await play.until(play.panel, "the panel is open again")
    await play.until(play.panel().save.isEnabled, "the draft is there")
    typed = play.panel().fields.typed()
    play.told["target"] = play.panel()._target_id
    play.told["same target"] = play.panel()._target_id == somebody(play)
    play.told["typed"] = [typed.result, typed.notes, typed.duration_seconds]
    play.told["due"] = typed.follow_up.due.isoformat() if typed.follow_up else ""
    play.ended = True


def fill(folder: Path) -> None:
    """Leave not one block of a disk."""
    with (folder / FILLER).open("ab", buffering=0) as file:
        for size in (1 << 16, 4096, 1):
            try:
                while True:
                    file.write(b"\0" * size)
            except OSError:
                continue


async def type_on_a_full_disk(play: Play) -> None:
    """Type and save while the disk is full, then make room."""
    assert isinstance(play, StressPlay)
    await play.signed_in()
    target = somebody(play)
    await play.open_call(target)
    fill(play.home)
    play.hands.press(play.hands.find(QWidget, "callResultList"), Qt.Key.Key_2)
    notes = play.hands.find(QPlainTextEdit, "notesField")
    play.hands.type(notes, NOTE)
    line = play.panel().unsaved
    await play.until(line.isVisible, "the red line shows")
    play.told["line"] = line.text()
    play.hands.press(notes, Qt.Key.Key_Return, control=True)
    play.hands.press(notes, Qt.Key.Key_Escape)
    await asyncio.sleep(0.5)
    play.told["text"] = play.panel().notes.toPlainText()
    play.told["trouble"] = [one for one in play.banners() if one.startswith("Not saved")]
    play.told["states"] = [one.state.value for one in play.desk.operations_of(target)]
    (play.home / FILLER).unlink()
    await play.until(lambda: not line.isVisible(), "the red line goes by itself", 20)
    await play.until(lambda: not play.desk.trouble, "the trouble is over")
    await play.until(lambda: not [one for one in play.banners() if one.startswith("Not saved")], "told")
    play.hands.press(notes, Qt.Key.Key_Return, control=True)
    await play.until(
        lambda: [one.words for one in play.desk.operations_of(target)][:1] == ["Confirmed"], "it is sent", 20
    )
    play.told["target"] = target
    play.ended = True


async def be_safe_then_normal(play: Play) -> None:
    """Log a call in safe mode, take the texts out, go back to normal and see it sent."""
    if "target" in play.told:
        target = str(play.told["target"])
        words = [one.words for one in play.desk.operations_of(target)]
        await play.until(lambda: play.desk.operations_of(target), "the outbox is read")
        await play.until(lambda: play.desk.operations_of(target)[0].words == "Confirmed", "it is sent", 20)
        play.told["words in between"] = words
        play.told["banners after"] = play.banners()
        assert isinstance(play, StressPlay)
        play.ended = True
        return
    await play.until(lambda: play.desk.sign_in.state == "signed_in" or play._button_shows(), "it opens")
    play.press("signInButton")
    await play.until(lambda: play.desk.feed.state.value == "polling", "it polls")
    target = play.told["target"] = somebody(play)
    draft = await play.desk.calls.begin(target, None)
    draft.result, draft.notes = "Left Voicemail", NOTE
    await play.desk.calls.save(draft)
    await asyncio.sleep(1.5)
    play.told["states"] = [one.state.value for one in play.desk.operations_of(target)]
    play.told["banners"] = play.banners()
    play.run.window.book.run("export_unsent")
    await play.until(lambda: play.run.window.findChild(QWidget, "exportUnsentDialog"), "a file is asked for")
    file = play.home / "notes.txt"
    dialog: Any = play.run.window.findChild(QWidget, "exportUnsentDialog")
    dialog.fileSelected.emit(str(file))
    dialog.reject()
    await play.until(file.exists, "the notes are written")
    play.told["exported"] = NOTE in file.read_text(encoding="utf-8")
    play.run.window.book.run("leave_safe_mode")
    await asyncio.sleep(20)


async def follow_a_link(play: Play) -> None:
    """Be handed a link by a second start, and show whom it names."""
    assert isinstance(play, StressPlay)
    await play.signed_in()
    assert play.desk.identity is not None
    target = somebody(play)
    link = TargetLink(play.desk.identity.organization_id, RecordId(target))
    play.run._come_forward(["open", link.text])
    await play.until(lambda: play.hands.find(QPushButton, "confirmButton").isVisible(), "it asks")
    play.told["asked"] = [
        one.text() for one in play.run.window.findChildren(PlainLabel) if target in one.text()
    ]
    play.press("confirmButton")
    await play.until(lambda: play.run.window.frame.side.target_id == target, "the person is shown")
    play.ended = True


SCENES: dict[str, Scene] = {
    scene.__name__: scene
    for scene in (
        crash_in_mid_call,
        shut_down_in_mid_call,
        go_on,
        type_on_a_full_disk,
        be_safe_then_normal,
        follow_a_link,
    )
}


def main(scene: str, home: str, ready_file: str) -> int:
    """Play one scene and print what it told."""
    ready = json.loads(Path(ready_file).read_text(encoding="utf-8"))
    safe = scene == "be_safe_then_normal"
    play = StressPlay(SCENES[scene], Path(home), ready, safe=safe)
    if safe:
        key_file = Path(os.environ["TEST_KEY_FILE"])
        SafeMode(
            play.run,
            lambda: NextOrg(
                "test", lambda: open_profile(play.profile, Paths(play.home), key_file), play.run.options
            ),
            None,
            asked=True,
        )
    code = play.run.run()
    play.told["code"] = code
    sys.stdout.write(json.dumps(play.told) + "\n")
    return code


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
