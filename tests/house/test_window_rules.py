"""Rules of the window's code that a linter does not know: no nested loops, plain text only, no star imports."""

import ast
from collections.abc import Iterator

from tests.house.source_tree import Source, sources

# one file may build Qt's label: the one that makes it plain
PLAIN_LABEL_FILES = "cadence_desk/ui/kit/"
RICH_TEXT_NAMES = {
    "RichText",
    "AutoText",
    "MarkdownText",
    "setHtml",
    "setMarkdown",
    "insertHtml",
    "appendHtml",
}
LABEL_MAKERS = {"QLabel", "QMessageBox"}


def window_sources() -> list[Source]:
    """Return the sources of the rooms that own widgets or start them."""
    return [one for one in sources("cadence_desk") if one.room in {"ui", "bridge", "launch"}]


def calls(source: Source) -> Iterator[tuple[ast.Call, str]]:
    """Yield every call with the last part of the name it calls."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call):
            yield node, ast.unparse(node.func).rsplit(".", 1)[-1]


def test_no_dialog_runs_its_own_loop() -> None:
    found = [
        f"{one.name}:{node.lineno}"
        for one in window_sources()
        for node, name in calls(one)
        if name in {"exec", "exec_"} and isinstance(node.func, ast.Attribute)
    ]
    assert not found, "a nested event loop breaks other tasks: use bridge.ask_dialog"


def test_one_file_opens_what_lies_outside() -> None:
    users = [one.name for one in sources("cadence_desk") if "QDesktopServices" in one.text]
    assert users == ["cadence_desk/ui/kit/web_pages.py"], (
        "addresses are judged in one place before they are opened"
    )


def test_no_star_imports() -> None:
    found = [
        f"{one.name}:{node.lineno}"
        for one in sources("cadence_desk") + sources("tests")
        for node in ast.walk(one.tree)
        if isinstance(node, ast.ImportFrom) and any(alias.name == "*" for alias in node.names)
    ]
    assert not found


def test_text_from_data_is_plain() -> None:
    found = []
    for one in window_sources():
        if one.name.startswith(PLAIN_LABEL_FILES) and "PlainLabel" in one.text:
            continue
        found += [f"{one.name}:{node.lineno}: {name}" for node, name in calls(one) if name in LABEL_MAKERS]
        found += [f"{one.name}:{node.lineno}: {base}" for node, base in bases(one) if base in LABEL_MAKERS]
        found += [
            f"{one.name}:{node.lineno}: {node.attr}"
            for node in ast.walk(one.tree)
            if isinstance(node, ast.Attribute) and node.attr in RICH_TEXT_NAMES
        ]
    assert not found, "Qt guesses rich text in labels and boxes: use the kit's PlainLabel and dialogs"


def bases(source: Source) -> Iterator[tuple[ast.ClassDef, str]]:
    """Yield every base class by the last part of its name."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.ClassDef):
            for base in node.bases:
                yield node, ast.unparse(base).rsplit(".", 1)[-1]
