"""Every rule in one table: what is spoiled, which line says so, how it comes out, and a word of what was seen."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from cadence_desk.domain.calls import CallResult, TaskStatus
from cadence_desk.domain.readiness.checks import Check, CheckCode, CheckResult, as_text, summary
from cadence_desk.domain.readiness.facts import (
    Allowance,
    CallFacts,
    LimitFacts,
    OrgFacts,
    TopicTrouble,
    Unread,
    UserFacts,
    VersionFacts,
)
from cadence_desk.domain.readiness.rules import ENTITY_OF, judge
from tests.unit.domain.readiness.good_org import (
    LINE,
    NOW,
    action,
    good,
    offers,
    topic,
    topics,
    with_field,
    without,
)

if TYPE_CHECKING:
    from cadence_desk.domain.orgs import Capabilities

P, W, F, U = CheckResult.PASS, CheckResult.WARN, CheckResult.FAIL, CheckResult.UNKNOWN
C = CheckCode
GOOD, OFFERS = good(), offers()
NO = Unread("the org said no")


def lined(**changes: object) -> OrgFacts:
    return replace(GOOD, line=replace(LINE, **changes))  # type: ignore[arg-type]


def offering(capabilities: Capabilities) -> OrgFacts:
    return replace(GOOD, offers=capabilities)


def lacking(*names: str) -> OrgFacts:
    return offering(without(OFFERS, *names))


def calling(**changes: object) -> OrgFacts:
    return replace(GOOD, calls=replace(GOOD.calls, **changes))  # type: ignore[arg-type]


def user(**changes: object) -> OrgFacts:
    return replace(GOOD, user=replace(GOOD.user, **changes))  # type: ignore[arg-type]


def limits(**changes: object) -> OrgFacts:
    return replace(GOOD, limits=replace(GOOD.limits, **changes))  # type: ignore[arg-type]


def versions(*offered: int, used: int) -> OrgFacts:
    return replace(GOOD, versions=VersionFacts(offered, used, (66, 68), 60))


NO_SIGN = lacking("Lead.ActionCadenceId")
NO_TASKS = lacking("Task")
OLD_CONTRACT = replace(
    without(OFFERS, "sendSalesCadenceEvent"),
    actions={
        **without(OFFERS, "sendSalesCadenceEvent").actions,
        "completeActionCadenceStep": action("completeActionCadenceStep"),
    },
)
FEW = CallResult("Odd one")
FIXED_TASK = replace(OFFERS.objects["Task"], createable=False)

TABLE: tuple[tuple[OrgFacts, CheckCode, CheckResult, str], ...] = (
    (lined(tls=""), C.TLS, U, "could not be looked at"),
    (lined(ends=NOW + timedelta(days=3)), C.TLS, W, "ends on 2026-11-27"),
    (lined(ends=None, issuer=""), C.TLS, P, "TLSv1.3."),
    (lined(extra_authority=True), C.TLS, P, "own authority"),
    (lined(proxy="http://proxy:3128"), C.PROXY, P, "REST: http://proxy:3128; events: none"),
    (lined(events_proxy="socks5://p:1", events_proxy_works=False), C.PROXY, W, "cannot go through"),
    (lined(skew=None), C.CLOCK, U, "no time"),
    (lined(skew=-40.0), C.CLOCK, P, "40 s behind"),
    (lined(skew=90.0), C.CLOCK, W, "90 s ahead"),
    (lined(skew=-400.0), C.CLOCK, F, "7 minutes behind"),
    (lined(skew=90_000.0), C.CLOCK, F, "25 hours ahead"),
    (replace(GOOD, api_refusal="The REST API is not enabled."), C.API_ACCESS, F, "not enabled"),
    (versions(60, 63, used=63), C.API_VERSION, W, "63.0 is used; the org offers 60 to 63"),
    (versions(45, 59, used=0), C.API_VERSION, F, "45 to 59, 60 is the least"),
    (versions(used=0), C.API_VERSION, F, "lists none"),
    (limits(calls=Allowance(15_000, 100_000)), C.API_LIMIT, W, "15,000 of 100,000"),
    (limits(calls=Allowance(0, 0)), C.API_LIMIT, F, "0 of 0"),
    (user(active=False), C.USER_ACTIVE, F, "not active"),
    (user(licenses=()), C.LICENSE, P, "was not found by name, but"),
    (user(licenses=NO), C.LICENSE, P, "may not be read, but"),
    (replace(NO_SIGN, user=UserFacts(True, (), ())), C.LICENSE, F, "no license"),
    (replace(NO_SIGN, user=UserFacts(True, (), ())), C.PERMISSION_SET, F, "no permission set"),
    (replace(NO_SIGN, user=UserFacts(True, NO, NO)), C.PERMISSION_SET, U, "the org said no"),
    (NO_SIGN, C.CADENCE_USER, F, "hidden"),
    (lacking("Lead"), C.CADENCE_USER, U, "Leads cannot be seen"),
    (lacking("ActionCadenceTracker"), C.CADENCE_OBJECTS, F, "ActionCadenceTracker"),
    (lacking("ActionCadenceTracker.TargetId"), C.CADENCE_FIELDS, F, "ActionCadenceTracker.TargetId"),
    (lacking("ActionCadenceTracker.ErrorMessage"), C.CADENCE_FIELDS, W, "stay empty"),
    (
        lacking("ActionCadence", "ActionCadenceStep", "ActionCadenceTracker", "ActionCadenceStepTracker"),
        C.CADENCE_FIELDS,
        U,
        "No object",
    ),
    (lacking("assignTargetToSalesCadence"), C.CADENCE_ACTIONS, F, "assignTargetToSalesCadence"),
    (lacking("sendSalesCadenceEvent"), C.CADENCE_ACTIONS, F, "sendSalesCadenceEvent"),
    (lacking("pauseSalesCadenceTracker"), C.CADENCE_ACTIONS, W, "pauseSalesCadenceTracker"),
    (offering(OLD_CONTRACT), C.CADENCE_ACTIONS, P, "in one action"),
    (
        offering(replace(OFFERS, actions={"x": action("x", "mood", "color")})),
        C.ACTION_INPUTS,
        W,
        "x asks for mood, color",
    ),
    (offering(replace(OFFERS, actions={})), C.ACTION_INPUTS, U, "No action"),
    (
        offering(with_field(OFFERS, "ActionCadenceTracker.CompletionDisposition", picklist=())),
        C.DISPOSITIONS,
        W,
        "none",
    ),
    (lacking("ActionCadenceTracker.CompletionDisposition"), C.DISPOSITIONS, U, "cannot be seen"),
    (lacking("ActionCadenceTracker"), C.DISPOSITIONS, U, "cannot be seen"),
    (replace(GOOD, several_cadences=False), C.SEVERAL_CADENCES, U, "Nobody"),
    (lacking("Lead", "Contact"), C.PEOPLE_FIELDS, F, "Neither"),
    (lacking("Contact"), C.PEOPLE_FIELDS, W, "Contact"),
    (lacking("Lead.DoNotCall"), C.PEOPLE_FIELDS, W, "Lead.DoNotCall"),
    (lacking("Account.IsPersonAccount"), C.PERSON_ACCOUNTS, P, "off"),
    (lacking("Account"), C.PERSON_ACCOUNTS, U, "cannot be seen"),
    (NO_TASKS, C.TASK_CREATE, F, "cannot be seen"),
    (NO_TASKS, C.TASK_FIELDS, F, "cannot be seen"),
    (NO_TASKS, C.CALL_PATH, F, "cannot be seen"),
    (NO_TASKS, C.CALL_PROTECTION, F, "cannot be seen"),
    (
        offering(replace(OFFERS, objects={**OFFERS.objects, "Task": FIXED_TASK})),
        C.TASK_CREATE,
        F,
        "not create",
    ),
    (
        offering(replace(OFFERS, objects={**OFFERS.objects, "Task": replace(FIXED_TASK, createable=None)})),
        C.TASK_CREATE,
        P,
        "may create",
    ),
    (
        offering(with_field(OFFERS, "Task.Description", createable=False)),
        C.TASK_FIELDS,
        W,
        "Left out, because they cannot be written: Description",
    ),
    (lacking("Task.CallDisposition"), C.TASK_FIELDS, F, "CallDisposition"),
    (calling(statuses=(TaskStatus("Open", is_closed=False),)), C.TASK_STATUS, F, "None"),
    (offering(OLD_CONTRACT), C.CALL_PATH, P, "One action"),
    (lacking("sendSalesCadenceEvent"), C.CALL_PATH, W, "cannot be completed"),
    (lacking("Task.ActionCadenceStepTrackerId"), C.CALL_PATH, W, "hidden"),
    (
        offering(with_field(OFFERS, "Task.CD_Op_Id__c", unique=False)),
        C.CALL_PROTECTION,
        W,
        "Fair: CD_Op_Id__c is not unique",
    ),
    (
        offering(with_field(OFFERS, "Task.CD_Op_Id__c", external_id=False)),
        C.CALL_PROTECTION,
        W,
        "no external id",
    ),
    (lacking("Task.CD_Op_Id__c"), C.CALL_PROTECTION, W, "missing; calls are marked"),
    (lacking("Task.CD_Op_Id__c", "Task.CallObject"), C.CALL_PROTECTION, W, "Weak"),
    (calling(results=()), C.CALL_RESULTS, W, "none"),
    (calling(results=()), C.CALL_OUTCOMES, U, "no call results"),
    (calling(results=(FEW,)), C.CALL_OUTCOMES, W, "Odd one"),
    (lacking("CallTemplate"), C.CALL_SCRIPTS, W, "hidden"),
    (calling(scripts=False), C.CALL_SCRIPTS, P, "none yet"),
    (
        topics(GOOD, trouble=TopicTrouble.LINE, words="no way there"),
        C.EVENT_BUS,
        F,
        "no way there",
    ),
    (topics(GOOD, trouble=TopicTrouble.SESSION), C.EVENT_BUS, F, "cannot be reached"),
    (topic(GOOD, "Lead", trouble=TopicTrouble.LINE), C.EVENT_BUS, W, "Lead"),
    (replace(GOOD, topics=()), C.EVENT_BUS, U, "No topic"),
    (replace(GOOD, topics=()), C.EVENTS_LEAD, U, "not asked"),
    (topics(GOOD, trouble=TopicTrouble.LINE), C.EVENT_PERMISSION, U, "No topic"),
    (topic(GOOD, "Task", trouble=TopicTrouble.PERMISSION), C.EVENT_PERMISSION, F, "Task"),
    (limits(deliveries=Allowance(5_000, 50_000)), C.EVENT_ALLOWANCE, W, "5,000 of 50,000"),
    (limits(deliveries=Allowance(0, 50_000)), C.EVENT_ALLOWANCE, F, "0 of 50,000"),
    (topics(GOOD, trouble=TopicTrouble.ALLOWANCE), C.EVENT_ALLOWANCE, F, "40,000"),
    (
        topics(limits(deliveries=NO), trouble=TopicTrouble.ALLOWANCE),
        C.EVENT_ALLOWANCE,
        F,
        "used up",
    ),
    (limits(deliveries=NO), C.EVENT_ALLOWANCE, U, "the org said no"),
    (topic(GOOD, "ActionCadenceTracker", events=1, selected=False), C.EVENTS_TRACKER, P, "arrived"),
    (topic(GOOD, "ActionCadenceTracker", selected=False), C.EVENTS_TRACKER, F, "Not selected"),
    (topic(GOOD, "Contact", selected=False), C.EVENTS_CONTACT, W, "Not selected"),
    (
        topic(GOOD, "ActionCadenceStepTracker", trouble=TopicTrouble.ABSENT),
        C.EVENTS_STEP,
        F,
        "no such topic",
    ),
    (topic(GOOD, "Lead", selected=None, changed=True), C.EVENTS_LEAD, W, "no event came"),
    (topic(GOOD, "Lead", selected=None, changed=False), C.EVENTS_LEAD, U, "nothing changed"),
    (topic(GOOD, "Task", selected=None, trouble=TopicTrouble.PERMISSION), C.EVENTS_TASK, U, "may not"),
    (topic(GOOD, "Task", trouble=TopicTrouble.ALLOWANCE), C.EVENTS_TASK, U, "used up"),
)


def line(facts: OrgFacts, code: CheckCode) -> Check:
    return next(one for one in judge(facts) if one.code is code)


@pytest.mark.parametrize("number", range(len(TABLE)), ids=[f"{row[1].value}-{row[3]}" for row in TABLE])
def test_each_fact_has_its_line(number: int) -> None:
    facts, code, result, words = TABLE[number]
    found = line(facts, code)
    assert found.result is result, found.seen
    assert words in found.seen


def test_a_good_org_passes_every_check() -> None:
    assert {one.code: one.result for one in judge(GOOD)} == dict.fromkeys(CheckCode, P)


def test_the_table_names_every_check() -> None:
    assert {row[1] for row in TABLE} == set(CheckCode)


def test_nothing_read_is_no_verdict() -> None:
    assert {one.result for one in judge(OrgFacts())} == {U}
    nothing = replace(
        GOOD,
        versions=NO,
        line=NO,
        offers=NO,
        user=UserFacts(NO, NO, NO),
        several_cadences=NO,
        calls=CallFacts(NO, NO, NO),
        limits=LimitFacts(NO, NO),
        topics=NO,
    )
    assert {one.seen for one in judge(nothing)} == {"Could not be read: the org said no"}


def test_the_report_as_text() -> None:
    checks = judge(lacking("Task"))
    text = as_text(checks)
    assert "FAIL    TASK_CREATE" in text
    assert "Fix: Setup > Users" in text
    assert text.count("\n") < 3 * len(checks)
    assert summary(checks).startswith(f"{sum(one.result is F for one in checks)} fail")
    assert set(ENTITY_OF) <= set(CheckCode)
