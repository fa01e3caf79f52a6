"""What the house tests read: the package's rooms, its parsed sources and the files under version control."""

import ast
import functools
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "cadence_desk"
NOT_OURS = {
    ".venv",
    ".git",
    "__pycache__",
    "node_modules",
    ".mypy_cache",
    ".ruff_cache",
    ".hypothesis",
    ".import_linter_cache",
}
GENERATED = ("_pb2.py", "_pb2_grpc.py")


@dataclass(frozen=True)
class Source:
    """One Python file of the project."""

    path: Path
    text: str
    tree: ast.Module

    @property
    def name(self) -> str:
        """Return the path from the project folder, as people write it."""
        return self.path.relative_to(ROOT).as_posix()

    @property
    def room(self) -> str:
        """Return the first folder or module below the package."""
        return self.path.relative_to(PACKAGE).parts[0].removesuffix(".py")

    def code_lines(self) -> int:
        """Count the lines that are neither blank nor comment only."""
        return sum(1 for line in self.text.splitlines() if line.strip() and not line.lstrip().startswith("#"))


@functools.cache
def sources(folder: str) -> tuple[Source, ...]:
    """Parse every hand-written Python file below a folder of the project."""
    paths = [path for path in sorted((ROOT / folder).rglob("*.py")) if not path.name.endswith(GENERATED)]
    texts = [(path, path.read_text(encoding="utf-8")) for path in paths if "node_modules" not in path.parts]
    return tuple(Source(path, text, ast.parse(text, str(path))) for path, text in texts)


def rooms() -> set[str]:
    """Return the names directly under the package: rooms and the entry point."""
    folders = {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
    return folders | {path.stem for path in PACKAGE.glob("*.py") if path.stem != "__init__"}


def definitions(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef]:
    """Yield every function and class, however deep."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node


def length(node: ast.stmt) -> int:
    """Return how many source lines a definition takes."""
    return (node.end_lineno or node.lineno) - node.lineno + 1


@functools.cache
def tracked_files() -> tuple[Path, ...]:
    """Return the files under version control that are present; in an unpacked archive, every visible file."""
    git = shutil.which("git")
    if git is None or not (ROOT / ".git").exists():
        found = [path for path in sorted(ROOT.rglob("*")) if path.is_file()]
        return tuple(path for path in found if not NOT_OURS & set(path.relative_to(ROOT).parts))
    done = subprocess.run([git, "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    return tuple(ROOT / name for name in done.stdout.split("\0") if name and (ROOT / name).is_file())
