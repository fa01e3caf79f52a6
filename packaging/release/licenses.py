"""Which packages the app consists of, under which licenses, and whether each may be shipped.

Standard library only, and no network: what it reads was installed from the lock. Called by the build and by a house test.
"""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from release.contents import is_library
from release.project import HERE, NAME, ROOT, BuildError

ALLOWED = frozenset(
    {
        "0BSD",
        "Apache-2.0",
        "BSD-2-Clause",
        "BSD-3-Clause",
        "bzip2-1.0.6",
        "blessing",
        "ISC",
        "LGPL-3.0-only",
        "MIT",
        "MIT-0",
        "MPL-2.0",
        "PSF-2.0",
        "Python-2.0",
        "Zlib",
    }
)
"""What may be shipped: LGPL as libraries that anybody can exchange, MPL unchanged, GPL never."""

SPOKEN = {
    "Apache 2.0": "Apache-2.0",
    "Apache License 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "3-Clause BSD License": "BSD-3-Clause",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
}
"""Other ways to say an SPDX name."""

REVIEWED = {"isodate": "BSD-3-Clause"}
"""Packages whose metadata hold the text of a license in place of its name; read by a person."""

LIBRARIES = {
    "libbz2": "bzip2-1.0.6",
    "libcrypto": "Apache-2.0",
    "libssl": "Apache-2.0",
    "libffi": "MIT",
    "liblzma": "0BSD",
    "libsqlite3": "blessing",
    "libuuid": "BSD-3-Clause",
    "libxcb-": "MIT",
    "libxkbcommon": "MIT",
    "libz.": "Zlib",
    "libzstd": "BSD-3-Clause",
}
"""Libraries of the build machine that come along, by the beginning of the name."""

QT = ("PySide6-Essentials", "shiboken6")
QT_WORDS = """\
Qt and its Python binding are used under the GNU Lesser General Public License, version 3 (LGPL-3.0.txt, with GPL-3.0.txt,
to which it refers). They are unchanged, as released by The Qt Company, which offers their source. They lie as shared
libraries in PySide6 and shiboken6: exchange them for another build of the same version and the app runs with that.
"""
_WORD = re.compile(r"[A-Za-z0-9.+-]+|[()]")


@dataclass(frozen=True, slots=True)
class Package:
    """One package of the app, with the SPDX expression of its license."""

    name: str
    version: str
    license: str
    texts: tuple[Path, ...]


def packages() -> list[Package]:
    """Return what the app needs at run time as it is installed here, sorted by name."""
    found: dict[str, Package] = {}
    waiting = [NAME]
    while waiting:
        name = _plain(waiting.pop())
        if name in found:
            continue
        try:
            one = distribution(name)
        except PackageNotFoundError:
            continue  # for another system or Python
        found[name] = Package(name, one.version, license_of(one), tuple(_texts(one)))
        waiting += [
            re.split(r"[^\w.-]", line, maxsplit=1)[0] for line in one.requires or [] if "extra" not in line
        ]
    found.pop(NAME, None)
    return [found[name] for name in sorted(found)]


def license_of(one: Distribution) -> str:
    """Return the SPDX expression of an installed package, empty when its metadata name none."""
    reviewed = REVIEWED.get(_plain(one.metadata["Name"]))
    if reviewed is not None:
        return reviewed
    metadata = one.metadata
    said: list[str] = [*(metadata.get_all("License-Expression") or []), *(metadata.get_all("License") or [])]
    classifiers = metadata.get_all("Classifier") or []
    said += [line.rsplit("::", 1)[-1].strip() for line in classifiers if "License ::" in line]
    for words in said:
        if words and "\n" not in words and len(words) < 80:
            return SPOKEN.get(words, words)
    return ""


def may_be_shipped(expression: str) -> bool:
    """Say whether the allow-list covers an SPDX expression: one side of OR, both of AND."""
    words = _WORD.findall(expression)
    if not words:
        return False
    value, rest = _either(words)
    return value and not rest


def _either(words: list[str]) -> tuple[bool, list[str]]:
    value, rest = _both(words)
    while rest and rest[0] == "OR":
        other, rest = _both(rest[1:])
        value = value or other
    return value, rest


def _both(words: list[str]) -> tuple[bool, list[str]]:
    value, rest = _one(words)
    while rest and rest[0] == "AND":
        other, rest = _one(rest[1:])
        value = value and other
    return value, rest


def _one(words: list[str]) -> tuple[bool, list[str]]:
    if not words:
        return False, []
    if words[0] == "(":
        value, rest = _either(words[1:])
        return value and rest[:1] == [")"], rest[1:]
    return words[0] in ALLOWED, words[1:]


def refused(found: list[Package]) -> list[str]:
    """Return a sentence for every package that must not be shipped."""
    return [
        f"{one.name} {one.version}: {one.license or 'no license named'} is not on the list of allowed licenses."
        for one in found
        if not may_be_shipped(one.license)
    ]


# ---------------------------------------------------------------- texts


def write_license_texts(folder: Path, program: Path) -> None:
    """Write every license text into the app, and a list. Raises BuildError when a part must not be shipped."""
    found = packages()
    problems = refused(found) + [
        f"{one.name}: no license text was installed with it."
        for one in found
        if not one.texts and not _is_qt(one)
    ]
    if problems:
        raise BuildError(" ".join(problems))
    folder.mkdir(parents=True, exist_ok=True)
    lines = [f"{one.name} {one.version}: {one.license}" for one in found]
    for one in found:
        for text in one.texts:
            shutil.copyfile(text, folder / f"{one.name}-{text.name}")
    lines += [*_python(folder), *_system_libraries(folder, program)]
    shutil.copyfile(ROOT / "packaging" / "LICENSE", folder / "cadence-desk-LICENSE")
    for text in sorted((HERE / "texts").glob("*.txt")):
        shutil.copyfile(text, folder / text.name)
    head = "Cadence Desk is Apache-2.0. It contains, each with its license text in this folder:\n\n"
    (folder / "THIRD-PARTY.txt").write_text(head + "\n".join(lines) + "\n\n" + QT_WORDS, encoding="utf-8")


def _python(folder: Path) -> Iterator[str]:
    """Python itself and PyInstaller's loader, which is GPL with an exception for the programs it starts."""
    version = ".".join(str(part) for part in sys.version_info[:3])
    places = (
        Path(sys.base_prefix) / "lib" / f"python{sys.version_info[0]}.{sys.version_info[1]}" / "LICENSE.txt",
        Path(sys.base_prefix) / "LICENSE.txt",
        Path("/usr/share/doc") / f"python{sys.version_info[0]}.{sys.version_info[1]}" / "copyright",
    )
    text = next((place for place in places if place.is_file()), None)
    if text is None:
        raise BuildError("The license text of this Python was not found.")
    shutil.copyfile(text, folder / "python-LICENSE.txt")
    yield f"python {version}: PSF-2.0"
    loader = distribution("pyinstaller")
    for place in _texts(loader):
        shutil.copyfile(place, folder / f"pyinstaller-{place.name}")
    yield f"pyinstaller loader {loader.version}: GPL-2.0-or-later WITH Bootloader-exception (any program may be shipped with it)"


def _system_libraries(folder: Path, program: Path) -> Iterator[str]:
    for path in system_libraries(program):
        package, release, text = owner(path.name)
        if text is not None:
            shutil.copyfile(text, folder / f"{package}-copyright")
        yield f"{path.name}: {library_license(path.name)}" + (
            f" (package {package} {release})" if package else ""
        )


def system_libraries(program: Path) -> list[Path]:
    """Return the shared libraries in the app that no Python package brought."""
    found = [path for path in sorted((program / "_internal").glob("lib*")) if is_library(path.name)]
    return [path for path in found if not path.is_symlink() and not path.name.startswith("libpython3")]


def library_license(name: str) -> str:
    """Return the SPDX name of a library's license. Raises BuildError for one that nobody has looked at."""
    found = [spdx for start, spdx in LIBRARIES.items() if name.startswith(start)]
    if not found:
        raise BuildError(
            f"{name} came along from the build machine, and nobody has looked at its license yet."
        )
    return found[0]


def owner(library: str) -> tuple[str, str, Path | None]:
    """Return the Debian package that brought a library to the build machine, its version and its copyright file."""
    tool = shutil.which("dpkg-query")
    if tool is None:
        return "", "", None
    done = subprocess.run([tool, "--search", f"*/{library}"], capture_output=True, text=True, check=False)
    name = done.stdout.split(":", 1)[0]
    if not name:
        return "", "", None
    ask = [tool, "--show", "--showformat=${Version}", name]
    release = subprocess.run(ask, capture_output=True, text=True, check=False).stdout.strip()
    text = Path("/usr/share/doc") / name / "copyright"
    return name, release, text if text.is_file() else None


def _texts(one: Distribution) -> Iterator[Path]:
    for file in one.files or []:
        place = str(file).replace("\\", "/")
        if ".dist-info/" in place and re.search(
            r"licen[cs]e|copying|notice", place.rsplit("dist-info/", 1)[1], re.IGNORECASE
        ):
            path = Path(str(file.locate()))
            if path.is_file():
                yield path


def _is_qt(one: Package) -> bool:
    return one.name in {_plain(name) for name in QT}


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
