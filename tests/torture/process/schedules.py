"""Carries out one schedule: its steps by name, its end, its check."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from tests.torture.process.checker import check
from tests.torture.process.evidence import BROKEN
from tests.torture.process.ledger import read_ledger
from tests.torture.process.nursery import DeskDied, DeskSaidNo
from tests.torture.process.plans import SPARE, plan_of
from tests.torture.process.stage import Stage, ignoring_refusals

if TYPE_CHECKING:
    from tests.torture.process.evidence import Evidence
    from tests.torture.process.nursery import Nursery
    from tests.torture.process.org_keeper import OrgKeeper
    from tests.torture.process.plans import Plan, Step

SPARES = 5
ROW_KILL = 35


class Schedule:
    """One plan with the people it is played with."""

    def __init__(self, keeper: OrgKeeper, nursery: Nursery, plan: Plan) -> None:
        people = keeper.people(plan.people + SPARES)
        self._plan = plan
        self._keeper = keeper
        self._standing, self._spare = people[: plan.people], people[plan.people :]
        self._added: list[str] = []
        self._intents: list[str] = []
        self._fields = 0
        self.stage = Stage(keeper, nursery, f"s{plan.seed}", keeper.home())
        self.evidence = self.stage.evidence
        self.evidence.targets = people

    def run(self) -> Evidence:
        """Play it from the first start to the check."""
        org, plan = self._keeper.org, self._plan
        self._keeper.calm(**plan.settings)
        self.evidence.since = org.now()
        try:
            self._keeper.stand_at_a_call(self._standing)
            self.stage.start()
            self.stage.order("knows", targets=self._standing)
            for step in plan.steps:
                self._step(step)
            self.stage.drain(plan.settings)
            self.stage.board_is_equal()
            self.stage.end()
            org.settings(hidden_fields=[])
            check(self.evidence, read_ledger(self.stage.home), org)
            self._count_met()
        except Exception as trouble:  # noqa: BLE001 - whatever went wrong belongs to this seed
            self.evidence.find(BROKEN, f"{type(trouble).__name__}: {trouble}")
        finally:
            self.stage.close()
        return self.evidence

    def _count_met(self) -> None:
        """Count the rows of what was really met: a fate that waited for a request in vain was none."""
        entries = self._keeper.org.history(self.evidence.since)
        met = Counter(one["fate"] for one in entries if one["kind"] == "reply" and one.get("fate"))
        for step in self._plan.steps:
            kind = step.parts.get("fate")
            if kind is None or met[kind] > 0:
                self.evidence.rows.update(step.rows)
                met[kind] -= 1
        self.evidence.rows[ROW_KILL] += self.evidence.kills

    def _step(self, step: Step) -> None:
        self.evidence.course.append(str(step))
        try:
            getattr(self, f"_do_{step.do}")(**step.parts)
        except DeskDied:
            self.evidence.course.append("died")
            self.stage.died()
            self.stage.revive()
        except DeskSaidNo as said:
            self.evidence.course.append(f"said no: {said.args[0]}")
        except TimeoutError:
            self.evidence.course.append("not answered yet")

    # ------------------------------------------------------------ what a person does

    def _target(self, person: int | str) -> str:
        if person == SPARE:
            return self._spare[0]
        return self._standing[int(person)]

    def _own(self, text: str) -> str:
        return f"{self._plan.seed}: {text}"

    def _do_log(self, person: int | str, notes: str, number: int, *, follow_up: bool) -> None:
        target, text = self._target(person), self._own(notes)
        self.evidence.drafts.pop(target, None)  # the draft, if there is one, becomes this call
        subject = f"{text}, later" if follow_up else ""
        said = self.stage.order("log", target=target, notes=text, number=number, follow_up=subject)
        self.evidence.notes[said["op_id"]] = text
        self._intents.append(said["intent"])

    def _do_draft(self, person: int | str, notes: str) -> None:
        target, text = self._target(person), self._own(notes)
        self.evidence.drafts.setdefault(target, {""}).add(text)
        self.stage.order("draft", target=target, notes=text)
        self.evidence.drafts[target] = {text}

    def _do_discard(self, person: int) -> None:
        self.evidence.drafts.pop(self._target(person), None)
        self.stage.order("discard", target=self._target(person))

    def _do_enroll(self, count: int, *, again: bool) -> None:
        wanted = self._added[-1:] if again and self._added else self._spare[1:][:count]
        said = self.stage.order("enroll", targets=wanted, cadence=self._keeper.cadence)
        added = [target for target, verdict in said if verdict.startswith("Will add")]
        self._added += added
        self.evidence.adds += added

    def _do_move(self, verb: str, person: int) -> None:
        value = {"set_disposition": "", "change_assignee": self._keeper.other_rep}.get(verb, "")
        if verb == "set_disposition":
            value = "Successful"
        self._intents += self.stage.order("move", verb=verb, targets=[self._target(person)], value=value)

    def _do_undo(self) -> None:
        self.stage.order("undo", intents=self._intents[-1:])

    # ------------------------------------------------------------ what befalls

    def _do_fate(self, **rule: Any) -> None:
        self._keeper.org.control("/fates", rule)

    def _do_stream(self, action: str, **parts: Any) -> None:
        if action == "new_schema":
            self._fields += 1
            parts["field"] = f"Extra_{self._plan.seed}_{self._fields}__c"
        ignoring_refusals(self._keeper.org.stream, action, **parts)

    def _do_expire(self) -> None:
        self._keeper.org.control("/tokens", {"action": "expire", "user": self._keeper.org.me})

    def _do_limit(self, *, spent: bool) -> None:
        self._keeper.org.settings(api_daily_limit=1 if spent else 100_000)

    def _do_kill(self, at: int, *, caches: bool) -> None:
        self.stage.order("arm", at=at, caches=caches)

    def _do_restart(self) -> None:
        self.stage.restart()

    def _do_sleep(self, seconds: float) -> None:
        self.stage.sleep(seconds)

    def _do_pass(self, seconds: float) -> None:
        self.stage.pass_time(seconds)
        self.stage.desk.listen(0.1)

    def _do_wrong_clock(self, seconds: float) -> None:
        self.stage.order("wrong", seconds=seconds)

    def _do_colleague(self, verb: str, person: int) -> None:
        org, target = self._keeper.org, self._target(person)
        if verb == "title":
            org.edit(
                "Lead" if target.startswith("00Q") else "Contact",
                target,
                Title=f"Title {len(self.evidence.course)}",
            )
        elif verb == "enroll":
            cadence = self._keeper.cadence
            ignoring_refusals(org.verb, "enroll", target=self._spare[1], cadence=cadence, owner=org.me)
        elif tracker := self._keeper.tracker(target):
            moment = {"resume_ms": 0} if verb == "pause" else {}
            ignoring_refusals(org.verb, verb, tracker=tracker, **moment)


def run_schedule(keeper: OrgKeeper, nursery: Nursery, seed: int) -> Evidence:
    """Play the schedule of a seed."""
    return Schedule(keeper, nursery, plan_of(seed)).run()
