"""Draws the program's icon from the one SVG, in the containers that Windows and macOS want. Called by the spec.

Needs PySide6 of the build environment; shows nothing.
"""

import os
import struct

from release.project import ROOT, WORK

ICO_SIZES = (16, 24, 32, 48, 64, 128, 256)
ICNS_TYPES = {"icp4": 16, "icp5": 32, "ic07": 128, "ic08": 256, "ic09": 512, "ic10": 1024}
"""The types whose content is a PNG of that size (Apple Icon Image format)."""


def pictures(sizes: tuple[int, ...]) -> dict[int, bytes]:
    """Return the icon as PNG files in some sizes."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtCore import QBuffer, QIODevice
    from PySide6.QtGui import QGuiApplication, QImage, QPainter
    from PySide6.QtSvg import QSvgRenderer

    app = QGuiApplication.instance() or QGuiApplication(["icons"])
    drawing = QSvgRenderer(str(ROOT / "resources" / "icons" / "cadence-desk.svg"))
    found = {}
    for size in sizes:
        image = QImage(size, size, QImage.Format.Format_ARGB32)
        image.fill(0)
        painter = QPainter(image)
        drawing.render(painter)
        painter.end()
        buffer = QBuffer()
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        image.save(buffer, "PNG")  # type: ignore[call-overload]  # the stub wants bytes, the call wants text
        found[size] = bytes(buffer.data().data())
    del app
    return found


def as_ico(found: dict[int, bytes]) -> bytes:
    """Return a Windows icon file of PNG entries (read by Windows Vista and later)."""
    head = struct.pack("<HHH", 0, 1, len(found))
    place = len(head) + 16 * len(found)
    entries, bodies = b"", b""
    for size, body in sorted(found.items()):
        edge = size % 256  # 256 is written as 0
        entries += struct.pack("<BBBBHHII", edge, edge, 0, 0, 1, 32, len(body), place + len(bodies))
        bodies += body
    return head + entries + bodies


def as_icns(found: dict[int, bytes]) -> bytes:
    """Return a macOS icon file of PNG entries."""
    parts = b"".join(
        name.encode() + struct.pack(">I", 8 + len(found[size])) + found[size]
        for name, size in ICNS_TYPES.items()
    )
    return b"icns" + struct.pack(">I", 8 + len(parts)) + parts


def icon_file(suffix: str) -> str:
    """Draw the icon as ``.ico`` or ``.icns`` below the work folder and return its path."""
    target = WORK / f"cadence-desk{suffix}"
    target.parent.mkdir(parents=True, exist_ok=True)
    if suffix == ".ico":
        target.write_bytes(as_ico(pictures(ICO_SIZES)))
    else:
        target.write_bytes(as_icns(pictures(tuple(sorted(ICNS_TYPES.values())))))
    return str(target)
