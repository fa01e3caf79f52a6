"""What is read for several operations, each by itself: an answer that cannot be read is about one of them only.

Used in lanes by the attempt and the verifier; may import domain.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from cadence_desk.domain.errors import AnswerUnreadable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from cadence_desk.domain.operations import Operation

T = TypeVar("T")
MOST_UNREADABLE = 3
"""So many answers in a row that cannot be read are no longer about one row each: the rest is not asked for now."""


def each_by_itself(
    operations: Iterable[Operation], ask: Callable[[Operation], T]
) -> list[T | AnswerUnreadable]:
    """Return in order what each brings, or why its answer cannot be read; shorter when the rest was not asked for.

    Raises:
        DeskError: nothing can be read now.
    """
    found: list[T | AnswerUnreadable] = []
    in_a_row = 0
    for operation in operations:
        try:
            found.append(ask(operation))
            in_a_row = 0
        except AnswerUnreadable as error:
            found.append(error)
            in_a_row += 1
            if in_a_row == MOST_UNREADABLE:
                break
    return found


@dataclass(frozen=True, slots=True)
class Told(Generic[T]):
    """What was brought, apart from what cannot be read.

    Attributes:
        fine: those whose answer was read.
        answers: their answers.
        odd: those whose answer cannot be read.
        why: the first reason; None where every answer was read.
        whole: all were asked for.
    """

    fine: Sequence[Operation]
    answers: Sequence[T]
    odd: Sequence[Operation]
    why: AnswerUnreadable | None
    whole: bool


def told_apart(group: Sequence[Operation], answers: Sequence[T | AnswerUnreadable]) -> Told[T]:
    """Return what each_by_itself brought for a group, told apart."""
    given = list(zip(group, answers, strict=False))
    fine = [(one, answer) for one, answer in given if not isinstance(answer, AnswerUnreadable)]
    reasons = [answer for answer in answers if isinstance(answer, AnswerUnreadable)]
    return Told(
        [one for one, _ in fine],
        [answer for _, answer in fine],
        [one for one, answer in given if isinstance(answer, AnswerUnreadable)],
        reasons[0] if reasons else None,
        len(answers) == len(group),
    )
