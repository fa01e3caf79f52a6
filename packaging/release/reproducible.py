"""Builds the app once more and tells in which files the two builds differ. Standard library only.

Called by the command in __main__.
"""

import hashlib
import stat
from pathlib import Path

from release.program import make_program
from release.project import PROGRAM, WORK, BuildError


def build_again() -> str:
    """Build a second time and return what to tell. Raises BuildError when the two differ."""
    if not PROGRAM.is_dir():
        raise BuildError("There is no packaged app yet: build the part “program” first.")
    found = differences(PROGRAM, make_program(WORK / "second"))
    if found:
        raise BuildError(f"Two builds of the same source differ in: {', '.join(found)}")
    return f"Two builds of the same source are the same in all {len(described(PROGRAM))} files."


def differences(first: Path, second: Path) -> list[str]:
    """Return the places that are not the same in both folders: content, mode, time or the aim of a link."""
    one, other = described(first), described(second)
    return sorted(place for place in one.keys() | other.keys() if one.get(place) != other.get(place))


def described(folder: Path) -> dict[str, str]:
    """Return for every file and link below a folder what makes it what it is."""
    found = {}
    for path in sorted(folder.rglob("*")):
        facts = path.lstat()
        if stat.S_ISDIR(facts.st_mode):
            continue
        content = str(path.readlink()) if path.is_symlink() else hashlib.sha256(path.read_bytes()).hexdigest()
        found[path.relative_to(folder).as_posix()] = f"{content} {facts.st_mode:o} {facts.st_mtime:.0f}"
    return found
