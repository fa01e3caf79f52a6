"""The org itself, its users, queue, permission sets, task statuses and call outcomes.

Imports the sower. Called first when a world is made.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cadence_desk.practice.org.seeding.sowing import Sower

DOMAIN = "practice.example"
CATEGORIES = ("Meaningful Connect", "Left Voicemail", "Call Back Later", "Not Interested", "Unqualified")
"""Call outcomes in the order a rep sees them; each has one disposition of the same name."""
LICENSE_SETS = (
    ("HighVelocitySalesUserIncluded", "Sales Engagement User"),
    ("HighVelocitySalesCadenceCreatorIncluded", "Sales Engagement Cadence Creator"),
    ("HighVelocitySalesQuickCadenceCreatorIncluded", "Sales Engagement Quick Cadence Creator"),
)
LICENSED_SETS = frozenset(name for name, _label in LICENSE_SETS)

_PEOPLE = (
    ("Avery", "Stone", "Sales Operations Lead", True),
    ("Blair", "Okafor", "Account Executive", True),
    ("Casey", "Lindqvist", "Sales Development Rep", True),
    ("Devon", "Marchetti", "Sales Development Rep", True),
    ("Emery", "Novak", "Support Engineer", True),
    ("Finley", "Haddad", "Sales Development Rep", False),
)
_STATUSES = (
    ("Not Started", False, True),
    ("In Progress", False, False),
    ("Completed", True, False),
    ("Waiting on someone else", False, False),
    ("Deferred", False, False),
)


def sow_staff(sower: Sower) -> None:
    """Sow the org and everyone who works in it."""
    cast = sower.cast
    cast.admin = sower.ids.mint("005")
    _organization(sower)
    profiles = dict(
        zip(
            ("System Administrator", "Standard User"),
            sower.sow(
                "Profile",
                (
                    {"Name": name, "UserType": "Standard"}
                    for name in ("System Administrator", "Standard User")
                ),
            ),
            strict=True,
        )
    )
    made = [_user(sower, person, profiles, first=number == 0) for number, person in enumerate(_PEOPLE)]
    cast.reps = tuple(made[:4])
    cast.unlicensed, cast.inactive = made[4], made[5]
    cast.automated = _automated(sower, profiles["Standard User"])
    _permission_sets(sower)
    _queue(sower)


def _organization(sower: Sower) -> None:
    sower.cast.organization = sower.sow(
        "Organization",
        [
            {
                "Name": "Practice Org",
                "OrganizationType": "Unlimited Edition",
                "InstanceName": "PRA01",
                "DefaultLocaleSidKey": "en_US",
                "LanguageLocaleKey": "en_US",
                "TimeZoneSidKey": "UTC",
                "FiscalYearStartMonth": 1,
                "Street": "1 Practice Way",
                "City": "Springfield",
                "Country": "United States",
            }
        ],
        age_days=900,
    )[0]


def _user(sower: Sower, who: tuple[str, str, str, bool], profiles: dict[str, str], *, first: bool) -> str:
    first_name, last_name, title, active = who
    row: dict[str, object] = {
        "FirstName": first_name,
        "LastName": last_name,
        "Title": title,
        "Username": f"{first_name}.{last_name}@{DOMAIN}".lower(),
        "Email": f"{first_name}.{last_name}@{DOMAIN}".lower(),
        "Alias": f"{first_name[0]}{last_name[:4]}".lower(),
        "IsActive": int(active),
        "UserType": "Standard",
        "ProfileId": profiles["System Administrator" if first else "Standard User"],
        "TimeZoneSidKey": "UTC",
        "LocaleSidKey": "en_US",
        "EmailEncodingKey": "UTF-8",
        "LanguageLocaleKey": "en_US",
        "CompanyName": "Practice Org",
    }
    if first:
        row["Id"] = sower.cast.admin
    return sower.sow("User", [row], age_days=800)[0]


def _automated(sower: Sower, profile: str) -> str:
    row: dict[str, object] = {
        "FirstName": "Automated",
        "LastName": "Process",
        "Username": f"autoproc@{DOMAIN}",
        "Email": f"autoproc@{DOMAIN}",
        "Alias": "autoproc",
        "IsActive": 1,
        "UserType": "AutomatedProcess",
        "ProfileId": profile,
        "TimeZoneSidKey": "UTC",
        "LocaleSidKey": "en_US",
        "EmailEncodingKey": "UTF-8",
        "LanguageLocaleKey": "en_US",
    }
    return sower.sow("User", [row], age_days=900)[0]


def _permission_sets(sower: Sower) -> None:
    cast = sower.cast
    holders = (*cast.reps, cast.inactive)
    license_id = sower.sow(
        "PermissionSetLicense",
        [
            {
                "DeveloperName": "HighVelocitySalesPsl",
                "MasterLabel": "Sales Engagement",
                "Status": "Active",
                "TotalLicenses": 10,
                "UsedLicenses": len(holders),
            }
        ],
    )[0]
    sower.sow(
        "PermissionSetLicenseAssign",
        ({"AssigneeId": user, "PermissionSetLicenseId": license_id} for user in holders),
    )
    sets = sower.sow(
        "PermissionSet",
        (
            {"Name": name, "Label": label, "LicenseId": license_id, "PermissionsApiEnabled": 1}
            for name, label in LICENSE_SETS
        ),
    )
    given = [(sets[0], user) for user in holders]
    given += [(sets[1], cast.admin), (sets[2], cast.admin), (sets[2], cast.reps[1])]
    sower.sow(
        "PermissionSetAssignment",
        ({"PermissionSetId": one, "AssigneeId": user, "IsActive": 1} for one, user in given),
    )


def _queue(sower: Sower) -> None:
    cast = sower.cast
    cast.queue = sower.sow(
        "Group",
        [
            {
                "Name": "Inbound Leads",
                "DeveloperName": "Inbound_Leads",
                "Type": "Queue",
                "Email": f"inbound@{DOMAIN}",
            }
        ],
    )[0]
    sower.sow("GroupMember", ({"GroupId": cast.queue, "UserOrGroupId": user} for user in cast.reps[:3]))


def sow_outcomes(sower: Sower) -> None:
    """Sow task statuses, call outcome categories and the dispositions mapped to them."""
    sower.sow(
        "TaskStatus",
        (
            {
                "MasterLabel": name,
                "ApiName": name,
                "SortOrder": place,
                "IsClosed": int(closed),
                "IsDefault": int(default),
            }
            for place, (name, closed, default) in enumerate(_STATUSES, 1)
        ),
    )
    made = sower.sow(
        "CallDispositionCategory",
        (
            {
                "DeveloperName": category_value(name),
                "MasterLabel": name,
                "Category": name,
                "Language": "en_US",
            }
            for name in CATEGORIES
        ),
    )
    sower.sow(
        "CallDisposition",
        (
            {"Disposition": name, "DispositionCategoryId": one}
            for name, one in zip(CATEGORIES, made, strict=True)
        ),
    )


def category_value(label: str) -> str:
    """Return the value rules use for a category, such as ``CallLeftVoicemail``."""
    return "Call" + label.replace(" ", "")
