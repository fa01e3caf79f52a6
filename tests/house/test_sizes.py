"""Nothing grows past the size at which people stop reading it."""

import ast

from tests.house.source_tree import definitions, length, sources

MODULE_LINES = 400
FUNCTION_LINES = 50
CLASS_LINES = 250
CLASS_METHODS = 20
WHERE = ("cadence_desk", "packaging", "tests")


def test_modules_stay_short() -> None:
    long = [f"{one.name}: {one.code_lines()}" for place in WHERE for one in sources(place)]
    assert not [line for line in long if int(line.rsplit(" ", 1)[1]) > MODULE_LINES]


def test_functions_stay_short() -> None:
    found = [
        f"{one.name}:{node.lineno}: {node.name} has {length(node)} lines"
        for place in WHERE
        for one in sources(place)
        for node in definitions(one.tree)
        if not isinstance(node, ast.ClassDef) and length(node) > FUNCTION_LINES
    ]
    assert not found


def test_classes_stay_small() -> None:
    found = [
        f"{one.name}:{node.lineno}: {node.name} has {length(node)} lines and {methods(node)} methods"
        for place in ("cadence_desk", "packaging")
        for one in sources(place)
        for node in definitions(one.tree)
        if isinstance(node, ast.ClassDef) and (length(node) > CLASS_LINES or methods(node) > CLASS_METHODS)
    ]
    assert not found


def methods(node: ast.ClassDef) -> int:
    """Count every def in the body of a class."""
    return sum(isinstance(item, ast.FunctionDef | ast.AsyncFunctionDef) for item in node.body)
