"""Addresses that leave this program or come into it: each is taken apart and judged before anything is opened.

Imports no other room but domain. Called by the window's one way to the outside, and by whoever gets a link.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, quote, urlsplit

from cadence_desk.domain.errors import BadValue
from cadence_desk.domain.record_ids import CONTACT, LEAD, RecordId, parse_record_id

if TYPE_CHECKING:
    from collections.abc import Collection

ORG_HOSTS = (".salesforce.com", ".force.com", ".salesforce.mil", ".sfcrmproducts.cn")
"""Where Salesforce lives; an org's own login page may lie elsewhere and is named by its profile."""

ORG = "00D"
LINK_START = "cadence-desk://org/"
LINK_LIMIT = 256
_WEB_LIMIT = 8_192
_UNSAFE = re.compile(r"[\x00-\x20\x7f\\<>\"^`{|}]|[^\x00-\x7f]")
_NUMBER = re.compile(r"\+?[0-9]{3,15}(?:[,;][0-9]{1,8})?\Z")
_MAIL = re.compile(r"[A-Za-z0-9._%+'-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})+\Z")
_LINK = re.compile(r"cadence-desk://org/([0-9A-Za-z]{15,18})/target/([0-9A-Za-z]{15,18})/?\Z")


def web_address(text: str, own: Collection[str] = ()) -> str:
    """Return a web page's address that may be opened: https, at Salesforce or at one of the `own` hosts (host:port).

    Raises:
        BadValue: anything else: another scheme, another host, a user name in it, characters that hide something.
    """
    parts = _split(text)
    host = (parts.hostname or "").lower()
    if parts.scheme != "https" or not host or "@" in parts.netloc:
        raise BadValue("That address is not opened: it is no plain https address.")
    known = host.endswith(ORG_HOSTS) and parts.port in {None, 443}
    if not known and parts.netloc.lower() not in {one.lower() for one in own}:
        raise BadValue(f"That address is not opened: {host[:60]} does not belong to your org.")
    return text


def _split(text: str) -> SplitResult:
    problem = BadValue("That address is not opened: it is no plain https address.")
    if len(text) > _WEB_LIMIT or _UNSAFE.search(text):
        raise problem
    try:
        parts = urlsplit(text)
        _ = parts.port  # an impossible one raises here
    except ValueError:
        raise problem from None
    return parts


def phone_address(text: str) -> str:
    """Return a phone number as a `tel:` address (RFC 3966). Raises BadValue for anything that is no number."""
    number = re.sub(r"[\s().\u00a0/-]", "", text.strip())
    number = re.sub(r"(?i)(?:ext|x)\.?(?=[0-9]+$)", ";", number)
    if not _NUMBER.match(number):
        raise BadValue(f"“{text[:40]}” is no phone number that can be called.")
    return "tel:" + number.replace(";", ";ext=")


def mail_address(text: str) -> str:
    """Return a mail address as a `mailto:` address without subject or body. Raises BadValue for anything else."""
    if not _MAIL.match(text.strip()):
        raise BadValue(f"“{text[:60]}” is no mail address that can be written to.")
    return "mailto:" + quote(text.strip(), safe="@")


@dataclass(frozen=True, slots=True)
class TargetLink:
    """A link that shows a person of an org: it names, it does nothing."""

    org_id: RecordId
    target_id: RecordId

    @property
    def text(self) -> str:
        """The link itself."""
        return f"{LINK_START}{self.org_id}/target/{self.target_id}"


def parse_target_link(text: str) -> TargetLink:
    """Return what a link shows. Raises BadValue for everything but the one shape there is."""
    found = _LINK.match(text) if len(text) <= LINK_LIMIT else None
    if found is None:
        raise BadValue(
            "That link cannot be followed: it must name an org and a lead or contact, nothing else."
        )
    return TargetLink(parse_record_id(found[1], ORG), parse_record_id(found[2], LEAD, CONTACT))
