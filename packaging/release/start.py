"""The first line of the packaged app: undoes what its loader left in the environment, then starts the desk.

Run by PyInstaller's loader only.
"""

import os
import sys

for _name in ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"):
    # the loader points it at the bundle and keeps the old value: a browser started from here must get the old one
    _before = os.environ.pop(f"{_name}_ORIG", None)
    if _before is not None:
        os.environ[_name] = _before
    else:
        os.environ.pop(_name, None)
# a child that is this program again is a start of its own: its loader has to set the path anew (PyInstaller manual,
# "Independent subprocesses")
os.environ["PYINSTALLER_RESET_ENVIRONMENT"] = "1"

if sys.stdout is None or sys.stderr is None:
    # a Windows program without a console has neither, and whoever prints must not fall over that
    sys.stdout = sys.stdout or open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115 - for the whole run
    sys.stderr = sys.stderr or sys.stdout

from cadence_desk.__main__ import main  # noqa: E402 - after the environment is in order

if __name__ == "__main__":
    sys.exit(main())
