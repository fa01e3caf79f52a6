"""What an operation kind must know: prepare, send, verify, invert, reversibility. Called by the outbox runner in lanes.

Every method that takes a gateway blocks and runs in a lane, never on the loop thread.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

from cadence_desk.domain.lookups import LookUp

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cadence_desk.domain.cadences import Cadence
    from cadence_desk.domain.calls import CallTask
    from cadence_desk.domain.operations import Kind, Operation
    from cadence_desk.domain.ports import ActionAnswer, OrgGateway
    from cadence_desk.domain.trackers import Tracker


class Finding(Enum):
    """What reading the org back says about an operation's effect."""

    PRESENT = "present"
    ABSENT = "absent"
    AMBIGUOUS = "ambiguous"


class Reversibility(Enum):
    """Whether an action can be taken back, shown before it is pressed."""

    REVERSIBLE = "Reversible"
    PARTLY = "Partly reversible"
    NOT = "Not reversible"


@dataclass(frozen=True, slots=True)
class Prepared:
    """What preparation found.

    Attributes:
        done: the effect is already there: nothing has to be sent.
        refusal: a definite reason not to send, in words; empty for none.
        refusal_code: code of the refusal.
        evidence: facts to keep with the operation (ids that were found).
        open_steps: step trackers that were seen open: what ends one of them next need not look again.
    """

    done: bool = False
    refusal: str = ""
    refusal_code: str = ""
    evidence: Mapping[str, object] = field(default_factory=dict)
    open_steps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sent:
    """One operation's part of an answer.

    Attributes:
        ok: a complete success for this element.
        rolled_back_maybe: the answer was mixed, so a success may have been undone with the failures.
        open_steps: step trackers that the same answer shows open, after the write.
    """

    ok: bool
    code: str = ""
    message: str = ""
    server_id: str = ""
    rolled_back_maybe: bool = False
    evidence: Mapping[str, object] = field(default_factory=dict)
    open_steps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Checked:
    """The result of reading back."""

    finding: Finding
    evidence: Mapping[str, object] = field(default_factory=dict)
    why: str = ""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the org says now about an operation's target, read afresh.

    Attributes:
        trackers: all trackers of the target.
        tasks: the tasks it wrote, those that are still there.
        cadence: the cadence the operation was about, where it is known.
    """

    trackers: Sequence[Tracker]
    cadence: Cadence | None = None
    tasks: Mapping[str, CallTask] = field(default_factory=dict)

    def tracker(self, tracker_id: str) -> Tracker | None:
        """Return one of the trackers."""
        return next((one for one in self.trackers if one.id == tracker_id), None)


@dataclass(frozen=True, slots=True)
class Inverse:
    """The opposite change: what it asks for, and what that means in words."""

    kind: Kind
    subject_id: str
    payload: Mapping[str, object]
    words: str
    touches: Sequence[str] = ()
    """Ids of every tracker that it moves."""


class OperationKind(ABC):
    """All knowledge of one kind of operation."""

    kind: Kind
    shares_record = False
    """True when other operations change the same record: after a re-send at once they wait until the first is over."""
    looks_ahead = False
    """True when all that preparation looks at are the trackers of its target: those of many rows can be looked up at once."""
    starts_from_open_step = False
    """True when all that preparation looks at is whether the step it is about is still open."""

    def needs_before(self, gateway: OrgGateway, operation: Operation) -> LookUp:
        """Return what preparing this operation is going to read, so that it is read in one go; asks nothing."""
        del gateway, operation
        return LookUp()

    def needs_after(self, operation: Operation) -> LookUp:
        """Return what verifying this operation is going to read."""
        del operation
        return LookUp()

    def may_resend_at_once(self, operation: Operation, *, keyed: bool) -> bool:
        """Return True when a re-send after doubt cannot repeat the effect: by key, or by record with the same values.

        Args:
            operation: the doubtful one, whose effect was found absent.
            keyed: the org has the unique key field for tasks.
        """
        del operation, keyed
        return False

    def protection(self, *, keyed: bool) -> str:
        """Return in a sentence what keeps the effect from being there twice; `keyed` as above."""
        del keyed
        return "It is sent again only when Salesforce still lacks it 11 minutes after the send."

    @abstractmethod
    def prepare(self, gateway: OrgGateway, operation: Operation) -> Prepared:
        """Look at the org: is the effect already there, which record is it about?"""

    @abstractmethod
    def send(self, gateway: OrgGateway, operations: Sequence[Operation]) -> list[Sent]:
        """Ask the org; one part per operation, in order. Raises DeskError when no usable answer came."""

    @abstractmethod
    def verify(self, gateway: OrgGateway, operation: Operation) -> Checked:
        """Read the org: is the effect there?"""

    @abstractmethod
    def invert(self, operation: Operation) -> Kind | None:
        """Return the kind of operation that takes this one back, or None."""

    def inverse(self, operation: Operation, now: Surroundings) -> Inverse | str:
        """Return the opposite change, or in a sentence why it is left out: above all, what others changed since."""
        del now
        _, stays = self.reversibility(operation)
        return f"It cannot be undone from here: {stays}." if stays else "It cannot be undone from here."

    @abstractmethod
    def reversibility(self, operation: Operation) -> tuple[Reversibility, str]:
        """Return the label and what stays, in words."""


def sent_parts(answer: ActionAnswer) -> list[Sent]:
    """Turn an action's answer into parts; a success inside a mixed answer may have been rolled back."""
    return [
        Sent(
            ok=outcome.ok,
            code=outcome.code,
            message=outcome.message,
            rolled_back_maybe=outcome.ok and answer.mixed,
        )
        for outcome in answer.outcomes
    ]


def text_of(operation: Operation, name: str) -> str:
    """Return a text of the payload; empty when it is not there."""
    value = operation.payload.get(name)
    return "" if value is None else str(value)


def number_of(operation: Operation, name: str) -> int:
    """Return a whole number of the payload; 0 when it is not there."""
    value = operation.payload.get(name)
    return value if isinstance(value, int) else 0


def evidence_of(operation: Operation, name: str) -> str:
    """Return a text of what was seen before."""
    value = (operation.evidence or {}).get(name)
    return "" if value is None else str(value)
