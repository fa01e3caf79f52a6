"""Switches of the practice org: where the platform's behavior is unpublished or differs between orgs.

Imports nothing of ours. Read by the engine, actions and servers; the control surface patches it by name.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any

CHANGE_ENTITIES = ("ActionCadenceTracker", "ActionCadenceStepTracker", "Task", "Lead", "Contact")
"""The entities selected for Change Data Capture in a new practice org."""

CONTRACTS = ("documented", "brief")
CHOICES = {
    "contract": CONTRACTS,
    "operation_key": ("unique", "external", "plain", "absent"),
    "certificate": ("own", "expired", "unknown", "other_host"),
}
"""What the switches that are words may say."""
OPERATION_KEY = "CD_Op_Id__c"
_PERSON_NAME = frozenset({"FirstName", "LastName", "Salutation", "IsPersonAccount"})


@dataclass(slots=True)
class OrgSettings:
    """All switches with their stated defaults.

    ``action_texts`` replaces refusal texts by code; ``hidden_fields`` holds ``Object.Field`` names kept out of describe
    and queries; ``unknown_picklists`` adds values that no document lists, as ``{"Object.Field": ["Value"]}``.
    CONTROL.md tells the meaning of every switch.
    """

    contract: str = "documented"
    action_failure_status: int = 400
    partial_save: bool = True
    task_logging: bool = True
    complete_step_on_task_close: bool = False
    disposition_branching: bool = True
    multiple_cadences: bool = True
    related_records: bool = True
    tracker_limit: int = 150_000
    initializing_ms: int = 800
    processing_ms: int = 400
    email_trouble: float = 0.01
    action_texts: dict[str, str] = field(default_factory=dict)
    selected_entities: set[str] = field(default_factory=lambda: set(CHANGE_ENTITIES))
    view_all_users: set[str] = field(default_factory=set)
    keepalive_seconds: int = 60
    api_daily_limit: int = 100_000
    rotate_refresh_tokens: bool = True
    colleagues: bool = True
    colleague_seconds: int = 20
    unknown_picklists: dict[str, list[str]] = field(default_factory=dict)
    hidden_fields: set[str] = field(default_factory=set)
    hidden_objects: set[str] = field(default_factory=set)
    read_only_objects: set[str] = field(default_factory=set)
    unavailable_actions: set[str] = field(default_factory=set)
    unlicensed_users: set[str] = field(default_factory=set)
    person_accounts: bool = True
    operation_key: str = "unique"
    manual_complete_reads_call: bool = True
    oldest_api: int = 45
    newest_api: int = 68
    api_enabled: bool = True
    setup_visible: bool = True
    app_installed: bool = True
    approved_users: set[str] = field(default_factory=set)
    sign_in_ip_locked: bool = False
    events_ip_locked: bool = False
    certificate: str = "own"
    proxy_login: str = ""
    proxy_refuses: bool = False

    def hides_object(self, sobject: str) -> bool:
        """Whether users see nothing of an object."""
        return sobject in self.hidden_objects

    def hides_field(self, sobject: str, name: str) -> bool:
        """Whether a field is kept out of describe, queries, writes and events."""
        if f"{sobject}.{name}" in self.hidden_fields:
            return True
        if sobject == "Task" and name == OPERATION_KEY:
            return self.operation_key == "absent"
        return not self.person_accounts and _of_person_account(sobject, name)

    def patch(self, changes: dict[str, Any]) -> None:
        """Change switches by name; lists become sets where a set is kept. Nothing changes when one name is wrong.

        Raises:
            ValueError: an unknown name, a value of the wrong kind, or an unknown contract.
        """
        known = {one.name for one in fields(self)}
        checked: dict[str, Any] = {}
        for name, value in changes.items():
            if name not in known:
                raise ValueError(f"no setting is called {name}")
            checked[name] = self._checked(name, value)
        for name, value in checked.items():
            setattr(self, name, value)

    def _checked(self, name: str, value: Any) -> Any:
        current = getattr(self, name)
        if isinstance(current, float) and isinstance(value, int | float) and not isinstance(value, bool):
            return float(value)
        if isinstance(current, set) and isinstance(value, list | tuple | set):
            return set(value)
        if isinstance(current, bool) is not isinstance(value, bool) or not isinstance(value, type(current)):
            raise ValueError(f"the setting {name} takes a {type(current).__name__}")
        if name in CHOICES and value not in CHOICES[name]:
            raise ValueError(f"{name} is one of {', '.join(CHOICES[name])}")
        return value

    def as_dict(self) -> dict[str, Any]:
        """Return all switches ready for JSON, sets as sorted lists."""
        shown = {one.name: getattr(self, one.name) for one in fields(self)}
        return {name: sorted(value) if isinstance(value, set) else value for name, value in shown.items()}


def _of_person_account(sobject: str, name: str) -> bool:
    """Whether a field exists only in orgs with person accounts (Object Reference, Account and Contact)."""
    if name == "IsPersonAccount":
        return True
    return sobject == "Account" and (name.startswith("Person") or name in _PERSON_NAME)
