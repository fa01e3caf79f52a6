"""One practice org for many schedules: fresh people for each, a new org when they are used up."""

from __future__ import annotations

import itertools
import shutil
import tempfile
from pathlib import Path
from typing import Any

from tests.desk.practice_org import Org, OrgSaidNo, quoted

PEOPLE = 400
STARTS_AT = "2026-11-24T08:00:00Z"
FIRST_STEP_SECONDS = 5.0
CADENCE = "Call Blitz"


class OrgKeeper:
    """Starts, lends and ends practice orgs."""

    def __init__(self, people: int = PEOPLE) -> None:
        self._people = people
        self.folder = Path(tempfile.mkdtemp(prefix="org-torture-"))
        self._org: Org | None = None
        self._free: list[str] = []
        self._homes = itertools.count(1)
        self.deaths = 0
        """How many orgs ended by themselves."""
        self.cadence = ""
        self.other_rep = ""

    @property
    def org(self) -> Org:
        """The org of the moment."""
        assert self._org is not None
        return self._org

    def people(self, count: int) -> list[str]:
        """Return people whom nobody has worked with; a new org is started for them when need be."""
        if self._org is None or len(self._free) < count or self._org.process.poll() is not None:
            self._renew()
        assert len(self._free) >= count, "the org has too few people for this"
        taken, self._free = self._free[:count], self._free[count:]
        return taken

    def home(self) -> Path:
        """Return a folder for a new desk."""
        return self.folder / f"home-{next(self._homes)}"

    def _renew(self) -> None:
        self._end()
        self._org = org = Org.start(
            "--people", str(self._people), "--home", str(self.folder / "authority"), "--start", STARTS_AT
        )
        running = {one["TargetId"] for one in org.query("SELECT TargetId FROM ActionCadenceTracker")}
        usable = "Email != null AND Phone != null AND DoNotCall = false AND HasOptedOutOfEmail = false"
        leads = f"SELECT Id FROM Lead WHERE IsConverted = false AND {usable} ORDER BY Id"
        contacts = f"SELECT Id FROM Contact WHERE {usable} ORDER BY Id"
        found = [one["Id"] for asked in (leads, contacts) for one in org.query(asked)]
        self._free = sorted((one for one in found if one not in running), key=lambda one: one[3:])
        named = {one["Name"]: one["Id"] for one in org.query("SELECT Id, Name FROM ActionCadence")}
        self.cadence = named[CADENCE]
        reps = org.query(f"SELECT OwnerId FROM ActionCadenceTracker WHERE OwnerId != '{org.me}' LIMIT 1")
        self.other_rep = reps[0]["OwnerId"]

    def calm(self, **shape: Any) -> None:
        """Take every disturbance back; `shape` is what the org of this schedule is like."""
        self.org.reset()
        if shape:
            self.org.settings(**shape)

    def stand_at_a_call(self, targets: list[str]) -> None:
        """Have a colleague put people into a cadence that begins with a call; they stand there after some seconds."""
        for target in targets:
            self.org.verb("enroll", target=target, cadence=self.cadence, owner=self.org.me)
        self.org.jump(FIRST_STEP_SECONDS)

    def tracker(self, target: str) -> str:
        """Return the id of a person's running tracker; an empty text when there is none or the org does not say."""
        asked = f"SELECT Id FROM ActionCadenceTracker WHERE TargetId = '{target}' AND IsTrackerActive = true"
        try:
            rows = self.org.query(asked)
        except OrgSaidNo:  # the day's calls are used up
            return ""
        return rows[0]["Id"] if rows else ""

    def close(self) -> None:
        """End the org and forget the homes."""
        try:
            self._end()
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)

    def _end(self) -> None:
        org, self._org = self._org, None
        if org is None:
            return
        if org.process.poll() is not None:
            self.deaths += 1
            org.close_pipes()
        else:
            org.stop()

    @property
    def is_dead(self) -> bool:
        """Whether the org of the moment ended by itself: what a desk met then says nothing about the desk."""
        return self._org is not None and self._org.process.poll() is not None


def board_of(org: Org, targets: list[str]) -> dict[str, Any]:
    """Return what a fresh read of the org says about people, shaped as a desk tells its lists."""
    people: dict[str, Any] = dict.fromkeys(targets)
    for sobject in ("Lead", "Contact"):
        asked = f"SELECT Id, Name, Title, OwnerId FROM {sobject} WHERE Id IN ({quoted(targets)})"
        for row in org.query(asked):
            people[row["Id"]] = [row["Name"], row["Title"] or "", row["OwnerId"]]
    fields = "Id, State, IsTrackerActive, OwnerId, CurrentStepId"
    of_them = f"FROM ActionCadenceTracker WHERE TargetId IN ({quoted(targets)})"
    trackers = {
        row["Id"]: [row["State"], row["IsTrackerActive"], row["OwnerId"], row["CurrentStepId"] or ""]
        for row in org.query(f"SELECT {fields} {of_them}")
    }
    current = [one[3] for one in trackers.values() if one[3]]
    found = (
        org.query(
            f"SELECT Id, State FROM ActionCadenceStepTracker WHERE State = 'Active' AND Id IN ({quoted(current)})"
        )
        if current
        else []
    )
    return {"people": people, "trackers": trackers, "steps": {row["Id"]: row["State"] for row in found}}
