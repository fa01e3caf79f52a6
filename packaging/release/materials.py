"""Writes the bill of materials: every package and library in the app with version, license and checksum, as CycloneDX.

Called by the command in __main__; needs cyclonedx-python-lib of the build environment. The same app gives the same bytes.
"""

import hashlib
import sys
import uuid
from datetime import UTC, datetime
from importlib.metadata import version as installed
from pathlib import Path
from typing import Any

from cyclonedx.factory.license import LicenseFactory
from cyclonedx.model import HashAlgorithm, HashType
from cyclonedx.model.bom import Bom, BomMetaData
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL

from release.licenses import library_license, owner, packages, system_libraries
from release.project import DIST, NAME, PROGRAM, SUMMARY, BuildError, epoch, version

_SPACE = uuid.UUID("0f3a4f0e-6d0c-5b7e-9a53-5d2d0a1c7c11")


def write_materials() -> Path:
    """Write the bill of materials beside the app and return the file. Raises BuildError."""
    if not (PROGRAM / NAME).is_file():
        raise BuildError("There is no packaged app yet: build the part “program” first.")
    app = Component(
        name=NAME,
        version=version(),
        type=ComponentType.APPLICATION,
        description=SUMMARY,
        licenses=[LicenseFactory().make_from_string("Apache-2.0")],
        bom_ref=NAME,
    )
    parts = [*_python_packages(), *_runtime(), *_libraries()]
    bom = Bom(
        components=parts,
        metadata=BomMetaData(component=app, timestamp=datetime.fromtimestamp(epoch(), UTC)),
        serial_number=uuid.uuid5(_SPACE, "\n".join(sorted(str(part.bom_ref) for part in parts))),
    )
    bom.register_dependency(app, parts)
    target = DIST / f"{NAME}_{version()}.cdx.json"
    target.write_text(JsonV1Dot6(bom).output_as_string(indent=2) + "\n", encoding="utf-8")
    return target


def _python_packages() -> list[Any]:
    return [
        _part(one.name, one.version, one.license, PackageURL("pypi", None, one.name, one.version))
        for one in packages()
    ]


def _runtime() -> list[Any]:
    python = ".".join(str(part) for part in sys.version_info[:3])
    loader = "GPL-2.0-or-later WITH Bootloader-exception"
    return [
        _part("python", python, "PSF-2.0", PackageURL("generic", None, "python", python)),
        _part("pyinstaller-loader", installed("pyinstaller"), loader, None),
    ]


def _libraries() -> list[Any]:
    found = []
    for path in system_libraries(PROGRAM):
        package, release, _ = owner(path.name)
        name = PackageURL("deb", "debian", package, release) if package else None
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        found.append(_part(path.name, release, library_license(path.name), name, digest))
    return found


def _part(name: str, release: str, spdx: str, url: Any, digest: str = "") -> Any:
    return Component(
        name=name,
        version=release or None,
        type=ComponentType.LIBRARY,
        licenses=[LicenseFactory().make_from_string(spdx)],
        purl=url,
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=digest)] if digest else [],
        bom_ref=f"{name}@{release}",
    )
