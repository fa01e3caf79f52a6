"""What is under version control names no registry and no machine, and its documents link to what exists."""

import re
from pathlib import Path

import pytest

from tests.house.source_tree import ROOT, tracked_files

BINARY = {".png", ".ico", ".icns", ".svg", ".ttf", ".db", ".xlsx"}
HOSTS = (
    "python" + "hosted.org",
    "pypi" + ".org",
    "npm" + "js.org",
    "npm" + "js.com",
    "debian" + ".org",
    "ubuntu" + ".com",
)
REGISTRY = re.compile(
    "|".join([re.escape(host) for host in HOSTS] + [r"https?://(?:files|registry|deb|index|pypi|security)\."])
)
MACHINE_PATH = re.compile(r"(?<![\w/.])/(?:work|root|tmp|home)/|[A-Z]:\\Users\\")
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")


def texts() -> dict[str, str]:
    """Return the text of every tracked file by its name."""
    paths = [path for path in tracked_files() if path.suffix not in BINARY]
    return {
        path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8", errors="replace")
        for path in paths
    }


def anchors(text: str) -> set[str]:
    """Return the anchors a reader's program makes of the headings."""
    titles = re.findall(r"^#+ +(.+?) *$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize(("pattern", "what"), [(REGISTRY, "registry"), (MACHINE_PATH, "machine")])
def test_no_file_names_a(pattern: re.Pattern[str], what: str) -> None:
    found = [
        f"{name}:{number}: {line.strip()[:100]}"
        for name, text in texts().items()
        for number, line in enumerate(text.splitlines(), start=1)
        if pattern.search(line)
    ]
    assert not found, what


def test_links_in_documents_resolve() -> None:
    documents = {name: text for name, text in texts().items() if name.endswith(".md")}
    broken = [
        f"{name}: {target}"
        for name, text in documents.items()
        for target in LINK.findall(text)
        if not target.startswith(("http://", "https://", "mailto:")) and not resolves(ROOT / name, target)
    ]
    assert not broken


def resolves(document: Path, target: str) -> bool:
    """Say whether a relative link leads to a file, and its anchor to a heading."""
    place, _, anchor = target.partition("#")
    path = (document.parent / place).resolve() if place else document
    if not path.exists():
        return False
    return not anchor or path.suffix != ".md" or anchor in anchors(path.read_text(encoding="utf-8"))
