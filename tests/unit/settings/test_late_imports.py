"""Files and settings load before the first paint: slow libraries come with the first call that needs them."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
SLOW = {"keyring", "platformdirs", "cryptography", "asyncio", "requests", "grpc", "PySide6"}


@pytest.mark.parametrize("room", ["store", "settings"])
def test_a_room_loads_without_slow_libraries(room: str) -> None:
    modules = ", ".join(
        f"cadence_desk.{room}.{path.stem}"
        for path in sorted((ROOT / "cadence_desk" / room).glob("[a-z]*.py"))
    )
    code = f"import sys, {modules}; print(sorted({SLOW!r} & set(sys.modules)))"
    found = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert found.stdout == "[]\n"
