"""Cadences and their steps as lines: order, branches, variants and counts. Pure but for badges."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cadence_desk.domain.cadences import STRUCTURAL_STEPS, step_word, walk_steps
from cadence_desk.domain.name_order import name_key
from cadence_desk.ui.kit.line_list import Line
from cadence_desk.ui.kit.moments import count_word
from cadence_desk.ui.kit.shapes import Badge, Shape
from cadence_desk.ui.kit.state_badges import cadence_badge
from cadence_desk.ui.kit.theme import Tone

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cadence_desk.domain.cadences import Cadence, CadenceStep

_RULES = {
    "CallMeaningfulConnect": "meaningful connect",
    "CallLeftVoicemail": "left voicemail",
    "CallBackLater": "call back later",
    "CallNotInterested": "not interested",
    "CallUnqualified": "unqualified",
}
_MOST_INDENT = 4


def rule_word(value: str) -> str:
    """Return a branch value in words; an unknown one is shown as it is."""
    return _RULES.get(value, value)


def cadence_lines(cadences: Sequence[Cadence]) -> list[Line]:
    """Return one line per cadence, the active ones first."""
    ordered = sorted(cadences, key=lambda one: (not one.is_active, name_key(one.name)))
    return [_cadence_line(cadence) for cadence in ordered]


def _cadence_line(cadence: Cadence) -> Line:
    touches = sum(1 for step in cadence.steps if step.type not in STRUCTURAL_STEPS)
    active = "?" if cadence.active_targets is None else f"{cadence.active_targets:,}"
    return Line(
        key=cadence.id,
        title=cadence.name,
        detail=f"{count_word(touches, 'step')}  ·  {active} in cadence",
        badge=cadence_badge(cadence.state),
    )


def step_lines(cadence: Cadence) -> list[Line]:
    """Return the steps of a cadence in the order they are walked, branches indented."""
    titles = {step.step_name: step.title or step_word(step.type) for step in cadence.steps}
    depths = _depths(cadence.steps)
    lines = []
    number = 0
    for step in walk_steps(cadence.steps):
        if step.type not in STRUCTURAL_STEPS:
            number += 1
        lines.append(_step_line(step, number, titles, min(depths.get(step.step_name, 0), _MOST_INDENT)))
    return lines


def _step_line(step: CadenceStep, number: int, titles: dict[str, str], indent: int) -> Line:
    is_touch = step.type not in STRUCTURAL_STEPS
    title = step.title or step_word(step.type)
    parts = [step_word(step.type)] if step_word(step.type) != title else []
    for rule in step.rules:
        following = titles.get(rule.next_step_name)
        word = rule_word(rule.value)
        parts.append(f"on {word} → {following}" if following else f"leaves the cadence on {word}")
    if step.branch_default_step_name in titles and step.rules:
        parts.append(f"else → {titles[step.branch_default_step_name]}")
    if step.wait_seconds:
        parts.append(_wait_word(step.wait_seconds))
    if step.variants:
        shares = " / ".join(f"{variant.split_percent:g} %" for variant in step.variants)
        parts.append(f"{len(step.variants)} variants: {shares}")
    if step.comments:
        parts.append(step.comments)
    badge = Badge("Not reached", Shape.DIAMOND, Tone.WARN) if step.is_orphan else None
    return Line(
        key=step.id,
        title=f"{number}.  {title}" if is_touch else title,
        detail="  ·  ".join(parts),
        badge=badge,
        indent=indent,
    )


def _wait_word(seconds: int) -> str:
    if seconds % 86_400 == 0:
        return count_word(seconds // 86_400, "day")
    return f"{seconds // 3600} h" if seconds % 3600 == 0 else f"{seconds // 60} min"


def _depths(steps: Sequence[CadenceStep]) -> dict[str, int]:
    """Return how deep each step is indented: one further where a step has several followers."""
    parents = {step.step_name: step.parent_step_name for step in steps}
    followers: dict[str, int] = {}
    for parent in parents.values():
        followers[parent] = followers.get(parent, 0) + 1
    depths: dict[str, int] = {}
    for step in walk_steps(tuple(steps)):
        parent = step.parent_step_name
        depths[step.step_name] = depths.get(parent, 0) + (
            1 if parent in parents and followers[parent] > 1 else 0
        )
    return depths
