"""What the add-to-cadence dialog offers and says, as choices, lines and sentences. Pure but for badges."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from cadence_desk.domain.cadences import STRUCTURAL_STEPS, step_word, walk_steps
from cadence_desk.domain.name_order import name_key
from cadence_desk.domain.operations import Kind, OperationState
from cadence_desk.domain.refusals import REASONS, Verdict
from cadence_desk.ui.kit.line_list import Line
from cadence_desk.ui.kit.many_lines import ManyLines
from cadence_desk.ui.kit.shapes import Badge, Shape
from cadence_desk.ui.kit.state_badges import state_badge, verdict_badge
from cadence_desk.ui.kit.theme import Tone

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cadence_desk.domain.cadences import Cadence
    from cadence_desk.domain.orgs import Capabilities
    from cadence_desk.domain.people import Rep
    from cadence_desk.domain.refusals import PlanRow
    from cadence_desk.ui.kit.desk_face import EnrollRunFace

_ADDED = frozenset({Verdict.WILL_ADD, Verdict.WILL_ADD_WITH_WARNING, Verdict.WILL_WAIT})
_ASSIGN = "assigntargettosalescadence"
_RELATED = "relatedtoid"
_RESULT_WORDS = {
    OperationState.QUEUED: "waiting",
    OperationState.SENDING: "sending",
    OperationState.ACCEPTED: "saved by Salesforce",
    OperationState.SETTLED: "confirmed",
    OperationState.REFUSED: "refused",
    OperationState.IN_DOUBT: "in doubt",
    OperationState.NEEDS_REVIEW: "to be reviewed",
    OperationState.CANCELLED: "canceled",
    OperationState.SUPERSEDED: "replaced",
}


def cadence_choices(cadences: Iterable[Cadence]) -> list[tuple[str, str]]:
    """Return the cadences people can be added to."""
    found = sorted((one for one in cadences if one.is_active), key=lambda one: name_key(one.name))
    return [(one.id, one.name) for one in found]


def assignee_choices(reps: Iterable[Rep]) -> list[tuple[str, str]]:
    """Return who can work a cadence; where that cannot be read a rep is offered with a word about it."""
    able = [rep for rep in reps if rep.is_active and rep.can_work is not False]
    able.sort(key=lambda rep: name_key(rep.name))
    return [(rep.id, rep.name if rep.can_work else f"{rep.name} (license unknown)") for rep in able]


def step_choices(cadence: Cadence | None) -> list[tuple[str, str]]:
    """Return the steps a run can begin with; the first entry means the normal start."""
    choices = [("", "First step")]
    if cadence is not None:
        touches = [one for one in walk_steps(cadence.steps) if one.type not in STRUCTURAL_STEPS]
        for number, step in enumerate(touches, start=1):
            kind = step_word(step.type)
            title = step.title or kind
            text = title if kind.casefold() in title.casefold() else f"{title} ({kind.lower()})"
            if not step.is_orphan:
                choices.append((step.id, f"{number}. {text}"))
    return choices


def offers_related(capabilities: Capabilities | None) -> bool:
    """Return True when the org's action takes a related record."""
    if capabilities is None:
        return False
    for name, action in capabilities.actions.items():
        if name.casefold() == _ASSIGN:
            return any(one.name.casefold() == _RELATED for one in action.inputs)
    return False


def added(rows: Iterable[PlanRow]) -> list[PlanRow]:
    """Return the rows that will be added, at once or after a wait."""
    return [row for row in rows if row.verdict in _ADDED]


def plan_summary(rows: Sequence[PlanRow]) -> str:
    """Return the preview in one line."""
    counts = Counter(row.verdict for row in rows)
    words = {
        Verdict.WILL_ADD: "will be added",
        Verdict.WILL_ADD_WITH_WARNING: "with a warning",
        Verdict.WILL_WAIT: "will wait",
        Verdict.REFUSED: "refused",
        Verdict.UNKNOWN: "could not be checked",
    }
    return "  ·  ".join(f"{counts[verdict]:,} {word}" for verdict, word in words.items() if counts[verdict])


def plan_order(rows: Sequence[PlanRow]) -> list[int]:
    """Return the places of rows as they are shown: what needs a look first, in the list's order otherwise."""
    order = {Verdict.REFUSED: 0, Verdict.UNKNOWN: 1, Verdict.WILL_ADD_WITH_WARNING: 2, Verdict.WILL_WAIT: 3}
    return sorted(range(len(rows)), key=lambda place: order.get(rows[place].verdict, 4))


def plan_lines(rows: Sequence[PlanRow]) -> ManyLines:
    """Return the preview, line by line when it is looked at."""
    order = plan_order(rows)
    return ManyLines(len(rows), lambda place: _plan_line(order[place], rows[order[place]]))


def _plan_line(number: int, row: PlanRow) -> Line:
    tone = None
    if row.code is not None:
        reason = REASONS[row.code]
        more = f" ({row.detail})" if row.detail else ""
        detail = f"{row.code.value}: {reason.meaning}{more}. {reason.fix}"
        tone = Tone.BAD
    elif row.warnings:
        detail = "; ".join(f"{code.value}: {REASONS[code].meaning}" for code in row.warnings)
        tone = Tone.WARN
    else:
        detail = row.detail or "Nothing speaks against it."
    return Line(f"{number}:{row.target_id}", row.name, detail, verdict_badge(row.verdict), tone=tone)


def result_summary(run: EnrollRunFace) -> str:
    """Return where a run stands in one line."""
    counts = run.counts()
    parts = [f"{counts[state]:,} {word}" for state, word in _RESULT_WORDS.items() if counts.get(state)]
    if counts.get(None):
        parts.append(f"{counts[None]:,} {'not added' if adds(run) else 'not sent'}")
    return "  ·  ".join(parts)


def result_lines(run: EnrollRunFace) -> ManyLines:
    """Return one line per row, with exactly one result each time it is looked at."""
    return ManyLines(run.count, lambda place: _result_line(run, place))


def adds(run: EnrollRunFace) -> bool:
    """Return True for a run that adds people to a cadence; any other changes trackers."""
    return run.run.kind is Kind.ENROLL


def _result_line(run: EnrollRunFace, number: int) -> Line:
    result = run.result(number)
    key = f"{number}:{result.target_id}"
    if result.state is None:
        word = "Not added" if adds(run) else "Not sent"
        return Line(key, result.name, result.words, Badge(word, Shape.CROSS, Tone.BAD), tone=Tone.BAD)
    bad = result.state in {OperationState.REFUSED, OperationState.NEEDS_REVIEW}
    word = _RESULT_WORDS.get(result.state, result.state.value)
    if adds(run) and result.state in {OperationState.ACCEPTED, OperationState.SETTLED}:
        word = "Added" if result.state is OperationState.SETTLED else "Added, to be confirmed"
    detail = f"{result.code}: {result.words}" if result.code else result.words
    badge = state_badge(result.state, word[:1].upper() + word[1:])
    return Line(key, result.name, detail, badge, tone=Tone.BAD if bad else None)
