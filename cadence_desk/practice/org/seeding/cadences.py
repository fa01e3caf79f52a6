"""Sows call scripts, email templates and the cadences a new org has.

Imports the sower and the plan of this package. The cadences together use every step type the engine runs.
"""

from __future__ import annotations

from cadence_desk.practice.org.seeding.plans import CadencePlan, StepPlan
from cadence_desk.practice.org.seeding.sowing import DAY, Sower

HOURS = 3600
DAYS = 24 * HOURS
CALL = {
    "Meaningful Connect": "CallMeaningfulConnect",
    "Left Voicemail": "CallLeftVoicemail",
    "Call Back Later": "CallCallBackLater",
    "Not Interested": "CallNotInterested",
    "Unqualified": "CallUnqualified",
}

_CALLS = (
    (
        "First Call",
        "Opening for someone who asked us first",
        (
            "<p>Hello {{{Recipient.FirstName}}}, you asked about a practice plan.</p><ul><li>What made you look now?</li>"
            "<li>Who else decides?</li></ul>"
        ),
    ),
    (
        "Second Call",
        "After a voicemail",
        "<p>I left you a message <b>earlier this week</b> and wanted to try once more.</p>",
    ),
    ("Cold Call A", "Question first", "<p>How do you keep track of follow-ups today?</p>"),
    (
        "Cold Call B",
        "Reference first",
        "<p>A company much like yours halved its response time. May I tell you how?</p>",
    ),
)
_EMAILS = (
    (
        "Intro",
        "A short introduction",
        "Hello {{{Recipient.FirstName}}},\nI would like to show you one idea in ten minutes.",
    ),
    (
        "Intro B",
        "One idea, ten minutes",
        "Hello {{{Recipient.FirstName}}},\nmay I show you what changed for others?",
    ),
    ("Meeting Recap", "What we agreed", "Thank you for the talk. Here is what we agreed."),
    ("Voicemail Follow-Up", "Sorry I missed you", "I left you a voicemail today. Here is the short version."),
    ("Nurture 1", "Three habits of quick teams", "Three habits we see in teams that answer within the hour."),
    ("Nurture 2", "A checklist you can keep", "One page, no form to fill in."),
    ("Break-Up", "Shall I close your file?", "I will not write again unless you tell me to."),
)

INBOUND = CadencePlan(
    "Inbound Follow-Up",
    "Call people who asked us first, twice, then follow what came of it.",
    (
        StepPlan("call1", "MakeACall", "First call", template="First Call", due_days=1),
        StepPlan("wait1", "Wait", "Wait a day", wait=1 * DAYS),
        StepPlan("call2", "MakeACall", "Second call", template="Second Call", due_days=1),
        StepPlan(
            "branch",
            "Branch",
            "What came of the call?",
            outcomes=(
                (CALL["Meaningful Connect"], "recap"),
                (CALL["Left Voicemail"], "voicemail"),
                (CALL["Call Back Later"], "later"),
                (CALL["Not Interested"], "close"),
            ),
            default="missed",
        ),
        StepPlan(
            "recap",
            "SendAnEmail",
            "Send what we agreed",
            parent="branch",
            template="Meeting Recap",
            due_days=1,
        ),
        StepPlan(
            "voicemail",
            "SendAnEmail",
            "Follow the voicemail",
            parent="branch",
            template="Voicemail Follow-Up",
        ),
        StepPlan("later", "Wait", "Wait two days", parent="branch", wait=2 * DAYS),
        StepPlan("call3", "MakeACall", "Call back", parent="later", template="Second Call", due_days=1),
        StepPlan("close", "CreateTask", "Close out politely", parent="branch", due_days=2),
        StepPlan(
            "missed", "SendAnEmail", "Sorry I missed you", parent="branch", template="Break-Up", due_days=2
        ),
        StepPlan("old", "MakeACall", "Old opening call", parent="call1", template="First Call", retired=True),
    ),
    exits=(CALL["Unqualified"],),
    folder="Inbound",
)
OUTREACH = CadencePlan(
    "New Business Outreach",
    "Write, wait, call, then go on by what came of the call.",
    (
        StepPlan("email", "SendAnEmail", "Introduce yourself", template="Intro", due_days=1),
        StepPlan("wait", "Wait", "Wait a day", wait=1 * DAYS),
        StepPlan("call", "MakeACall", "Call after the email", template="Cold Call A", due_days=2),
        StepPlan(
            "branch",
            "Branch",
            "What came of the call?",
            outcomes=((CALL["Meaningful Connect"], "demo"), (CALL["Left Voicemail"], "inmail")),
            default="connect",
        ),
        StepPlan("demo", "CreateTask", "Prepare the demo", parent="branch", due_days=3),
        StepPlan("inmail", "LinkedInMail", "Send an InMail", parent="branch", due_days=1),
        StepPlan("connect", "LinkedInConnection", "Ask to connect", parent="branch", due_days=1),
        StepPlan("research", "CreateTask", "Research the company", parent="connect", due_days=2),
    ),
    exits=("EmailReply", CALL["Not Interested"], CALL["Unqualified"]),
    folder="Outbound",
)
CALLS_ONLY = CadencePlan(
    "Call Blitz",
    "Three calls, nothing else.",
    (
        StepPlan("one", "MakeACall", "Morning call", template="Cold Call A"),
        StepPlan("rest", "Wait", "Wait four hours", wait=4 * HOURS),
        StepPlan("two", "MakeACall", "Afternoon call", template="Cold Call B"),
        StepPlan("night", "Wait", "Wait a day", wait=1 * DAYS),
        StepPlan("three", "MakeACall", "Last call", template="Cold Call B", due_days=1),
    ),
    exits=(CALL["Meaningful Connect"],),
    folder="Outbound",
)
NURTURE = CadencePlan(
    "Nurture by Email",
    "Automated emails that follow what people read.",
    (
        StepPlan("first", "AutoSendAnEmail", "Three habits", template="Nurture 1"),
        StepPlan(
            "listen",
            "ListenerBranch",
            "Did they read it?",
            wait=3 * DAYS,
            outcomes=(("EmailLinkClick", "deeper"), ("EmailOpen", "checklist")),
            default="again",
        ),
        StepPlan("deeper", "AutoSendAnEmail", "Offer a talk", parent="listen", template="Intro"),
        StepPlan("checklist", "AutoSendAnEmail", "Send the checklist", parent="listen", template="Nurture 2"),
        StepPlan("again", "Wait", "Wait two days", parent="listen", wait=2 * DAYS),
        StepPlan("last", "AutoSendAnEmail", "Shall I close your file?", parent="again", template="Break-Up"),
    ),
    exits=("EmailReply", "EmailHardBounce"),
    folder="Marketing",
)
FOLLOW_THROUGH = CadencePlan(
    "Event Follow-Through",
    "What happens after the event.",
    (
        StepPlan("thanks", "AutoSendAnEmail", "Thank you for coming", template="Nurture 2"),
        StepPlan("pause", "Wait", "Wait a day", wait=1 * DAYS),
        StepPlan("call", "MakeACall", "Ask how it was", template="First Call", due_days=1),
    ),
    folder="Events",
)
WARM_UP = CadencePlan(
    "Event Warm-Up",
    "Before the event; goes on with Event Follow-Through.",
    (
        StepPlan("invite", "SendAnEmail", "Invite", template="Intro", due_days=1),
        StepPlan("wait", "Wait", "Wait until the event", wait=1 * DAYS),
        StepPlan("chain", "DaisyChain", "Go on after the event", chained="Event Follow-Through"),
    ),
    folder="Events",
)
PRICING_TEST = CadencePlan(
    "Pricing Script Test",
    "Two call scripts and two emails against each other.",
    (
        StepPlan(
            "call",
            "MakeACall",
            "Pricing call",
            variants=(("Cold Call A", 60), ("Cold Call B", 40)),
            due_days=1,
        ),
        StepPlan("email", "SendAnEmail", "Price list", variants=(("Intro", 50), ("Intro B", 50)), due_days=1),
    ),
    folder="Outbound",
)
QUICK = CadencePlan(
    "Quick Check-In",
    "One call, made by a rep for herself.",
    (StepPlan("call", "MakeACall", "Check in", template="Second Call", due_days=1),),
    kind="Quick",
)
DRAFT = CadencePlan(
    "Partner Referrals",
    "Not finished yet.",
    (
        StepPlan("email", "SendAnEmail", "Thank the partner", template="Intro"),
        StepPlan("call", "MakeACall", "Call the referral", template="First Call"),
    ),
    state="Draft",
)
INACTIVE = CadencePlan(
    "Trade Show Last Year",
    "No new targets; those in it run on.",
    (
        StepPlan("call", "MakeACall", "Call the visitor", template="First Call", due_days=1),
        StepPlan("email", "SendAnEmail", "Send the slides", template="Nurture 1", due_days=1),
    ),
    state="Inactive",
    folder="Events",
)
FAILED = CadencePlan(
    "Imported Plan",
    "Could not be switched on.",
    (StepPlan("email", "AutoSendAnEmail", "First email"),),
    state="Error",
    error="The step First email has no template.",
)
PLANS = (
    INBOUND,
    OUTREACH,
    CALLS_ONLY,
    NURTURE,
    FOLLOW_THROUGH,
    WARM_UP,
    PRICING_TEST,
    QUICK,
    DRAFT,
    INACTIVE,
    FAILED,
)


def sow_templates(sower: Sower) -> None:
    """Sow call scripts and email templates."""
    rows = (
        {"Name": name, "Description": told, "HtmlBody": body, "TemplateType": "Text"}
        for name, told, body in _CALLS
    )
    sower.cast.calls = dict(zip((one[0] for one in _CALLS), sower.sow("CallTemplate", rows), strict=True))
    mails = (
        {
            "Name": name,
            "DeveloperName": name.replace(" ", "_").replace("-", "_"),
            "Subject": subject,
            "Body": body,
            "HtmlValue": "<p>" + body.replace("\n", "<br>") + "</p>",
            "TemplateType": "text",
            "IsActive": 1,
            "Encoding": "UTF-8",
            "FolderName": "Sales Emails",
            "TimesUsed": 0,
        }
        for name, subject, body in _EMAILS
    )
    sower.cast.emails = dict(zip((one[0] for one in _EMAILS), sower.sow("EmailTemplate", mails), strict=True))


def sow_cadences(sower: Sower) -> None:
    """Sow all cadences with their steps, rules and variants."""
    for place, plan in enumerate(PLANS):
        activated = None if plan.state in {"Draft", "Error"} else sower.start - (150 - place) * DAY
        plan.sow(sower, activated)
