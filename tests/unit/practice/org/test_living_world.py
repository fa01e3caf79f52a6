"""Colleagues at work, and the same course of events for the same seed."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from cadence_desk.practice.org.settings import OrgSettings
from cadence_desk.practice.org.world import PracticeOrg

if TYPE_CHECKING:
    from cadence_desk.practice.org.changes import CommittedTransaction

START = 1_795_000_000_000
MINUTE = 60_000


def _live(
    seed: int, minutes: int, *, colleagues: bool = True
) -> tuple[PracticeOrg, list[CommittedTransaction]]:
    org = PracticeOrg.create(people=150, seed=seed, start_ms=START, speed=0)
    org.settings.colleagues = colleagues
    heard: list[CommittedTransaction] = []
    org.changes.subscribe(heard.append)
    for _ in range(minutes):
        org.clock.jump(MINUTE)
        assert org.advance()
    return org, heard


def test_the_same_seed_gives_the_same_events() -> None:
    one, first = _live(4, 90)
    other, second = _live(4, 90)
    assert first == second
    assert one.history.after() == other.history.after()
    assert first != _live(5, 90)[1]


def test_colleagues_do_a_bit_of_everything() -> None:
    org, heard = _live(4, 600)
    reps = set(org.cast.reps[1:])
    theirs = [one for one in heard if one.user_id in reps]
    assert len(theirs) > 300
    kinds = Counter((change.entity, change.change_type) for one in theirs for change in one.changes)
    for kind in (
        ("ActionCadenceTracker", "CREATE"),
        ("ActionCadenceTracker", "UPDATE"),
        ("ActionCadenceStepTracker", "UPDATE"),
        ("Task", "CREATE"),
        ("Task", "UPDATE"),
        ("Lead", "UPDATE"),
    ):
        assert kinds[kind] > 0, kind


def test_colleagues_keep_off_the_default_users_runs() -> None:
    org, heard = _live(4, 300)
    reps = set(org.cast.reps[1:])
    for one in heard:
        for change in one.changes:
            if one.user_id in reps and change.entity == "ActionCadenceTracker":
                assert change.values["OwnerId"] != org.default_user_id


def test_colleagues_can_be_sent_home_and_called_back() -> None:
    org, heard = _live(4, 60, colleagues=False)
    reps = set(org.cast.reps)
    assert [one for one in heard if one.user_id in reps] == []
    org.settings.colleagues = True
    org.clock.jump(5 * MINUTE)
    org.advance()
    assert [one for one in heard if one.user_id in reps]


def test_nobody_works_through_a_jump_of_days() -> None:
    org = PracticeOrg.create(people=150, seed=4, start_ms=START, speed=0)
    heard: list[CommittedTransaction] = []
    org.changes.subscribe(heard.append)
    org.clock.jump(30 * 86_400_000)
    org.advance()
    assert len([one for one in heard if one.user_id in org.cast.reps]) < 5


def test_commits_never_go_back_in_time() -> None:
    _org, heard = _live(4, 120)
    moments = [one.commit_ms for one in heard]
    assert moments == sorted(moments)
    numbers = [one.commit_number for one in heard]
    assert numbers == sorted(set(numbers))
    for one in heard:
        assert [change.sequence for change in one.changes] == list(range(1, len(one.changes) + 1))


def test_advance_can_be_taken_in_pieces(stage: Any) -> None:
    stage.org.clock.jump(86_400_000)
    assert not stage.org.advance(limit=1)
    assert stage.org.advance()


def test_something_that_fails_is_not_tried_for_ever(stage: Any) -> None:
    stage.org.engine.timers.set(stage.org.clock.now_ms(), "engage", "8HF000000000001EAA", "no such event")
    tracker = stage.enroll("Nurture by Email")
    stage.org.engine.timers.set(stage.org.clock.now_ms(), "engage", stage.step(tracker)["Id"], "NoSuchEvent")
    with pytest.raises(KeyError):
        stage.org.advance()
    assert stage.org.advance()


def test_settings_are_patched_by_name() -> None:
    settings = OrgSettings()
    settings.patch({"contract": "brief", "selected_entities": ["Task"], "keepalive_seconds": 5})
    assert (settings.contract, settings.selected_entities, settings.keepalive_seconds) == (
        "brief",
        {"Task"},
        5,
    )
    assert settings.as_dict()["selected_entities"] == ["Task"]


@pytest.mark.parametrize(
    "wrong",
    [{"nope": 1}, {"contract": "other"}, {"partial_save": 1}, {"tracker_limit": True}, {"action_texts": []}],
)
def test_wrong_settings_change_nothing(wrong: dict[str, Any]) -> None:
    settings = OrgSettings()
    before = settings.as_dict()
    with pytest.raises(ValueError, match=r"setting|contract"):
        settings.patch({"keepalive_seconds": 1, **wrong})
    assert settings.as_dict() == before


def test_history_drops_its_oldest_fifth() -> None:
    org = PracticeOrg.create(people=0, seed=1, start_ms=START, speed=0)
    org.history._kept = 10
    for number in range(12):
        org.history.append("call", request=f"r{number}", path="/x")
    kept = org.history.after()
    assert org.history.last == 12
    assert kept[0]["n"] == 3
    assert org.history.after(11, limit=5) == [kept[-1]]
    assert kept[-1]["request"] == "r11"
