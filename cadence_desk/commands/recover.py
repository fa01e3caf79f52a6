"""`cadence-desk recover`: what is wrong with the files of a profile, and what to do about it. Never sends anything.

Called by launch, which hands in the mending of an open profile. Exit codes: 0 nothing is wrong or it is mended, 2 usage,
3 something is wrong and waits for a person's word, 4 what was tried did not work.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from getpass import getpass
from typing import TYPE_CHECKING

from cadence_desk.domain.errors import BadValue, DeskError, InputError
from cadence_desk.domain.mending import ASKED_TWICE, REMEDY_HINTS, REMEDY_WORDS, Remedy

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from cadence_desk.domain.mending import Mending, Trouble

EXIT_FINE, EXIT_USAGE, EXIT_LEFT, EXIT_FAILED = 0, 2, 3, 4

FLAGS = {
    Remedy.RESTORE: "--restore",
    Remedy.WITHOUT_TEXTS: "--without-texts",
    Remedy.RECOVERY_KEY: "--key",
    Remedy.START_NEW: "--start-new",
    Remedy.EXPORT: "--export FILE",
}


@dataclass(frozen=True, slots=True)
class Request:
    """What was typed: a remedy or none, a file to export to, and whether not to ask."""

    remedy: Remedy | None = None
    file: Path | None = None
    show_key: bool = False
    sure: bool = False
    as_json: bool = False


def recover(mending: Mending, show_key: Callable[[], str], request: Request) -> int:
    """Do what was asked and say what was done."""
    try:
        return _carried_out(mending, show_key, request)
    except DeskError as error:
        hint = f" {error.hint}" if error.hint else ""
        print(f"cadence-desk: {error.message}{hint} ({error.code})", file=sys.stderr)
        return EXIT_USAGE if isinstance(error, InputError) else EXIT_FAILED


def _carried_out(mending: Mending, show_key: Callable[[], str], request: Request) -> int:
    if request.show_key:
        print(show_key())
        print("Write this down and keep it away from this computer: it opens your notes.", file=sys.stderr)
        return EXIT_FINE
    trouble = mending.look()
    if trouble is None:
        _tell(request, None, "Nothing is wrong: the outbox of this profile opens.")
        return EXIT_FINE
    if request.file is not None:
        print(mending.export(request.file))
        return EXIT_LEFT if request.remedy is None else _mended(mending, trouble, request)
    if request.remedy is None:
        _tell(request, trouble, "")
        return EXIT_LEFT
    return _mended(mending, trouble, request)


def _mended(mending: Mending, trouble: Trouble, request: Request) -> int:
    remedy = request.remedy
    if remedy is None or remedy not in trouble.remedies:
        raise BadValue("That does not help here.", hint="Without an option the command says what does.")
    if remedy in ASKED_TWICE and not request.sure and not _agreed(trouble, remedy):
        raise BadValue("Nothing was changed.", hint="Say --yes where nobody can be asked.")
    words = getpass("Recovery key: ") if remedy is Remedy.RECOVERY_KEY else ""
    print(mending.apply(remedy, words))
    return EXIT_FINE


def _agreed(trouble: Trouble, remedy: Remedy) -> bool:
    if not sys.stdin.isatty():
        return False
    print("\n".join((trouble.title, *trouble.facts)))
    answer = input(f"{REMEDY_WORDS[remedy]}? {REMEDY_HINTS[remedy]} Type yes: ")
    return answer.strip().lower() == "yes"


def _tell(request: Request, trouble: Trouble | None, words: str) -> None:
    if request.as_json:
        told = None
        if trouble is not None:
            told = {
                "code": trouble.code,
                "title": trouble.title,
                "words": trouble.words,
                "facts": list(trouble.facts),
                "remedies": [one.value for one in trouble.remedies],
            }
        print(json.dumps({"trouble": told}, indent=2, ensure_ascii=False))
        return
    if trouble is None:
        print(words)
        return
    print(f"{trouble.title} ({trouble.code})\n{trouble.words}")
    for fact in trouble.facts:
        print(f"  {fact}")
    print("What can be done:")
    for remedy in trouble.remedies:
        if remedy in FLAGS:
            print(f"  cadence-desk recover {FLAGS[remedy]:16} {REMEDY_WORDS[remedy]}. {REMEDY_HINTS[remedy]}")
