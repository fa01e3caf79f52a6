"""What has to be told about files and keys, and what is done about it now and then."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from cadence_desk.bootstrap.chosen_secrets import ChosenSecrets
from cadence_desk.bootstrap.keeping import HOUSE_SECONDS, TOKEN_SECONDS, DeskKeeping
from cadence_desk.domain.changes import Change
from cadence_desk.domain.errors import KeyStoreLocked, KeyStoreMissing
from cadence_desk.settings import secret_stores
from cadence_desk.settings.waiting import Waiting
from cadence_desk.store.moves import LostFile
from cadence_desk.store.outbox_opening import OpeningReport
from tests.unit.store.desk_files import StillClock

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from cadence_desk.domain.ports import LaneName


class KeptToken:
    """A sign-in of which storing may have failed."""

    unsaved = False

    def __init__(self) -> None:
        self.tries = 0

    def store_again(self) -> None:
        self.tries += 1


class InlineLanes:
    """Runs what it is given."""

    def __init__(self) -> None:
        self.lanes: list[LaneName] = []

    def run(self, lane: LaneName, call: Any) -> Any:
        self.lanes.append(lane)
        call()

    def close(self, _timeout: float) -> None:
        pass


class KeptOutbox:
    """An outbox as far as it is kept in order."""

    def __init__(self, report: OpeningReport) -> None:
        self.report = report
        self.kept = 0

    def keep_house(self) -> None:
        self.kept += 1


def keeping(key_file: Path, token: KeptToken, clock: StillClock) -> DeskKeeping:
    return DeskKeeping(ChosenSecrets("test", key_file), token, clock, InlineLanes())


def test_a_sign_in_that_could_not_be_stored_is_told_and_tried_every_minute(tmp_path: Path) -> None:
    clock, token = StillClock(), KeptToken()
    one = keeping(tmp_path / "keys", token, clock)
    clock.now += TOKEN_SECONDS
    one.heard(Change())
    assert (one.notices(), token.tries) == ([], 0)
    token.unsaved = True
    (notice,) = one.notices()
    assert (notice.title, notice.bad) == ("You will have to sign in again", True)
    for _ in range(3):
        one.heard(Change())
    assert token.tries == 1
    clock.now += TOKEN_SECONDS
    one.heard(Change())
    assert token.tries == 2


def test_the_house_is_kept_every_hour_whether_anything_is_written_or_not(tmp_path: Path) -> None:
    clock, outbox = StillClock(), KeptOutbox(OpeningReport())
    one = keeping(tmp_path / "keys", KeptToken(), clock)
    one.begin(outbox)  # type: ignore[arg-type]
    one.heard(Change())
    assert outbox.kept == 0
    clock.now += HOUSE_SECONDS
    one.heard(Change())
    one.heard(Change())
    assert outbox.kept == 1


def test_what_the_opening_found_is_told(tmp_path: Path) -> None:
    one = keeping(tmp_path / "keys", KeptToken(), StillClock())
    report = OpeningReport(LostFile(tmp_path, {"draft": 1, "queued": 2}), "It lies on a network folder.", 1)
    one.begin(KeptOutbox(report))  # type: ignore[arg-type]
    assert [notice.title for notice in one.notices()] == [
        "This profile lies on a network folder",
        "3 of your changes cannot be read",
        "1 of your changes were taken back",
    ]


def test_a_computer_without_a_key_store_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def none() -> Any:
        raise KeyStoreMissing

    monkeypatch.setattr(secret_stores, "find_backend", none)
    monkeypatch.setattr(secret_stores.choose_secrets, "__defaults__", (None, none, None))
    secrets = ChosenSecrets("test", None)
    assert not secrets.durable
    one = DeskKeeping(secrets, KeptToken(), StillClock(), InlineLanes())
    (notice,) = one.notices()
    assert "until you quit" in notice.words


def test_waiting_for_an_answer_is_seen_and_can_be_given_up() -> None:
    waiting, never, seen = Waiting(), threading.Event(), list[BaseException]()

    def ask() -> None:
        try:
            waiting.run(never.wait, 60.0)
        except KeyStoreLocked as error:
            seen.append(error)

    asking = threading.Thread(target=ask)
    asking.start()
    while not waiting.seconds:
        pass
    waiting.stop()
    asking.join(10)
    never.set()
    assert not asking.is_alive()
    assert len(seen) == 1
    assert waiting.seconds == 0
