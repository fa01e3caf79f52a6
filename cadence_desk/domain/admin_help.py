"""Words for admins: how to make the app that lets Cadence Desk in, and why other ways are not offered.

Imports no other room. Shown by the window and the command line; README has the same eight lines.
"""

from __future__ import annotations

ADMIN_STEPS = (
    "Setup, External Client App Manager: New External Client App, distribution state Local.",
    "Switch OAuth on; callback URLs, one a line: http://localhost:PORT/OauthRedirect for 56420, 58728, 59132, 61361, 62784.",
    "Scopes: Manage user data via APIs (api), Perform requests at any time (refresh_token), Access identity URL (id).",
    "Require PKCE: on. Require secret for web server flow and for refresh token flow: off. JWT-based tokens: off.",
    "Refresh token rotation: on; refresh tokens end after 30 days without use.",
    "Policies, Permitted users: admin-approved users are pre-authorized; add your reps' permission set.",
    "Write an org file: name, login_url (your My Domain), client_id (the consumer key), redirect_uris (the five URLs).",
    "Hand it to your reps, or the link that `cadence-desk org link` makes: `cadence-desk org add FILE`. No secret is in it.",
)
"""Source: Salesforce help, Create an External Client App and Configure OAuth; connected apps cannot be made any more."""

ORG_FILE = """{
  "name": "Acme",
  "login_url": "https://acme.my.salesforce.com",
  "client_id": "the consumer key",
  "redirect_uris": [
    "http://localhost:56420/OauthRedirect",
    "http://localhost:58728/OauthRedirect",
    "http://localhost:59132/OauthRedirect",
    "http://localhost:61361/OauthRedirect",
    "http://localhost:62784/OauthRedirect"
  ]
}"""

_NO_NAME_AND_WORD = """\
User name and password are not offered: orgs block that flow, external client apps do not have it, and the desk should
never see a password."""
_NO_DEVICE = """\
Device codes are not offered: Salesforce blocks them for apps that are not installed, because people were tricked into
letting strangers in."""
_OTHERS = """\
For runs without a person there are a signed statement (CADENCE_DESK_JWT_KEY_FILE, _CLIENT_ID, _USERNAME, _LOGIN_URL)
and an access token (CADENCE_DESK_ACCESS_TOKEN, CADENCE_DESK_INSTANCE_URL). A login of the Salesforce CLI can be used,
too: cadence-desk org add --cli NAME."""

NOT_OFFERED = (_NO_NAME_AND_WORD, _NO_DEVICE)
"""Sources: Salesforce help, Block Authorization Flows; knowledge article on the use of uninstalled connected apps."""


def admin_page() -> str:
    """Return the whole page as plain text."""
    steps = [f"{number}. {step}" for number, step in enumerate(ADMIN_STEPS, start=1)]
    return "\n".join([*steps, "", "The org file:", ORG_FILE, "", *NOT_OFFERED, "", _OTHERS])
