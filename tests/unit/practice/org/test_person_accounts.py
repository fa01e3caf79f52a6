"""Person accounts: one account and one hidden contact, alike in both directions."""

from __future__ import annotations

from typing import Any

import pytest

from cadence_desk.practice.org.values import DmlError


def test_a_new_person_account_gets_a_hidden_contact(stage: Any) -> None:
    with stage.org.transaction(stage.user) as work:
        made = work.insert(
            "Account", {"FirstName": "Ada", "LastName": "Byron", "PersonEmail": "ada@example.org"}
        )
    account = stage.org.store.read("Account", made)
    contact = stage.org.store.read("Contact", account["PersonContactId"])
    assert (account["Name"], account["IsPersonAccount"]) == ("Ada Byron", 1)
    assert (contact["Name"], contact["Email"], contact["IsPersonAccount"]) == (
        "Ada Byron",
        "ada@example.org",
        1,
    )
    assert contact["AccountId"] == made


def test_each_half_follows_the_other(stage: Any) -> None:
    account = stage.person_account()
    stage.org.edit("Account", account["Id"], {"LastName": "Fresh", "PersonTitle": "Owner"})
    contact = stage.org.store.read("Contact", account["PersonContactId"])
    assert (contact["LastName"], contact["Title"]) == ("Fresh", "Owner")
    stage.org.edit("Contact", account["PersonContactId"], {"MailingCity": "Oslo", "DoNotCall": True})
    again = stage.org.store.read("Account", account["Id"])
    assert (again["PersonMailingCity"], again["PersonDoNotCall"]) == ("Oslo", 1)


def test_both_halves_go_and_come_together(stage: Any) -> None:
    account = stage.person_account()
    with stage.org.transaction(stage.user) as work:
        work.delete("Account", account["Id"])
    assert stage.org.store.read("Contact", account["PersonContactId"]) is None
    with stage.org.transaction(stage.user) as work:
        work.undelete("Account", account["Id"])
    assert stage.org.store.read("Contact", account["PersonContactId"]) is not None


def test_deleting_a_company_takes_its_contacts_and_their_runs(stage: Any) -> None:
    contact = stage.org.store.rows(
        'SELECT c."Id", c."AccountId" FROM "Contact" c JOIN "ActionCadenceTracker" t ON t."TargetId" = c."Id"'
        ' WHERE c."IsPersonAccount" = 0'
    )[0]
    with stage.org.transaction(stage.user) as work:
        work.delete("Account", contact["AccountId"])
    assert stage.org.store.read("Contact", contact["Id"]) is None
    left = 'SELECT COUNT(*) FROM "ActionCadenceTracker" WHERE "TargetId" = ? AND "IsDeleted" = 0'
    assert stage.org.store.value(left, (contact["Id"],)) == 0


def test_a_run_shows_on_both_halves(stage: Any) -> None:
    account = stage.person_account()
    tracker = stage.enroll("Quick Check-In", account["PersonContactId"])
    row = stage.org.store.read("Account", account["Id"])
    assert (row["PersonActionCadenceId"], row["PersonActionCadenceState"]) == (
        tracker["ActionCadenceId"],
        "Running",
    )
    assert row["PersonActiveTrackerCount"] == 1


def test_undelete_needs_something_in_the_bin(stage: Any) -> None:
    with pytest.raises(DmlError, match="recycle"), stage.org.transaction(stage.user) as work:
        work.undelete("Account", stage.person_account()["Id"])
