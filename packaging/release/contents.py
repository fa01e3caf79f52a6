"""What goes into the packaged app and what does not, each with its reason.

Standard library only. Called by cadence_desk.spec, which PyInstaller runs, and by the house tests.
"""

import os
import re
import subprocess
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
Entry = tuple[str, str, str]

HIDDEN = (
    # imported by name: keyring's back ends are chosen explicitly, protobuf finds its C part at run time
    "keyring.backends.SecretService",
    "keyring.backends.libsecret",
    "keyring.backends.kwallet",
    "keyring.backends.Windows",
    "keyring.backends.macOS",
    "google._upb._message",
)

LEFT_OUT = (
    # Qt modules without a caller
    "PySide6.QtNetwork",
    "PySide6.QtQml",
    "PySide6.QtQuick",
    "PySide6.QtOpenGL",
    "PySide6.QtPdf",
    "PySide6.QtSvg",
    # parts of libraries that the desk never reaches
    "lxml.objectify",
    "lxml.isoschematron",
    "lxml.html",
    "grpc_tools",
    "aiohttp.pytest_plugin",
    "jeepney.io.trio",
    "urllib3.contrib.emscripten",
    # readline is GPL, and nobody types into an interpreter here
    "readline",
    # what only builds and checks need
    "tkinter",
    "curses",
    "unittest",
    "pydoc",
    "doctest",
    "pdb",
    "pytest",
    "_pytest",
    "pygments",
    "setuptools",
    "pip",
    "hatchling",
    "PyInstaller",
)

DROPPED = (
    # Qt: QML, GL and on-screen keyboard parts; the raster engine and the xcb, wayland and offscreen plugins need none
    "Qt6Qml",
    "Qt6Quick",
    "Qt6OpenGL",
    "Qt6Pdf",
    "Qt6VirtualKeyboard",
    "Qt6EglF",
    "Qt6Network",
    "Qt6Svg",
    "libqeglfs",
    "libqlinuxfb",
    "libqminimal",
    "libqvkkhr",
    "libqvnc",
    "egldeviceintegrations",
    "plugins/generic",
    "plugins/networkinformation",
    "plugins/tls",
    "plugins/iconengines",
    "plugins/imageformats",
    "platforminputcontexts/libqtvirtualkeyboard",
    "PySide6/Qt/translations",
    # a software OpenGL of 20 MB that Qt brings on Windows
    "opengl32sw",
    # the GTK look drags in GTK itself
    "libqgtk3",
    "libgtk",
    "libgdk",
    "libcairo",
    "libpango",
    "libatk",
)

OF_THE_SYSTEM = (
    # of the desktop they run on: their settings, caches and drivers are the system's, and so must they be
    "libfontconfig.so",
    "libfreetype.so",
    "libglib-2.0.so",
    "libgthread-2.0.so",
    "libgobject-2.0.so",
    "libgmodule-2.0.so",
    "libgio-2.0.so",
    "libdbus-1.so",
    "libsystemd.so",
    "libwayland-",
    "libX11",
    "libxcb.so",
    "libxcb-shm",
    "libxcb-render.so",
    "libxcb-xfixes",
    "libxcb-randr",
    "libxcb-sync",
    "libxcb-glx",
    "libxcb-dri",
    "libgcc_s.so",
    "libstdc++.so",
)

LINKED = {"BINARY", "EXTENSION"}
LINK = "SYMLINK"
LOADED_BY_NAME = ("libpython3",)
"""Libraries that the loader opens itself; no shipped file is linked to them."""

SHIPPED_RESOURCES = ("icons", "proto")
NOT_IN_METADATA = {"direct_url.json", "RECORD", "INSTALLER", "REQUESTED", "uv_cache.json"}
"""Files of an installed package's metadata that tell about the machine which installed it."""


def kept(entries: Iterable[Entry]) -> list[Entry]:
    """Return the entries (place, source, kind) that are shipped, in one order whatever the file system said."""
    return sorted(entry for entry in entries if not is_dropped(entry[0]))


def is_dropped(place: str) -> bool:
    """Say whether a file at this place in the bundle is left out."""
    place = place.replace(os.sep, "/")
    name = place.rsplit("/", 1)[-1]
    if name in NOT_IN_METADATA and ".dist-info/" in place:
        return True
    return any(word in place for word in DROPPED) or name.startswith(OF_THE_SYSTEM)


def without_orphans(entries: Sequence[Entry], needs: Callable[[str], Iterable[str]]) -> list[Entry]:
    """Drop the shared libraries that nothing shipped needs: they came along with something dropped.

    Args:
        entries: what is shipped so far.
        needs: returns the file names of the libraries that a file, given by its source, is linked to itself.
    """
    libraries = {base(entry): entry for entry in entries if is_library(entry[0]) and entry[2] != LINK}
    wanted = {name for name in libraries if name.startswith(LOADED_BY_NAME)}
    unseen = [entry for entry in entries if not is_library(entry[0]) and entry[2] in LINKED]
    unseen += [libraries[name] for name in wanted]
    while unseen:
        for name in needs(unseen.pop()[1]):
            if name in libraries and name not in wanted:
                wanted.add(name)
                unseen.append(libraries[name])
    return [entry for entry in entries if not is_library(entry[0]) or base(entry) in wanted]


def without_broken_plugins(entries: Sequence[Entry], needs: Callable[[str], Iterable[str]]) -> list[Entry]:
    """Drop the Qt plugins that are linked to a part of Qt which is not shipped: Qt tries others in their place."""
    libraries = {base(entry) for entry in entries if is_library(entry[0])}

    def complete(entry: Entry) -> bool:
        missing = [name for name in needs(entry[1]) if name.startswith("libQt6") and name not in libraries]
        return not missing

    return [entry for entry in entries if "/plugins/" not in entry[0] or complete(entry)]


def base(entry: Entry) -> str:
    """Return the file name of an entry's place."""
    return entry[0].replace(os.sep, "/").rsplit("/", 1)[-1]


def linked_to(source: str) -> list[str]:
    """Return the libraries that an ELF file names itself, not those that they name in turn."""
    done = subprocess.run(["readelf", "-d", source], capture_output=True, text=True, check=False)
    return re.findall(r"\(NEEDED\).*\[(.+)\]", done.stdout)


def is_library(place: str) -> bool:
    """Say whether a file is a shared library as opposed to a Python extension or a Qt plugin."""
    name = place.rsplit("/", 1)[-1]
    return name.startswith("lib") and ".so" in name and "/plugins/" not in place


def resources() -> list[tuple[str, str]]:
    """Return the delivered files as PyInstaller's pairs of source and folder."""
    folder = ROOT / "resources"
    return [
        (str(path), f"cadence_desk/resources/{path.parent.relative_to(folder).as_posix()}")
        for name in SHIPPED_RESOURCES
        for path in sorted((folder / name).rglob("*"))
        if path.is_file()
    ]
