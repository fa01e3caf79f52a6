"""What a notice of a newer version says, and whether it counts. Pure; imports domain only.

An IT department writes the notice and signs it; the desk shows one line and never replaces itself.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from dataclasses import dataclass
from pathlib import PurePosixPath, PureWindowsPath
from urllib.parse import urlsplit

from cadence_desk.domain.errors import BadFile, BadValue

NOTICE_LIMIT = 16 * 1024
WORDS_LIMIT = 200
KEY_BYTES = 32
SIGNATURE_BYTES = 64
SIGNATURE_SUFFIX = ".sig"
_VERSION = re.compile(r"[0-9]{1,6}(?:\.[0-9]{1,6}){0,3}\Z")


@dataclass(frozen=True, slots=True)
class UpdatePlan:
    """Where the notice lies and whose signature it must carry; both are set by an admin.

    Attributes:
        source: an https address, or the path of a file, also on a share; empty switches the look off.
        key: the raw Ed25519 public key as base64.
    """

    source: str = ""
    key: str = ""

    @property
    def wanted(self) -> bool:
        """Whether to look at all: never without a key to check the notice with."""
        return bool(self.source and self.key)


@dataclass(frozen=True, slots=True)
class UpdateNotice:
    """A newer version, with the words of whoever offers it."""

    version: str
    words: str = ""

    def line(self) -> str:
        """Return the one line to show."""
        said = self.words or "Ask your IT department for it."
        return f"Version {self.version} of Cadence Desk is there. {said}"


def check_source(source: str) -> None:
    """Raise BadValue unless a source is a plain https address or a whole path."""
    if "://" in source:
        parts = urlsplit(source)
        if (
            parts.scheme == "https"
            and parts.hostname
            and not (parts.query or parts.fragment or "@" in parts.netloc)
        ):
            return
    elif PurePosixPath(source).is_absolute() or PureWindowsPath(source).is_absolute():
        return
    raise BadValue("Updates are announced at an https address or in a file given with its whole path.")


def raw_key(text: str) -> bytes:
    """Return the public key. Raises BadValue."""
    return _decoded(text, KEY_BYTES, "That is no Ed25519 public key: 32 bytes as base64 were expected.")


def raw_signature(text: str) -> bytes:
    """Return the signature. Raises BadValue."""
    return _decoded(text, SIGNATURE_BYTES, "The notice of an update carries no usable signature.")


def _decoded(text: str, size: int, problem: str) -> bytes:
    try:
        raw = base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        raise BadValue(problem) from None
    if len(raw) != size:
        raise BadValue(problem)
    return raw


def parse_notice(raw: bytes) -> UpdateNotice:
    """Return the notice of bytes whose signature was checked before. Raises BadFile."""
    problem = BadFile("The notice of an update cannot be read.")
    try:
        content = json.loads(raw)
    except (ValueError, RecursionError):
        raise problem from None
    if not isinstance(content, dict) or content.get("product") != "cadence-desk":
        raise problem
    version, words = content.get("version"), content.get("words", "")
    if not isinstance(version, str) or not _VERSION.match(version) or not isinstance(words, str):
        raise problem
    if len(words) > WORDS_LIMIT or not words.isprintable():
        raise problem
    return UpdateNotice(version, words)


def is_newer(offered: str, own: str) -> bool:
    """Say whether a version comes after ours; an older one, signed once, is never offered again."""
    return _numbers(offered) > _numbers(own)


def _numbers(version: str) -> tuple[int, ...]:
    numbers = [int(part) for part in re.findall(r"[0-9]+", version.split("+", 1)[0])]
    while numbers and not numbers[-1]:
        numbers.pop()
    return tuple(numbers)
