"""The cadence family: cadences, steps, rules, trackers. Read-only for API clients.

Field lists follow the Object Reference pages ActionCadence and following; prefixes of the step, rule and variant
objects are not published and are our own choice. Imports the builders of this package.
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

STEP_TYPES = (
    "AutoSendAnEmail,Branch,CreateTask,DaisyChain,LinkedInConnection,LinkedInMail,ListenerBranch,MakeACall,"
    "PlatformScreenFlow,Root,SendAnEmail,Wait"
)
TRACKER_STATES = "Complete,Error,Initializing,Paused,Processing,Running"
STEP_STATES = "Active,Cancelled,Completed,Error,InProgress,Paused,Queued,Scheduled"
TRACKER_REASONS = (
    "AutomaticallyExited,AutomaticallyExitedDeletedStep,AutomaticallyExitedInvalidParentStep,DaisyChained,LeadConverted,"
    "ManuallyRemoved,ManuallyRemovedNoAccess,NoMoreSteps"
)
STEP_REASONS = "AutomaticallyCompleted,AutomaticallyExited,ManuallyCompleted,ManuallySkipped"
DISPOSITIONS = "Bad Data,Contact Later,Customer Connected,Customer Engaged,Disqualified,Duplicate,No Response,Not Interested,Success"
ATTRIBUTIONS = "Activation,Collected,Collection Advancement,Maturation"
CALL_EVENTS = "CallMeaningfulConnect,CallUnqualified,CallLeftVoicemail,CallNotInterested,CallCallBackLater"
ERROR_CODES = (
    "AUTO_EMAIL_DAILY_LIMIT_REACHED,AUTO_EMAIL_ORG_SETTING_OFF,AUTO_LIST_MQ_MAX_RETRIES_FAILED,"
    "BCC_NOT_ALLOWED_IF_BCC_COMPLIANCE_ENABLED,EAC_GLOBAL_DATA_SOURCE_ERROR,EMAIL_ORG_SETTING_OFF,"
    "EXCHANGE_MAX_MAILBOX_SIZE,EXCHANGE_SEND_AS_DENIED,FIX_WITH_RECONNECT,GOOGLE_MAIL_SERVICE_NOT_ENABLED,INVALID_DRAFT,"
    "INVALID_TARGET_EMAIL,INVALID_TEMPLATE_ID,INVALID_USER_EMAIL,MAIL_PROVIDER_RATE_LIMIT_REACHED,NON_EMAIL_UNKNOWN_ERROR,"
    "NO_ATTACHMENT_ACCESS,NO_CONTENT_VERSION_ACCESS,NO_LIST_EMAIL_PERMISSION,NO_TARGET_ACCESS,"
    "ORG_WIDE_AUTO_EMAIL_LIMIT_REACHED,ORG_WIDE_DAILY_EMAIL_LIMIT_REACHED,OTHER_REQ_FIELD_MISSING,"
    "PARDOT_MERGE_FIELD_RENDERING_ERROR,POST_SEND_EXCEPTION,RETRIES_MAX_EXCEEDED,RETRY_LATER,SCHEDULED_EMAIL_FAILED,"
    "SENDER_MAILBOX_NOT_FOUND,TARGET_DO_NOT_CONTACT_ON,TARGET_EMAIL_BOUNCED,TARGET_EMAIL_EMPTY,TEMPLATE_DELETED,"
    "TEMPLATE_EMPTY,TEMPLATE_HAS_INVALID_MERGE_FIELD,TEMPLATE_MERGE_FIELD_RENDERING_ERROR,TEMPLATE_NOT_PUBLIC,"
    "TEMPLATE_TOO_LARGE,UNKNOWN,USER_HAS_LOST_HVS_ACCESS,USER_IS_INACTIVE"
)
STEP_METRICS = (
    "AllCallsCallBackLaterCount",
    "AllCallsLeftVoicemailCount",
    "AllCallsMeaningfulConnectCount",
    "AllCallsNotInterestedCount",
    "AllCallsUncategorizedCount",
    "AllCallsUnqualifiedCount",
    "AllTotalCallsCount",
    "AllEmailsBouncedCount",
    "AllEmailsDeliveredCount",
    "AllEmailsHardBouncedCount",
    "AllEmailsLinkClickedCount",
    "AllEmailsOpenedCount",
    "AllEmailsOutOfOfficeCount",
    "AllEmailsRepliedCount",
    "AllEmailsSentCount",
    "AllEmailsSoftBouncedCount",
    "AllEmailsTrackedSentCount",
    "AllEmailsUntrackedSentCount",
    "AllManuallyCompletedCount",
    "AllOnTimeCompletedCount",
    "AllOverdueCompletedCount",
    "AllSkippedCount",
    "UniqueEmailsLinkClickedCount",
    "UniqueEmailsOpenedCount",
    "UniqueEmailsRepliedCount",
)

CADENCE = sobject(
    "ActionCadence",
    "77C",
    (
        text("Name", "required lookup unique name", 255),
        pick("State", "Active,Deleting,Draft,Error,Inactive", "restricted", length=40),
        pick("Type", "Standard,Quick", "restricted", "Standard", length=40),
        area("Description"),
        ref("FolderId", "Organization User", relation="Folder"),
        text("FolderName", "nogroup"),
        day("ActivatedDate"),
        moment("LastEditedDateTime"),
        moment("LastReferencedDate"),
        moment("LastViewedDate"),
        text("ErrorMessage"),
        flag("IsWaitAllowedBeforeDaisyChain"),
        count("ActiveTargets", "calculated"),
        count("TotalTargets", "calculated"),
        count("TotalSteps", "calculated"),
        count("SuccessfulCompletions", "calculated"),
        *audit(owner="User"),
    ),
    "search",
    label="Sales Cadence",
    children=(
        "ActionCadenceSteps ActionCadenceStep ActionCadenceId",
        "ActionCadenceTrackers ActionCadenceTracker ActionCadenceId",
        "ActionCadenceStepTrackers ActionCadenceStepTracker ActionCadenceId",
    ),
)

STEP = sobject(
    "ActionCadenceStep",
    "8HB",
    (
        ref("ActionCadenceId", "ActionCadence", "required"),
        text("StepName", "required"),
        text("StepTitle", "name"),
        area("StepComments"),
        pick("Type", STEP_TYPES, "restricted required", length=40),
        text("TypeDetail"),
        text("ParentStepName"),
        ref("RootStepId", "ActionCadenceStep"),
        text("BranchDefaultStepName"),
        ref("ChainedCadenceId", "ActionCadence"),
        ref("TemplateId", "CallTemplate EmailTemplate"),
        flag("HasVariant"),
        flag("IsThreaded"),
        flag("IsImmediateWakeUp"),
        flag("IsOrphan", "calculated"),
        pick("GraphState", "Included,Orphaned,Pending,Retired", "restricted", "Included", length=40),
        count("WaitTimeInSeconds"),
        text("ScreenFlowReference"),
        flag("IsScreenFlowActive"),
        text("StepAutomationReference"),
        flag("IsStepAutomationActive"),
        text("GoToStepName"),
        count("GoToStepIntervalInMinutes"),
        count("GoToStepIterationLimit"),
        count("ScheduledDaysUntilDue"),
        count("ScheduledDaysUntilStart"),
        count("ScheduledStartDelayInMinutes"),
        count("ScheduledStartTimeInMinutes"),
        flag("IsScheduledDueDateLocked"),
        *(count(name, default=0) for name in STEP_METRICS),
        *audit(),
    ),
    label="Sales Cadence Step",
    children=(
        "ActionCadenceStepVariants ActionCadenceStepVariant ActionCadenceStepId",
        "ActionCadenceRules ActionCadenceRule ActionCadenceStepId",
        "ActionCadenceStepTrackers ActionCadenceStepTracker ActionCadenceStepId",
    ),
)

VARIANT = sobject(
    "ActionCadenceStepVariant",
    "8HV",
    (
        ref("ActionCadenceStepId", "ActionCadenceStep", "required"),
        ref("TemplateId", "CallTemplate EmailTemplate"),
        field("percent", "SplitPercentage", "nogroup"),
        pick("Type", STEP_TYPES, "restricted", length=40),
        *audit(),
    ),
    label="Sales Cadence Step Variant",
)

RULE = sobject(
    "ActionCadenceRule",
    "8HR",
    (
        ref("ActionCadenceStepId", "ActionCadenceStep", "required"),
        pick("ConditionLogic", "AND", "restricted", length=40),
        pick(
            "GlobalEventType",
            f"EmailReply,EmailHardBounce,EmailSoftBounce,{CALL_EVENTS}",
            "restricted",
            length=40,
        ),
        pick("GraphState", "Included,Orphaned,Pending,Retired", "restricted", "Included", length=40),
        text("OutcomeNextStepName"),
        text("ParentRuleName"),
        text("RuleName", "required name"),
        pick("RuleType", "BranchStep,RepeatedStep,RootStep,SubRootStep", "restricted", length=40),
        *audit(),
    ),
    label="Sales Cadence Rule",
    children=("ActionCadenceRuleConditions ActionCadenceRuleCondition ActionCadenceRuleId",),
)

CONDITION = sobject(
    "ActionCadenceRuleCondition",
    "8HN",
    (
        ref("ActionCadenceRuleId", "ActionCadenceRule", "required"),
        pick("Operator", "Equal", "restricted", length=40),
        pick("Resource", "CallDispositionCategory,EmailEngagement", "restricted", length=40),
        text("RuleConditionName", "required name"),
        pick("Value", f"EmailOpen,EmailLinkClick,{CALL_EVENTS}", "restricted", length=40),
        *audit(),
    ),
    label="Sales Cadence Rule Condition",
)

TRACKER = sobject(
    "ActionCadenceTracker",
    "0qB",
    (
        ref("ActionCadenceId", "ActionCadence"),
        ref("TargetId", "Contact Lead", relation="Target"),
        ref("OwnerId", "Group User", "required"),
        pick("State", TRACKER_STATES, "restricted required", length=40),
        flag("IsTrackerActive"),
        ref("CurrentStepId", "ActionCadenceStepTracker"),
        ref("LastCompletedStepId", "ActionCadenceStepTracker"),
        pick("CompletionReason", TRACKER_REASONS, "restricted", length=40),
        pick("CompletionDisposition", DISPOSITIONS, length=40),
        count("DaisyChainIteration"),
        text("ErrorMessage"),
        ref("ExitGlobalRuleId", "ActionCadenceRule"),
        ref("RelatedToId", "Opportunity", relation="RelatedTo"),
        pick("RelatedToAttributionType", ATTRIBUTIONS, "restricted", length=40),
        moment("ScheduledResumeDateTime"),
        *audit(),
    ),
    "events",
    label="Sales Cadence Target",
    children=("ActionCadenceStepTrackers ActionCadenceStepTracker ActionCadenceTrackerId",),
)

STEP_TRACKER = sobject(
    "ActionCadenceStepTracker",
    "8HF",
    (
        ref("ActionCadenceId", "ActionCadence"),
        text("ActionCadenceName"),
        ref("ActionCadenceStepId", "ActionCadenceStep"),
        ref("ActionCadenceTrackerId", "ActionCadenceTracker", "required"),
        ref("TargetId", "Contact Lead", relation="Target"),
        pick("State", STEP_STATES, "restricted required", length=40),
        pick("StepType", f"{STEP_TYPES},SubRoot", "restricted", length=40),
        text("StepTitle"),
        pick("CompletionReason", STEP_REASONS, "restricted", length=40),
        moment("CompletionDate"),
        ref("CompletedById", "User"),
        moment("DueDateTime"),
        moment("ScheduledStartDateTime"),
        moment("ActionTakenDateTime"),
        flag("IsActionTaken", "calculated"),
        count("SecondsOverdue", "calculated"),
        pick("ErrorCode", ERROR_CODES, "restricted", length=60),
        count("GoToStepIterationCount"),
        flag("WasEverPaused"),
        *audit(),
    ),
    "events",
    label="Sales Cadence Step Tracker",
    children=("Tasks Task ActionCadenceStepTrackerId",),
)

OBJECTS = (CADENCE, STEP, VARIANT, RULE, CONDITION, TRACKER, STEP_TRACKER)
