"""Subject: whom a command is about: the selected rows, else the person on the detail side. Called by the shell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cadence_desk.ui.kit.desk_face import DeskFace
    from cadence_desk.ui.shell.frame import WindowFrame


@dataclass(frozen=True, slots=True)
class Subject:
    """Targets and trackers a command works on."""

    target_ids: Sequence[str] = ()
    tracker_ids: Sequence[str] = ()


def subject_of(frame: WindowFrame) -> Subject:
    """Return what is selected on the open screen."""
    if frame.place is None:
        return Subject()
    desk = frame.place.desk
    screen = frame.list_screen()
    if frame.current == "trackers" and screen is not None:
        trackers = screen.selected_ids()
        found = [desk.tracker(tracker_id) for tracker_id in trackers]
        targets = dict.fromkeys(tracker.target_id for tracker in found if tracker is not None)
        return Subject(list(targets), trackers)
    if frame.current == "people" and screen is not None and screen.selected_ids():
        targets_chosen = screen.selected_ids()
        return Subject(targets_chosen, _active(desk, targets_chosen, _chosen(frame)))
    if frame.side.target_id:
        return Subject([frame.side.target_id], _active(desk, [frame.side.target_id], _chosen(frame)))
    return Subject()


def _chosen(frame: WindowFrame) -> str:
    """Return the tracker that is chosen on the detail side, if it is in use."""
    return frame.side.trackers.current_key() if frame.side.isVisible() else ""


def _active(desk: DeskFace, targets: Sequence[str], chosen: str) -> list[str]:
    """Return the active trackers of the targets; for one target the chosen one wins."""
    if len(targets) == 1 and chosen:
        tracker = desk.tracker(chosen)
        if tracker is not None and tracker.target_id == targets[0]:
            return [chosen]
    return [one.id for target in targets for one in desk.trackers_of(target) if one.is_active]
