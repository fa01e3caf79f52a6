"""A link that carries an org's profile: what an admin can paste into a message in place of a file. Imports domain.

The link holds everything itself; nothing is fetched, and no certificate authority can come with it.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlencode, urlsplit

from cadence_desk.domain.errors import BadFile

if TYPE_CHECKING:
    from cadence_desk.domain.orgs import OrgProfile

START = "cadence-desk://add-org?"
LIMIT = 8192
_ONE = ("name", "login_url", "client_id", "events_endpoint")


def is_link(text: str) -> bool:
    """Return True for a text that is a link and no file name."""
    return "://" in text


def link_to_text(link: str) -> str:
    """Return the JSON text of an org file with what the link carries.

    Raises:
        BadFile: another kind of link, or a part of it is there twice.
    """
    if not link.startswith(START) or len(link) > LIMIT:
        raise BadFile(
            f"That is no link to add an org: such a link begins with {START}",
            hint="A link to a file is downloaded first; then add the file.",
        )
    try:
        found = parse_qs(urlsplit(link).query, strict_parsing=True, max_num_fields=40)
    except ValueError:
        raise BadFile("That link is damaged: copy it again as a whole.") from None
    content: dict[str, object] = {}
    for name, values in found.items():
        if name == "redirect_uri":
            content["redirect_uris"] = values
        elif name in _ONE and len(values) == 1:
            content[name] = values[0]
        else:
            raise BadFile(f"That link cannot be used ({name[:40]} is not expected, or there twice).")
    return json.dumps(content)


def link_of(profile: OrgProfile) -> str:
    """Return the link that adds this org elsewhere; it carries no secret and no authority."""
    pairs = [("name", profile.name), ("login_url", profile.login_url), ("client_id", profile.client_id)]
    pairs += [("redirect_uri", uri) for uri in profile.redirect_uris]
    pairs.append(("events_endpoint", profile.events_endpoint))
    return START + urlencode(pairs)
