"""Orgs that hide fields, know other values, offer less, and hold strange text: shown as it is, told where it is missing."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from cadence_desk.desk.enrollment import WishInput
from cadence_desk.domain.calls import NOTE_LIMIT
from cadence_desk.domain.errors import BadValue, DeskError
from cadence_desk.domain.operations import Kind, OperationState
from tests.desk.rig import CALLS_FIRST, desk_over, equal, until

if TYPE_CHECKING:
    from pathlib import Path

    from tests.desk.practice_org import Org

pytestmark = pytest.mark.whole
S = OperationState
TABLES = "<table><tr><td>" * 17 + "deep" + "</td></tr></table>" * 17
STRANGE = {
    "markup": "<b>Bold</b> <script>alert(1)</script> &amp; <img src=x onerror=alert(1)>",
    "tables": TABLES[:80],
    "right to left": "ليلى \u202eمحمد\u202c Ben-Ami",
    "emoji": "👩\u200d🚀 Zoë 🌻\ufe0f Å\u0301",
    "controls": "Tab\tand\u200bzero\u2028width",
    "quotes": 'O\'Neil "the" \\ %_ --',
}


def test_unknown_values_are_shown_as_they_are(org: Org, tmp_path: Path) -> None:
    async def scenario() -> None:
        org.settings(
            unknown_picklists={
                "ActionCadenceTracker.State": ["Dreaming"],
                "Lead.Status": ["Odd <i>one</i>"],
                "ActionCadenceTracker.CompletionDisposition": ["Came back"],
            }
        )
        async with desk_over(org, tmp_path) as rig:
            [tracker] = await rig.running(1)
            lead = next(str(one.id) for one in rig.people(lambda one: one.id.startswith("00Q")))
            org.edit("ActionCadenceTracker", tracker.id, State="Dreaming")
            org.edit("Lead", lead, Status="Odd <i>one</i>")
            await until(
                lambda: (now := rig.desk.tracker(tracker.id)) is not None and now.state == "Dreaming",
                "the new state arrives",
            )
            slot = rig.desk.trackers.slot_of(tracker.id)
            assert slot is not None
            await until(lambda: rig.desk.trackers.texts("state")[slot] == "Dreaming", "and is listed")
            await until(
                lambda: (now := rig.desk.person(lead)) is not None and now.status == "Odd <i>one</i>",
                "the new status arrives",
            )
            assert "Came back" in rig.desk.dispositions()
            await rig.desk.moves.set_disposition([tracker.id], "Came back")
            await rig.confirmed(str(tracker.target_id))

    asyncio.run(scenario())


HIDDEN = {
    "tracker": ["ErrorMessage", "IsTrackerActive", "CompletionDisposition", "ScheduledResumeDateTime"],
    "step": ["DueDateTime", "ErrorCode", "CompletionReason", "CompletionDate"],
    "lead": ["MobilePhone", "DoNotCall", "HasOptedOutOfEmail", "Title", "Email", "City"],
    "contact": ["MobilePhone", "DoNotCall", "EmailBouncedDate", "Title", "Department", "AccountId"],
    "task": ["CD_Op_Id__c", "CallObject", "CallDurationInSeconds", "ActionCadenceStepTrackerId"],
}
OBJECTS = {
    "tracker": "ActionCadenceTracker",
    "step": "ActionCadenceStepTracker",
    "lead": "Lead",
    "contact": "Contact",
    "task": "Task",
}


@pytest.mark.parametrize("part", HIDDEN)
def test_hidden_fields_leave_their_column_empty_and_break_nothing(
    org: Org, tmp_path: Path, part: str
) -> None:
    async def scenario() -> None:
        known = [one for one in HIDDEN[part] if _has(org, OBJECTS[part], one)]
        assert len(known) >= 2, "the names of this test are those of the org"
        org.settings(hidden_fields=[f"{OBJECTS[part]}.{one}" for one in known])
        async with desk_over(org, tmp_path) as rig:
            assert rig.desk.people.count > 400
            [tracker] = await rig.running(1)
            assert rig.active(tracker.target_id).is_active, "known from the state where the flag is hidden"
            lead = next(str(one.id) for one in rig.people(lambda one: one.id.startswith("00Q")))
            org.edit("Lead", lead, Company="Changed Ltd")
            await until(
                lambda: (now := rig.desk.person(lead)) is not None and now.account_name == "Changed Ltd",
                "changes still arrive",
            )
            await rig.log(tracker, f"with hidden fields of {part}")
            await rig.confirmed(str(tracker.target_id))
            assert await rig.desk.step_history(tracker.target_id)

    asyncio.run(scenario())


def _has(org: Org, sobject: str, field: str) -> bool:
    return any(one["name"] == field for one in org.rest(f"/sobjects/{sobject}/describe")["fields"])


def test_an_action_that_is_missing_is_told_with_the_reason(org: Org, tmp_path: Path) -> None:
    listed = org.rest("/actions/standard")
    for one in listed["actions"]:
        if one["name"] in {"pauseSalesCadenceTracker", "assignTargetToSalesCadence"}:
            one["name"] = "somethingElse"

    async def scenario() -> None:
        import json

        org.fate("status", match={"path": "*/actions/standard"}, status=200, body=json.dumps(listed), times=0)
        async with desk_over(org, tmp_path) as rig:
            [tracker] = await rig.running(1)
            for kind in (Kind.PAUSE, Kind.ENROLL):
                assert rig.desk.why_not(kind), kind
            assert not rig.desk.why_not(Kind.RESUME)
            with pytest.raises(BadValue) as refused:
                await rig.desk.moves.pause([tracker.id])
            assert refused.value.message == rig.desk.why_not(Kind.PAUSE)
            [target] = rig.free(1)
            wish = WishInput(rig.cadence(CALLS_FIRST), rig.me)
            try:
                rows = await rig.desk.enrollment.preview([target], wish)
                run = await rig.desk.enrollment.start(rows, wish)
                await until(lambda: run.finished, "the run ends")
                assert [one.state for one in run.results()] in ([None], [S.REFUSED])
            except DeskError as error:
                assert error.message == rig.desk.why_not(Kind.ENROLL)  # noqa: PT017 - either way is right

    asyncio.run(scenario())


def test_a_record_deleted_under_an_open_draft_keeps_the_text(org: Org, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with desk_over(org, tmp_path) as rig:
            [outside] = [one for one in rig.free(6) if one.startswith("00Q")][:1]
            draft = await rig.desk.calls.begin(outside, None)
            draft.result, draft.notes = rig.result().text, "typed before the delete"
            await rig.desk.calls.keep(draft)
            org.delete("Lead", outside)
            await until(lambda: rig.desk.person(outside) is None, "the delete arrives")
            assert [one.notes for one in rig.desk.calls.drafts()] == ["typed before the delete"]
            await rig.desk.calls.save(draft)
            [ended] = await rig.ended(outside)
            assert ended.state is S.REFUSED
            assert ended.server_text, "the org's own words"
            again = await rig.desk.calls.begin(outside, None)
            assert again.notes == "typed before the delete"
            assert again.was_refused
            await equal(rig)

    asyncio.run(scenario())


def test_a_step_finished_under_an_open_draft_keeps_the_text(org: Org, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with desk_over(org, tmp_path) as rig:
            finished, gone = await rig.running(2)
            drafts = []
            for tracker in (finished, gone):
                draft = await rig.desk.calls.begin(tracker.target_id, tracker.current_step_id)
                draft.result, draft.notes = rig.result().text, f"on {tracker.id}"
                drafts.append(draft)
            org.verb("complete_step", tracker=finished.id)
            org.verb("remove", tracker=gone.id)
            await until(
                lambda: not any(one.is_active for one in rig.desk.trackers_of(gone.target_id)),
                "the removal arrives",
            )
            for draft in drafts:
                await rig.desk.calls.save(draft)
            await rig.ended(str(finished.target_id), str(gone.target_id))
            for tracker in (finished, gone):
                tasks = org.query(
                    f"SELECT Description FROM Task WHERE WhoId = '{tracker.target_id}' AND IsClosed = true"
                )
                kept = [one["Description"] for one in tasks if one["Description"] == f"on {tracker.id}"]
                refused = [one for one in rig.operations(str(tracker.target_id)) if one.state is S.REFUSED]
                assert len(kept) == 1 or refused, "logged once, or refused with the text kept"

    asyncio.run(scenario())


def test_notes_of_the_greatest_length_arrive_whole_and_longer_ones_are_kept(org: Org, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with desk_over(org, tmp_path) as rig:
            [whole, longer] = rig.free(2)
            text = ("Zeile mit Ümläuten, 日本語 und مرحبا " * 1200)[: NOTE_LIMIT - 1] + "."
            for target, notes in ((whole, text), (longer, text + "!")):
                draft = await rig.desk.calls.begin(target, None)
                draft.result, draft.notes = rig.result().text, notes
                if target == whole:
                    await rig.desk.calls.save(draft)
                    continue
                with pytest.raises(BadValue, match="1 characters too long"):
                    await rig.desk.calls.save(draft)
            await rig.confirmed(whole)
            tasks = org.query(f"SELECT Description FROM Task WHERE WhoId = '{whole}'")
            assert [one["Description"] for one in tasks] == [text]
            await rig.again()
            assert [one.notes for one in rig.desk.calls.drafts()] == [text + "!"], "kept over a restart"

    asyncio.run(scenario())


def test_strange_text_is_kept_letter_by_letter(org: Org, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with desk_over(org, tmp_path) as rig:
            leads = [one for one in rig.free(20) if one.startswith("00Q")][: len(STRANGE)]
            for lead, text in zip(leads, STRANGE.values(), strict=True):
                org.edit("Lead", lead, LastName=text[:80], Title=text, Company=text)
            await equal(rig)
            for lead, text in zip(leads, STRANGE.values(), strict=True):
                draft = await rig.desk.calls.begin(lead, None)
                draft.result, draft.notes = rig.result().text, text + TABLES
                await rig.desk.calls.save(draft)
            await rig.confirmed(*leads)
            for lead, text in zip(leads, STRANGE.values(), strict=True):
                [task] = org.query(f"SELECT Description FROM Task WHERE WhoId = '{lead}'")
                assert task["Description"] == text + TABLES

    asyncio.run(scenario())


def test_people_of_the_same_name_stay_apart(org: Org, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with desk_over(org, tmp_path) as rig:
            leads = [one for one in rig.free(8) if one.startswith("00Q")][:3]
            for lead in leads:
                org.edit("Lead", lead, FirstName="Sam", LastName="Sameson", Company="Same")
            await until(
                lambda: [p.name for p in rig.people(lambda one: one.id in leads)] == ["Sam Sameson"] * 3,
                "three of one name",
            )
            wish = WishInput(rig.cadence(CALLS_FIRST), rig.me)
            rows = await rig.desk.enrollment.preview([leads[1]], wish)
            assert [str(one.target_id) for one in rows] == [leads[1]]
            run = await rig.desk.enrollment.start(rows, wish)
            await until(lambda: run.finished, "the run ends")
            await rig.confirmed(leads[1])
            runs = org.query("SELECT TargetId FROM ActionCadenceTracker WHERE Target.Name = 'Sam Sameson'")
            assert [one["TargetId"] for one in runs] == [leads[1]]
            await equal(rig)

    asyncio.run(scenario())
