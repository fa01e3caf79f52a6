"""Makes the per-user installer for Windows with NSIS, and the version resource of the program. Called by the command.

NSIS runs on Linux too, where it can at least compile the script; the program inside has to be built on Windows.
"""

import shutil
from pathlib import Path

from release.icons import icon_file
from release.project import (
    DIST,
    HERE,
    MAINTAINER,
    NAME,
    PROGRAM,
    SUMMARY,
    TITLE,
    BuildError,
    megabytes,
    run,
    version,
)


def version_numbers() -> tuple[int, int, int, int]:
    """Return the version as the four numbers that Windows wants."""
    numbers = [int(part) for part in version().split(".") if part.isdecimal()]
    padded = [*numbers, 0, 0, 0, 0][:4]
    return padded[0], padded[1], padded[2], padded[3]


def version_resource() -> str:
    """Return the version resource in PyInstaller's notation (PyInstaller manual, Capturing Windows Version Data)."""
    numbers = version_numbers()
    words = {
        "CompanyName": MAINTAINER.split(" <", 1)[0],
        "FileDescription": SUMMARY,
        "FileVersion": version(),
        "InternalName": NAME,
        "LegalCopyright": "Apache License 2.0",
        "OriginalFilename": f"{NAME}.exe",
        "ProductName": TITLE,
        "ProductVersion": version(),
    }
    strings = ", ".join(f"StringStruct({name!r}, {value!r})" for name, value in words.items())
    return (
        f"VSVersionInfo(ffi=FixedFileInfo(filevers={numbers}, prodvers={numbers}, mask=0x3F, flags=0x0, OS=0x40004, "
        f"fileType=0x1, subtype=0x0, date=(0, 0)), kids=[StringFileInfo([StringTable('040904B0', [{strings}])]), "
        "VarFileInfo([VarStruct('Translation', [1033, 1200])])])"
    )


def make_installer(program: Path = PROGRAM) -> Path:
    """Pack a program folder. Raises BuildError."""
    tool = shutil.which("makensis")
    if tool is None:
        raise BuildError("makensis is not here: the Windows installer is made with NSIS 3.")
    target = DIST / f"{NAME}-{version()}-setup.exe"
    values = {
        "VERSION": version(),
        "NUMBERS": ".".join(str(part) for part in version_numbers()),
        "SIZE_KB": str(int(megabytes(program) * 1000)),
        "SOURCE": str(program),
        "ICON": icon_file(".ico"),
        "OUTPUT": str(target),
    }
    command = [tool, "-V2", "-WX", *(f"-D{name}={value}" for name, value in values.items())]
    run([*command, str(HERE / "windows" / f"{NAME}.nsi")], what="makensis")
    return target
