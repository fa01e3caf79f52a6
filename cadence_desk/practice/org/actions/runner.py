"""Runs an action for a list of inputs in one transaction, each input on its own, results in input order.

Imports handlers, definitions and texts. Called by ``org.world``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from typing import TYPE_CHECKING

from cadence_desk.practice.org.actions.definitions import actions_of
from cadence_desk.practice.org.actions.handlers import Handlers
from cadence_desk.practice.org.actions.model import ActionDef, ActionError, ActionResult
from cadence_desk.practice.org.actions.texts import text_of
from cadence_desk.practice.org.engine.parts import Refusal
from cadence_desk.practice.org.transaction import Transaction
from cadence_desk.practice.org.values import DmlError

if TYPE_CHECKING:
    from cadence_desk.practice.org.engine.engine import Engine
    from cadence_desk.practice.org.settings import OrgSettings

_FAILED = "UNKNOWN_EXCEPTION"
Opens = Callable[[str, str], AbstractContextManager[Transaction]]


class _AllOrNothing(Exception):
    """One input failed and the org saves all or nothing."""


class ActionRunner:
    """Runs the actions of an org; ``open_transaction`` takes user and origin."""

    def __init__(self, engine: Engine, settings: OrgSettings, open_transaction: Opens) -> None:
        self._handlers = Handlers(engine)
        self._settings = settings
        self._open = open_transaction

    def run(
        self, name: str, inputs: Sequence[Mapping[str, object]], user: tuple[str, bool], origin: str
    ) -> list[ActionResult]:
        """Run an action; ``user`` is an id and whether it holds the feature.

        With partial save off, one failed input undoes all, although the others still say that they succeeded.

        Raises:
            KeyError: the contract in force has no such action.
        """
        action = next((one for one in actions_of(self._settings.contract) if one.name == name), None)
        if action is None:
            raise KeyError(name)
        user_id, licensed = user
        if not licensed:
            return [self._refused(action, "NO_FEATURE") for _ in inputs]
        results: list[ActionResult] = []
        with suppress(_AllOrNothing), self._open(user_id, origin) as transaction:
            results.extend(self._one(action, transaction, one) for one in inputs)
            self._check_whole(results)
        return results

    def _check_whole(self, results: Sequence[ActionResult]) -> None:
        if not self._settings.partial_save and not all(one.is_success for one in results):
            raise _AllOrNothing

    def _one(self, action: ActionDef, transaction: Transaction, inputs: Mapping[str, object]) -> ActionResult:
        problem = _input_problem(action, inputs)
        if problem is not None:
            return ActionResult(
                action.name, is_success=False, errors=(problem,), outputs={"error": problem.message}
            )
        try:
            with transaction.attempt():
                outputs = self._handlers.handle(action.name, transaction, inputs)
        except Refusal as refusal:
            return self._refused(action, refusal.code)
        except DmlError as problem_of_write:
            return _failure(action, problem_of_write.message, problem_of_write.fields)
        return ActionResult(action.name, is_success=True, outputs=outputs)

    def _refused(self, action: ActionDef, code: str) -> ActionResult:
        return _failure(action, text_of(code, self._settings.action_texts))


def _failure(action: ActionDef, message: str, fields: tuple[str, ...] = ()) -> ActionResult:
    error = ActionError(_FAILED, message, fields)
    return ActionResult(action.name, is_success=False, errors=(error,), outputs={"error": message})


def _input_problem(action: ActionDef, inputs: Mapping[str, object]) -> ActionError | None:
    unknown = [name for name in inputs if action.input(name) is None]
    if unknown:
        return ActionError(
            "INVALID_API_INPUT", f"The input parameter {unknown[0]} isn't valid for this action."
        )
    for one in action.inputs:
        if one.required and inputs.get(one.name) in (None, ""):
            return ActionError(_FAILED, f"Missing required input parameter: {one.name}")
    return None
