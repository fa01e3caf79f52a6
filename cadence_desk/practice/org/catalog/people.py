"""Objects about people and companies: Account, Contact, Lead, Opportunity.

Field lists follow the Object Reference pages of the same names. Imports the builders of this package.
"""

from __future__ import annotations

from cadence_desk.practice.org.catalog.building import (
    address,
    area,
    audit,
    count,
    day,
    engaged,
    field,
    flag,
    moment,
    pick,
    ref,
    sobject,
    text,
)

SALUTATIONS = "Mr.,Ms.,Mrs.,Dr.,Prof.,Mx."
SOURCES = "Web,Phone Inquiry,Partner Referral,Purchased List,Trade Show,Other"
INDUSTRIES = (
    "Agriculture,Banking,Biotechnology,Chemicals,Communications,Consulting,Education,Electronics,Energy,Engineering,"
    "Environmental,Finance,Food & Beverage,Government,Healthcare,Hospitality,Insurance,Machinery,Manufacturing,Media,"
    "Not For Profit,Recreation,Retail,Shipping,Technology,Telecommunications,Transportation,Utilities,Other"
)
RATINGS = "Hot,Warm,Cold"

_BOUNCE = (moment("EmailBouncedDate", "edit"), text("EmailBouncedReason", "edit", 255))

ACCOUNT = sobject(
    "Account",
    "001",
    (
        text("Name", "edit required name", 255, label="Account Name"),
        pick("Salutation", SALUTATIONS, "edit", length=40),
        text("FirstName", "edit", 40),
        text("LastName", "edit", 80),
        pick("Type", "Prospect,Customer,Partner,Competitor,Other", "edit", length=40),
        ref("ParentId", "Account", "edit"),
        *address("Billing"),
        *address("Shipping"),
        field("phone", "Phone", "edit"),
        field("url", "Website", "edit"),
        pick("Industry", INDUSTRIES, "edit", length=255),
        field("currency", "AnnualRevenue", "edit", groupable=False),
        count("NumberOfEmployees", "edit"),
        pick("Rating", RATINGS, "edit", length=40),
        area("Description", "edit"),
        pick("AccountSource", SOURCES, "edit"),
        day("LastActivityDate"),
        flag("IsPersonAccount", "create"),
        ref("PersonContactId", "Contact", relation="PersonContact"),
        field("email", "PersonEmail", "edit"),
        field("phone", "PersonMobilePhone", "edit"),
        field("phone", "PersonHomePhone", "edit"),
        text("PersonTitle", "edit", 128),
        pick("PersonLeadSource", SOURCES, "edit"),
        flag("PersonDoNotCall", "edit"),
        flag("PersonHasOptedOutOfEmail", "edit"),
        moment("PersonEmailBouncedDate", "edit"),
        text("PersonEmailBouncedReason", "edit", 255),
        *address("PersonMailing"),
        *engaged("Person"),
        moment("LastViewedDate"),
        moment("LastReferencedDate"),
        *audit(owner="User"),
    ),
    "create update delete search",
    children=(
        "ChildAccounts Account ParentId",
        "Contacts Contact AccountId",
        "Opportunities Opportunity AccountId",
        "Tasks Task WhatId",
    ),
)

CONTACT = sobject(
    "Contact",
    "003",
    (
        ref("AccountId", "Account", "edit"),
        pick("Salutation", SALUTATIONS, "edit", length=40),
        text("FirstName", "edit", 40),
        text("LastName", "edit required", 80),
        text("Name", "name required", 121, label="Full Name"),
        *address("Mailing"),
        *address("Other"),
        field("phone", "Phone", "edit", label="Business Phone"),
        field("phone", "Fax", "edit"),
        field("phone", "MobilePhone", "edit"),
        field("phone", "HomePhone", "edit"),
        ref("ReportsToId", "Contact", "edit"),
        field("email", "Email", "edit lookup"),
        text("Title", "edit", 128),
        text("Department", "edit", 80),
        pick("LeadSource", SOURCES, "edit"),
        day("Birthdate", "edit"),
        area("Description", "edit"),
        flag("HasOptedOutOfEmail", "edit", label="Email Opt Out"),
        flag("DoNotCall", "edit"),
        day("LastActivityDate"),
        *_BOUNCE,
        flag("IsPersonAccount"),
        *engaged(),
        moment("LastViewedDate"),
        moment("LastReferencedDate"),
        *audit(owner="User"),
    ),
    "create update delete search events",
    children=(
        "Tasks Task WhoId",
        "ActionCadenceTrackers ActionCadenceTracker TargetId",
        "ActionCadenceStepTrackers ActionCadenceStepTracker TargetId",
    ),
)

LEAD = sobject(
    "Lead",
    "00Q",
    (
        text("LastName", "edit required", 80),
        text("FirstName", "edit", 40),
        pick("Salutation", SALUTATIONS, "edit", length=40),
        text("Name", "name required", 121, label="Full Name"),
        text("Title", "edit", 128),
        text("Company", "edit required", 255),
        *address(""),
        field("phone", "Phone", "edit"),
        field("phone", "MobilePhone", "edit"),
        field("phone", "Fax", "edit"),
        field("email", "Email", "edit lookup"),
        field("url", "Website", "edit"),
        area("Description", "edit"),
        pick("LeadSource", SOURCES, "edit"),
        pick(
            "Status",
            "Open - Not Contacted,Working - Contacted,Closed - Converted,Closed - Not Converted",
            "edit required",
            "Open - Not Contacted",
        ),
        pick("Industry", INDUSTRIES, "edit"),
        pick("Rating", RATINGS, "edit", length=40),
        field("currency", "AnnualRevenue", "edit", groupable=False),
        count("NumberOfEmployees", "edit"),
        flag("HasOptedOutOfEmail", "edit", label="Email Opt Out"),
        flag("DoNotCall", "edit"),
        flag("IsConverted", "create", label="Converted"),
        day("ConvertedDate"),
        ref("ConvertedAccountId", "Account"),
        ref("ConvertedContactId", "Contact"),
        ref("ConvertedOpportunityId", "Opportunity"),
        flag("IsUnreadByOwner", "edit"),
        day("LastActivityDate"),
        *_BOUNCE,
        *engaged(),
        moment("LastViewedDate"),
        moment("LastReferencedDate"),
        *audit(owner="User Group"),
    ),
    "create update delete search events",
    children=(
        "Tasks Task WhoId",
        "ActionCadenceTrackers ActionCadenceTracker TargetId",
        "ActionCadenceStepTrackers ActionCadenceStepTracker TargetId",
    ),
)

OPPORTUNITY = sobject(
    "Opportunity",
    "006",
    (
        ref("AccountId", "Account", "edit"),
        text("Name", "edit required name", 120),
        area("Description", "edit"),
        pick(
            "StageName",
            "Prospecting,Qualification,Needs Analysis,Value Proposition,Proposal/Price Quote,Negotiation/Review,"
            "Closed Won,Closed Lost",
            "edit required",
        ),
        field("currency", "Amount", "edit", groupable=False),
        field("percent", "Probability", "edit"),
        day("CloseDate", "edit required"),
        pick("Type", "New Customer,Existing Customer - Upgrade,Existing Customer - Replacement", "edit"),
        pick("LeadSource", SOURCES, "edit"),
        flag("IsClosed"),
        flag("IsWon"),
        ref("ContactId", "Contact", "create"),
        *audit(owner="User"),
    ),
    "create update delete search",
    plural="Opportunities",
    children=("Tasks Task WhatId",),
)

OBJECTS = (ACCOUNT, CONTACT, LEAD, OPPORTUNITY)
