"""Every module says what it is for, every public name what it does; package files say nothing else."""

import ast
from collections.abc import Iterator

from tests.house.source_tree import Source, sources

MODULE_DOCSTRING_LINES = 5
PICTURED = {"cadence_desk/domain/errors.py"}  # the tree of errors stands at the top of its file
Documented = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def hand_written() -> tuple[Source, ...]:
    """Return the sources that people read: the package and its packaging."""
    return sources("cadence_desk") + sources("packaging")


def public(body: list[ast.stmt]) -> Iterator[Documented]:
    """Yield the public definitions of a module, and those inside its public classes."""
    for node in body:
        if isinstance(
            node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
        ) and not node.name.startswith("_"):
            yield node
            if isinstance(node, ast.ClassDef):
                yield from public(node.body)


def says_it_overrides(node: Documented) -> bool:
    """Say whether the text is the base class's business."""
    names = [ast.unparse(decorator) for decorator in node.decorator_list]
    return any(name.rsplit(".", 1)[-1] in {"override", "overload", "setter"} for name in names)


def test_package_files_hold_a_docstring_only() -> None:
    files = [one for one in sources("cadence_desk") if one.path.name == "__init__.py"]
    found = [one.name for one in files if len(one.tree.body) != 1 or not ast.get_docstring(one.tree)]
    assert not found


def test_modules_say_what_they_are_for() -> None:
    texts = {one.name: ast.get_docstring(one.tree) or "" for one in hand_written()}
    assert not [name for name, text in texts.items() if not text]
    long = [
        name
        for name, text in texts.items()
        if len(text.splitlines()) > MODULE_DOCSTRING_LINES and name not in PICTURED
    ]
    assert not long


def test_public_names_say_what_they_do() -> None:
    found = [
        f"{one.name}:{node.lineno}: {node.name}"
        for one in hand_written()
        for node in public(one.tree.body)
        if not ast.get_docstring(node) and not says_it_overrides(node)
    ]
    assert not found
