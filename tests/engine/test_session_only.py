"""Without a key store a text lasts for the session: nothing is called saved before Salesforce answered, and leaving says so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from cadence_desk.domain.operations import STATE_WORDS, Hold, Kind, OperationState
from cadence_desk.store.ciphers import ColumnCipher
from tests.engine import rig as rig_module
from tests.engine.test_log_call import ANNA, ready, typed

if TYPE_CHECKING:
    from tests.engine.conftest import Run
    from tests.engine.rig import Rig

S = OperationState
DURABLE = (STATE_WORDS[S.DRAFT], STATE_WORDS[S.QUEUED], "Saved")


@pytest.fixture
def passing(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> Rig:
    """A rig whose key ends with the session."""
    monkeypatch.setattr(rig_module, "CIPHER", ColumnCipher(b"k" * 32, "session", durable=False))
    return rig


async def session_only(rig: Rig) -> None:
    await ready(rig)
    object.__setattr__(rig.engine.parts, "keeps_texts", False)  # bootstrap sets it from the key


def test_no_word_says_saved_before_salesforce_has_answered(passing: Rig, run: Run[Any]) -> None:
    rig = passing

    async def go() -> None:
        seen: list[tuple[OperationState, str]] = []
        await session_only(rig)
        rig.desk.events.subscribe(
            lambda _change: seen.extend((one.state, one.words) for one in rig.desk.outbox.listed())
        )
        draft = await typed(rig, None)
        await rig.desk.calls.save(draft)
        queued = [one for one in rig.operations(ANNA) if one.state is S.QUEUED]
        assert [one.words for one in queued] == ["Not saved yet"]
        assert rig.desk.lost_at_quit() == 1
        await rig.calm()
        await rig.pass_time(3)
        assert rig.states(ANNA) == ["settled"]
        assert rig.desk.lost_at_quit() == 0
        before = [words for state, words in seen if state in {S.DRAFT, S.QUEUED, S.SENDING}]
        assert before
        assert not [one for one in before if one in DURABLE or one.startswith(("Waiting", "Saved"))]
        assert (S.SETTLED, "Confirmed") in seen

    run(go())


def test_what_needs_no_text_is_kept_and_says_so(passing: Rig, run: Run[Any]) -> None:
    rig = passing

    async def go() -> None:
        await session_only(rig)
        (tracker,) = rig.desk.trackers_of(ANNA)
        await rig.desk.moves.remove([tracker.id])
        (removal,) = rig.operations(ANNA)
        assert (removal.kind, removal.hold) == (Kind.REMOVE, Hold.UNDO_WINDOW)
        assert removal.words.startswith("Waiting")
        assert rig.desk.lost_at_quit() == 0

    run(go())


def test_with_a_key_store_the_words_are_the_usual_ones(rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        await ready(rig)
        draft = await typed(rig, None)
        await rig.desk.calls.save(draft)
        assert rig.operations(ANNA)[0].words == "Waiting"
        assert rig.desk.lost_at_quit() == 0

    run(go())
