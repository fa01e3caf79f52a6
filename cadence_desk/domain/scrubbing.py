"""Takes tokens and personal data out of a text that is going to a log or to support. Imports no other room.

The second line of defense: the first is that such texts are not written at all.
"""

from __future__ import annotations

import re

LONGEST = 2_000

_RULES: tuple[tuple[re.Pattern[str], str], ...] = (
    # session ids: an organization's id, an exclamation mark, the secret
    (re.compile(r"\b00D[A-Za-z0-9]{9,15}(?:!|%21)[A-Za-z0-9._%/+=-]+"), "[token]"),
    # signed statements and access tokens in three parts
    (re.compile(r"\beyJ[A-Za-z0-9_-]{6,}(?:\.[A-Za-z0-9_-]*){0,4}"), "[token]"),
    (re.compile(r"(?i)\b(bearer|basic|oauth)\s+[A-Za-z0-9._~+/=!%-]{6,}"), r"\1 [token]"),
    # refresh tokens and client secrets as forms and JSON carry them
    (
        re.compile(
            r"(?i)(access_token|refresh_token|client_secret|assertion|code_verifier|code|password|sid)"
            r"([\"']?\s*[=:]\s*[\"']?)[^\s\"'&,;}]+"
        ),
        r"\1\2[secret]",
    ),
    (re.compile(r"\b5Aep[A-Za-z0-9._]{20,}"), "[token]"),
    (re.compile(r"[^\s@<>\"'(),;:=]+(?:@|%40)[^\s@<>\"'(),;:/]+\.[^\s@<>\"'(),;:/]+"), "[e-mail]"),
    (re.compile(r"(https?://[^\s?#\"'<>]+)[?#][^\s\"'<>]*"), r"\1?[query]"),
    (re.compile(r"(?i)\b(where|like|in)\b([^'\n]*)'(?:[^'\\]|\\.)*'"), r"\1\2'[value]'"),
    # a run of digits as people write phone numbers; times, sizes and ids keep their shape
    (re.compile(r"(?<![\w.:/-])(?:\+|00)\d[\d ()./-]{5,}\d(?!\w)"), "[phone]"),
    (re.compile(r"(?<![\w.:/+-])\(?\d{2,5}\)?[ /-]\d{2,4}[ /-]?\d{2,}(?:[ -]?\d{2,})*(?![\w:])"), "[phone]"),
    (re.compile(r"(?i)([/\\](?:home|users)[/\\])[^/\\\s\"']+"), r"\1[user]"),
)


def scrubbed(text: str) -> str:
    """Return a text without what looks like a token, a mail address, a phone number, a query or a user's folder."""
    short = text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
    for pattern, put in _RULES:
        short = pattern.sub(put, short)
    return short
