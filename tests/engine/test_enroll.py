"""Add to cadence: previews, chunks, one result per row, mixed answers, doubles."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from cadence_desk.desk.enrollment import WishInput
from cadence_desk.domain.errors import BadValue, SignedOut
from cadence_desk.domain.people import Person, PersonKind
from cadence_desk.domain.refusals import RefusalCode, Verdict
from tests.engine.fates import Fate
from tests.engine.model_world import CADENCE, ME, OTHER_CADENCE, lead, record_id

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cadence_desk.desk.runs import RunView
    from cadence_desk.domain.record_ids import RecordId
    from tests.engine.conftest import Run
    from tests.engine.rig import Rig

WISH = WishInput(CADENCE, ME)


async def people(rig: Rig, count: int) -> list[RecordId]:
    for number in range(1, count + 1):
        rig.world.add_lead(number)
    await rig.start()
    return [lead(number) for number in range(1, count + 1)]


async def added(rig: Rig, targets: Sequence[str]) -> RunView:
    rows = await rig.desk.enrollment.preview(targets, WISH)
    run = await rig.desk.enrollment.start(rows, WISH)
    await rig.calm()
    return run


def test_sixty_are_probed_and_each_row_has_its_result(rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        targets = await people(rig, 60)
        rig.org.refused_targets[targets[7]] = ("UNKNOWN_EXCEPTION", "The target is locked.")
        started = await added(rig, targets)
        await rig.pass_time(60)
        assert [size for _, size in rig.org.sent] == [1, 10, 49]
        results = started.results()
        assert started.finished
        assert [one.target_id for one in results] == targets
        assert results[7].words == "Refused: The target is locked."
        good = [one for number, one in enumerate(results) if number != 7]
        assert {one.words for one in good} == {"Added, confirmed by Salesforce"}
        assert len(rig.world.trackers) == 59
        assert not rig.world.doubles()

    run(go())


def test_one_goes_alone_and_at_once(rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        (target,) = await people(rig, 1)
        started = await added(rig, [target])
        await rig.pass_time(1)
        assert started.results()[0].words == "Added, confirmed by Salesforce"
        assert rig.desk.trackers.count == 1

    run(go())


def test_whoever_is_in_the_cadence_is_refused_before_anything_is_sent(rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        first, second = await people(rig, 2)
        for state in ("Running", "Paused", "Processing", "Initializing"):
            tracker = rig.world.enroll(first, CADENCE)
            rig.world.change_tracker(tracker.id, state=state)
            rows = await rig.desk.enrollment.preview([first, second, second], WISH)
            assert [one.code for one in rows] == [
                RefusalCode.ALREADY_IN_THIS_CADENCE, None, RefusalCode.DUPLICATE_IN_LIST,
            ]  # fmt: skip
            rig.world.change_tracker(tracker.id, state="Complete")
        assert not rig.org.sent

    run(go())


def test_a_colleague_who_is_faster_is_seen_while_preparing(rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        first, second = await people(rig, 2)
        rows = await rig.desk.enrollment.preview([first, second], WISH)
        rig.world.change_tracker(rig.world.enroll(first, CADENCE).id, state="Paused")
        started = await rig.desk.enrollment.start(rows, WISH)
        await rig.pass_time(2)
        assert [one.code for one in started.results()] == ["ALREADY_IN_THIS_CADENCE", ""]
        assert rig.org.sent == [("assignTargetToSalesCadence", 1)]
        assert not rig.world.doubles()

    run(go())


@pytest.mark.parametrize("partial", [True, False])
def test_successes_in_a_mixed_answer_are_in_doubt_until_read(
    *, partial: bool, rig: Rig, run: Run[Any]
) -> None:
    async def go() -> None:
        targets = await people(rig, 4)
        rig.org.partial_save = partial
        rig.org.refused_targets[targets[0]] = ("UNKNOWN_EXCEPTION", "no")
        started = await added(rig, targets)
        first = {one.state.value for one in started.results() if one.state}
        assert "refused" in first
        assert "accepted" not in first, "a success that may have been taken back is not claimed"
        await rig.pass_time(10)
        assert [one.words for one in started.results()][1:] == ["Added, confirmed by Salesforce"] * 3
        assert len(rig.world.trackers) == 3
        assert len(rig.org.sent) == (1 if partial else 2), (
            "taken back by the org: absence is proof, sent again"
        )
        assert not rig.world.doubles()

    run(go())


@pytest.mark.parametrize("fate", [Fate.ACK_LOST, Fate.LOST, Fate.LATE, Fate.UNREADABLE, Fate.UNREACHABLE])
def test_a_chunk_of_any_fate_ends_with_everybody_in_once(fate: Fate, rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        targets = await people(rig, 12)
        rig.org.fates.append(fate)
        started = await added(rig, targets)
        await rig.pass_time(1500)
        assert {one.words for one in started.results()} == {"Added, confirmed by Salesforce"}
        assert all(len(rig.world.active(target)) == 1 for target in targets)
        assert not rig.world.doubles()

    run(go())


def test_a_late_run_that_is_over_when_it_is_read_is_not_started_again(rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        (target,) = await people(rig, 1)
        rig.org.fates.append(Fate.LATE)
        rig.org.late_seconds = 640.0
        started = await added(rig, [target])
        await rig.pass_time(630)

        def finish(_what: str) -> None:
            for one in rig.world.active(target):
                rig.world.change_tracker(one.id, state="Complete")

        rig.org.before_read = finish
        await rig.pass_time(900)
        assert started.results()[0].words == "Added, confirmed by Salesforce"
        assert len(rig.world.trackers) == 1

    run(go())


def test_an_earlier_run_that_just_ended_is_not_taken_for_the_new_one(rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        (target,) = await people(rig, 1)
        ended = rig.world.enroll(target, CADENCE)
        rig.world.change_tracker(ended.id, state="Complete")
        rig.org.fates.append(Fate.LOST)
        started = await added(rig, [target])
        await rig.pass_time(60)
        assert started.results()[0].words == "In doubt: checking with Salesforce"
        await rig.pass_time(700)
        assert len(rig.world.active(target)) == 1

    run(go())


def test_a_second_press_is_refused_while_the_first_is_open(rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        first, second = await people(rig, 2)
        rig.org.link_down = True
        rows = [one for one in await preview_offline(rig, [first]) if one.verdict is Verdict.WILL_ADD]
        await rig.desk.enrollment.start(rows, WISH)
        again = await preview_offline(rig, [first, second])
        assert [one.verdict for one in again] == [Verdict.REFUSED, Verdict.WILL_ADD]
        assert "on its way" in again[0].words
        started = await rig.desk.enrollment.start(rows, WISH)
        assert started.finished
        assert "on its way" in started.results()[0].words
        rig.org.link_down = False
        await rig.pass_time(400)
        assert len(rig.world.trackers) == 1

    async def preview_offline(rig: Rig, targets: list[RecordId]) -> list[Any]:
        return await rig.desk.enrollment.preview(targets, WISH)

    run(go())


def test_accounts_are_the_people_they_are_or_refused(rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        account, business = record_id("001", 1), record_id("001", 2)
        contact = Person(record_id("003", 1), PersonKind.PERSON_ACCOUNT, "Pat Person", account_id=account,
                         phone="+49", modified=rig.world.now())  # fmt: skip
        rig.world.people[contact.id] = contact
        await people(rig, 1)
        rows = await rig.desk.enrollment.preview([account, business, record_id("500", 1), lead(99)], WISH)
        assert [one.code for one in rows] == [
            None, RefusalCode.UNSUPPORTED_OBJECT, RefusalCode.UNSUPPORTED_OBJECT, RefusalCode.NOT_FOUND,
        ]  # fmt: skip
        started = await rig.desk.enrollment.start(rows, WISH)
        await rig.pass_time(2)
        assert rig.world.active(contact.id)
        assert len(started.results()) == 4

    run(go())


def test_what_the_preview_needs_is_told(rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        (target,) = await people(rig, 1)
        for wish in (WishInput("", ME), WishInput(CADENCE, "")):
            with pytest.raises(BadValue):
                await rig.desk.enrollment.preview([target], wish)
        for titles in ([target[:-1]], ["not an id"]):
            with pytest.raises(BadValue):
                await rig.desk.enrollment.preview(titles, WISH)
        rows = await rig.desk.enrollment.preview([target], WishInput(CADENCE, ME, "no such step"))
        assert rows[0].code is RefusalCode.START_STEP_INVALID
        await rig.desk.sign_in.sign_out()
        with pytest.raises(SignedOut):
            await rig.desk.enrollment.preview([target], WISH)

    run(go())


def test_another_cadence_is_a_warning_and_a_start_step_is_honored(rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        (target,) = await people(rig, 1)
        rig.world.enroll(target, OTHER_CADENCE)
        wish = replace(WISH, start_step="step_2")
        rows = await rig.desk.enrollment.preview([target], wish)
        assert rows[0].verdict is Verdict.WILL_ADD_WITH_WARNING
        await rig.desk.enrollment.start(rows, wish)
        await rig.pass_time(2)
        assert rig.world.active(target)[0].current_step_title == "Second call"

    run(go())
