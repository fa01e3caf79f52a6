"""Objects about the org and its users: organization, users, queues, permission sets, list views.

Imports the builders of this package. Used by ``objects``.
"""

from __future__ import annotations

from cadence_desk.practice.org.catalog.building import (
    address,
    area,
    audit,
    count,
    field,
    flag,
    moment,
    pick,
    ref,
    sobject,
    text,
)

ORGANIZATION = sobject(
    "Organization",
    "00D",
    (
        text("Name", "update required name", 80),
        text("Division", "update", 80),
        *address("", "update"),
        field("phone", "Phone", "update"),
        text("PrimaryContact", "update", 80),
        pick(
            "DefaultLocaleSidKey",
            "en_US,en_GB,de_DE,fr_FR,ja_JP,es_ES",
            "update restricted required",
            length=40,
        ),
        pick("LanguageLocaleKey", "en_US,de,fr,ja,es", "update restricted required", length=40),
        pick(
            "TimeZoneSidKey",
            "UTC,America/New_York,Europe/Berlin,Asia/Tokyo",
            "update restricted required",
            length=40,
        ),
        pick(
            "OrganizationType",
            "Developer Edition,Enterprise Edition,Unlimited Edition",
            "restricted",
            length=40,
        ),
        text("NamespacePrefix", "", 15),
        text("InstanceName", "", 5),
        flag("IsSandbox"),
        flag("IsReadOnly"),
        moment("TrialExpirationDate"),
        count("FiscalYearStartMonth", "update"),
        moment("CreatedDate", "required"),
        ref("CreatedById", "User", "required"),
        moment("LastModifiedDate", "required"),
        ref("LastModifiedById", "User", "required"),
        moment("SystemModstamp", "required"),
        flag("IsDeleted"),
    ),
)

PROFILE = sobject(
    "Profile",
    "00e",
    (
        text("Name", "required name", 255),
        pick("UserType", "Standard,PowerPartner,Guest", "restricted", length=40),
        text("Description"),
        *audit(),
    ),
)

USER = sobject(
    "User",
    "005",
    (
        text("Username", "edit required lookup unique", 80),
        text("LastName", "edit required", 80),
        text("FirstName", "edit", 40),
        text("Name", "name required", 121, label="Full Name"),
        text("CompanyName", "edit", 80),
        text("Department", "edit", 80),
        text("Title", "edit", 80),
        field("email", "Email", "edit required", length=128),
        field("phone", "Phone", "edit"),
        field("phone", "MobilePhone", "edit"),
        text("Alias", "edit required", 8),
        flag("IsActive", "edit"),
        pick(
            "TimeZoneSidKey",
            "UTC,America/New_York,Europe/Berlin,Asia/Tokyo",
            "edit restricted required",
            length=40,
        ),
        pick("LocaleSidKey", "en_US,en_GB,de_DE,fr_FR,ja_JP,es_ES", "edit restricted required", length=40),
        pick("EmailEncodingKey", "UTF-8,ISO-8859-1", "edit restricted required", length=40),
        pick("LanguageLocaleKey", "en_US,de,fr,ja,es", "edit restricted required", length=40),
        ref("ProfileId", "Profile", "edit required"),
        pick("UserType", "Standard,AutomatedProcess,Guest", "restricted", length=40),
        ref("ManagerId", "User", "edit"),
        field("url", "SmallPhotoUrl", "nogroup", length=1024),
        moment("LastLoginDate"),
        *audit(),
    ),
    "search",
    plural="Users",
    children=("PermissionSetAssignments PermissionSetAssignment AssigneeId",),
)

GROUP = sobject(
    "Group",
    "00G",
    (
        text("Name", "name required", 40),
        text("DeveloperName", "", 80),
        pick("Type", "Regular,Queue,Organization,Role", "restricted required", length=40),
        field("email", "Email"),
        flag("DoesSendEmailToMembers"),
        flag("DoesIncludeBosses"),
        *audit(),
    ),
)

GROUP_MEMBER = sobject(
    "GroupMember",
    "011",
    (ref("GroupId", "Group", "required"), ref("UserOrGroupId", "User Group", "required"), *audit()),
)

PERMISSION_SET_LICENSE = sobject(
    "PermissionSetLicense",
    "0PL",
    (
        text("DeveloperName", "required", 80),
        text("MasterLabel", "required name", 255),
        pick("Status", "Active,Disabled", "restricted", length=40),
        count("TotalLicenses"),
        count("UsedLicenses"),
        *audit(),
    ),
)

PERMISSION_SET_LICENSE_ASSIGN = sobject(
    "PermissionSetLicenseAssign",
    "2LA",
    (
        ref("AssigneeId", "User", "required"),
        ref("PermissionSetLicenseId", "PermissionSetLicense", "required"),
        *audit(),
    ),
)

PERMISSION_SET = sobject(
    "PermissionSet",
    "0PS",
    (
        text("Name", "required name", 80),
        text("Label", "required", 80),
        text("Description"),
        text("NamespacePrefix", "", 15),
        flag("IsOwnedByProfile"),
        flag("IsCustom"),
        ref("ProfileId", "Profile"),
        ref("LicenseId", "PermissionSetLicense"),
        flag("PermissionsViewAllData"),
        flag("PermissionsModifyAllData"),
        flag("PermissionsApiEnabled"),
        *audit(),
    ),
    children=("Assignments PermissionSetAssignment PermissionSetId",),
)

PERMISSION_SET_ASSIGNMENT = sobject(
    "PermissionSetAssignment",
    "0Pa",
    (
        ref("PermissionSetId", "PermissionSet", "required"),
        ref("AssigneeId", "User", "required"),
        flag("IsActive"),
        *audit(),
    ),
)

LIST_VIEW = sobject(
    "ListView",
    "00B",
    (
        text("Name", "required name", 40),
        text("DeveloperName", "required", 80),
        text("NamespacePrefix", "", 15),
        pick("SobjectType", "Account,Contact,Lead,Opportunity,Task", "required restricted", length=40),
        flag("IsSoqlCompatible"),
        moment("LastViewedDate"),
        moment("LastReferencedDate"),
        *audit(),
    ),
)

EMAIL_TEMPLATE = sobject(
    "EmailTemplate",
    "00X",
    (
        text("Name", "required name", 80),
        text("DeveloperName", "required unique", 80),
        text("Subject", "", 230),
        area("Body", length=393216),
        area("HtmlValue", length=393216),
        text("Description", "", 600),
        pick("TemplateType", "text,html,custom,visualforce", "restricted required", length=40),
        flag("IsActive"),
        pick("Encoding", "UTF-8,ISO-8859-1", "restricted", length=40),
        text("FolderName"),
        moment("LastUsedDate"),
        count("TimesUsed"),
        *audit(owner="User"),
    ),
)

OBJECTS = (
    ORGANIZATION,
    PROFILE,
    USER,
    GROUP,
    GROUP_MEMBER,
    PERMISSION_SET_LICENSE,
    PERMISSION_SET_LICENSE_ASSIGN,
    PERMISSION_SET,
    PERMISSION_SET_ASSIGNMENT,
    LIST_VIEW,
    EMAIL_TEMPLATE,
)
