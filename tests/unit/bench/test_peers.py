"""A peer that cannot be had is a line that says why, and no peer keeps another from being measured."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from tests.bench import peers, startup
from tests.bench.rounds import Rounds

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.bench.startup import Starts

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the peers' Python is a shell script here")


@pytest.fixture(autouse=True)
def broken(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Give the peers a Python that can do nothing."""
    monkeypatch.setattr(peers, "FOLDER", tmp_path)
    python = tmp_path / "bin" / "python"
    python.parent.mkdir()
    python.write_text("#!/bin/sh\necho collecting\necho no network >&2\nexit 1\n", encoding="ascii")
    python.chmod(0o700)
    peers.environment.cache_clear()
    return python


def test_packages_that_cannot_be_installed_are_told_with_the_last_words() -> None:
    with pytest.raises(peers.NotHere, match="its packages could not be installed: no network"):
        peers.environment("vorta")


def test_a_program_that_does_not_come_up_is_told(tmp_path: Path) -> None:
    (tmp_path / "installed-vorta").write_text("\n".join(peers.PACKAGES["vorta"]), encoding="utf-8")
    with pytest.raises(peers.NotHere, match=r"it did not come up here \(exit 1\)"):
        peers.vorta_starts()


class NoStarts:
    """Starts that are not needed, since there is nobody to compare them with."""

    milliseconds = cpu_milliseconds = staticmethod(float)


def test_each_peer_is_a_line_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    def there() -> Callable[[], float]:
        return lambda: 400.0

    monkeypatch.setattr(peers, "novelwriter_starts", there)
    monkeypatch.setattr(NoStarts, "cpu_milliseconds", staticmethod(lambda _until: 200.0))
    starts: Starts = NoStarts()  # type: ignore[assignment]  # only these two are asked
    vorta, novelwriter = startup.beside_peers(starts, Rounds(quick=True))
    assert (vorta.ok, vorta.skipped) == (True, "its packages could not be installed: no network")
    assert (novelwriter.value, novelwriter.ratio) == (200.0, 0.5)
