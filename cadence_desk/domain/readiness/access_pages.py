"""Help pages about the line, the API, the user and what the org offers for cadences. Read by catalog.

Names of settings and permissions: Salesforce help on Sales Engagement, permission sets and field-level security.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cadence_desk.domain.readiness.checks import CheckCode
from cadence_desk.domain.readiness.page import CheckPage

if TYPE_CHECKING:
    from collections.abc import Mapping

ASSIGN = "Setup > Users > Permission Sets > Sales Engagement User > Manage Assignments > Add Assignment."
FIELD_SECURITY = "Setup > Object Manager > (object) > Fields & Relationships > (field) > Set Field-Level Security > Visible."
FEATURE = "Setup > Quick Find “Sales Engagement” > Sales Engagement Settings: switch the feature on."

LINE_PAGES: Mapping[CheckCode, CheckPage] = {
    CheckCode.TLS: CheckPage(
        "Secure connection",
        "Everything travels over this connection; a company that inspects it must be trusted on purpose.",
        "If the issuer is your company's own: keep its authority's PEM file in this org's setting "
        "“Extra certificate authority” (CADENCE_DESK_EXTRA_CA). An ending certificate is renewed by whoever runs the server.",
        "A handshake with full verification shows protocol version, issuer and end of the certificate in use. "
        "Warn: the certificate ends within 14 days. There is no switch that turns verification off.",
    ),
    CheckCode.PROXY: CheckPage(
        "Proxy",
        "REST calls and the event stream may take different ways; a stream that no proxy lets through means polling.",
        "Set this org's proxy (host:port, or “direct”), or have IT let the event endpoint through an http proxy.",
        "The proxy that is really used for each of the two, without any password. "
        "Warn: the proxy for the event stream speaks something that gRPC does not.",
    ),
    CheckCode.CLOCK: CheckPage(
        "Clock of this computer",
        "Signed sign-ins, due dates and follow-ups go by this clock; changes are always read by the org's own time.",
        "Switch on automatic time in the operating system's date and time settings.",
        "The Date of a fresh answer is compared with this computer's clock. Warn beyond 1 minute, fail beyond 5.",
    ),
    CheckCode.API_ACCESS: CheckPage(
        "API access",
        "Cadence Desk speaks to Salesforce through its API and through nothing else.",
        "Setup > Users > Permission Sets > (a set of this user) > System Permissions > API Enabled. "
        "Some editions need the API as an add-on.",
        "The org's list of resources is read. Fail: the org answers that its API is disabled.",
    ),
    CheckCode.API_VERSION: CheckPage(
        "API version",
        "Older versions of the API know fewer actions and fields of cadences.",
        "Nothing to set: Salesforce raises the version of every org with its releases. "
        "For an org beyond the tested versions, install a newer Cadence Desk.",
        "The org lists its versions. Pass: one that was tested. Warn: an older one that is accepted. "
        "Fail: none that can be used.",
    ),
    CheckCode.API_LIMIT: CheckPage(
        "Daily API calls",
        "When the org's daily calls are used up, nothing can be read or logged until some of them expire.",
        "Setup > Environments > System Overview shows who uses them. Poll less often (settings), or buy more calls.",
        "The limits header of the org's last answer. Warn: 80 % are used. Fail: 98 % are used.",
    ),
}

USER_PAGES: Mapping[CheckCode, CheckPage] = {
    CheckCode.USER_ACTIVE: CheckPage(
        "Your user",
        "Only an active user can be an assignee of cadence steps.",
        "Setup > Users > Users > (user) > Edit > Active.",
        "The user's own record is read. Unknown: it may not be read.",
    ),
    CheckCode.LICENSE: CheckPage(
        "Sales Engagement license",
        "Without the permission set license the permission sets of Sales Engagement cannot be given.",
        "Setup > Users > Users > (user) > Permission Set License Assignments > Edit Assignments > Sales Engagement.",
        "The user's permission set licenses, where they may be read; else the fields that only licensed users see "
        "speak for it. Unknown: neither could be read.",
    ),
    CheckCode.PERMISSION_SET: CheckPage(
        "Sales Engagement permission set",
        "It lets a user work cadences; without it actions are refused and fields are hidden.",
        ASSIGN,
        "The user's assigned permission sets, where they may be read: one of the product's own sets, or any that "
        "holds its user permission. Unknown: they may not be read.",
    ),
    CheckCode.CADENCE_USER: CheckPage(
        "Salesforce treats you as a cadence user",
        "This is the surest sign for one user: Salesforce shows these fields only to people who may work cadences.",
        f"{ASSIGN} The license comes first.",
        "The description of leads is read as you: the field ActionCadenceId is there, or it is not.",
    ),
}

CADENCE_PAGES: Mapping[CheckCode, CheckPage] = {
    CheckCode.CADENCE_OBJECTS: CheckPage(
        "Cadence objects",
        "Cadences, their steps and their trackers are what the lists show.",
        f"{FEATURE} Then: {ASSIGN}",
        "Each object is described as you. Fail: one that no list can do without is missing.",
    ),
    CheckCode.CADENCE_FIELDS: CheckPage(
        "Fields of trackers and steps",
        "A field that is hidden takes its column with it; without the key fields a list cannot be shown.",
        FIELD_SECURITY,
        "The fields the lists read are compared with what you may see. Warn: columns stay empty. "
        "Fail: a field that ties trackers to people, cadences and steps is missing.",
    ),
    CheckCode.CADENCE_ACTIONS: CheckPage(
        "Cadence actions",
        "Adding, removing, pausing and completing run through actions that Salesforce offers; "
        "a missing one switches its command off.",
        f"{FEATURE} Then: {ASSIGN}",
        "The list of standard actions and the description of each. Warn: a lesser one is missing. "
        "Fail: adding, removing or completing steps is missing.",
    ),
    CheckCode.ACTION_INPUTS: CheckPage(
        "Inputs of the actions",
        "An action that asks for something this version does not know cannot be run without guessing.",
        "Install a newer Cadence Desk, or tell its makers the names that are listed here.",
        "Required inputs in each action's description. Warn: an action asks for an unknown one; its command is off.",
    ),
    CheckCode.DISPOSITIONS: CheckPage(
        "Cadence dispositions",
        "They say how a run went, and are chosen when somebody is removed from a cadence.",
        "Setup > Object Manager > Cadence Tracker > Fields & Relationships > Completion Disposition > Values.",
        "The values of the field as described. Warn: there are none.",
    ),
    CheckCode.SEVERAL_CADENCES: CheckPage(
        "Several cadences per person",
        "Where one person may be in several cadences, adding to a second one is no mistake.",
        "Setup > Quick Find “Sales Engagement” > Sales Engagement Settings > Multiple Cadences.",
        "The setting itself cannot be read; somebody who is in two cadences proves it. "
        "Pass: proven. Unknown: nobody is in two.",
    ),
}
