"""Every check with its rule, in the order of the report. Pure: facts in, lines out. Called by desk and by tests."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from cadence_desk.domain.readiness import call_rules, event_rules, line_rules, offer_rules
from cadence_desk.domain.readiness.catalog import PAGES
from cadence_desk.domain.readiness.checks import Check, CheckCode

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cadence_desk.domain.readiness.facts import OrgFacts
    from cadence_desk.domain.readiness.finding import Finding

ENTITY_OF: Mapping[CheckCode, str] = {
    CheckCode.EVENTS_TRACKER: "ActionCadenceTracker",
    CheckCode.EVENTS_STEP: "ActionCadenceStepTracker",
    CheckCode.EVENTS_LEAD: "Lead",
    CheckCode.EVENTS_CONTACT: "Contact",
    CheckCode.EVENTS_TASK: "Task",
}

RULES: Mapping[CheckCode, Callable[[OrgFacts], Finding]] = {
    CheckCode.TLS: line_rules.tls,
    CheckCode.PROXY: line_rules.proxy,
    CheckCode.CLOCK: line_rules.clock,
    CheckCode.API_ACCESS: line_rules.api_access,
    CheckCode.API_VERSION: line_rules.api_version,
    CheckCode.API_LIMIT: line_rules.api_limit,
    CheckCode.USER_ACTIVE: offer_rules.user_active,
    CheckCode.LICENSE: offer_rules.license_held,
    CheckCode.PERMISSION_SET: offer_rules.permission_set,
    CheckCode.CADENCE_USER: offer_rules.cadence_user,
    CheckCode.CADENCE_OBJECTS: offer_rules.cadence_objects,
    CheckCode.CADENCE_FIELDS: offer_rules.cadence_fields,
    CheckCode.CADENCE_ACTIONS: offer_rules.cadence_actions,
    CheckCode.ACTION_INPUTS: offer_rules.action_inputs,
    CheckCode.DISPOSITIONS: offer_rules.dispositions,
    CheckCode.SEVERAL_CADENCES: offer_rules.several_cadences,
    CheckCode.PEOPLE_FIELDS: offer_rules.people_fields,
    CheckCode.PERSON_ACCOUNTS: offer_rules.person_accounts,
    CheckCode.TASK_CREATE: call_rules.task_create,
    CheckCode.TASK_FIELDS: call_rules.task_fields,
    CheckCode.TASK_STATUS: call_rules.task_status,
    CheckCode.CALL_PATH: call_rules.call_path,
    CheckCode.CALL_PROTECTION: call_rules.call_protection,
    CheckCode.CALL_RESULTS: call_rules.call_results,
    CheckCode.CALL_OUTCOMES: call_rules.call_outcomes,
    CheckCode.CALL_SCRIPTS: call_rules.call_scripts,
    CheckCode.EVENT_BUS: event_rules.event_bus,
    CheckCode.EVENT_PERMISSION: event_rules.event_permission,
    CheckCode.EVENT_ALLOWANCE: event_rules.event_allowance,
    **{code: partial(event_rules.of_entity, entity=entity) for code, entity in ENTITY_OF.items()},
}


def judge(facts: OrgFacts) -> list[Check]:
    """Return one line per check."""
    return [_line(code, RULES[code](facts)) for code in CheckCode]


def _line(code: CheckCode, finding: Finding) -> Check:
    page = PAGES[code]
    return Check(code, page.title, finding.result, finding.seen, page.why, finding.fix or page.fix)
