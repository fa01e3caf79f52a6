"""People who can be worked in a cadence: leads, contacts and person accounts. Imports no other room."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from cadence_desk.domain.record_ids import RecordId


class PersonKind(Enum):
    """What kind of record a target is."""

    LEAD = "Lead"
    CONTACT = "Contact"
    PERSON_ACCOUNT = "Person account"


@dataclass(frozen=True, slots=True)
class Person:
    """One lead, contact or person account.

    Attributes:
        id: the id trackers point at: a lead or a contact. A person account is kept under its hidden
            contact's id (Object Reference, ActionCadenceTracker: TargetId refers to Contact and Lead).
        account_id: account of a contact; for a person account the account itself.
        account_name: company of a lead, account name of a contact.
        modified: the record's SystemModstamp, aware and in UTC.
    """

    id: RecordId
    kind: PersonKind
    name: str
    account_name: str = ""
    title: str = ""
    email: str = ""
    phone: str = ""
    mobile: str = ""
    status: str = ""
    owner_id: str = ""
    owner_name: str = ""
    account_id: str = ""
    city: str = ""
    country: str = ""
    do_not_call: bool = False
    email_opt_out: bool = False
    email_bounced: bool = False
    is_converted: bool = False
    is_deleted: bool = False
    modified: datetime | None = None


@dataclass(frozen=True, slots=True)
class Rep:
    """A user who can own trackers.

    Attributes:
        can_work: True or False where permission sets could be read, None where unknown.
    """

    id: RecordId
    name: str
    username: str = ""
    is_active: bool = True
    can_work: bool | None = None


@dataclass(frozen=True, slots=True)
class ListView:
    """A list view of the user's, as the org names it."""

    id: RecordId
    entity: str
    label: str
    developer_name: str
