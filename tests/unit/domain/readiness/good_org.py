"""Facts of an org in which everything is on, to be spoiled one by one."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from cadence_desk.domain.calls import CallResult, TaskStatus
from cadence_desk.domain.orgs import ActionDescription, Capabilities, FieldDescription, ObjectDescription
from cadence_desk.domain.protection import TASK_KEY
from cadence_desk.domain.readiness.call_rules import CALL_FIELDS, STEP_LINK, TASK_MARK
from cadence_desk.domain.readiness.facts import (
    Allowance,
    CallFacts,
    LimitFacts,
    LineFacts,
    OrgFacts,
    TopicFacts,
    UserFacts,
    VersionFacts,
)
from cadence_desk.domain.readiness.offer_rules import (
    COMPLETING_ACTIONS,
    KEY_FIELDS,
    LESSER_ACTIONS,
    MORE_FIELDS,
    NEEDED_ACTIONS,
    PEOPLE_FIELDS,
)
from cadence_desk.domain.readiness.rules import ENTITY_OF

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
LINE = LineFacts("acme.my.salesforce.com", "TLSv1.3", "DigiCert", NOW + timedelta(days=90), skew=0.4, now=NOW)
PICKLIST = (("Success", "Success"), ("Bad Data", "Bad Data"))


def described(name: str, *fields: str) -> ObjectDescription:
    found = {
        each: FieldDescription(
            each,
            each,
            "string",
            createable=True,
            updateable=True,
            external_id=each == TASK_KEY,
            unique=each == TASK_KEY,
            picklist=PICKLIST if each == "CompletionDisposition" else (),
        )
        for each in fields
    }
    return ObjectDescription(name, name, "000", found, createable=True)


def action(name: str, *unknown: str) -> ActionDescription:
    return ActionDescription(name, name, (), unknown)


def offers() -> Capabilities:
    objects = [described(name, *KEY_FIELDS[name], *MORE_FIELDS[name]) for name in KEY_FIELDS]
    objects += [
        described("Lead", *PEOPLE_FIELDS["Lead"], "ActionCadenceId"),
        described("Contact", *PEOPLE_FIELDS["Contact"]),
        described("Account", "Name", "IsPersonAccount"),
        described("Task", *CALL_FIELDS, TASK_KEY, TASK_MARK, STEP_LINK),
        described("CallTemplate", "Name"),
        described("CallDisposition", "Disposition"),
    ]
    names = (*NEEDED_ACTIONS, COMPLETING_ACTIONS[0], *LESSER_ACTIONS)
    return Capabilities("68.0", {name: action(name) for name in names}, {one.name: one for one in objects})


def without(capabilities: Capabilities, *names: str) -> Capabilities:
    """Return capabilities without some actions, objects, or Object.Field."""
    objects = dict(capabilities.objects)
    for each in names:
        name, _, field = each.partition(".")
        if not field:
            objects.pop(name, None)
            continue
        kept = {key: value for key, value in objects[name].fields.items() if key != field}
        objects[name] = replace(objects[name], fields=kept)
    actions = {name: one for name, one in capabilities.actions.items() if name not in names}
    return replace(capabilities, actions=actions, objects=objects)


def with_field(capabilities: Capabilities, path: str, **changes: object) -> Capabilities:
    """Return capabilities in which one field is described otherwise."""
    name, _, field = path.partition(".")
    found = capabilities.objects[name]
    fields = {**found.fields, field: replace(found.fields[field], **changes)}  # type: ignore[arg-type]
    return replace(capabilities, objects={**capabilities.objects, name: replace(found, fields=fields)})


def good() -> OrgFacts:
    statuses = (TaskStatus("Not Started", is_closed=False), TaskStatus("Completed", is_closed=True))
    results = (CallResult("Connect", "Meaningful Connect"), CallResult("Voicemail", "Left Voicemail"))
    return OrgFacts(
        versions=VersionFacts(tuple(range(45, 69)), 68, (66, 68), 60),
        line=LINE,
        offers=offers(),
        user=UserFacts(True, ("HighVelocitySalesPsl",), ("HighVelocitySalesUserIncluded",)),
        several_cadences=True,
        calls=CallFacts(statuses, results, scripts=True),
        limits=LimitFacts(Allowance(90_000, 100_000), Allowance(40_000, 50_000)),
        topics=tuple(TopicFacts(entity, selected=True) for entity in ENTITY_OF.values()),
    )


def topic(facts: OrgFacts, entity: str, **changes: object) -> OrgFacts:
    """Return facts with one topic changed."""
    assert isinstance(facts.topics, tuple)
    topics = tuple(
        replace(one, **changes) if one.entity == entity else one  # type: ignore[arg-type]
        for one in facts.topics
    )
    return replace(facts, topics=topics)


def topics(facts: OrgFacts, **changes: object) -> OrgFacts:
    """Return facts with all topics changed."""
    for entity in ENTITY_OF.values():
        facts = topic(facts, entity, **changes)
    return facts
