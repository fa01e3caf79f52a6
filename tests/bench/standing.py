"""A process that stands until it is asked: a line in, a line out; it ends with its input. Both ends of it."""

from __future__ import annotations

import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tests.house.source_tree import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

STANDS = "standing"
END_SECONDS = 20


class Standing:
    """The one who asks. Several are asked first and heard then, where they shall work at the same time."""

    def __init__(self, module: str, *arguments: str) -> None:
        command = [sys.executable, "-m", module, *arguments]
        self._what = " ".join([module.rpartition(".")[2], *arguments[:2]])
        self._process = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def stand(self) -> None:
        """Wait until it stands."""
        if (said := self.heard()) != STANDS:
            raise RuntimeError(f"{self._what} did not come to stand: {said!r}")

    def ask(self) -> None:
        """Ask for one look."""
        assert self._process.stdin is not None
        self._process.stdin.write("look\n")
        self._process.stdin.flush()

    def heard(self) -> str:
        """Return its next line."""
        assert self._process.stdout is not None
        if line := self._process.stdout.readline():
            return line.strip()
        raise RuntimeError(f"{self._what} ended with {self._process.wait()}")

    def end(self) -> None:
        """Have it end; one that does not come to its end is ended."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        try:
            self._process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()


@contextmanager
def standing(module: str, *arguments: str) -> Iterator[Standing]:
    """Start one; it ends with this."""
    one = Standing(module, *arguments)
    try:
        yield one
    finally:
        one.end()


def answer(look: Callable[[], str]) -> None:
    """Be the one who is asked: say that everything stands, and look whenever asked, until nobody asks any more."""
    print(STANDS, flush=True)  # noqa: T201  a program's output
    for _ in iter(sys.stdin.readline, ""):
        print(look(), flush=True)  # noqa: T201  a program's output
