"""The two HTML pages of the sign-in: who are you, and what is wrong with this request.

Pure text; every value is escaped. Called by the authorize handler only.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

_STYLE = """
:root { color-scheme: light dark; font-family: system-ui, sans-serif; }
body { margin: 0; display: grid; place-items: center; min-height: 100vh; }
main { width: min(26rem, 90vw); }
h1 { font-size: 1.25rem; margin: 0 0 .5rem; }
p { margin: 0 0 1rem; line-height: 1.45; }
.badge { display: inline-block; padding: .1rem .6rem; border-radius: 1rem; margin-bottom: 1rem;
         background: #5b3fa0; color: #fff; font-size: .85rem; }
form { display: grid; gap: .5rem; }
button { font: inherit; padding: .6rem .9rem; border-radius: .4rem; border: 1px solid #8886;
         text-align: left; cursor: pointer; }
button small { display: block; opacity: .75; }
button.deny { text-align: center; margin-top: .5rem; }
code { overflow-wrap: anywhere; }
"""


@dataclass(frozen=True, slots=True)
class PersonChoice:
    """One practice user on the page."""

    user_id: str
    name: str
    username: str


def sign_in_page(app_name: str, scope: str, ticket: str, people: Sequence[PersonChoice]) -> str:
    """One button per practice user and one to deny; the form posts to the address it came from."""
    buttons = "\n".join(
        f'<button name="user_id" value="{escape(person.user_id)}">{escape(person.name)}'
        f"<small>{escape(person.username)}</small></button>"
        for person in people
    )
    return _page(
        "Sign in to the practice org",
        f"""<p><strong>{escape(app_name)}</strong> asks to work in this practice org as you.
Nothing here reaches a real Salesforce org, and no password is needed.</p>
<p>Asked for: <code>{escape(scope or "the app's usual access")}</code></p>
<form method="post" action="/services/oauth2/authorize">
<input type="hidden" name="ticket" value="{escape(ticket)}">
{buttons}
<button class="deny" name="deny" value="1">Deny</button>
</form>""",
    )


def problem_page(error: str, description: str) -> str:
    """The request cannot be answered with a redirect, so the browser shows why."""
    return _page(
        "Sign-in is not possible",
        f"<p>The app sent a sign-in request that this org cannot accept.</p>"
        f"<p><code>error={escape(error)}&amp;error_description={escape(description)}</code></p>",
    )


def _page(title: str, body: str) -> str:
    return f"""<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{escape(title)}</title><style>{_STYLE}</style></head>
<body><main><span class="badge">Practice org</span><h1>{escape(title)}</h1>
{body}
</main></body>
</html>
"""
