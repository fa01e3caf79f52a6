"""A small made-up org for window tests: people, cadences, reps and trackers, the same for a seed."""

import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from cadence_desk.domain.cadences import Cadence, CadenceStep, StepRule, StepVariant
from cadence_desk.domain.calls import CallResult
from cadence_desk.domain.people import Person, PersonKind, Rep
from cadence_desk.domain.record_ids import RecordId, checksum
from cadence_desk.domain.trackers import StepTracker, Tracker

NOW = datetime(2026, 11, 24, 10, 41, tzinfo=UTC)
FIRST = ("Ada", "Ben", "Chloé", "Dmitri", "Ewa", "Farid", "Grace", "Hugo", "Ines", "Jonas", "Kavya", "Luca")
LAST = ("Nowak", "Okafor", "Schmidt", "Tanaka", "Urbina", "Vogel", "Whitfield", "Xu", "Young", "Zimmer")
ODD_NAMES = (
    "سارة العتيبي",
    "דוד לוי",
    "Zoë 🚀 Faßbender",
    "<table><tr><td>" * 17 + "Nested",
    "<b>Bold</b> & <img src=x>",
)
COMPANIES = (
    "Brightwater Ltd",
    "Fjord Analytics",
    "Helix Foods",
    "Juniper Rail",
    "Lakeside Dental",
    "Orbit Tools",
)
TITLES = ("Head of Operations", "VP Sales", "IT Director", "Buyer", "Founder", "Office Manager")
CITIES = ("Leeds", "Oslo", "Lyon", "Austin", "Porto", "Vienna")
REPS = ("Maya Lindqvist", "Tom Abara", "Priya Shah", "Noah Fischer")
STATES = ("Running",) * 6 + ("Paused", "Processing", "Initializing", "Error", "Complete", "Complete")


def made_id(prefix: str, number: int) -> RecordId:
    """Return a well-formed id."""
    body = f"{prefix}5f000{number:07d}"[:15]
    return RecordId(body + checksum(body))


@dataclass
class World:
    """Everything the fake desk shows."""

    people: dict[str, Person] = field(default_factory=dict)
    trackers: dict[str, Tracker] = field(default_factory=dict)
    steps: dict[str, list[StepTracker]] = field(default_factory=dict)
    cadences: list[Cadence] = field(default_factory=list)
    reps: list[Rep] = field(default_factory=list)


RESULTS = [
    CallResult("Meaningful Connect", "Meaningful Connect"),
    CallResult("Left Voicemail", "Left Voicemail"),
    CallResult("Call Back Later", "Call Back Later"),
    CallResult("Not Interested", "Not Interested"),
    CallResult("Unqualified", "Unqualified"),
]
DISPOSITIONS = ["Success", "Customer Engaged", "Contact Later", "No Response", "Not Interested", "Bad Data"]


def make_world(people: int = 300, seed: int = 7) -> World:
    """Return a world of some people; every third is in a cadence."""
    dice = random.Random(seed)
    world = World()
    world.reps = [Rep(made_id("005", n), name, can_work=n != 3) for n, name in enumerate(REPS)]
    world.cadences = _cadences()
    for number in range(people):
        person = _person(number, dice, world.reps)
        world.people[person.id] = person
        if number % 3 == 0 and person.kind is not PersonKind.PERSON_ACCOUNT:
            _enroll(world, person, number, dice)
    return world


def _person(number: int, dice: random.Random, reps: list[Rep]) -> Person:
    odd = ODD_NAMES[number - 5] if 5 <= number < 5 + len(ODD_NAMES) else ""
    name = odd or f"{dice.choice(FIRST)} {dice.choice(LAST)}"
    kind = (PersonKind.LEAD, PersonKind.LEAD, PersonKind.CONTACT, PersonKind.PERSON_ACCOUNT)[number % 4]
    owner = reps[number % len(reps)]
    return Person(
        id=made_id("00Q" if kind is PersonKind.LEAD else "003", number),
        kind=kind,
        name=name,
        account_name=dice.choice(COMPANIES),
        title=dice.choice(TITLES),
        email=f"person{number}@example.com" if number % 11 else "",
        phone=f"+44 20 7946 {number % 10000:04d}" if number % 7 else "",
        status=dice.choice(("Open", "Working", "Nurturing")) if kind is PersonKind.LEAD else "",
        owner_id=owner.id,
        owner_name=owner.name,
        city=dice.choice(CITIES),
        do_not_call=number % 17 == 0,
        email_opt_out=number % 23 == 0,
        modified=NOW - timedelta(minutes=number * 13 % 9000),
    )


def _step(cadence: RecordId, number: int, name: str, kind: str, title: str, parent: str = "") -> CadenceStep:
    return CadenceStep(
        made_id("8HB", int(cadence[9:15]) * 20 + number), cadence, name, title, kind, parent_step_name=parent
    )


def _cadences() -> list[Cadence]:
    outbound = made_id("77C", 1)
    steps = (
        _step(outbound, 1, "start", "Root", "Start"),
        _step(outbound, 2, "intro", "MakeACall", "Introduction call", "start"),
        _step(outbound, 3, "mail", "SendAnEmail", "Follow-up email", "intro"),
        _step(outbound, 4, "wait", "Wait", "Wait 2 days", "mail"),
        _step(outbound, 5, "second", "MakeACall", "Second call", "wait"),
        _step(outbound, 6, "link", "LinkedInConnection", "Connect on LinkedIn", "second"),
    )
    branching = CadenceStep(
        steps[1].id, outbound, "intro", "Introduction call", "MakeACall", parent_step_name="start",
        rules=(StepRule("CallOutcome", "CallMeaningfulConnect", "link"), StepRule("CallOutcome", "CallLeftVoicemail", "mail")),
        variants=(StepVariant(made_id("8HV", 1), "t1", 50), StepVariant(made_id("8HV", 2), "t2", 50)),
    )  # fmt: skip
    steps = (steps[0], branching, *steps[2:])
    calls, old = made_id("77C", 2), made_id("77C", 3)
    return [
        Cadence(outbound, "Outbound UK, mid-market", "Active", "Standard", "Calls and mails over two weeks", folder_name="Sales", active_targets=84, total_targets=412, steps=steps),
        Cadence(calls, "Inbound demo requests", "Active", "Standard", "", active_targets=12, total_targets=97, steps=(_step(calls, 1, "call", "MakeACall", "Call within the hour"), _step(calls, 2, "again", "MakeACall", "Call again", "call"))),
        Cadence(old, "Summer event 2025", "Inactive", "Standard", "", active_targets=0, total_targets=230, steps=(_step(old, 1, "invite", "AutoSendAnEmail", "Invitation"),)),
    ]  # fmt: skip


def _enroll(world: World, person: Person, number: int, dice: random.Random) -> None:
    for turn in range(2 if number % 9 == 0 else 1):
        cadence = world.cadences[(number // 3 + turn) % 2]
        state = dice.choice(STATES)
        touches = [step for step in cadence.steps if step.type != "Root"]
        step = touches[number % len(touches)]
        tracker = _tracker(world, person, cadence, step, state, number * 2 + turn)
        world.trackers[tracker.id] = tracker
        steps = [_step_tracker(tracker, one, done=True) for one in touches[: number % len(touches)]]
        if tracker.is_active or state == "Error":
            steps.append(_step_tracker(tracker, step, done=False))
        world.steps.setdefault(person.id, []).extend(reversed(steps))


def _tracker(
    world: World, person: Person, cadence: Cadence, step: CadenceStep, state: str, number: int
) -> Tracker:
    rep = world.reps[number % 3]
    return Tracker(
        id=made_id("0qB", number),
        target_id=person.id,
        cadence_id=cadence.id,
        state=state,
        is_active=state not in {"Complete", "Error"},
        target_name=person.name,
        cadence_name=cadence.name,
        owner_id=rep.id,
        owner_name=rep.name,
        current_step_id=step.id,
        current_step_title=step.title,
        current_step_type=step.type,
        completion_reason="NoMoreSteps" if state == "Complete" else "",
        completion_disposition="No Response" if state == "Complete" else "",
        error_message="SENDER_MAILBOX_NOT_FOUND" if state == "Error" else "",
        created=NOW - timedelta(days=number % 14 + 1),
        modified=NOW - timedelta(minutes=number % 600),
    )


def _step_tracker(tracker: Tracker, step: CadenceStep, *, done: bool) -> StepTracker:
    number = int(tracker.id[8:15]) * 10 + int(step.id[10:15]) % 10
    state = "Completed" if done else "Error" if tracker.state == "Error" else "Active"
    return StepTracker(
        id=made_id("8HF", number),
        tracker_id=tracker.id,
        state=state,
        type=step.type,
        title=step.title,
        target_id=tracker.target_id,
        cadence_id=tracker.cadence_id,
        cadence_step_id=step.id,
        completion_reason="ManuallyCompleted" if done else "",
        completion_date=NOW - timedelta(days=2) if done else None,
        due=None if done else NOW + timedelta(hours=number % 40 - 12),
        error_code=tracker.error_message if state == "Error" else "",
        created=NOW - timedelta(days=3 if done else 1),
    )
