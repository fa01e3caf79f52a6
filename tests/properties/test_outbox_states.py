"""Any order of calls on an outbox, restarts included, ends as a small model in memory says."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from typing_extensions import override

from cadence_desk.domain.errors import BadValue
from cadence_desk.domain.operations import OPEN_STATES, TRANSITIONS, Hold, Kind, OperationState
from cadence_desk.store.moves import Move
from tests.unit.store.desk_files import StillClock, done, enrollment, operation, outbox

if TYPE_CHECKING:
    from concurrent.futures import Future

    from cadence_desk.domain.operations import Operation
    from cadence_desk.store.outbox import OutboxFile

S = OperationState
STATES = st.sampled_from(S)
MEMORY = "/dev/shm"
"""A folder in memory where there is one: the order of calls is the question here, not the disk."""
PICK = st.integers(0, 30)


class OutboxMachine(RuleBasedStateMachine):
    """The outbox beside a dictionary that follows the written rules."""

    @initialize()
    def start(self) -> None:
        self.folder = TemporaryDirectory(dir=MEMORY if os.access(MEMORY, os.W_OK) else None)
        self.clock = StillClock()
        self.boot = 0
        self.model: dict[str, Operation] = {}
        self.trail: dict[str, list[OperationState]] = {}
        self.file = self.opened()

    def opened(self) -> OutboxFile:
        file = outbox(Path(self.folder.name) / "outbox.db", clock=self.clock, boot_id=f"boot {self.boot}")
        done(file.open())
        return file

    def picked(self, number: int) -> str:
        return sorted(self.model)[number % len(self.model)]

    def doubled(self, changed: dict[str, Operation]) -> bool:
        """Say whether two adds to one cadence would be open for one target."""
        after = {**self.model, **changed}.values()
        pairs = [
            (one.target_id, one.cadence_id)
            for one in after
            if one.kind is Kind.ENROLL and one.state in OPEN_STATES
        ]
        return len(pairs) != len(set(pairs))

    def expect(self, future: Future[Any], changed: dict[str, Operation], *, allowed: bool) -> None:
        """Compare the answer with the model, then let the model follow."""
        try:
            done(future)
        except BadValue:
            assert not allowed or self.doubled(changed)
            return
        assert allowed
        assert not self.doubled(changed)
        for op_id, one in changed.items():
            if op_id not in self.model or self.model[op_id].state is not one.state:
                self.trail.setdefault(op_id, []).append(one.state)
        self.model.update(changed)

    def after_move(self, op_id: str, to: OperationState) -> Operation:
        one = replace(self.model[op_id], state=to, hold=Hold.NONE)
        if to is S.SENDING:
            one = replace(
                one, attempt=one.attempt + 1, sent=self.clock.now, owner_boot_id=f"boot {self.boot}"
            )
        return one

    @rule(enrolls=st.booleans(), state=st.sampled_from([S.DRAFT, S.QUEUED]), cadence=st.sampled_from("xy"))
    def add(self, *, enrolls: bool, state: OperationState, cadence: str) -> None:
        self.clock.now += 1
        op_id = f"op {len(self.model):03}"
        made = enrollment(op_id, cadence_id=cadence) if enrolls else operation(op_id)
        new = replace(made, state=state, created=self.clock.now)
        self.expect(self.file.add([new]), {op_id: new}, allowed=True)

    @precondition(lambda self: self.model)
    @rule(number=PICK, to=STATES)
    def move(self, number: int, to: OperationState) -> None:
        op_id = self.picked(number)
        allowed = to in TRANSITIONS[self.model[op_id].state]
        self.expect(self.file.move(op_id, to, "any"), {op_id: self.after_move(op_id, to)}, allowed=allowed)

    @precondition(lambda self: self.model)
    @rule(number=PICK, step=PICK)
    def move_rightly(self, number: int, step: int) -> None:
        following = sorted(TRANSITIONS[self.model[self.picked(number)].state], key=lambda state: state.value)
        if following:
            self.move(number, following[step % len(following)])

    @precondition(lambda self: self.model)
    @rule(first=PICK, second=PICK, to=STATES)
    def move_two(self, first: int, second: int, to: OperationState) -> None:
        names = {self.picked(first), self.picked(second)}
        allowed = all(to in TRANSITIONS[self.model[name].state] for name in names)
        moved = self.file.move_many([Move(name, to, "together") for name in sorted(names)])
        self.expect(moved, {name: self.after_move(name, to) for name in names}, allowed=allowed)

    @precondition(lambda self: self.model)
    @rule(number=PICK, text=st.text(max_size=30))
    def type(self, number: int, text: str) -> None:
        op_id = self.picked(number)
        edited = replace(self.model[op_id], payload={"notes": text})
        draft = self.model[op_id].state is S.DRAFT
        self.expect(self.file.save_draft(op_id, {"notes": text}), {op_id: edited}, allowed=draft)

    @precondition(lambda self: self.model)
    @rule(number=PICK, hold=st.sampled_from(Hold))
    def hold(self, number: int, hold: Hold) -> None:
        op_id = self.picked(number)
        held = done(self.file.hold([op_id], hold, self.clock.now))
        if self.model[op_id].state is S.QUEUED:
            self.model[op_id] = replace(self.model[op_id], hold=hold, next_try=self.clock.now)
            assert held == [self.model[op_id]]
        else:
            assert held == []

    @rule(cleanly=st.booleans())
    def restart(self, *, cleanly: bool) -> None:
        """End the process, at times without closing; the next one finds what was being sent in doubt."""
        before = self.file
        if cleanly:
            assert before.close(30)
        self.boot += 1
        self.file = self.opened()
        found = done(self.file.adopt_foreign())
        sending = [one for one in self.model.values() if one.state is S.SENDING]
        assert {one.op_id for one in found} == {one.op_id for one in sending}
        for one in sending:
            self.model[one.op_id] = self.after_move(one.op_id, S.IN_DOUBT)
            self.trail[one.op_id].append(S.IN_DOUBT)
        assert before.close(30)

    @invariant()
    def same(self) -> None:
        """The file holds what the model holds, in the order of creation."""
        if hasattr(self, "file"):
            assert done(self.file.load()) == sorted(self.model.values(), key=lambda one: one.created)

    @override
    def teardown(self) -> None:
        if not hasattr(self, "file"):
            return
        for op_id, states in self.trail.items():
            assert [event.after for event in done(self.file.history(op_id))] == states
        assert self.file.close(30)
        self.folder.cleanup()


OutboxMachine.TestCase.settings = settings(
    max_examples=60, stateful_step_count=40, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
TestOutboxMachine = OutboxMachine.TestCase
