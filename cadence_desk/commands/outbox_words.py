"""The outbox as text and as JSON for the command line. Imports domain; called by `outbox` only.

Texts come from people and from the org: what would steer a terminal is left out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cadence_desk.domain.choices import CHOICE_WORDS
from cadence_desk.domain.operations import KIND_WORDS, OperationState
from cadence_desk.domain.protection import PROTECTION_DETAILS, PROTECTION_WORDS
from cadence_desk.domain.stories import local_time

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cadence_desk.desk.outbox import Outbox
    from cadence_desk.domain.choices import Choice
    from cadence_desk.domain.operations import Operation
    from cadence_desk.domain.stories import Fact, Story

_S = OperationState
_GROUPS = (
    ("Needs review", (_S.NEEDS_REVIEW,)),
    ("Refused", (_S.REFUSED,)),
    ("In doubt", (_S.IN_DOUBT, _S.SENDING)),
    ("Waits", (_S.QUEUED, _S.ACCEPTED)),
    ("Not finished", (_S.DRAFT,)),
)


def plain(text: str) -> str:
    """Return text that a terminal shows and does not obey."""
    return "".join(letter if letter.isprintable() else " " for letter in text)


def as_lines(outbox: Outbox, operations: Sequence[Operation]) -> list[str]:
    """Return a list in groups, what needs a person first."""
    lines = []
    for title, states in _GROUPS:
        part = [one for one in operations if one.state in states]
        if part:
            lines += [f"{title} ({len(part):,})", *(f"  {one_line(outbox, one)}" for one in part)]
    if not lines:
        lines.append("Nothing waits, is in doubt or needs review.")
    level = outbox.protection
    return [
        *lines,
        "",
        f"Protection of calls: {PROTECTION_WORDS[level]} {PROTECTION_DETAILS[level]}".rstrip(),
    ]


def one_line(outbox: Outbox, operation: Operation) -> str:
    """Return where one change stands."""
    name = plain(outbox.name_of(operation.target_id))
    return f"{operation.op_id}  {local_time(operation.created)}  {name}  {_what(operation)}: {plain(operation.words)}"


def _what(operation: Operation) -> str:
    return KIND_WORDS[operation.kind]


def touched_lines(outbox: Outbox, choice: Choice, touched: Sequence[Operation]) -> list[str]:
    """Return what a choice will touch."""
    head = f"{CHOICE_WORDS[choice]}: {len(touched):,} change{'' if len(touched) == 1 else 's'}"
    return [head, *(f"  {one_line(outbox, one)}" for one in touched)]


def story_lines(story: Story) -> list[str]:
    """Return everything about one operation."""
    operation = story.operation
    lines = [
        f"{plain(story.name)} ({operation.target_id})  {story.title}: {plain(operation.words)}",
        f"Change {operation.op_id}",
        story.means,
        "",
        "What was asked",
        *_facts(story.asked),
        "What was seen",
        *(_facts(story.seen) or ["  nothing yet"]),
    ]
    if story.protection:
        lines += ["What keeps it from being done twice", f"  {story.protection}"]
    lines += ["What happened", *(f"  {local_time(one.at)}  {plain(one.words)}" for one in story.history)]
    if story.touches:
        lines += ["What waits behind it", *(f"  {_what(one)}: {plain(one.words)}" for one in story.touches)]
    if story.no_undo:
        lines.append(story.no_undo)
    if story.choices:
        lines.append(f"You may choose: {', '.join(CHOICE_WORDS[one] for one in story.choices)}")
    return lines


def _facts(facts: Sequence[Fact]) -> list[str]:
    lines = []
    for fact in facts:
        first, *rest = fact.text.splitlines() or [""]
        lines.append(f"  {fact.label}: {plain(first)}")
        lines += [f"    {plain(part)}" for part in rest]
    return lines


def listed_as_dict(outbox: Outbox, operations: Sequence[Operation]) -> dict[str, Any]:
    """Return a list ready for JSON."""
    return {
        "operations": [_as_dict(outbox, one) for one in operations],
        "protection": {"level": outbox.protection.value, "words": PROTECTION_WORDS[outbox.protection]},
    }


def _as_dict(outbox: Outbox, operation: Operation) -> dict[str, Any]:
    return {
        **_short(operation),
        "person": outbox.name_of(operation.target_id),
        "choices": [one.value for one in outbox.choices(operation)],
    }


def _short(operation: Operation) -> dict[str, Any]:
    return {
        "id": operation.op_id,
        "kind": operation.kind.value,
        "what": _what(operation),
        "state": operation.state.value,
        "hold": operation.hold.value,
        "words": operation.words,
        "target_id": operation.target_id,
        "created": operation.created,
        "sent": operation.sent,
        "run": operation.run_id,
        "server_code": operation.server_code,
    }


def story_as_dict(story: Story) -> dict[str, Any]:
    """Return everything about one operation, ready for JSON."""
    return {
        **_short(story.operation),
        "person": story.name,
        "means": story.means,
        "protection": story.protection,
        "asked": [{"label": one.label, "text": one.text} for one in story.asked],
        "seen": [{"label": one.label, "text": one.text} for one in story.seen],
        "history": [
            {
                "at": one.at,
                "from": one.before.value if one.before else None,
                "to": one.after.value,
                "why": one.why,
            }
            for one in story.history
        ],
        "behind": [_short(one) for one in story.touches],
        "choices": [one.value for one in story.choices],
        "no_undo": story.no_undo,
    }
