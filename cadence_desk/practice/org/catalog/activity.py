"""Tasks and call outcomes: Task, TaskStatus, CallDisposition and its category, CallTemplate.

Task flags follow the Object Reference page Task (v65). Imports the builders of this package.
"""

from __future__ import annotations

from cadence_desk.practice.org.catalog.building import (
    area,
    audit,
    count,
    day,
    field,
    flag,
    moment,
    pick,
    ref,
    sobject,
    text,
)

TASK_STATUSES = "Not Started,In Progress,Completed,Waiting on someone else,Deferred"

TASK = sobject(
    "Task",
    "00T",
    (
        ref("WhoId", "Contact Lead", "edit", relation="Who", label="Name ID"),
        ref("WhatId", "Account Opportunity", "edit", relation="What", label="Related To ID"),
        field("combobox", "Subject", "edit name"),
        day("ActivityDate", "edit", label="Due Date Only"),
        pick("Status", TASK_STATUSES, "edit required", "Not Started"),
        pick("Priority", "High,Normal,Low", "edit required", "Normal"),
        flag("IsHighPriority"),
        area("Description", "edit"),
        ref("AccountId", "Account"),
        flag("IsClosed"),
        pick("Type", "Call,Email,Meeting,Other", "edit", length=40),
        pick(
            "TaskSubtype",
            "Task,Email,LinkedIn,ListEmail,Cadence,Call",
            "create restricted",
            "Task",
            length=40,
        ),
        count("CallDurationInSeconds", "edit", label="Call Duration"),
        pick("CallType", "Internal,Inbound,Outbound", "edit restricted", length=40),
        text("CallDisposition", "edit", label="Call Result"),
        text("CallObject", "edit", label="Call Object Identifier"),
        flag("IsArchived"),
        flag("IsRecurrence"),
        flag("IsReminderSet", "edit"),
        moment("ReminderDateTime", "edit"),
        moment("CompletedDateTime"),
        ref("ActionCadenceStepTrackerId", "ActionCadenceStepTracker", label="Cadence Step Tracker ID"),
        text("CD_Op_Id__c", "edit external unique", 64, label="Cadence Desk Operation"),
        *audit(owner="User Group"),
    ),
    "create update delete search events",
)

TASK_STATUS = sobject(
    "TaskStatus",
    "01J",
    (
        text("MasterLabel", "name", 255),
        text("ApiName", "", 255),
        count("SortOrder"),
        flag("IsDefault"),
        flag("IsClosed"),
        *audit(),
    ),
    plural="Task Status Values",
)

CALL_DISPOSITION_CATEGORY = sobject(
    "CallDispositionCategory",
    "0CT",
    (
        text("DeveloperName", "required", 80),
        pick("Language", "en_US,de,fr,ja,es", "restricted", length=40),
        text("MasterLabel", "required name", 80),
        pick(
            "Category",
            "Call Back Later,Left Voicemail,Meaningful Connect,Not Interested,Unqualified",
            "restricted",
            length=40,
        ),
        *audit(),
    ),
    plural="Call Disposition Categories",
    children=("CallDispositions CallDisposition DispositionCategoryId",),
)

CALL_DISPOSITION = sobject(
    "CallDisposition",
    "0CD",
    (
        text("Disposition", "required lookup name", 255),
        ref("DispositionCategoryId", "CallDispositionCategory"),
        *audit(),
    ),
)

CALL_TEMPLATE = sobject(
    "CallTemplate",
    "0SC",
    (
        text("Name", "required name", 80),
        text("Description", "", 255),
        area("HtmlBody", length=32000),
        pick("TemplateType", "Text", "restricted", "Text", length=40),
        moment("LastViewedDate"),
        moment("LastReferencedDate"),
        *(
            count(f"TotalCalls{kind}", default=0)
            for kind in (
                "",
                "CallBackLater",
                "LeftVoicemail",
                "MeaningfulConnect",
                "NotInterested",
                "Uncategorized",
                "Unqualified",
            )
        ),
        *audit(owner="User"),
    ),
)

OBJECTS = (TASK, TASK_STATUS, CALL_DISPOSITION_CATEGORY, CALL_DISPOSITION, CALL_TEMPLATE)
